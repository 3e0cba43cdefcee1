"""On TimescaleDB: the same rows as on plain PostgreSQL, days that go, and what each edition does by itself.

The Apache edition is the server of the whole run; the community edition and plain PostgreSQL stand beside it.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Message
from connectors.loudspeaker_mqtt import LoudspeakerMqtt
from ingest import migrate as migrating
from ingest import partitions, timescale
from ingest.batch import Committer
from ingest.errors import ConfigError
from ingest.health import declare
from ingest.migrate import migrate
from ingest.pipeline import Understood, understand
from ingest.store import Store
from ioc.timescale import assess
from tests.ingest.conftest import settings
from tests.ingest.test_schema import shape
from tests.servers import Postgres
from tests.timescale import Apache, Community

LOUDSPEAKER = LoudspeakerMqtt()
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
REPORTS = "select * from device_report order by unit, name, at, digest"
INSERT = """
insert into device_report (unit, kind, name, at, digest, received_at, state, readings, source)
select '05068', 'camera', 'C ' || n, %(day)s::timestamptz + make_interval(mins => m), 1, now(), 'online',
       jsonb_build_object('fps', m), 'test'
from generate_series(1, 3) n, generate_series(0, 50) m
on conflict do nothing
"""


@pytest.fixture(scope="module")
def plain() -> Iterator[Store]:
    """A migrated database of a server that has no TimescaleDB."""
    server = Postgres()
    try:
        server.start()
        with Store(server.url(), name="plain") as store:
            migrate(store)
            yield store
    finally:
        server.remove()


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A database of the community edition, migrated to keep 300 days; the nation's units need COPY, it has none."""
    server = Community(tmp_path_factory.mktemp("community") / "log")
    server.start()
    try:
        with pytest.MonkeyPatch.context() as patch, Store(server.url, pool=1, name="community", wait=20) as store:
            patch.setattr(migrating, "load_units", lambda _link: None)
            assert migrate(store, keep_days=300)
            yield store
    finally:
        server.stop()


@pytest.fixture
def bare_url(postgres: Postgres) -> Iterator[str]:
    """A database of the same server in which nobody created the extension."""
    postgres.execute("create database bare template template0")
    yield postgres.url("bare")
    postgres.execute("drop database bare with (force)")


def meta(store: Store) -> dict[str, str]:
    rows = store.rows("select key, value from store_meta where key in ('mode', 'timescaledb')")
    return {row["key"]: row["value"] for row in rows}


def seen_by_doctor(store: Store, keep_days: int = 400) -> tuple[bool, str, str]:
    with store.transaction() as link:
        return assess(link, keep_days)


def days(store: Store) -> list[date]:
    with store.transaction() as link:
        return list(timescale.chunks(link))


def jobs(store: Store) -> list[dict[str, Any]]:
    return store.rows("select job_id, proc_name, config from timescaledb_information.jobs order by job_id")


def test_reports_lie_in_a_hypertable_and_all_else_is_the_schema_of_plain_postgresql(store: Store, plain: Store) -> None:
    (lies,) = store.rows("select hypertable_name, column_name, time_interval from timescaledb_information.dimensions")
    assert list(lies.values()) == ["device_report", "at", timedelta(days=1)]
    assert meta(store) == {"mode": "hypertable", "timescaledb": "apache"}
    assert meta(plain) == {"mode": "plain", "timescaledb": ""}

    def compared(rows: Any) -> list[str]:
        """But for what servers tell differently: native partitions are tables too, newer servers list NOT NULL."""
        told = [str(row).replace(" ON ONLY ", " ON ") for row in rows]
        return [row for row in told if "device_report_default" not in row and "'def': 'NOT NULL" not in row]

    assert [compared(rows) for rows in shape(store)] == [compared(rows) for rows in shape(plain)]


def flood(seed: int) -> list[list[Understood]]:
    """Three days of five devices: late, repeated within a batch and after it, without instants, nonsense between."""
    dice = random.Random(seed)
    said: list[Understood] = []
    for n in range(600):
        received = NOON + timedelta(seconds=n)
        at = received - timedelta(seconds=dice.choice((0, 5, 3600, 200_000)) + dice.randrange(3))
        body: dict[str, Any] = {"state": dice.choice(("idle", "playing", "fault")), "volume_pct": dice.randrange(3)}
        if dice.random() < 0.9:
            body["at"] = at.isoformat()
        raw = json.dumps(body).encode() if dice.random() < 0.97 else b"{"
        address = f"ioc/05068/loudspeaker/{dice.choice('abcde')}/status"
        redelivered = dice.random() < 0.1
        message = Message("loa", address, raw, received, redelivered=redelivered)
        said += [understand(LOUDSPEAKER, message, {"05068"})] * (1 + (dice.random() < 0.1))
    said += dice.sample(said, 100)
    return [said[at : at + 50] for at in range(0, len(said), 50)]


