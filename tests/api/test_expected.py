"""What feeds owe, over the API."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from api.expected import Expected
from connectors.contract import Message, Observation, Period
from ingest.batch import Committer
from ingest.config import Settings
from ingest.health import declare
from ingest.pipeline import Understood
from ingest.store import Store
from tests.api.conftest import SOURCES, Api
from tests.servers import free_port


@pytest.fixture
def api(database_url: str, store: Store) -> Any:
    rule = {"every": "month", "day": 10, "by": "17:00", "owner": "Trạm Y tế", "indicators": ["visits"]}
    reports = {**SOURCES["reports"], "due": [rule, {"every": "year", "day": 31}]}
    tables: dict[str, Any] = {
        "commune": {"unit": "00004"},
        "database": {"url": database_url, "pool": 4},
        "http": {"port": free_port()},
        "sources": {**SOURCES, "reports": reports},
    }
    its = Settings.model_validate(tables)
    declare(store, its)
    store.execute("update due_rule set declared_at = '2020-01-01'")
    with Api(its, store) as api:
        yield api


def test_a_feed_tells_what_it_owes(api: Api, store: Store) -> None:
    client = api.client()
    items = {i["name"]: i for i in client.get("/api/v1/sources").json()["items"]}
    assert items["cameras"]["expected"] == []
    first = items["reports"]["expected"][0]
    assert set(first) == set(Expected.model_fields)
    assert (first["state"], first["state_vi"], first["owner"]) == ("missing", "Chưa nộp", "Trạm Y tế")
    assert first["missing_indicators"] == ["visits"]
    assert first["missing_units"] == ["00004"]
    start, end = date.fromisoformat(first["period_start"]), date.fromisoformat(first["period_end"])
    assert first["period"] == f"tháng {start.month}/{start.year}"
    assert datetime.fromisoformat(first["due_at"]).hour == 10, "17:00 in Việt Nam"
    figure = Observation("00004", "visits", Period(start, end, "month"), Decimal(7))
    Committer(store).commit([Understood(Message("reports", "x", b"", datetime.now(UTC)), (figure,))])
    items = {i["name"]: i for i in client.get("/api/v1/sources").json()["items"]}
    assert items["reports"]["expected"][0]["state"] == "late"


def test_the_history_of_a_feed(api: Api, store: Store) -> None:
    client = api.client()
    asked = {"start": "2026-01-01", "stop": "2026-04-01"}
    items = client.get("/api/v1/sources/reports/expected", params=asked).json()["items"]
    assert [i["period"] for i in items] == ["tháng 1/2026", "tháng 2/2026", "tháng 3/2026", "năm 2026"]
    assert len(client.get("/api/v1/sources/reports/expected").json()["items"]) >= 13
    assert client.get("/api/v1/sources/nothing/expected").status_code == 404
    assert {i["state"] for i in items} == {"missing", "not_due"}
    store.execute("update due_rule set declared_at = '2026-03-01'")
    items = client.get("/api/v1/sources/reports/expected", params=asked).json()["items"]
    told = {i["period"]: (i["state"], i["state_vi"]) for i in items}
    assert told["tháng 1/2026"] == ("not_owed", "Trước khi theo dõi"), "it was due before the source was declared"
    assert told["tháng 2/2026"][0] == "missing", "the month was over, but it was due afterwards"
    long = {"start": "2000-01-01", "stop": "2026-01-01"}
    assert client.get("/api/v1/sources/reports/expected", params=long).status_code == 422
    backwards = {"start": "2026-02-01", "stop": str(date(2026, 2, 1) - timedelta(days=1))}
    assert client.get("/api/v1/sources/reports/expected", params=backwards).status_code == 422
