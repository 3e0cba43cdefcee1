"""Incidents as people meet them: listed, taken up once, worked on, closed, opened again, handed to the next shift."""

import csv
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from api import accounts
from api.incidents import Incident
from ingest.incidents import OPEN
from ingest.rules import load
from ingest.store import Store
from ingest.stream import notify
from ingest.watch import Watch, open_incidents
from tests.api.conftest import PASSWORD, Api
from tests.api.filling import OTHER, UNIT, register
from tests.api.test_devices import walk
from tests.api.test_stream import reading
from tests.servers import await_that

NOW = datetime.min.replace(tzinfo=UTC)
PATH = "/api/v1/incidents"


@pytest.fixture(autouse=True)
def _now() -> None:
    """Set the clock; the suite takes longer than what tests wait for."""
    global NOW
    NOW = datetime.now(UTC).replace(microsecond=0)


def away(store: Store, name: str, minutes: float, *, unit: str = UNIT, state: str = "offline") -> None:
    """Register a camera that has been in a state for some minutes."""
    if not store.row("select 1 from device where unit = %s and name = %s", (unit, name)):
        register(store, name, unit=unit, hamlet=name)
    store.execute(
        "insert into device_state (unit, kind, name, at, seen_at, state, reported, since, source) values"
        " (%(unit)s, 'camera', %(name)s, %(at)s, %(at)s, %(state)s, %(state)s, %(since)s, 'cameras')"
        " on conflict (unit, kind, name) do update set state = excluded.state, since = excluded.since",
        {"unit": unit, "name": name, "state": state, "at": NOW, "since": NOW - timedelta(minutes=minutes)},
    )


def look(store: Store, minutes: float = 0) -> list[int]:
    return Watch(store, load(), UNIT).tick(NOW + timedelta(minutes=minutes))


@pytest.fixture
def one(store: Store) -> int:
    """An incident: a camera that is away since twenty minutes."""
    away(store, "cam-1", 20)
    (id_,) = look(store)
    return id_


def person(api: Api, name: str, role: accounts.Role = "operator") -> Any:
    return api.person(role, name)


def test_the_list_is_whole_and_by_what_is_asked(api: Api, store: Store) -> None:
    for n in range(5):
        away(store, f"cam-{n}", 10 * (n + 1))
    away(store, "cam-9", 6, unit=OTHER)
    store.execute("update device set hamlet = ''")
    store.execute("update device_state set state = 'online' where name = 'cam-0'")
    look(store)
    client = api.client()
    items = walk(client, PATH, limit=2)
    assert [item["subject"] for item in items] == ["camera/cam-9", *(f"camera/cam-{n}" for n in range(1, 5))]
    assert set(items[0]) == set(Incident.model_fields)
    Incident.model_validate(items[0])
    assert {item["severity"] for item in items[1:3]} == {"warning", "critical"}

    def subjects(**query: Any) -> list[str]:
        return [item["subject"].removeprefix("camera/cam-") for item in walk(client, PATH, **query)]

    assert subjects(unit=OTHER) == ["9"]
    assert subjects(severity="critical") == ["2", "3", "4"]
    assert subjects(state="active", rule="camera_offline") == ["9", "1", "2", "3", "4"]
    assert subjects(state="resolved") == []
    assert subjects(subject="camera/cam-4") == ["4"]
    assert subjects(since=(NOW + timedelta(minutes=1)).isoformat()) == []
    assert client.get(PATH, params={"state": "shut"}).status_code == 422