def test_the_same_flood_leaves_the_same_rows_and_comes_in_only_once(store: Store, plain: Store) -> None:
    batches = flood(7)
    kept, outcomes = [], []
    for each in (store, plain):
        declare(each, settings(each.url, "mqtt://127.0.0.1:1", sources={"loa": LOUDSPEAKER}))
        committer = Committer(each)
        outcomes.append([committer.commit(batch) for batch in batches])
        tables = (
            REPORTS,
            "select unit, kind, name, at, seen_at, state, reported, since, readings from device_state order by name",
            "select * from state_span order by unit, kind, name, started_at",
            "select source, minute, stored, duplicate, rejected from source_minute order by minute",
        )
        kept.append([each.rows(query) for query in tables])
    assert outcomes[0] == outcomes[1]
    assert kept[0] == kept[1]
    assert len(kept[0][0]) > 400
    assert len(days(store)) > 1
    again = [outcome for batch in batches for outcome in Committer(store).commit(batch)]
    assert set(again) == {"duplicate", "rejected"}
    assert store.rows(REPORTS) == kept[0][0]


def test_old_days_go_in_both_and_the_same_rows_stay(store: Store, plain: Store) -> None:
    today = NOON.date()
    said = [today - timedelta(days=back) for back in (0, 1, 9, 10, 11, 12, 400)] + [date(1970, 1, 1)]
    left = []
    for each in (store, plain):
        each.execute("truncate device_report")
        for day in said:
            with each.transaction() as link:
                if day > today - timedelta(days=30):
                    partitions.make(link, {day})
                link.execute(INSERT, {"day": day})
        assert len(each.rows(REPORTS)) == 153 * len(said)
        with each.transaction() as link:
            gone = partitions.drop_old(link, 10, today)
        assert {today - timedelta(days=11), today - timedelta(days=12)} <= set(gone)
        with each.transaction() as link:
            assert min(partitions.existing(link)) == today - timedelta(days=10)
            assert partitions.drop_old(link, 10, today) == []
        left.append(each.rows("select unit, name, at, readings from device_report order by name, at"))
    assert left[0] == left[1]
    assert len(left[0]) == 153 * 4
    assert days(store) == sorted(said[:4])


def test_who_may_only_read_reads_the_days_that_came_after_the_migration(store: Store) -> None:
    store.execute(INSERT, {"day": NOON})
    with store.transaction() as link:
        link.execute("set local role ioc_grafana")
        assert link.execute("select count(*) from device_report").fetchone() == (153,)


def test_migrating_again_changes_nothing(store: Store, community: Store) -> None:
    store.execute(INSERT, {"day": NOON})
    before = [shape(store), meta(store), days(store), store.rows(REPORTS)]
    assert migrate(store) == []
    assert [shape(store), meta(store), days(store), store.rows(REPORTS)] == before
    noted = [jobs(community), meta(community)]
    assert migrate(community, keep_days=300) == []
    assert [jobs(community), meta(community)] == noted


def test_the_community_edition_gets_its_policies_and_they_follow_the_configuration(community: Store) -> None:
    assert meta(community) == {"mode": "hypertable", "timescaledb": "community"}

    def policies() -> dict[str, timedelta]:
        with community.transaction() as link:
            return {name: policy.after for name, policy in timescale.policies(link).items()}

    assert policies() == {"columnstore": timescale.COLUMNS_AFTER, "retention": timedelta(days=300)}
    columns = community.rows(
        "select attname, segmentby_column_index as by, orderby_asc from timescaledb_information.compression_settings"
        " order by segmentby_column_index, orderby_column_index"
    )
    assert [(row["attname"], row["by"], row["orderby_asc"]) for row in columns] == [
        ("unit", 1, None), ("name", 2, None), ("at", None, False), ("digest", None, True)
    ]  # fmt: skip
    good, seen, remedy = seen_by_doctor(community, 30)
    assert not good
    assert remedy == "run `ioc migrate`"
    migrate(community, keep_days=200)
    assert policies()["retention"] == timedelta(days=200)
    with community.transaction() as link:  # what the service does every hour
        assert partitions.drop_old(link, 300) == []
    assert policies() == {"columnstore": timescale.COLUMNS_AFTER, "retention": timedelta(days=300)}
    good, seen, remedy = seen_by_doctor(community, 300)
    assert good
    assert remedy == ""
    assert "community edition" in seen
    assert "columnstore after 14 days, not run yet; retention after 300 days" in seen


