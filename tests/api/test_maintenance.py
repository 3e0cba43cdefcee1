"""Windows of maintenance through the API: planned by technicians, taken back, refused with every reason."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.maintenance import Maintenance
from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import UNIT, register
from tests.api.test_devices import walk

PATH = "/api/v1/maintenance"
NOW = datetime.min.replace(tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> None:
    """Set the clock; the suite takes longer than what tests wait for."""
    global NOW
    NOW = datetime.now(UTC).replace(microsecond=0)


def wish(start: float = 5, stop: float = 6, **fields: Any) -> dict[str, Any]:
    """Return a window by hours from now."""
    instants = {"starts_at": NOW + timedelta(hours=start), "ends_at": NOW + timedelta(hours=stop)}
    return {"unit": UNIT, "reason": "thay nguồn", **{k: v.isoformat() for k, v in instants.items()}} | fields


def test_a_technician_plans_ends_and_cancels_and_all_of_it_is_noted(api: Api, store: Store) -> None:
    register(store, "cam-1")
    for role in ("viewer", "operator"):
        assert api.client(role).post(PATH, json=wish()).status_code == 403
    client = api.client("technician")
    planned = client.post(PATH, json=wish(kind="camera", name="cam-1", reason="  thay  nguồn "))
    assert planned.status_code == 201, planned.text
    item = planned.json()
    assert set(item) == set(Maintenance.model_fields)
    assert (item["state"], item["reason"], item["created_by"]) == ("planned", "thay nguồn", "token:test-technician")
    early = client.post(f"{PATH}/{item['id']}/end")
    assert (early.status_code, early.json()["type"]) == (409, "urn:commune-ioc:problem:not-running")
    gone = client.post(f"{PATH}/{item['id']}/cancel")
    assert (gone.status_code, gone.json()["state"]) == (200, "cancelled")
    assert client.post(f"{PATH}/{item['id']}/cancel").json() == gone.json()
    running = client.post(PATH, json=wish(-1, 3)).json()
    assert running["state"] == "running"
    ended = client.post(f"{PATH}/{running['id']}/end").json()
    assert (ended["state"], ended["planned_until"]) == ("over", running["ends_at"])
    assert client.post(f"{PATH}/{running['id']}/end").json() == ended
    assert client.post(f"{PATH}/99/cancel").status_code == 404
    noted = store.rows("select action, subject, detail from audit where starts_with(action, 'maintenance') order by id")
    assert [(row["action"], row["subject"]) for row in noted] == [
        ("maintenance.plan", "1"), ("maintenance.cancel", "1"), ("maintenance.plan", "2"), ("maintenance.end", "2")
    ]  # fmt: skip
    assert [row["detail"].get("retroactive") for row in noted] == [False, None, True, None]


def test_windows_are_listed_by_what_is_asked(api: Api, store: Store) -> None:
    register(store, "cam-1", hamlet="Nà Mười")
    register(store, "loa-1", kind="loudspeaker")
    client = api.client("technician")
    for fields in (wish(-48, -47), wish(1, 2, kind="camera"), wish(3, 4, name="loa-1"), wish(5, 6, hamlet="Nà Mười")):
        assert client.post(PATH, json=fields).status_code == 201

    def ids(**query: Any) -> list[int]:
        return [item["id"] for item in walk(api.client(), PATH, limit=2, **query)]

    assert ids() == [4, 3, 2, 1]
    assert ids(kind="loudspeaker", name="loa-1") == [4, 3, 1], "a window of all kinds is one of each"
    assert ids(name="cam-1") == [4, 2, 1]
    assert ids(state="over") == [1]
    assert ids(unit="00376") == []
    assert ids(start=(NOW + timedelta(hours=2)).isoformat(), stop=(NOW + timedelta(hours=4)).isoformat()) == [3]
    assert client.get(PATH, params={"q": "x"}).status_code == 422


def test_every_reason_is_told_at_once_and_in_vietnamese(api: Api, store: Store) -> None:
    register(store, "cam-1")
    client = api.client("technician")
    refused = client.post(PATH, json=wish(24 * 400, 24 * 399, name="cam-9"))
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    reasons = refused.json()["reasons"]
    assert [reason["place"] for reason in reasons] == ["body.starts_at", "body.ends_at", "body.name"]
    assert all(reason["vi"] for reason in reasons)
    wrong: tuple[dict[str, Any], ...] = (
        {"unit": "99999"}, {"kind": "radio"}, {"reason": " "}, {"starts_at": "2026-12-01T00:00:00"}, {"note": "?"},
        {"name": "Cam 1"}, {"reason": "a\0b"},
    )  # fmt: skip
    for fields in wrong:
        assert client.post(PATH, json=wish(**fields)).status_code == 422, fields
    assert client.get(PATH).json()["items"] == []
