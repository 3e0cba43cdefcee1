"""What is kept of reports by the hour and day is what the reports give, whatever came late, twice, or was corrected."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import LiteralString

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from psycopg import sql

from connectors.contract import LOCAL, DeviceId, DeviceReport, Message
from dashboards import indicators
from dashboards.formulas import formula
from ingest.batch import Committer
from ingest.pipeline import Understood
from ingest.rollup import roll_readings
from ingest.sql import QUERIES
from ingest.store import Link, Store
from tests.dashboards.casefile import Case, cases, instant, put_in
from tests.screen.commune import UNIT
from tests.servers import Postgres

OTHER = "05092"
KEPT = [key for key, indicator in indicators.load().items() if formula(indicator, indicators.load()).hours]
CASES = [case for case in cases() if case.key in KEPT]
DAY = timedelta(days=1)
WIDTHS = (timedelta(hours=6), 2 * DAY)
MERGED = {"unit": UNIT, "kind": "network", "name": "a", "of_unit": OTHER, "of_name": "b"}
"""One device's reports become those of a device in the other commune."""
REGISTERED = """
insert into device (unit, kind, name, lifecycle) values (%(of_unit)s, %(kind)s, %(of_name)s, 'installed')
on conflict do nothing
"""
ALL_DUE = """
insert into reading_due (unit, at)
select unit, at from unnest(%s::text[]) as unit, generate_series(%s::timestamptz, now(), '5 minutes') as at
on conflict (unit, at) do update set kept = false
"""


@pytest.fixture(scope="module")
def kept(postgres: Postgres, template: str) -> Iterator[Store]:
    """A database with every number's functions, and no row."""
    postgres.execute(f"create database ioc_kept template {template} strategy file_copy")
    with Store(postgres.url("ioc_kept"), pool=4, name="test") as store:
        indicators.install(store)
        yield store
    postgres.execute("drop database ioc_kept with (force)")


def shown(link: Link, key: str, start: datetime, stop: datetime) -> list[list[tuple[object, ...]]]:
    """Return a number's rows in its own buckets and in wider ones, and those of now."""
    units = [UNIT, OTHER]
    calls: list[tuple[LiteralString, str, list[object]]] = [
        ("select time, unit, label, value from {}(%s, %s, %s) order by 1, 2, 3", key, [start, stop, units]),
        *(
            ("select time, unit, label, value from {}(%s, %s, %s, %s) order by 1, 2, 3", f"{key}_every",
             [start, stop, units, width])
            for width in WIDTHS
        ),
        ("select unit, label, value from {}(%s) order by 1, 2", f"{key}_now", [units]),
    ]  # fmt: skip
    return [
        link.execute(sql.SQL(text).format(sql.Identifier("indicator", name)), asked).fetchall()
        for text, name, asked in calls
    ]


def roll(link: Link) -> None:
    """Keep everything that is over, in the transaction at hand."""
    for step in ("select roll_hours(7)", "select roll_slots(7)", "select roll_days(7)"):
        while link.execute(step).fetchone() != (0,):
            pass


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_case_shows_the_same_once_it_is_kept(kept: Store, case: Case) -> None:
    with kept.transaction() as link:
        row = link.execute("select now()").fetchone()
        assert row is not None
        put_in(link, case, row[0])
        start, stop = (instant(word, row[0]) for word in case.fields["range"].split())
        before = shown(link, case.key, start, stop)
        roll(link)
        assert link.execute("select from reading_due where at < hour_of(now() - interval '5 minutes')").fetchall() == []
        assert shown(link, case.key, start, stop) == before
        link.rollback()


Drawn = tuple[str, str, str, int, dict[str, float], str]


@st.composite
def reports(draw: st.DrawFn) -> Drawn:
    """Draw a report: of which device, how many minutes after the first, with what."""
    kind = draw(st.sampled_from(["network", "camera"]))
    unit, name = draw(st.sampled_from([UNIT, OTHER])), draw(st.sampled_from(["a", "b"]))
    minutes = draw(st.one_of(st.integers(0, 150), st.integers(0, 10 * 24 * 60)))
    value = draw(st.integers(0, 3))
    picture = draw(st.sampled_from(["ok", "black:0.2"]))
    every = {
        "network": {"latency_ms": value + 0.5, "loss_pct": 10.0 * value, "load_in_pct": 30.0 * value,
                    "load_out_pct": 7.25 * value, "disk_free_pct": 20.0 - value, "disks_failed": value},
        "camera": {"decodable": min(value, 1), "recording": value % 2, "picture_mean": 90.0,
                   "clock_skew_s": 20.0 * value},
    }[kind]  # fmt: skip
    said = draw(st.sets(st.sampled_from(sorted(every)), min_size=1))
    return unit, kind, name, minutes, {quantity: every[quantity] for quantity in said}, picture


