"""Receivers and the outbox over HTTP: for technicians, complete, without secrets."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.outbox import Failure, Outbox
from ingest.receivers import receivers_of
from ingest.store import Store
from tests.api.conftest import Api
from tests.ingest.incident_rows import opened

NOW = datetime.min.replace(tzinfo=UTC)
SECRET = "s3cret-s3cret-s3cret-s3cret"
TABLE = {"kind": "webhook", "url": "http://127.0.0.1:9/x", "secret": SECRET, "group": "0s"}


@pytest.fixture(autouse=True)
def _now() -> None:
    """Set the clock; the suite takes longer than what tests wait for."""
    global NOW
    NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)


def test_technicians_see_how_receivers_are_doing(api: Api, store: Store) -> None:
    made = receivers_of([TABLE | {"name": name, "title": name.upper()} for name in ("good", "bad", "idle", "gone")])
    good, bad, idle, _gone = made
    outbox = Outbox(store, made)
    outbox.declare(NOW)
    outbox = Outbox(store, (good, bad, idle))
    outbox.declare(NOW)
    first = opened(store, NOW)
    outbox.collect(NOW)
    letters = [outbox.claim(one, NOW) for one in (good, bad)]
    assert letters[0] is not None
    assert letters[1] is not None
    outbox.sent(letters[0], NOW)
    outbox.failed(bad, letters[1], Failure("status 503"), NOW, 1.0)
    opened(store, NOW, "camera/cam-02")
    outbox.collect(NOW + timedelta(seconds=1))
    client = api.client("technician")
    told = {item["name"]: item for item in client.get("/api/v1/receivers").json()["items"]}
    assert {name: item["state"] for name, item in told.items()} == {
        "good": "ok", "bad": "failing", "idle": "never", "gone": "removed",
    }  # fmt: skip
    assert (told["bad"]["waiting"], told["bad"]["notices"], told["bad"]["error"]) == (1, 1, "status 503")
    assert (told["good"]["sent_24h"], told["good"]["title"]) == (1, "GOOD")
    waiting = client.get("/api/v1/outbox", params={"state": "waiting", "receiver": "bad"}).json()["items"]
    assert [(m["attempts"], m["incidents"], m["error"]) for m in waiting] == [(1, [first], "status 503")]
    assert waiting[0]["title"].startswith("[Cảnh báo] Camera mất kết nối")
    sent = client.get("/api/v1/outbox", params={"state": "sent"}).json()["items"]
    assert [(m["receiver"], m["next_try_at"], m["key"]) for m in sent] == [("good", None, str(letters[0].key))]
    assert len(client.get("/api/v1/outbox", params={"incident": first}).json()["items"]) == 3
    page = client.get("/api/v1/outbox", params={"limit": 2}).json()
    rest = client.get("/api/v1/outbox", params={"limit": 2, "cursor": page["next"]}).json()
    ids = [item["id"] for item in page["items"] + rest["items"]]
    assert ids == sorted(set(ids), reverse=True)
    assert SECRET not in client.get("/api/v1/receivers").text + client.get("/api/v1/outbox").text


def test_others_do_not(api: Api) -> None:
    client = api.client("operator")
    for path in ("receivers", "outbox"):
        assert client.get(f"/api/v1/{path}").status_code == 403
        assert api.anonymous().get(f"/api/v1/{path}").status_code == 401


def test_an_unknown_state_is_refused(api: Api) -> None:
    assert api.client("technician").get("/api/v1/outbox", params={"state": "lost"}).status_code == 422
