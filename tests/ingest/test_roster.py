"""Lists of devices as communes make them: columns by meaning, what an office writes, every fault by its cell."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from connectors.contract import DeviceId
from ingest import roster

HEADING = (
    "TT", "Mã thiết bị", "Tên thiết bị", "Loại", "Thôn", "Vị trí lắp đặt", "Vĩ độ", "Kinh độ", "Đơn vị quản lý",
    "Đường truyền", "Chu kỳ báo (giây)", "Số loa", "Tình trạng",
)  # fmt: skip


DATED = ("TT", "Mã", "Loại", "Ngày lắp đặt")


def book(*lines: Sequence[object], heading: Sequence[object] = HEADING) -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Thiết bị"
    sheet.append(["DANH SÁCH THIẾT BỊ XÃ HỢP KIM"])
    sheet.append([])
    for line in (heading, *lines):
        sheet.append(list(line))
    written = BytesIO()
    workbook.save(written)
    return written.getvalue()


def faults(body: bytes) -> dict[str, str]:
    read = roster.read(body, "05068")
    return {fault.place: fault.vi for fault in read.faults}


def test_a_whole_line_is_read() -> None:
    line = [1, "loa-01", "Loa nhà văn hóa", "Cụm loa", "Nà Mười", "Cổng", 20.6623, "105,5682", "VNPT", "line-1", 60, 2,
            "Hoạt động"]  # fmt: skip
    ((device, fields, cells),) = [
        (e.device, e.fields, e.cells) for e in roster.read(book(line, ["", "Người lập biểu"]), "05068").entries
    ]
    assert device == DeviceId("05068", "loudspeaker", "loa-01")
    assert fields == {
        "title": "Loa nhà văn hóa", "hamlet": "Nà Mười", "place": "Cổng", "latitude": 20.6623, "longitude": 105.5682,
        "owner": "VNPT", "upstream": "line-1", "expected_every": timedelta(seconds=60), "horns": 2,
        "lifecycle": "installed",
    }  # fmt: skip
    assert cells["latitude"] == "Thiết bị!G4"


def test_columns_stand_anywhere_and_empty_cells_say_nothing() -> None:
    body = "Tình trạng;Loại;Chu kỳ báo;Mã;Mã xã\nTạm ngưng;Camera;5 phút;cam-1;00004\n;camera;;cam-2;\n".encode()
    first, second = roster.read(body, "05068").entries
    assert (first.device.unit, first.fields) == (
        "00004", {"lifecycle": "disabled", "expected_every": timedelta(minutes=5)}
    )  # fmt: skip
    assert (second.device, second.fields) == (DeviceId("05068", "camera", "cam-2"), {})


def test_every_fault_is_told_by_its_cell() -> None:
    found = faults(
        book(
            [1, "LOA 01", "Loa", "Loa", "", "", 105.5, 20.6, "", "", "chậm", "hai", "Đang hỏng"],
            [2, "", "Camera 2", "Máy bay"],
            [3, "cam-3", "x" * 201, "", "", "", 20.5],
        )
    )
    assert set(found) == {f"Thiết bị!{cell}" for cell in ("B4", "G4", "H4", "K4", "L4", "M4", "B5", "C6", "D6", "H6")}
    assert found["Thiết bị!B4"].endswith("như “loa-01”")
    assert "đổi chỗ" in found["Thiết bị!G4"]
    assert all(found.values())


@pytest.mark.parametrize(
    "written",
    [
        date(2025, 7, 1),
        datetime.fromisoformat("2025-07-01T08:00"),
        "01/07/2025",
        "1.7.2025",
        "ngày 1 tháng 7 năm 2025",
        "2025-07-01",
    ],
)
def test_the_day_of_installation_is_read(written: object) -> None:
    (entry,) = roster.read(book([1, "cam-1", "Camera", written], heading=DATED), "05068").entries
    assert entry.fields == {"installed_on": date(2025, 7, 1)}
    assert type(entry.fields["installed_on"]) is date


@pytest.mark.parametrize("written", ["31/2/2025", "2025-02-30", "năm ngoái", "1/7/1025", 7])
def test_what_is_no_day_of_installation_is_told(written: object) -> None:
    (said,) = faults(book([1, "cam-1", "Camera", written], heading=DATED)).items()
    assert said == ("Thiết bị!D4", f"“{written}” không phải ngày; ghi như 25/8/2026")


@pytest.mark.parametrize(
    ("written", "seconds"), [(60, 60), ("90 giây", 90), ("1,5 phút", 90), ("2 giờ", 7200), ("1h", 3600)]
)
def test_a_pace_has_a_unit_in_its_cell_or_heading(written: object, seconds: int) -> None:
    (entry,) = roster.read(book([1, "loa-1", "", "Loa", *[""] * 6, written]), "05068").entries
    assert entry.fields["expected_every"] == timedelta(seconds=seconds)


def test_a_pace_without_any_unit_is_a_fault() -> None:
    found = faults(book(["loa-1", "Loa", 5], heading=("Mã", "Loại", "Chu kỳ báo")))
    assert list(found) == ["Thiết bị!C4"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "không phải .xlsx"),
        (b"\x00\x01\x02", "không phải .xlsx"),
        ("Tên;Loại\nLoa;Loa\n".encode(), "không thấy dòng tiêu đề"),
        ("Mã;Tên\nloa-1;Loa\n".encode(), "thiếu cột “Loại”"),
        ("Mã;Loại;Thôn\n".encode(), "không dòng nào"),
        (b"PK\x03\x04rest", ""),
        (b"x" * (roster.LARGEST + 1), "chỉ nhận tối đa"),
    ],
)
def test_what_is_no_list_is_told_as_a_whole(body: bytes, said: str) -> None:
    read = roster.read(body, "05068")
    assert read.entries == []
    assert any(said in fault.vi for fault in read.faults)


@given(st.binary(max_size=300) | st.text(alphabet="Mã;Loại\n,\t\"'0loa-1Camera", max_size=120).map(str.encode))
def test_anything_is_read_or_blamed(body: bytes) -> None:
    read = roster.read(body, "05068")
    assert read.entries or read.faults
