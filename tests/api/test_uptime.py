"""Availability by the API: one device, many, groups, and why it is what it is; the files that people take along."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from api import (
    audit_trail,
    broadcasts,
    cases,
    devices,
    imports,
    incidents,
    observations,
    played,
    rejections,
    sources,
    uptime,
)
from api.headings import HEADINGS
from api.reasons import sentence
from api.sheet import workbook
from connectors.contract import LOCAL
from ingest.rollup import roll_up
from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import OTHER, UNIT, figure, note, register
from tests.api.test_devices import walk

NOW = datetime.now(UTC).replace(microsecond=0)
START = datetime.combine(NOW.astimezone(LOCAL).date() - timedelta(days=2), datetime.min.time(), LOCAL).astimezone(UTC)
WINDOW = {"start": START.isoformat(), "stop": (START + timedelta(days=1)).isoformat()}


def at(hour: float) -> datetime:
    return START + timedelta(hours=hour)


def spans(
    store: Store, name: str, *said: tuple[float, float, str, str], unit: str = UNIT, kind: str = "camera"
) -> None:
    for begin, end, state, reason in said:
        store.execute(
            "insert into state_span (unit, kind, name, started_at, ended_at, state, reason, source, word)"
            " values (%s, %s, %s, %s, %s, %s, %s, 'cameras', %s)",
            (unit, kind, name, at(begin), at(end), state, reason, {"reported": "no_signal"}.get(reason, "")),
        )


@pytest.fixture
def day(store: Store) -> None:
    """Two cameras and a loudspeaker in two hamlets, and one camera of another commune."""
    register(store, "cam-1", hamlet="Thôn 1")
    register(store, "cam-2", hamlet="Thôn 2")
    register(store, "cam-3", hamlet="Thôn 2", lifecycle="pending_install")
    register(store, "loa-1", hamlet="Thôn 2", kind="loudspeaker")
    register(store, "cam-9", unit=OTHER)
    spans(store, "cam-1", (0, 6, "online", ""), (6, 9, "offline", "silence"), (9, 10, "fault", "reported"),
          (10, 24, "online", ""))  # fmt: skip
    spans(store, "cam-2", (0, 24, "online", ""))
    spans(store, "cam-3", (0, 24, "offline", "silence"))
    spans(store, "loa-1", (12, 24, "offline", "last_will"), kind="loudspeaker")
    spans(store, "cam-9", (0, 24, "offline", "silence"), unit=OTHER)
    store.execute(
        "insert into maintenance (unit, name, starts_at, ends_at, reason, created_by)"
        " values (%s, 'cam-1', %s, %s, 'Thay nguồn', 'lan')",
        (UNIT, at(8), at(9)),
    )


def test_what_many_spent_and_what_a_hamlet_a_kind_and_a_commune_spent_together(api: Api, day: None) -> None:
    client = api.client()
    items = client.get("/api/v1/uptime", params={"unit": UNIT, **WINDOW}).json()["items"]
    assert set(items[0]) == set(uptime.Uptime.model_fields)
    assert {i["id"]: (i["online_s"] / 3600, i["offline_s"] / 3600, i["availability"]) for i in items} == {
        "cam-1": (20, 2, pytest.approx(100 * 20 / 23)), "cam-2": (24, 0, 100), "cam-3": (0, 0, None),
        "loa-1": (0, 12, 0),
    }  # fmt: skip
    there = client.get("/api/v1/uptime", params={"hamlet": "Thôn 2", **WINDOW}).json()["items"]
    assert [i["id"] for i in there] == ["cam-2", "cam-3", "loa-1"]

    def groups(**query: str) -> list[tuple[object, ...]]:
        found = client.get("/api/v1/uptime/groups", params={**WINDOW, **query}).json()["items"]
        assert all(set(item) == set(uptime.Group.model_fields) for item in found)
        return [(i["unit"], i["kind"], i["hamlet"], i["devices"], i["availability"]) for i in found]

    assert groups(unit=UNIT) == [(UNIT, "", "", 3, pytest.approx(100 * 44 / 59))]
    assert groups() == [(UNIT, "", "", 3, pytest.approx(100 * 44 / 59)), (OTHER, "", "", 1, 0)]
    assert groups(unit=UNIT, by="kind") == [
        (UNIT, "camera", "", 2, pytest.approx(100 * 44 / 47)), (UNIT, "loudspeaker", "", 1, 0)
    ]  # fmt: skip
    assert groups(unit=UNIT, by="hamlet") == [
        (UNIT, "", "Thôn 1", 1, pytest.approx(100 * 20 / 23)), (UNIT, "", "Thôn 2", 2, pytest.approx(100 * 24 / 36))
    ]  # fmt: skip
    assert groups(by="hamlet", hamlet="Thôn 2", kind="camera") == [(UNIT, "", "Thôn 2", 1, 100)]
    assert client.get("/api/v1/uptime/groups?by=owner").status_code == 422
    roll_up(api.store)
    assert groups(unit=UNIT) == [(UNIT, "", "", 3, pytest.approx(100 * 44 / 59))]


def test_why_lists_every_interval_with_its_evidence_and_adds_up(api: Api, store: Store, day: None) -> None:
    store.execute(
        "insert into device_state (unit, kind, name, at, seen_at, state, reported, since, source)"
        " values (%s, 'camera', 'cam-1', now(), now(), 'online', 'online', now(), 'cameras')",
        (UNIT,),
    )
    store.execute("insert into blind_span values ('cameras', %s, %s, 'collector_stopped')", (at(20), at(22)))
    client = api.client()
    items = walk(client, "/api/v1/devices/cam-1/uptime/why", limit=2, **WINDOW)
    assert set(items[0]) == set(uptime.Piece.model_fields)
    shown = [((datetime.fromisoformat(i["started_at"]) - START) / timedelta(hours=1), i["counted"]) for i in items]
    assert shown == [
        (0, "online"), (6, "offline"), (8, "maintenance"), (9, "fault"), (10, "online"), (20, "blind"), (22, "online"),
    ]  # fmt: skip
    assert [i["reason_vi"] for i in items[1:6]] == [
        "cameras: không có tin nào quá hạn chờ",
        "Trong thời gian bảo trì: Thay nguồn",
        "cameras báo: mất tín hiệu hình",
        "Hoạt động",
        "Hệ thống không quan sát được: chương trình thu thập đã dừng",
    ]
    one = client.get("/api/v1/devices/cam-1/uptime", params=WINDOW).json()
    for counted in ("online", "offline", "fault", "maintenance", "blind"):
        assert one[f"{counted}_s"] == sum(i["duration_s"] for i in items if i["counted"] == counted)
    assert set(one) == set(uptime.UptimeOfTime.model_fields)
    absent = walk(client, "/api/v1/devices/cam-3/uptime/why", limit=9, **WINDOW)
    assert absent == [], "a device that waits for its installation has no time"
    assert client.get("/api/v1/devices/cam-7/uptime/why").status_code == 404


def test_a_silence_beside_other_evidence_says_so() -> None:
    piece = {"counted": "online", "state": "degraded", "reason": "no_answer", "word": "silent", "note": ""}
    piece |= {"source": "rtsp", "source_title": "Luồng hình"}
    assert sentence(piece) == "Vẫn nghe được qua nguồn khác, nhưng Luồng hình không có tin nào quá hạn chờ"


def test_two_figures_side_by_side(api: Api, store: Store, day: None) -> None:
    store.execute("insert into contract_hours values ('camera', '8 hours', '20 hours')")
    one = api.client().get("/api/v1/devices/cam-1/uptime", params=WINDOW).json()
    assert (one["contract_online_s"] / 3600, one["contract_down_s"] / 3600) == (10, 1)
    assert one["availability"] == pytest.approx(100 * 20 / 23)
    assert one["contract_availability"] == pytest.approx(100 * 10 / 11)


def test_files_of_people_have_vietnamese_headings_and_cells_of_their_kind(api: Api, store: Store, day: None) -> None:
    register(store, "loa-9", kind="loudspeaker", title="=cmd|' /C calc'!A0")
    note(store, [figure("-1234567890.50"), figure("12345678901234567.25", dims={"item": "A"})])
    client = api.client()
    for name in ("devices", "uptime", "observations", "cases", "broadcasts", "played", "incidents"):
        answer = client.get(f"/api/v1/export/{name}.xlsx")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
        assert f"{name}-" in answer.headers["content-disposition"]
        sheet = load_workbook(io.BytesIO(answer.content)).active
        csv_ = list(csv.reader(client.get(f"/api/v1/export/{name}.csv").text.splitlines()))
        assert [c.value for c in sheet[1]] == [HEADINGS[field] for field in csv_[0]]
        assert sheet.max_row == len(csv_)
    rows = list(load_workbook(io.BytesIO(client.get("/api/v1/export/uptime.xlsx", params=WINDOW).content)).active.rows)
    cells = {c.value: n for n, c in enumerate(rows[0])}
    first = rows[1]
    assert first[cells["Hoạt động (giây)"]].value == 72000
    assert first[cells["Từ"]].value == START.astimezone(LOCAL).replace(tzinfo=None)
    assert first[cells["Từ"]].is_date
    book = load_workbook(io.BytesIO(client.get("/api/v1/export/devices.xlsx").content))
    texts = [c for row in book.active.rows for c in row if c.value == "=cmd|' /C calc'!A0"]
    assert texts
    assert all(c.data_type == "s" for c in texts), "a spreadsheet must not execute a device's title"
    figures = load_workbook(io.BytesIO(client.get("/api/v1/export/observations.xlsx").content)).active
    column = [c.value for c in figures[1]].index("Giá trị")
    assert {row[column].value for row in list(figures.rows)[1:]} == {-1234567890.5, "12345678901234567.25"}


def test_every_exported_field_has_a_heading() -> None:
    items = (devices.Device, uptime.UptimeOfTime, observations.Observation, cases.Case, broadcasts.Broadcast,
             played.Played, incidents.Incident, sources.Feed, imports.Import, rejections.Refusal,
             audit_trail.Act)  # fmt: skip
    assert not {field for item in items for field in item.model_fields} - set(HEADINGS)


def test_what_a_sheet_cannot_hold_costs_no_file() -> None:
    rows = [{"name": "a\x00b", "value": Decimal("0.1"), "at": NOW, "latest": True, "note": None, "unit": "x" * 40_000}]
    with workbook("thu", ["name", "value", "at", "latest", "unit"], [rows]) as file:
        cells = [c.value for c in list(load_workbook(file).active.rows)[1]]
    assert cells[:2] == ["ab", 0.1]
    assert cells[2] == NOW.astimezone(LOCAL).replace(tzinfo=None)
    assert cells[3] is True
    assert len(cells[4]) == 32_767


def test_days_add_up_to_the_whole(api: Api, store: Store, day: None) -> None:
    window = {"start": at(-24).isoformat(), "stop": at(30).isoformat()}
    client = api.client()
    days = client.get("/api/v1/devices/cam-1/uptime/days", params=window).json()["items"]
    assert [one["day"] for one in days] == [str((START + timedelta(days=n, hours=12)).date()) for n in (-1, 0, 1)]
    assert days[0]["availability"] is None  # nothing was observed, which is not 0
    assert (days[1]["online_s"], days[1]["offline_s"], days[1]["maintenance_s"]) == (20 * 3600, 2 * 3600, 3600)
    whole = client.get("/api/v1/devices/cam-1/uptime", params=window).json()
    roll_up(store)
    again = client.get("/api/v1/devices/cam-1/uptime/days", params=window).json()["items"]
    for key in ("online_s", "offline_s", "fault_s", "maintenance_s", "blind_s"):
        assert sum(one[key] for one in days) == whole[key]
        assert [one[key] for one in again] == [one[key] for one in days]
    far = client.get("/api/v1/devices/cam-1/uptime/days", params={**window, "start": "2020-01-01"})
    assert far.status_code == 422
