"""Our own sight through the API."""

from datetime import UTC, datetime, timedelta

from api.canaries import Canary
from ingest.sql import QUERIES
from ingest.store import Store
from tests.api.conftest import Api


def put(store: Store, name: str, state: str, checked: datetime) -> None:
    store.execute(
        QUERIES["put_canary"],
        {"name": name, "state": state, "since": checked, "reason": "", "good_at": None, "checked_at": checked,
         "every": timedelta(seconds=5), "measured": 1.5, "hides": ["cameras"]},
    )  # fmt: skip


def test_each_says_since_when_and_whom_it_hides(api: Api, store: Store) -> None:
    now = datetime.now(UTC)
    put(store, "gateway", "failing", now)
    put(store, "broker", "ok", now - timedelta(minutes=1))
    broker, gateway = api.client().get("/api/v1/canaries").json()["items"]
    assert set(gateway) == set(Canary.model_fields)
    assert (gateway["title"], gateway["state"], gateway["hides"]) == ("Cổng mạng nội bộ", "failing", ["cameras"])
    assert (broker["state"], broker["reason"], broker["hides"]) == ("unknown", "not_checked", [])
    assert api.anonymous().get("/api/v1/canaries").status_code == 401