def test_columns_hold_the_same_rows_and_know_what_they_have_and_its_policy_drops_old_days(community: Store) -> None:
    now = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    kept = [now - timedelta(days=back) for back in (1, 30, 299)]
    for day in [*kept, now - timedelta(days=302)]:
        community.execute(INSERT, {"day": day})
    young = "select * from device_report where at > now() - interval '300 days' order by name, at"
    before = community.rows(young)
    policies = {row["proc_name"]: row["job_id"] for row in jobs(community)}
    with community.transaction() as link:
        link.commit()
        link.autocommit = True  # jobs commit by themselves, as the workers run them
        link.execute(f"call run_job({policies['policy_compression']})")
        link.execute(f"call run_job({policies['policy_retention']})")
        link.autocommit = False
    with community.transaction() as link:
        chunks = timescale.chunks(link)
    assert chunks == {day.date(): day != kept[0] for day in sorted(kept)}
    assert community.rows(young) == before
    assert len(before) == 153 * 3
    # A late copy is known, a late new word is taken, a corrected name reaches it.
    assert community.execute(INSERT, {"day": kept[1]}) == 0
    assert community.execute(INSERT, {"day": kept[1] + timedelta(hours=2)}) == 153
    assert community.execute("update device_report set name = 'C 9' where name = 'C 1'") == 153 + 51
    assert len(community.rows(young)) == 153 * 4
    assert "3 chunks of a day" in seen_by_doctor(community, 300)[1]
    assert "2 by column" in seen_by_doctor(community, 300)[1]
    community.execute("truncate device_report")


def test_what_the_apache_edition_left_gets_policies_when_the_community_edition_comes(community: Store) -> None:
    community.execute("select remove_retention_policy('device_report')")
    community.execute("call remove_columnstore_policy('device_report')")
    community.execute("update store_meta set value = 'apache' where key = 'timescaledb'")
    good, seen, remedy = seen_by_doctor(community, 300)
    assert not good
    assert "no columnstore policy; no retention policy" in seen
    assert remedy == "run `ioc migrate`"
    assert migrate(community, keep_days=300) == []
    assert meta(community)["timescaledb"] == "community"
    assert seen_by_doctor(community, 300)[0]


def test_the_apache_edition_is_told_with_its_days(store: Store) -> None:
    store.execute(INSERT, {"day": NOON})
    good, seen, remedy = seen_by_doctor(store)
    assert good
    assert remedy == ""
    assert "apache edition, hypertable device_report, 1 chunks of a day, 2026-11-21 to 2026-11-21, 0 by column" in seen
    assert "old days are dropped by `ioc run` after 400" in seen
    store.execute("update store_meta set value = 'community' where key = 'timescaledb'")
    assert seen_by_doctor(store)[2] == "run `ioc migrate`"
    migrate(store)
    assert seen_by_doctor(store)[0]


def test_a_database_made_before_the_extension_stays_as_it_is_and_is_told_so(
    bare_url: str, plain: Store, caplog: pytest.LogCaptureFixture
) -> None:
    assert seen_by_doctor(plain) == (True, "not installed: reports in daily partitions", "")
    with Store(bare_url, name="bare") as bare:
        migrate(bare)
        good, seen, remedy = seen_by_doctor(bare)
        assert good
        assert "is installed and not created in this database: reports in daily partitions" in seen
        assert "create extension timescaledb" in remedy
        assert "shared_preload_libraries" not in remedy
        bare.execute(INSERT, {"day": NOON})
        before = bare.rows(REPORTS)
        bare.execute("create extension timescaledb")
        assert migrate(bare) == []
        assert "its reports stay in daily partitions" in caplog.text
        assert meta(bare) == {"mode": "plain", "timescaledb": "apache"}
        assert bare.rows(REPORTS) == before
        good, seen, remedy = seen_by_doctor(bare)
        assert good
        assert "this database was made before it" in seen
        assert "moving a database that has reports is not offered yet" in remedy


def test_a_library_that_is_not_loaded_is_named_with_the_remedy(tmp_path: Path) -> None:
    server = Apache()
    try:
        server.start()
        with Store(server.url("template1")) as store:
            migrate(store)
        server.stop()
        server.settings = ()
        server.start()
        with Store(server.url("template1")) as store:
            good, seen, remedy = seen_by_doctor(store)
            assert not good
            assert "the library is not loaded" in seen
            assert "shared_preload_libraries = 'timescaledb'" in remedy
            with pytest.raises(ConfigError, match="shared_preload_libraries = 'timescaledb'"):
                migrate(store)
        with Store(server.url()) as store:
            migrate(store)
            good, _seen, remedy = seen_by_doctor(store)
            assert good
            assert "shared_preload_libraries" in remedy
            assert "create extension timescaledb" in remedy
    finally:
        server.remove()


def test_a_version_that_is_too_old_is_refused_with_the_remedy(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timescale, "OLDEST", (99, 0))
    with Store(empty_database_url) as store, pytest.raises(ConfigError, match=r"too old, 99\.0 is needed.*alter exten"):
        migrate(store)
