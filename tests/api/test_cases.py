"""One case with what was said of it, and lists of those that a screen asks for."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from api.cases import Event, Told
from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import UNIT, report
from tests.api.test_push import NDJSON, NOW, PUSH


def push(api: Api, *lines: bytes) -> None:
    assert api.client("operator").post(PUSH, content=b"\n".join(lines), headers=NDJSON).status_code == 202


def ids(api: Api, **asked: Any) -> list[str]:
    items = api.client().get("/api/v1/cases", params={"unit": UNIT, "kind": "field_report", **asked}).json()["items"]
    return [item["id"] for item in items]


def test_a_case_tells_everything_that_was_said_of_it_in_order(api: Api) -> None:
    began = NOW - timedelta(hours=5)
    said = {"opened_at": began.isoformat(), "hamlet": "Nà Mười", "reporter": "Nguyễn Văn A", "phone": "0912345678"}
    push(
        api,
        report("1022/7", at=began, **said),
        report("1022/7", at=NOW - timedelta(hours=1), **said | {"status": "resolved", "severity": "urgent"}),
    )
    answer = api.client().get(f"/api/v1/cases/{UNIT}/field_report/1022/7")
    told = answer.json()
    assert set(told) == set(Told.model_fields)
    assert [(e["status"], e["severity"]) for e in told["events"]] == [("new", "normal"), ("resolved", "urgent")]
    assert set(told["events"][0]) == set(Event.model_fields)
    assert told["closed_at"] is not None
    assert "Nguyễn" not in answer.text
    assert "0912345678" not in answer.text
    missing = api.client().get(f"/api/v1/cases/{UNIT}/field_report/none")
    assert missing.status_code == 404
    assert "field_report none" in missing.json()["detail"]


def test_cases_are_found_by_what_they_are_and_whether_they_are_open(api: Api) -> None:
    push(
        api,
        report("a", at=NOW, category="lighting", severity="urgent", hamlet="Nà Mười"),
        report("b", at=NOW - timedelta(days=6, hours=12), hamlet="Bái Tam"),
        report("c", at=NOW - timedelta(days=9), status="resolved"),
    )
    assert ids(api, open="true") == ["a", "b"]
    assert ids(api, open="false") == ["c"]
    assert ids(api, category="lighting") == ids(api, severity="urgent") == ids(api, hamlet="Nà Mười") == ["a"]
    assert ids(api, deadline="due_soon") == ["a", "b"]
    assert ids(api, deadline="due_soon", hamlet="Bái Tam") == ["b"]
    assert api.client().get("/api/v1/cases", params={"deadline": "soon"}).status_code == 422
    file = api.client().get("/api/v1/export/cases.csv", params={"hamlet": "Bái Tam"}).text.splitlines()
    assert [line.split(",")[2] for line in file[1:]] == ["b"]


def test_a_workbook_bears_an_instant_at_the_end_of_calendars(api: Api, store: Store) -> None:
    push(api, report("1022/9", at=NOW))
    store.execute("update case_event set due = '9999-12-31 23:59:59+00'")
    store.execute("update case_now set due = '9999-12-31 23:59:59+00'")
    answer = api.client().get("/api/v1/export/cases.xlsx")
    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    assert "9999-12-31T23:59:59+00:00" in {cell.value for cell in sheet[2]}
