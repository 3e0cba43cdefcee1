"""The roster: a commune's list of devices as a workbook or text, read by the meaning of its columns, blamed by cell."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from connectors.contract import DeviceId, Fault, Undecodable
from connectors.sheets import kinds
from connectors.sheets.book import Book
from connectors.sheets.fault import Kind, Slip
from connectors.sheets.grid import Grid
from connectors.sheets.heading import Column, Layout, headings_of, titles
from connectors.sheets.table import Row, rows_of
from ingest import roster_cells
from ingest.register import Entry
from ingest.roster_cells import READINGS

LARGEST = 8 * 1024 * 1024
"""Bytes of a file."""
_MOST = 20_000
"""Devices of a file."""


def _column(key: str, title: str, *meanings: str, required: bool = False, anchor: bool = False) -> Column:
    return Column(key, title, re.compile("|".join(meanings)), required=required, anchor=anchor)


ROSTER = Layout(
    "roster",
    (
        _column("name", "Mã thiết bị", r"(ma|ma so|ma hieu|ky hieu|id)( thiet bi| cum loa| loa| camera)?",
                required=True, anchor=True),
        _column("unit", "Mã xã", r"\bma (xa|phuong|don vi)\b"),
        _column("kind", "Loại", r"\b(loai|chung loai)\b", required=True),
        _column("latitude", "Vĩ độ", r"\bvi do\b|\blat(itude)?\b"),
        _column("longitude", "Kinh độ", r"\bkinh do\b|\b(lon|lng|longitude)\b"),
        _column("owner", "Đơn vị quản lý", r"\bquan ly\b|\bchu quan\b"),
        _column("upstream", "Đường truyền", r"\bduong truyen\b|\bket noi qua\b|\bupstream\b"),
        _column("expected_every", "Chu kỳ báo", r"\bchu ky\b"),
        _column("horns", "Số loa", r"\bso (luong )?loa\b"),
        _column("installed_on", "Ngày lắp đặt", r"\bngay (lap|dua vao|su dung)"),
        _column("lifecycle", "Tình trạng", r"\btinh trang\b|\btrang thai\b"),
        _column("hamlet", "Thôn", r"^(thon|to dan pho|thon[ ,/]*to dan pho|ban|ap|khu pho|dia ban)\b"),
        _column("place", "Vị trí", r"\bvi tri\b|\bdia diem\b|\bnoi lap\b|\bdia chi\b"),
        _column("title", "Tên thiết bị", r"\bten\b"),
    ),
    needs=1,
)  # fmt: skip

NO_NAME = Kind("a line without a code: fill in 'Mã thiết bị'", "dòng thiếu mã thiết bị; điền cột “Mã thiết bị”")
HALF_PLACE = Kind("latitude and longitude go together: fill in both", "vĩ độ và kinh độ phải đi cùng nhau; điền cả hai")
NOBODY = Kind("no line of the table names a device", "không dòng nào của bảng có thiết bị")
TOO_MANY = Kind("more than {most} devices: send them in several files", "quá {most} thiết bị; chia thành nhiều tệp")


class Roster(NamedTuple):
    """The devices of a file with their cells; with faults there are none to be used."""

    entries: list[Entry]
    faults: list[Fault]


def read(body: bytes, unit: str) -> Roster:
    """Return what a file says (.xlsx, .xls, .ods, .csv); ``unit`` is the commune where no column names one.

    Empty cells say nothing. Every fault is told with its cell, in Vietnamese too.
    """
    if len(body) > LARGEST:
        return Roster([], [Slip(kinds.TOO_LARGE, size=len(body), most=LARGEST).at("")])
    try:
        book = Book(body)
        grids = book.grids(book.sheets)
    except Undecodable as error:
        return Roster([], list(error.faults))
    entries: list[Entry] = []
    found = False
    for grid in grids:
        for heading in headings_of(grid, [ROSTER], once=True):
            found = True
            if heading is not None:
                for row in rows_of(grid, heading, len(grid.values)):
                    _Line(row, unit).read(entries)
    faults = [fault for grid in grids for fault in grid.faults]
    if not found:
        shown = titles(column for column in ROSTER.columns if column.required)
        faults.append(Slip(kinds.NO_HEADING, titles=shown).at(grids[0].name if grids else ""))
    elif not entries and not faults:
        faults.append(Slip(NOBODY).at(grids[0].name))
    if len(entries) > _MOST:
        faults.append(Slip(TOO_MANY, most=_MOST).at(grids[0].name))
    return Roster(entries, faults)


class _Line:
    """One row in reading."""

    def __init__(self, row: Row, unit: str) -> None:
        self._row = row
        self._unit = unit
        self._grid: Grid = row.grid
        self._good = True

    def read(self, entries: list[Entry]) -> None:
        """Add the line's entry; a line that says nothing of a device is passed over, faults are noted."""
        row = self._row
        others = any(row.text(key) for key in ("kind", *READINGS))
        if not row.text("name") or (not others and " " in row.text("name")):
            # A title, a sum or a signature below the table says nothing of a device.
            if row.text("kind") or row.text("lifecycle"):
                self._grid.blame(row.cell("name"), NO_NAME)
            return
        name, kind, unit = (
            self._tried("name", roster_cells.name),
            self._tried("kind", roster_cells.kind),
            self._tried("unit", roster_cells.commune),
        )
        fields: dict[str, Any] = {}
        for key, reading in READINGS.items():
            if row.has(key) and row.value(key) != "":
                fields[key] = self._tried(key, reading)
        if ("latitude" in fields) != ("longitude" in fields):
            self._note("longitude" if "latitude" in fields else "latitude", Slip(HALF_PLACE))
        if self._good:
            cells = {
                key: self._grid.place(row.cell(key)) for key in ("name", "kind", "unit", *READINGS) if row.has(key)
            }
            entries.append(Entry(DeviceId(str(unit or self._unit), str(kind), str(name)), fields, cells))

    def _tried(self, key: str, reading: Callable[[Row, str], Any]) -> Any:
        try:
            return reading(self._row, key)
        except Slip as slip:
            self._note(key, slip)
            return None

    def _note(self, key: str, slip: Slip) -> None:
        self._good = False
        self._grid.note(self._row.cell(key), slip)
