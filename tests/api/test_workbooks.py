"""Workbooks of every office through the API: a good one is seen whole, of a wrong one each cell is told."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingest.config import Settings
from ingest.store import Store
from tests.api.conftest import Api
from tests.servers import free_port

CONNECTORS = Path(__file__).parents[2] / "connectors"
UNIT = "20791"
OFFICES = ("dti_workbook", "health_workbook", "socio_workbook")


@pytest.fixture
def api(database_url: str, store: Store, tmp_path: Path) -> Iterator[Api]:
    tables: dict[str, Any] = {
        "commune": {"unit": UNIT},
        "database": {"url": database_url, "pool": 4},
        "http": {"port": free_port()},
        "sources": {office: {"connector": office, "unit": UNIT, "folder": str(tmp_path)} for office in OFFICES},
    }
    with Api(Settings.model_validate(tables), store) as api:
        yield api


def workbook(office: str, case: str) -> tuple[str, bytes]:
    (file,) = (CONNECTORS / office / "cases" / case).glob("body.*")
    return f"{case}{file.suffix}", file.read_bytes()


def said(figure: dict[str, Any], start: str, end: str) -> tuple[object, ...]:
    value = figure.get("value")
    return (
        figure["unit"], figure["indicator"], start, end, figure.get("scope", ""),
        tuple(sorted((figure.get("dims") or {}).items())), None if value is None else Decimal(str(value)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("office", "case"),
    [
        ("dti_workbook", "simulated"),
        ("dti_workbook", "tcvn3"),
        ("health_workbook", "simulated"),
        ("health_workbook", "two_tables"),
        ("socio_workbook", "simulated"),
        ("socio_workbook", "nine_months"),
    ],
)
def test_every_figure_of_a_good_workbook_is_seen(api: Api, office: str, case: str) -> None:
    client = api.client("operator")
    name, body = workbook(office, case)
    path = f"/api/v1/messages/{office}"
    pushed = client.post(path, content=body, params={"address": name})
    assert (pushed.status_code, pushed.json()["stored"]) == (202, 1), pushed.text
    expected = json.loads((CONNECTORS / office / "cases" / case / "expected.json").read_text("utf-8"))["records"]
    items = client.get("/api/v1/observations", params={"limit": 1000}).json()["items"]
    assert {said(item, item["period_start"], item["period_end"]) for item in items} == {
        said(one, one["period"]["start"], one["period"]["end"]) for one in expected
    }
    assert {(item["source"], item["address"]) for item in items} == {(office, name)}
    assert client.post(path, content=body, params={"address": name}).json()["duplicate"] == 1


@pytest.mark.parametrize(
    ("office", "case", "place", "value", "expected", "vi"),
    [
        ("dti_workbook", "bad_cells", "Biểu 1!B3", "'Tỷ lệ hộ có cáp quan'", "the nearest is 'Tỷ lệ hộ có cáp quang'",
         "không có chỉ tiêu “Tỷ lệ hộ có cáp quan”"),
        ("dti_workbook", "bad_cells", "Biểu 1!C4", "'hộ'", "is counted in '%'", "tính bằng “%”, không phải “hộ”"),
        ("dti_workbook", "bad_cells", "Biểu 1!D5", "116.6667 %", "at most 100 %", "vượt quá 100 %"),
        ("health_workbook", "unknown_diseases", "T8!B8", "'Bệnh lạ'", "the nearest is 'Lao phổi'",
         "không có bệnh “Bệnh lạ”"),
        ("health_workbook", "unknown_diseases", "T8!C9", "1.5", "counted in whole numbers", "không phải số nguyên"),
        ("socio_workbook", "unknown_names", "csv!B3", "'Số mô hình nhà màng'", "the nearest is 'Hộ kinh doanh'",
         "gần nhất là “Hộ kinh doanh”"),
    ],
)  # fmt: skip
def test_a_wrong_workbook_is_refused_with_cell_value_and_what_is_expected(
    api: Api, store: Store, office: str, case: str, place: str, value: str, expected: str, vi: str
) -> None:
    client = api.client("operator")
    name, body = workbook(office, case)
    answer = client.post(f"/api/v1/messages/{office}", content=body, params={"address": name})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    (reason,) = (one for one in answer.json()["reasons"] if one["place"] == place)
    assert value in reason["reason"]
    assert expected in reason["reason"]
    assert vi in reason["vi"]
    assert client.get("/api/v1/observations").json()["items"] == []
    assert store.row("select count(*) as n from rejection where source = %s", (office,)) == {"n": 1}