def test_an_incident_tells_its_whole_life(api: Api, store: Store, one: int) -> None:
    client = api.client("operator")
    assert client.post(f"{PATH}/{one}/ack", json={"note": "đã gọi cán bộ kỹ thuật"}).status_code == 200
    assert client.post(f"{PATH}/{one}/assign", json={"assignee": "technician"}).status_code == 200
    assert client.post(f"{PATH}/{one}/start").status_code == 200
    assert client.post(f"{PATH}/{one}/note", json={"note": "mất điện trạm 2"}).status_code == 200
    look(store, 30)
    assert client.post(f"{PATH}/{one}/resolve", json={"note": "đã thay nguồn"}).status_code == 200
    told = api.client().get(f"{PATH}/{one}").json()
    assert [(s["actor"], s["action"], s["from_state"], s["to_state"]) for s in told["history"]] == [
        ("ioc", "opened", None, "open"),
        ("token:test-operator", "acknowledged", "open", "acknowledged"),
        ("token:test-operator", "assigned", "acknowledged", "acknowledged"),
        ("token:test-operator", "started", "acknowledged", "in_progress"),
        ("token:test-operator", "noted", "in_progress", "in_progress"),
        ("ioc", "escalated", "in_progress", "in_progress"),
        ("token:test-operator", "resolved", "in_progress", "resolved"),
    ]
    assert (told["state"], told["assignee"], told["severity"]) == ("resolved", "technician", "critical")
    assert told["history"][1]["note"] == "đã gọi cán bộ kỹ thuật"
    assert "Camera" in told["help"]
    assert "camera" in told["help_en"]
    assert told["source"].startswith("Đề xuất của dự án")
    assert told["source_en"].startswith("The project's proposal")
    assert told["source"]
    actions = store.rows("select action from audit where action like 'incident.%%' order by id")
    assert [row["action"].removeprefix("incident.") for row in actions] == [
        "acknowledged", "assigned", "started", "noted", "resolved"
    ]  # fmt: skip


def test_of_two_that_take_it_up_at_once_one_is_first_and_the_other_is_told(api: Api, store: Store, one: int) -> None:
    people = [person(api, f"truc-ban-{n}") for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda client: client.post(f"{PATH}/{one}/ack"), people))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    first = next(n for n, answer in enumerate(answers) if answer.status_code == 200)
    problem = next(answer for answer in answers if answer.status_code == 409).json()
    assert (problem["by"], problem["state"]) == (f"truc-ban-{first}", "acknowledged")
    assert problem["type"].endswith("taken")
    assert datetime.fromisoformat(problem["at"]).tzinfo
    assert store.row("select count(*) as n from incident_event where action = 'acknowledged'") == {"n": 1}
    assert people[first].post(f"{PATH}/{one}/ack").status_code == 200, "asking again changes nothing"
    assert store.row("select count(*) as n from audit where action = 'incident.acknowledged'") == {"n": 1}


def test_who_saw_an_older_version_is_told(api: Api, store: Store, one: int) -> None:
    client = api.client("operator")
    version = client.get(f"{PATH}/{one}").json()["version"]
    look(store, 15)  # half an hour away: it is critical now
    assert client.post(f"{PATH}/{one}/resolve", json={"version": version}).status_code == 409
    assert client.post(f"{PATH}/{one}/resolve", json={"version": version + 1}).status_code == 200


def test_steps_that_a_state_does_not_allow(api: Api, one: int) -> None:
    client, other = person(api, "an"), person(api, "binh")
    assert client.post(f"{PATH}/{one}/reopen").status_code == 409
    assert client.post(f"{PATH}/{one}/false-alarm", json={"note": "thử nghiệm"}).json()["state"] == "false_alarm"
    for step in ("ack", "start", "resolve", "false-alarm"):
        assert other.post(f"{PATH}/{one}/{step}").status_code == 409
    assert other.post(f"{PATH}/{one}/note", json={"note": "đúng là báo nhầm"}).status_code == 200
    opened = other.post(f"{PATH}/{one}/reopen").json()
    assert (opened["state"], opened["closed_at"]) == ("open", None)


def test_an_old_incident_does_not_open_beside_a_new_one(api: Api, store: Store, one: int) -> None:
    client = api.client("operator")
    client.post(f"{PATH}/{one}/false-alarm")
    away(store, "cam-1", -10, state="online")
    look(store, 20)
    away(store, "cam-1", -40)
    (new,) = look(store, 50)
    answer = client.post(f"{PATH}/{one}/reopen")
    assert answer.status_code == 409
    assert answer.json()["other"] == new != one


@pytest.mark.parametrize(
    ("step", "body", "place"),
    [
        ("note", {"note": ""}, "body.note"),
        ("note", {"note": " \n "}, "body.note"),
        ("note", {"note": "gọi 0912345678"}, "body.note"),
        ("note", {"note": "x" * 2001}, "body.note"),
        ("ack", {"note": "CCCD 001090012345"}, "body.note"),
        ("ack", {"who": "tôi"}, "body.who"),
        ("assign", {"assignee": "ông Năm"}, "body.assignee"),
        ("assign", {}, "body.assignee"),
    ],
)
def test_what_is_refused_is_told_with_its_place(api: Api, one: int, step: str, body: Any, place: str) -> None:
    answer = api.client("operator").post(f"{PATH}/{one}/{step}", json=body)
    assert answer.status_code == 422, answer.text
    assert place in {reason["place"] for reason in answer.json()["reasons"]}
    assert len(api.client().get(f"{PATH}/{one}").json()["history"]) == 1


