"""What became of every planned broadcast on every cluster: as rows, as sums, as the number of the screen, as a file."""

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from api.played import Played, Total
from connectors.contract import LOCAL
from dashboards import indicators
from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import OTHER, UNIT, register
from tests.api.test_devices import walk

NOW = datetime.now(UTC).replace(microsecond=0)
PATH = "/api/v1/broadcasts/played"
LONG_AGO = NOW - timedelta(days=90)


@pytest.fixture(autouse=True)
def _today() -> None:
    """Count from the test's own begin: the suite lasts longer than what is still due."""
    global NOW
    NOW = datetime.now(UTC).replace(microsecond=0)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def programme(store: Store, id_: str, minutes: float, kind: str = "planned", **fields: Any) -> None:
    row = {"unit": UNIT, "kind": kind, "source": "loa", "id": id_, "device": "", "programme": "Bản tin chiều",
           "priority": "normal", "starts_at": at(minutes), "ends_at": at(minutes + 30),
           "state": kind, "received_at": LONG_AGO} | fields  # fmt: skip
    names, places = ", ".join(row), ", ".join(f"%({name})s" for name in row)
    store.execute(f"insert into broadcast ({names}) values ({places})", row)  # noqa: S608 - our own columns


def source(store: Store, name: str, read_at: datetime, transport: str = "subscribed") -> None:
    store.execute(
        "insert into source (name, connector, feed, title, transport, stale_after, last_message_at)"
        " values (%s, 'x', 'loudspeaker_status', '', %s, '1 hour', %s)",
        (name, transport, read_at),
    )
    if transport == "polled":
        store.execute("insert into poll (source, began_at, good_at) values (%s, %s, %s)", (name, read_at, read_at))


def clusters(store: Store, *names: str, unit: str = UNIT, heard_by: str = "loa") -> None:
    for name in names:
        register(store, name, kind="loudspeaker", unit=unit, registered_at=LONG_AGO, hamlet="Nà Mười")
        store.execute(
            "insert into device_state (unit, kind, name, at, seen_at, state, reported, since, source)"
            " values (%s, 'loudspeaker', %s, now(), now(), 'online', 'idle', now(), %s)",
            (unit, name, heard_by),
        )


