"""The register through the API: lists tried and entered, devices changed, renamed, replaced; for technicians."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.entry import Registered
from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import OTHER, UNIT, register, status, take
from tests.ingest.test_roster import DATED, book

IMPORT = "/api/v1/devices/import"
GOOD = book(
    [1, "cam-1", "Camera cổng", "Camera", "", "Cổng chào", 20.5, 105.5, "Công an xã", "line-1", 60, "", "Hoạt động"],
    [2, "loa-1", "Loa 1", "Loa", "", "", "", "", "", "", "", 2, "Chờ lắp đặt"],
)


def test_a_list_is_tried_then_entered_whole_and_noted(api: Api, store: Store) -> None:
    register(store, "cam-1", title="Camera")
    register(store, "cam-2")
    for role in ("viewer", "operator"):
        assert api.client(role).post(IMPORT, content=GOOD).status_code == 403
    client = api.client("technician")
    tried = client.post(IMPORT, content=GOOD, params={"dry_run": True})
    assert tried.status_code == 200, tried.text
    said = tried.json()
    assert [said[key] for key in ("dry_run", "new", "changed", "same", "missing")] == [True, 1, 1, 0, 1]
    assert [(one["change"], one["ref"]) for one in said["differences"]] == [
        ("changed", f"{UNIT}.camera.cam-1"), ("new", f"{UNIT}.loudspeaker.loa-1"), ("missing", f"{UNIT}.camera.cam-2")
    ]  # fmt: skip
    assert said["differences"][0]["fields"]["title"] == ["Camera", "Camera cổng"]
    assert client.get("/api/v1/devices/loa-1").status_code == 404, "a dry run enters nothing"
    entered = client.post(IMPORT, content=GOOD).json()
    assert entered == said | {"dry_run": False}
    device = client.get("/api/v1/devices/loa-1").json()
    assert (device["name"], device["state"], device["horns"]) == ("Loa 1", "pending_install", 2)
    again = client.post(IMPORT, content=GOOD).json()
    assert [again[key] for key in ("new", "changed", "same", "missing")] == [0, 0, 2, 1]
    (first, _) = store.rows("select actor, subject, detail from audit where action = 'device.import' order by id")
    assert (first["actor"], first["subject"], first["detail"]["new"]) == ("token:test-technician", UNIT, 1)


def test_a_list_says_since_when_a_device_stands_there(api: Api) -> None:
    client = api.client("technician")
    said = client.post(IMPORT, content=book([1, "cam-1", "Camera", "01/07/2025"], heading=DATED)).json()
    assert said["differences"][0]["fields"]["installed_on"] == [None, "2025-07-01"]
    assert client.get("/api/v1/devices/cam-1/register").json()["entry"]["installed_on"] == "2025-07-01"


def test_one_fault_and_nothing_is_entered(api: Api, store: Store) -> None:
    client = api.client("technician")
    bad = book([1, "cam-1", "", "Camera"], [2, "CAM 2", "", "Tivi"], [3, "cam-1", "", "Camera"])
    tried = client.post(IMPORT, content=bad, params={"dry_run": True}).json()
    assert [fault["place"] for fault in tried["faults"]] == ["Thiết bị!B5", "Thiết bị!D5"]
    refused = client.post(IMPORT, content=bad)
    assert (refused.status_code, refused.json()["reasons"]) == (422, tried["faults"])
    double = client.post(IMPORT, content=book([1, "cam-1", "", "Camera"], [3, "cam-1", "", "Camera"]))
    assert [reason["place"] for reason in double.json()["reasons"]] == ["Thiết bị!B5"]
    assert client.post(IMPORT, content=GOOD, params={"unit": "99999"}).status_code == 422
    assert client.post(IMPORT, content=b"").status_code == 422
    assert not store.rows("select from device")


def test_a_device_is_changed_and_its_history_says_by_whom_and_since_when(api: Api, store: Store) -> None:
    register(store, "cam-1", hamlet="Nà Mười")
    client = api.client("technician")
    path = "/api/v1/devices/cam-1"
    assert api.client("operator").patch(path, json={"title": "x"}).status_code == 403
    since = (datetime.now(UTC) - timedelta(hours=5)).replace(microsecond=0)
    changed = client.patch(path, json={
        "title": " Camera  1 ", "hamlet": "Nà Rì", "latitude": 20.5, "longitude": 105.5, "expected_every_s": 30,
        "valid_from": since.isoformat(), "reason": "chuyển cột",
    })  # fmt: skip
    assert changed.status_code == 200, changed.text
    said = changed.json()
    assert set(said) == set(Registered.model_fields)
    assert (said["entry"]["title"], said["entry"]["hamlet"], said["entry"]["expected_every_s"]) == (
        "Camera 1", "Nà Rì", 30
    )  # fmt: skip
    moved = next(one for one in said["changes"] if one["field"] == "hamlet")
    assert (moved["old"], moved["new"], moved["actor"], moved["reason"]) == (
        "Nà Mười", "Nà Rì", "token:test-technician", "chuyển cột"
    )  # fmt: skip
    assert datetime.fromisoformat(moved["valid_from"]) == since
    assert client.patch(path, json={"lifecycle": "retired"}).json()["entry"]["lifecycle"] == "retired"
    assert client.get(path).json()["state"] == "retired"
    assert api.client().get(f"{path}/register").json()["entry"]["edited_at"]
    assert client.patch(path, json={"installed_on": "2025-07-01"}).json()["entry"]["installed_on"] == "2025-07-01"
    assert client.patch(path, json={"installed_on": None}).json()["entry"]["installed_on"] is None
    assert store.row("select count(*) as n from audit where action = 'device.edit'") == {"n": 4}


@pytest.mark.parametrize(
    "fields",
    [
        {"latitude": 20.5}, {"title": None}, {"title": "a\0b"}, {"lifecycle": "gone"}, {"expected_every_s": 0},
        {"horns": -1}, {"name": "Cam 1"}, {"valid_from": "2020-01-01T00:00:00Z"}, {"colour": "red"},
        {"valid_from": "2099-01-01T00:00:00Z"}, {"title": "x" * 201}, {"installed_on": "yesterday"},
    ],
)  # fmt: skip
def test_what_can_t_be_said_of_a_device_is_refused(api: Api, store: Store, fields: dict[str, Any]) -> None:
    register(store, "cam-1")
    answer = api.client("technician").patch("/api/v1/devices/cam-1", json=fields)
    assert answer.status_code == 422, answer.text
    assert answer.json()["reasons"]


def test_a_renamed_device_answers_to_both_names_with_one_history(api: Api, store: Store) -> None:
    take(store, [status("cam-1", at=datetime.now(UTC) - timedelta(minutes=5))])
    client = api.client("technician")
    renamed = client.patch("/api/v1/devices/cam-1", json={"name": "cam-cong", "lifecycle": "installed"})
    assert renamed.status_code == 200, renamed.text
    assert renamed.json()["entry"]["other_names"] == ["cam-cong"]
    take(store, [status("cam-cong"), status("cam-1", fps=24)])
    old, new = (client.get(f"/api/v1/devices/{name}").json() for name in ("cam-1", "cam-cong"))
    assert old == new
    assert len(client.get("/api/v1/devices/cam-cong/reports").json()["items"]) == 3
    assert client.get(f"/api/v1/devices/{UNIT}.camera.cam-cong/spans").json()["items"]
    register(store, "cam-9")
    taken = client.patch("/api/v1/devices/cam-9", json={"name": "cam-cong"})
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:commune-ioc:problem:name-taken")
    assert "thiết bị khác" in taken.json()["reasons"][0]["vi"]


def test_a_device_replaced_and_one_moved_away_stay_readable_with_what_follows(api: Api, store: Store) -> None:
    register(store, "cam-1", hamlet="Nà Mười", title="Camera cổng")
    client = api.client("technician")
    path = "/api/v1/devices/cam-1/replace"
    assert api.client("operator").post(path, json={"name": "cam-2", "reason": "hỏng"}).status_code == 403
    replaced = client.post(path, json={"name": "cam-2", "reason": "hỏng bo mạch"})
    assert replaced.status_code == 201, replaced.text
    said = replaced.json()
    assert (said["entry"]["ref"], said["entry"]["hamlet"]) == (f"{UNIT}.camera.cam-2", "Nà Mười")
    assert [(one["ref"], one["lifecycle"]) for one in said["before"]] == [(f"{UNIT}.camera.cam-1", "retired")]
    assert {one["ref"] for one in said["changes"]} == {f"{UNIT}.camera.cam-{n}" for n in (1, 2)}
    moved = client.post("/api/v1/devices/cam-2/replace", json={"name": "cam-2", "unit": OTHER, "reason": "điều chuyển"})
    assert moved.status_code == 201, moved.text
    assert len(moved.json()["before"]) == 2
    assert client.get("/api/v1/devices/cam-2").status_code == 409, "two devices have the name now"
    assert client.get(f"/api/v1/devices/{OTHER}.camera.cam-2").json()["lifecycle"] == "installed"
    assert client.post(path, json={"name": "cam-2", "reason": "x"}).status_code == 409


def test_who_changes_a_device_second_is_told_who_was_first_and_what_changed(api: Api, store: Store) -> None:
    register(store, "cam-1", title="Camera")
    client, path = api.client("technician"), f"/api/v1/devices/{UNIT}.camera.cam-1"
    seen = client.get(f"{path}/register").json()
    assert seen["version"] == 0
    first = client.patch(path, json={"title": "Camera cổng chợ", "version": seen["version"]})
    assert first.status_code == 200, first.text
    assert first.json()["version"] > 0
    late = client.patch(path, json={"owner": "Công an xã", "version": seen["version"]})
    assert (late.status_code, late.json()["type"]) == (409, "urn:commune-ioc:problem:changed-before")
    assert late.json()["by"] == "token:test-technician"
    assert late.json()["fields"] == {"title": ["Camera", "Camera cổng chợ"]}
    assert late.json()["version"] == first.json()["version"]
    again = client.patch(path, json={"owner": "Công an xã", "version": late.json()["version"]}).json()
    assert (again["entry"]["title"], again["entry"]["owner"]) == ("Camera cổng chợ", "Công an xã")


def test_a_device_is_entered_by_hand_once(api: Api, store: Store) -> None:
    wish = {"kind": "camera", "name": "cam-9", "title": "Camera đầu làng", "expected_every_s": 60, "reason": "lắp mới"}
    assert api.client("operator").post("/api/v1/devices", json=wish).status_code == 403
    client = api.client("technician")
    made = client.post("/api/v1/devices", json=wish)
    assert made.status_code == 201, made.text
    assert (made.json()["entry"]["ref"], made.json()["entry"]["lifecycle"]) == (f"{UNIT}.camera.cam-9", "installed")
    again = client.post("/api/v1/devices", json=wish)
    assert (again.status_code, again.json()["reasons"][0]["vi"]) == (409, "cam-9 đã có trong danh mục; chọn mã khác")
    assert client.post("/api/v1/devices", json=wish | {"name": "CAM 9"}).status_code == 422
    assert client.post("/api/v1/devices", json=wish | {"name": "cam-8", "latitude": 20.5}).status_code == 422
    assert client.post("/api/v1/devices", json=wish | {"name": "cam-8", "unit": "99999"}).status_code == 422
    take(store, [status("cam-7")])  # heard of, and nobody has entered it
    assert client.post("/api/v1/devices", json=wish | {"name": "cam-7"}).json()["entry"]["title"] == "Camera đầu làng"
    noted = store.rows("select subject from audit where action = 'device.enter' order by id")
    assert [row["subject"] for row in noted] == [f"{UNIT}.camera.cam-9", f"{UNIT}.camera.cam-7"]