def test_viewers_read_and_operators_act(api: Api, one: int) -> None:
    assert api.client("viewer").post(f"{PATH}/{one}/ack").status_code == 403
    assert api.anonymous().get(PATH).status_code == 401
    assert api.client("technician").post(f"{PATH}/{one}/ack").status_code == 200
    assert api.client("operator").post(f"{PATH}/999/ack").status_code == 404
    assert api.client().get(f"{PATH}/999").status_code == 404


def test_an_account_can_be_given_an_incident(api: Api, store: Store, one: int) -> None:
    accounts.create(store, "ky-thuat", PASSWORD, "technician", actor="test")
    answer = api.client("operator").post(f"{PATH}/{one}/assign", json={"assignee": "ky-thuat"})
    assert answer.json()["assignee"] == "ky-thuat"


def test_what_one_shift_hands_to_the_next(api: Api, store: Store, one: int) -> None:
    client = person(api, "ca-sang")
    for n in range(2, 4):
        away(store, f"cam-{n}", 10 - n)
    later = look(store, 1)
    client.post(f"{PATH}/{one}/resolve", json={"note": "đã có điện"})
    client.post(f"{PATH}/{later[0]}/ack")
    client.post(f"{PATH}/{later[0]}/note", json={"note": "chờ thay nguồn"})
    shift = client.get(f"{PATH}/handover", params={"since": (NOW + timedelta(milliseconds=1)).isoformat()}).json()
    assert [i["id"] for i in shift["opened"]] == later
    assert [i["id"] for i in shift["open"]] == later
    assert [(i["id"], i["last_actor"]) for i in shift["closed"]] == [(one, "ca-sang")]
    assert [i["last_actor"] for i in shift["open"]] == ["ca-sang", "ioc"]
    assert [(n["incident"], n["note"], n["actor"]) for n in shift["notes"]] == [
        (one, "đã có điện", "ca-sang"), (later[0], "chờ thay nguồn", "ca-sang")
    ]  # fmt: skip
    assert shift["whole"]
    tomorrow = (NOW + timedelta(days=1)).isoformat()
    assert [len(client.get(f"{PATH}/handover", params={"since": tomorrow}).json()[k]) for k in ("opened", "open")] == [
        0,
        2,
    ]
    assert client.get(f"{PATH}/handover").status_code == 422


def test_the_export_holds_what_the_list_does(api: Api, one: int) -> None:
    answer = api.client().get("/api/v1/export/incidents.csv", params={"unit": UNIT})
    (row,) = csv.DictReader(answer.text.splitlines())
    assert list(row) == list(Incident.model_fields)
    assert (row["id"], row["title_vi"]) == (str(one), "Camera mất kết nối: cam-1")
    assert orjson.loads(row["evidence"])["state"] == "offline"


def test_incidents_are_told_on_the_stream_as_the_list_shows_them(api: Api, store: Store) -> None:
    await_that(lambda: api.app.state.hub.present, "the hub")
    client = api.client("operator")
    away(store, "cam-1", 20)
    with reading(client) as reader:
        (id_,) = look(store)
        await_that(lambda: len(reader.of("incident")) == 1, "the incident")
        client.post(f"{PATH}/{id_}/ack")
        await_that(lambda: len(reader.of("incident")) == 2, "its acknowledgement")
        opened, taken = reader.of("incident")
        assert (opened["state"], taken["state"]) == ("open", "acknowledged")
        assert client.get(PATH).json()["items"] == [taken]
        position = reader.last_id
    with store.transaction() as link:
        notify(link, (), (), (), incidents=[id_])
    with reading(client, {"Last-Event-ID": position}) as reader:
        await_that(lambda: bool(reader.of("incident")), "what was missed")


def test_what_is_open_for_a_screen_is_worst_first(store: Store) -> None:
    away(store, "cam-1", 6)
    away(store, "cam-2", 40)
    away(store, "cam-3", 60, unit=OTHER)
    look(store)
    assert [row["subject"] for row in open_incidents(store, UNIT)] == ["camera/cam-2", "camera/cam-1"]
    assert [row["unit"] for row in open_incidents(store)] == [OTHER, UNIT, UNIT]
    assert {row["state"] for row in open_incidents(store)} <= set(OPEN)
