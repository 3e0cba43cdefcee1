"""Planned and played programmes: listed, planned by hand once, withdrawn, exported, told on the stream."""

import csv
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.broadcasts import Broadcast
from connectors.contract import Broadcast as Record
from connectors.contract import Message
from ingest.batch import Committer
from ingest.pipeline import Understood
from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import OTHER, UNIT, register
from tests.api.test_devices import walk
from tests.servers import await_that

NOW = datetime.min.replace(tzinfo=UTC)
PATH = "/api/v1/broadcasts"


@pytest.fixture(autouse=True)
def _now() -> None:
    """Set the clock; the suite takes longer than what tests wait for."""
    global NOW
    NOW = datetime.now(UTC).replace(microsecond=0)


def play(store: Store, id_: str, hours_ago: float, *, lasting: int | None = 30, **fields: Any) -> None:
    """Store a play as the ingest process does."""
    starts_at = NOW - timedelta(hours=hours_ago)
    ends_at = starts_at + timedelta(minutes=lasting) if lasting is not None else None
    state = "played" if ends_at else "playing"
    given = {"unit": UNIT, "kind": "played", "programme": "Bản tin chiều", "state": state, "device": "loa-1", **fields}
    record = Record(id=id_, starts_at=starts_at, ends_at=ends_at, **given)
    Committer(store).commit([Understood(Message("loa", "/play-logs", b"", NOW), (record,))])


def wish(id_: str = "3f2c", hours: float = 5, lasting: float = 1 / 6, **fields: Any) -> dict[str, Any]:
    starts_at = NOW + timedelta(hours=hours)
    said = {"id": id_, "unit": UNIT, "programme": "Thông báo cắt điện", "starts_at": starts_at.isoformat()}
    return said | {"ends_at": (starts_at + timedelta(hours=lasting)).isoformat()} | fields


def test_the_latest_first_whole_and_by_what_is_asked(api: Api, store: Store) -> None:
    for n in range(7):
        play(store, f"p{n}", n + 1, device=f"loa-{n % 2}")
    play(store, "on", 30, lasting=None)
    play(store, "all", 0.5, device="", priority="emergency")
    play(store, "theirs", 1, unit=OTHER)
    client = api.client()
    items = walk(client, PATH, unit=UNIT, limit=2)
    assert [item["id"] for item in items] == ["all", *(f"p{n}" for n in range(7)), "on"]
    assert set(items[0]) == set(Broadcast.model_fields)
    assert (items[0]["device"], items[0]["priority"], items[0]["source"]) == ("", "emergency", "loa")

    def ids(**query: Any) -> list[str]:
        return [item["id"] for item in walk(client, PATH, unit=UNIT, **query)]

    assert ids(device="loa-1") == ["all", "p1", "p3", "p5", "on"], "a play for all is one of each cluster"
    assert ids(state="playing") == ["on"]
    assert ids(kind="planned") == []
    start = (NOW - timedelta(hours=2.75)).isoformat()
    assert ids(start=start, stop=(NOW - timedelta(hours=0.75)).isoformat()) == ["p0", "p1", "p2", "on"]
    assert client.get(PATH, params={"priority": "x"}).status_code == 422


def test_a_plan_is_made_once_by_an_operator_and_noted(api: Api, store: Store) -> None:
    register(store, "loa-1", kind="loudspeaker")
    assert api.client("viewer").post(PATH, json=wish()).status_code == 403
    assert api.anonymous().post(PATH, json=wish()).status_code == 401
    client = api.client("operator")
    first = client.post(PATH, json=wish(device="loa-1", programme="  Thông  báo ", priority="priority"))
    assert first.status_code == 201, first.text
    item = first.json()
    assert set(item) == set(Broadcast.model_fields)
    assert (item["programme"], item["state"], item["kind"], item["source"]) == (
        "Thông báo", "planned", "planned", "operator"
    )  # fmt: skip
    again = client.post(PATH, json=wish(device="loa-1", programme="Thông báo", priority="priority"))
    assert (again.status_code, again.json()) == (200, item)
    other = client.post(PATH, json=wish(device="loa-1", programme="Khác"))
    assert other.status_code == 409
    assert other.json()["type"].endswith("id-taken")
    assert client.get(PATH, params={"kind": "planned"}).json()["items"] == [item]
    (noted,) = store.rows("select actor, subject, detail from audit where action = 'broadcast.plan'")
    assert (noted["actor"], noted["subject"], noted["detail"]["device"]) == ("token:test-operator", "3f2c", "loa-1")


