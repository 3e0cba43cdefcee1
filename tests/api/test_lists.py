"""Communes, figures, cases, feeds, numbers, files."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import orjson
import pytest

from api.cases import Case
from api.observations import Observation
from api.rejections import Rejection
from api.sources import Source
from api.units import Unit
from dashboards import indicators
from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import OTHER, UNIT, figure, note, register, report, status, take
from tests.api.test_devices import walk
from tests.api.test_push import NDJSON, PUSH

NOW = datetime.min.replace(tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> None:
    """Set the clock; the suite takes longer than what tests wait for."""
    global NOW
    NOW = datetime.now(UTC).replace(microsecond=0)


def test_a_code_that_was_used_again_has_two_entries(api: Api) -> None:
    items = api.client().get(f"/api/v1/units/{UNIT}").json()["items"]
    assert [(i["name"], i["valid_from"], i["valid_to"]) for i in items] == [
        ("Phường Trúc Bạch", "1900-01-01", "2025-07-01"),
        ("Phường Ba Đình", "2025-07-01", None),
    ]
    before, today = items
    assert (before["parent"], today["parent"]) == ("001", "01")
    assert (before["successor"], today["successor"]) == (UNIT, None)
    assert UNIT in {p["code"] for p in today["predecessors"]}
    assert set(today) == set(Unit.model_fields)
    assert api.client().get("/api/v1/units/99999").status_code == 404


def test_units_are_found_without_diacritics_by_province_level_and_time(api: Api) -> None:
    client = api.client()

    def names(**query: str) -> list[str]:
        return [i["name"] for i in client.get("/api/v1/units", params=query).json()["items"]]

    assert names(q="ba dinh", current="true", province="01") == ["Phường Ba Đình"]
    assert names(q="Ba Đình", current="true", level="ward", province="01") == ["Phường Ba Đình"]
    assert "Phường Trúc Bạch" in names(q="truc bach", current="false", province="01")
    assert names(q="truc bach", current="true") == []
    today = walk(client, "/api/v1/units", current="true", limit=1000)
    assert sum(i["level"] in ("commune", "ward", "special_zone") for i in today) == 3321
    assert len({(i["code"], i["level"], i["valid_from"]) for i in today}) == len(today)


def test_money_keeps_every_digit(api: Api, store: Store) -> None:
    amount = "123456789012345678901234.56"
    note(store, [figure(amount, numerator=Decimal("0.10"), stated=Decimal("91.3"))])
    answer = api.client().get("/api/v1/observations")
    assert f'"value":{amount},'.encode() in answer.content
    assert b'"numerator":0.10,' in answer.content
    (item,) = answer.json()["items"]
    assert set(item) == set(Observation.model_fields)
    assert (item["period_start"], item["period_end"], item["denominator"]) == ("2026-10-01", "2026-10-31", None)


def test_a_figure_without_value_is_null_never_zero(api: Api, store: Store) -> None:
    note(store, [figure(None, quality="missing"), figure("0", start=date(2026, 9, 1))])
    items = api.client().get("/api/v1/observations").json()["items"]
    assert [(i["period_start"], i["value"]) for i in items] == [("2026-09-01", 0), ("2026-10-01", None)]


def test_revisions_are_kept_and_the_newest_counts(api: Api, store: Store) -> None:
    for value in ("1", "2", "2", "3"):
        note(store, [figure(value)])
    client = api.client()
    (latest,) = client.get("/api/v1/observations").json()["items"]
    assert (latest["value"], latest["revision"], latest["latest"]) == (3, 3, True)
    every = walk(client, "/api/v1/observations", revisions="true", limit=1)
    assert [(i["value"], i["latest"]) for i in every] == [(1, False), (2, False), (3, True)]


def test_figures_touch_the_days_asked_for(api: Api, store: Store) -> None:
    note(store, [figure("1", start=date(2026, month, 1), dims={"loại": f"{month}"}) for month in (8, 9, 10)])
    client = api.client()

    def months(**query: str) -> list[str]:
        return [i["dims"]["loại"] for i in client.get("/api/v1/observations", params=query).json()["items"]]

    assert months(start="2026-09-01", stop="2026-10-01") == ["9"]
    assert months(start="2026-08-31T16:59:59Z", stop="2026-08-31T17:00:01Z") == ["8", "9"]
    assert months(start="2026-10-31") == ["10"]
    assert months(indicator="nothing") == []
    assert [i["dims"]["loại"] for i in walk(client, "/api/v1/observations", limit=2)] == ["8", "9", "10"]


def test_cases_newest_first_with_what_is_overdue(api: Api) -> None:
    client = api.client("operator")
    lines = [report(f"PA-{n:02}", at=NOW - timedelta(days=n)) for n in range(20)]
    lines.append(report("PA-closed", at=NOW - timedelta(days=19), status="resolved"))
    assert client.post(PUSH, content=b"\n".join(lines), headers=NDJSON).status_code == 202
    items = walk(client, "/api/v1/cases", limit=3)
    assert [i["id"] for i in items[:19]] == [f"PA-{n:02}" for n in range(19)]
    assert {i["id"] for i in items[19:]} == {"PA-19", "PA-closed"}
    assert set(items[0]) == set(Case.model_fields)
    overdue = {i["id"] for i in items if i["overdue"]}
    assert overdue == {f"PA-{n:02}" for n in range(7, 20)}
    asked = client.get("/api/v1/cases", params={"status": "overdue", "kind": "field_report", "unit": UNIT}).json()
    assert {i["id"] for i in asked["items"]} == overdue
    assert [i["id"] for i in client.get("/api/v1/cases?status=resolved").json()["items"]] == ["PA-closed"]
    assert client.get("/api/v1/cases", params={"unit": OTHER}).json()["items"] == []


def test_sources_with_their_counters(api: Api) -> None:
    client = api.client("technician")
    client.post(PUSH, content=report("PA-1", at=NOW) + b"\n{}", headers=NDJSON)
    items = {i["name"]: i for i in walk(client, "/api/v1/sources", limit=2)}
    assert set(items) == {"cameras", "loudspeakers", "reports"}
    one = items["reports"]
    assert set(one) == set(Source.model_fields)
    assert (one["state"], one["received"], one["stored"], one["rejected"]) == ("ok", 2, 1, 1)
    assert one["stale_after_s"] == 3600
    assert 0 <= one["lag_s"] < 60
    assert items["cameras"]["state"] == "never"
    (kept,) = client.get("/api/v1/sources/reports/rejections").json()["items"]
    assert set(kept) == set(Rejection.model_fields)
    assert client.get("/api/v1/sources/nothing/rejections").status_code == 404


def test_numbers_come_from_their_one_definition(api: Api, store: Store) -> None:
    indicators.install(store)
    register(store, "cam-0")
    take(store, [status("cam-1"), status("cam-2", unit=OTHER)])
    client = api.client()
    known = {i["key"]: i for i in client.get("/api/v1/indicators").json()["items"]}
    assert set(known) == set(indicators.load())
    assert "sql" not in known["devices_camera_total"]
    now = client.get("/api/v1/indicators/devices_camera_total/now").json()
    assert {(i["unit"], i["value"]) for i in now["items"]} == {(UNIT, 2), (OTHER, 1)}
    assert now["indicator"] == known["devices_camera_total"]
    one = client.get("/api/v1/indicators/devices_camera_online/now", params={"unit": UNIT}).json()["items"]
    assert [(i["unit"], i["value"]) for i in one] == [(UNIT, 1)]
    rows = client.get("/api/v1/indicators/devices_camera_total", params={"unit": UNIT}).json()["items"]
    assert {row["value"] for row in rows} == {2}
    for key in known:
        assert client.get(f"/api/v1/indicators/{key}").status_code == 200, key
        assert client.get(f"/api/v1/indicators/{key}/now").status_code == 200, key
    hours = [client.get("/api/v1/indicators/devices_camera_total", params={"step": step}) for step in ("172800", "P2D")]
    assert [one.status_code for one in hours] == [200, 200]
    assert hours[0].json()["items"] == hours[1].json()["items"]
    assert client.get("/api/v1/indicators/devices_camera_total", params={"step": "5"}).status_code == 422
    missing = client.get("/api/v1/indicators/nothing")
    assert missing.status_code == 404
    assert missing.json()["indicators"] == sorted(known)


def test_files_hold_what_the_lists_hold(api: Api, store: Store) -> None:
    take(store, [status(f"cam-{n:04}", fps=n) for n in range(1500)])
    register(store, "loa-1", kind="loudspeaker", title="=cmd|' /C calc'!A0")
    note(store, [figure("-12.50")])
    client = api.client("operator")
    client.post(PUSH, content=report("PA-1", at=NOW))
    answer = client.get("/api/v1/export/devices.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "devices-" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(answer.text.splitlines()))
    items = walk(client, "/api/v1/devices", limit=1000)
    assert [row["ref"] for row in rows] == [item["ref"] for item in items]
    assert [orjson.loads(row["values"]) for row in rows] == [item["values"] for item in items]
    assert rows[-1]["name"] == "'=cmd|' /C calc'!A0", "a spreadsheet must not execute a device's title"
    (some,) = csv.DictReader(client.get("/api/v1/export/devices.csv?kind=loudspeaker").text.splitlines())
    assert some["id"] == "loa-1"
    (money,) = csv.DictReader(client.get("/api/v1/export/observations.csv").text.splitlines())
    assert (money["value"], money["numerator"], money["cumulative"]) == ("-12.50", "", "false")
    (case,) = csv.DictReader(client.get("/api/v1/export/cases.csv").text.splitlines())
    assert (case["id"], case["overdue"]) == ("PA-1", "false")
    empty = client.get("/api/v1/export/cases.csv", params={"unit": OTHER})
    assert empty.status_code == 200
    assert empty.text.splitlines() == [",".join(Case.model_fields)]


def test_a_cursor_of_something_else_is_refused(api: Api, store: Store) -> None:
    take(store, [status("cam-1"), status("cam-2")])
    client = api.client()
    foreign = client.get("/api/v1/devices?limit=1").json()["next"]
    for path in ("cases", "observations", "sources", "units"):
        for cursor in (foreign, "nonsense", "e30", "W10", "WyJkZXZpY2VzIiwxLDIsM10", "\0", "é", "W1sxXV0="):
            answer = client.get(f"/api/v1/{path}", params={"cursor": cursor})
            assert answer.status_code == 400, (path, cursor)
            assert answer.json()["type"].endswith("bad-cursor")