def outcomes(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {row["device"]: row["state"] for row in rows}


@pytest.fixture
def bulletin(store: Store) -> None:
    """A bulletin two hours ago: played in time, late, not at all, under maintenance; and one that is due."""
    source(store, "loa", NOW)
    clusters(store, "loa-1", "loa-2", "loa-3", "loa-4")
    programme(store, "s1", -120)
    programme(store, "p1", -119, "played", device="loa-1")
    programme(store, "p2", -110, "played", device="loa-2")
    programme(store, "p3", -120, "played", device="loa-3", state="failed", ends_at=None)
    store.execute(
        "insert into maintenance (unit, kind, name, starts_at, ends_at, reason, created_by)"
        " values (%s, 'loudspeaker', 'loa-4', %s, %s, 'sửa', 'test')",
        (UNIT, at(-200), at(-100)),
    )


def test_the_bulletin_cluster_by_cluster_and_as_a_percentage(api: Api, store: Store, bulletin: None) -> None:
    programme(store, "s2", -2, programme="Thông báo")
    programme(store, "s3", 60)
    client = api.client()
    rows = walk(client, PATH, unit=UNIT, start=at(-180).isoformat(), stop=at(-60).isoformat(), limit=2)
    assert outcomes(rows) == {"loa-1": "played", "loa-2": "late", "loa-3": "not_heard", "loa-4": "maintenance"}
    assert set(rows[0]) == set(Played.model_fields)
    first = next(row for row in rows if row["device"] == "loa-1")
    assert (first["delay_s"], first["counted"], first["hamlet"]) == (60, True, "Nà Mười")
    assert next(row for row in rows if row["device"] == "loa-3")["heard_at"] is None
    # Of the last day: the bulletin, and one whose five minutes are not over.
    (total,) = client.get(f"{PATH}/totals", params={"unit": UNIT}).json()["items"]
    assert set(total) == set(Total.model_fields)
    said = {k: total[k] for k in ("planned", "played", "late", "not_heard", "unobserved", "maintenance", "due")}
    assert said == {"planned": 8, "played": 1, "late": 1, "not_heard": 1, "unobserved": 0, "maintenance": 1, "due": 4}
    assert (total["numerator"], total["denominator"], total["rate"]) == (1, 3, 33.33)
    by_broadcast = walk(client, f"{PATH}/totals", unit=UNIT, by="broadcast")
    assert [(row["programme"], row["denominator"], row["rate"]) for row in by_broadcast] == [
        ("Bản tin chiều", 3, 33.33), ("Thông báo", 0, None)
    ]  # fmt: skip
    by_cluster = walk(client, f"{PATH}/totals", unit=UNIT, by="device", limit=1)
    assert {row["device"]: row["rate"] for row in by_cluster} == {"loa-1": 100, "loa-2": 0, "loa-3": 0, "loa-4": None}


def test_the_percentage_is_the_number_of_the_screen(api: Api, store: Store, bulletin: None) -> None:
    indicators.install(store)
    row = store.row("select value from indicator.broadcasts_planned_rate_now(array[%s])", (UNIT,))
    (total,) = api.client().get(f"{PATH}/totals", params={"unit": UNIT}).json()["items"]
    assert row == {"value": Decimal(str(total["rate"]))}


def test_what_nobody_could_see_counts_on_neither_side(api: Api, store: Store) -> None:
    clusters(store, "loa-1")
    clusters(store, "mqtt-1", unit=OTHER, heard_by="mqtt")
    programme(store, "s1", -120)
    programme(store, "m1", -120, unit=OTHER, source="mqtt")
    client = api.client()

    def state(unit: str) -> str:
        (row,) = client.get(PATH, params={"unit": unit}).json()["items"]
        assert row["counted"] is (row["state"] == "not_heard")
        return str(row["state"])

    assert state(UNIT) == "unobserved", "no source of it is known"
    source(store, "loa", at(-116), "polled")
    source(store, "mqtt", NOW)
    assert state(UNIT) == "unobserved", "its log was read four minutes after the plan, and not since"
    store.execute("update poll set good_at = %s", (at(-60),))
    store.execute("insert into blind_span values ('loa', %s, %s, 'connection_down')", (at(-125), at(-110)))
    assert state(UNIT) == "not_heard", "a log tells of a time in which it could not be asked"
    assert state(OTHER) == "not_heard"
    store.execute("insert into blind_span values ('mqtt', %s, %s, 'connection_down')", (at(-117), at(-110)))
    assert state(OTHER) == "unobserved", "who only hears what is said now can't tell"
    (total,) = client.get(f"{PATH}/totals", params={"unit": OTHER}).json()["items"]
    assert (total["unobserved"], total["numerator"], total["denominator"], total["rate"]) == (1, 0, 0, None)


def test_what_a_person_planned_is_seen_by_whoever_tells_of_the_cluster(api: Api, store: Store) -> None:
    clusters(store, "loa-1")
    clusters(store, "loa-2", heard_by="other")
    programme(store, "s1", -120, source="operator")
    source(store, "loa", NOW)
    source(store, "other", at(-300))
    rows = api.client().get(PATH, params={"unit": UNIT}).json()["items"]
    assert outcomes(rows) == {"loa-1": "not_heard", "loa-2": "unobserved"}


def test_a_cluster_is_due_since_it_was_installed_though_it_was_registered_later(api: Api, store: Store) -> None:
    source(store, "loa", NOW)
    clusters(store, "old", "later")
    today, day = NOW.astimezone(LOCAL).date(), timedelta(days=1)
    store.execute("update device set registered_at = now(), installed_on = %s", (today - 3 * day,))
    store.execute("update device set installed_on = %s where name = 'later'", (today - day,))
    programme(store, "before", -5 * 1440)
    programme(store, "between", -2 * 1440)
    programme(store, "after", -30)
    asked = {"unit": UNIT, "start": at(-6 * 1440).isoformat()}
    rows = api.client().get(PATH, params=asked).json()["items"]
    assert {(row["id"], row["device"]) for row in rows} == {("between", "old"), ("after", "old"), ("after", "later")}


def test_a_cluster_is_due_only_while_it_is_there(api: Api, store: Store) -> None:
    source(store, "loa", NOW)
    clusters(store, "old", "new", "gone")
    store.execute("update device set registered_at = %s where name = 'new'", (at(-60),))
    store.execute("update device set lifecycle = 'retired' where name = 'gone'")
    store.execute(
        "insert into device_change (unit, kind, name, field, old, new, valid_from, actor)"
        " values (%s, 'loudspeaker', 'gone', 'lifecycle', 'installed', 'retired', %s, 'test')",
        (UNIT, at(-60)),
    )
    programme(store, "s1", -120)
    programme(store, "s2", -30)
    rows = api.client().get(PATH, params={"unit": UNIT}).json()["items"]
    assert {(row["id"], row["device"]) for row in rows} == {
        ("s1", "old"), ("s1", "gone"), ("s2", "old"), ("s2", "new")
    }  # fmt: skip


def test_another_plan_s_play_is_not_a_late_one_of_this(api: Api, store: Store) -> None:
    source(store, "loa", NOW)
    clusters(store, "loa-1")
    programme(store, "s1", -120)
    programme(store, "s2", -105, programme="Thông báo")
    programme(store, "p2", -104, "played", device="loa-1", programme="Thông báo")
    rows = api.client().get(PATH, params={"unit": UNIT}).json()["items"]
    assert {row["id"]: row["state"] for row in rows} == {"s1": "not_heard", "s2": "played"}


def test_as_a_file_and_what_is_no_question(api: Api, bulletin: None) -> None:
    client = api.client()
    text = client.get("/api/v1/export/played.csv", params={"unit": UNIT, "state": "not_heard"}).text
    rows = list(csv.DictReader(text.splitlines()))
    assert list(rows[0]) == list(Played.model_fields)
    assert [(row["device"], row["state"], row["heard_at"]) for row in rows] == [("loa-3", "not_heard", "")]
    for params in ({"state": "x"}, {"by": "x"}, {"start": at(0).isoformat(), "stop": at(-1).isoformat()}):
        assert client.get(f"{PATH}/totals" if "by" in params else PATH, params=params).status_code == 422
    assert api.anonymous().get(PATH).status_code == 401