def test_many_at_once_plan_once(api: Api, store: Store) -> None:
    client = api.client("operator")
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: client.post(PATH, json=wish(programme=f"Bản tin {n % 2}")), range(12)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200] * 5 + [201] + [409] * 6
    assert store.row("select count(*) as n from audit where action = 'broadcast.plan'") == {"n": 1}


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"unit": "99999"}, "body.unit"),
        ({"device": "loa-9"}, "body.device"),
        ({"device": "Loa 9"}, "body.device"),
        ({"hours": -1}, "body.starts_at"),
        ({"hours": 24 * 400}, "body.starts_at"),
        ({"lasting": -1}, "body.ends_at"),
        ({"lasting": 35}, "body.ends_at"),
        ({"starts_at": "2026-12-01T05:00:00"}, "body.starts_at"),
        ({"programme": " "}, "body.programme"),
        ({"programme": "x" * 201}, "body.programme"),
        ({"programme": "a\0b"}, "body.programme"),
        ({"priority": "khẩn cấp"}, "body.priority"),
        ({"id": ""}, "body.id"),
        ({"note": "?"}, "body.note"),
    ],
)
def test_what_can_t_be_planned_is_refused_with_its_place(api: Api, fields: dict[str, Any], place: str) -> None:
    answer = api.client("operator").post(PATH, json=wish(**fields))
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert place in {reason["place"] for reason in problem["reasons"]}
    assert api.client().get(PATH).json()["items"] == []


def test_every_fault_of_a_plan_is_told_at_once(api: Api) -> None:
    ends_at = (NOW - timedelta(hours=9)).isoformat()
    answer = api.client("operator").post(PATH, json=wish(hours=-1, unit="99999", device="loa-1", ends_at=ends_at))
    assert [reason["place"] for reason in answer.json()["reasons"]] == [
        "body.unit", "body.device", "body.starts_at", "body.ends_at"
    ]  # fmt: skip


def test_a_plan_is_withdrawn_and_stays_readable(api: Api, store: Store) -> None:
    client = api.client("operator")
    client.post(PATH, json=wish())
    gone = client.post(f"{PATH}/{UNIT}/3f2c/cancel")
    assert (gone.status_code, gone.json()["state"]) == (200, "cancelled")
    assert client.post(f"{PATH}/{UNIT}/3f2c/cancel").json() == gone.json()
    assert [item["state"] for item in client.get(PATH).json()["items"]] == ["cancelled"]
    assert client.get(PATH, params={"state": "planned"}).json()["items"] == []
    assert client.post(PATH, json=wish()).status_code == 409, "a withdrawn id is not planned again"
    assert api.client("viewer").post(f"{PATH}/{UNIT}/3f2c/cancel").status_code == 403
    assert client.post(f"{PATH}/{OTHER}/3f2c/cancel").status_code == 404
    assert store.row("select count(*) as n from audit where action = 'broadcast.cancel'") == {"n": 1}
    store.execute("update broadcast set starts_at = now() - interval '1 s', state = 'planned'")
    assert client.post(f"{PATH}/{UNIT}/3f2c/cancel").json()["type"].endswith("too-late")


def test_broadcasts_as_a_file(api: Api, store: Store) -> None:
    play(store, "p1", 1, programme="=2+2")
    play(store, "p2", 2, lasting=None)
    client = api.client()
    rows = list(csv.DictReader(client.get("/api/v1/export/broadcasts.csv").text.splitlines()))
    assert [(row["id"], row["programme"], row["ends_at"] == "") for row in rows] == [
        ("p1", "'=2+2", False), ("p2", "Bản tin chiều", True)
    ]  # fmt: skip
    assert list(rows[0]) == list(Broadcast.model_fields)


def test_plays_and_plans_are_told_on_the_stream(api: Api, store: Store) -> None:
    heard: list[tuple[str, bytes]] = []
    leave, _, _ = api.app.state.hub.follow(lambda events: heard.extend((e.type, e.data) for e in events))
    await_that(lambda: api.app.state.hub.present, "the hub")
    play(store, "p1", 1)
    api.client("operator").post(PATH, json=wish())

    def told() -> list[bytes]:
        return [data for kind, data in heard if kind == "broadcast"]

    await_that(lambda: len(told()) == 2, "both broadcasts")
    leave()
    assert b'"id":"p1"' in told()[0]
    assert b'"state":"planned"' in told()[1]
    since = api.app.state.hub.since(NOW - timedelta(minutes=1), UNIT)
    assert {event.type for event in since} == {"broadcast"}