STEPS = st.lists(
    st.one_of(
        st.lists(reports(), min_size=1, max_size=12),
        st.sampled_from(["roll", "roll hours", "roll slots", "again", "merge"]),
    ),
    max_size=10,
)


@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_kept_is_what_the_reports_give(kept: Store, steps: Sequence[object]) -> None:
    """Whatever arrives in whatever order, between whatever runs: numbers are those of the reports alone."""
    today = datetime.now(UTC).astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - 12 * DAY
    for table in ("device_report", "device", "device_state", "state_span"):
        kept.execute(f"truncate {table} cascade")
    committer, batches = Committer(kept), []
    for step in [*steps, "again"]:
        if isinstance(step, list):
            batches.append([_said(first, drawn) for drawn in step])
            committer.commit(batches[-1])
        elif step == "again" and batches:
            committer.commit(batches[0])
        elif step == "roll":
            roll_readings(kept)
        elif step == "roll hours":
            kept.execute("select roll_hours(2)")
        elif step == "roll slots":
            kept.execute("select roll_slots(2)")
        elif step == "merge":
            with kept.transaction() as link:
                link.execute(REGISTERED, MERGED)
                for query in ("drop_doubles", "adopt_reports"):
                    link.execute(QUERIES[query], MERGED)
    with kept.transaction() as link:
        seen = {key: shown(link, key, first, today + DAY) for key in KEPT}
        link.execute(ALL_DUE, ([UNIT, OTHER], first))
        assert seen == {key: shown(link, key, first, today + DAY) for key in KEPT}
        link.rollback()
    roll_readings(kept)
    with kept.transaction() as link:
        assert seen == {key: shown(link, key, first, today + DAY) for key in KEPT}
        over = "select count(*) from reading_day_due where at < day_of(now() - interval '5 minutes')"
        assert link.execute(over).fetchone() == (0,)


def _said(first: datetime, drawn: Drawn) -> Understood:
    unit, kind, name, minutes, values, picture = drawn
    at = (first + timedelta(minutes=minutes)).astimezone(UTC)
    labels = {"picture": picture} if kind == "camera" else {}
    report = DeviceReport(DeviceId(unit, kind, name), at, "online", values, labels)
    return Understood(Message("test", f"{kind}/{name}", json.dumps(values).encode(), at), (report,))


def test_a_report_that_a_writer_has_in_hand_is_not_missed(kept: Store) -> None:
    """The hour that a writer has not committed yet is passed by, and kept with its report afterwards."""
    kept.execute("truncate device_report")
    at = datetime.now(UTC) - timedelta(hours=30)
    kept.execute("insert into device (unit, kind, name, lifecycle) values (%s, 'network', 'z', 'installed')", (UNIT,))
    insert = (
        "insert into device_report (unit, kind, name, at, digest, received_at, state, readings, source) values"
        " (%s, 'network', 'z', %s, %s, now(), 'online', '{\"loss_pct\": 50}', 'test')"
    )
    kept.execute(insert, (UNIT, at, 1))
    with kept.transaction() as writer:
        writer.execute(insert, (UNIT, at, 2))
        assert roll_readings(kept) == 0
    assert roll_readings(kept) == 1
    assert kept.row("select value, n from reading_hour where key = 'network_loss'") == {"value": 50, "n": 2}


def test_the_hour_that_runs_is_read_and_not_kept(kept: Store) -> None:
    kept.execute("truncate device_report")
    kept.execute(
        "insert into device_report (unit, kind, name, at, digest, received_at, state, readings, source) values"
        " (%s, 'network', 'z', now(), 1, now(), 'online', '{\"loss_pct\": 50}', 'test')",
        (UNIT,),
    )
    kept.execute("insert into device (unit, kind, name, lifecycle) values (%s, 'network', 'z', 'installed')"
                 " on conflict do nothing", (UNIT,))  # fmt: skip
    assert roll_readings(kept) == 0
    now = datetime.now(UTC)
    rows = indicators.series(kept, "network_loss", now - timedelta(minutes=1), now + timedelta(minutes=1), [UNIT])
    assert [row["value"] for row in rows] == [50]


def test_numbers_that_are_defined_anew_are_made_anew(kept: Store) -> None:
    """What another version kept is not shown: the hours of every commune that ever spoke are due again."""
    kept.execute("truncate device_report, state_span")
    at = datetime.now(UTC) - timedelta(hours=5)
    spoke = "insert into state_span (unit, kind, name, started_at, state) values (%s, 'network', 'y', %s, 'online')"
    kept.execute(spoke, (UNIT, at))
    hour = (
        "insert into reading_hour (key, unit, at, label, value, n) values ('network_loss', %s, hour_of(%s), '', 9, 1)"
    )
    kept.execute(hour, (UNIT, at))
    kept.execute("update store_meta set value = 'another' where key in ('kept', 'indicators')")
    assert indicators.install(kept)
    assert kept.rows("select * from reading_hour") == []
    assert roll_readings(kept) >= 3
