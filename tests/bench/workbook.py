"""How long a workbook of 20,000 lines takes: cleansed, understood and stored; beside a bare read of the same file."""

import time
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from connectors.contract import Message
from connectors.dti_workbook import DtiWorkbook
from ingest.batch import Committer
from ingest.pipeline import understand
from ingest.store import Store
from ingest.units import unit_codes
from tests.bench.site import site
from tests.bench.table import Line, Target

_HEADING = ("STT", "Mã đơn vị", "Kỳ", "Chỉ tiêu", "Đơn vị tính", "Tử số", "Mẫu số", "Kết quả", "Mục tiêu")
_NOW = datetime(2026, 11, 21, tzinfo=UTC)


def figure(*, quick: bool) -> list[Line]:
    """Take the same workbook, each round with other figures into a database of its own."""
    lines, rounds = (2_000, 1) if quick else (20_000, 5)
    read: list[float] = []
    said: list[float] = []
    stored: list[float] = []
    with site() as here:
        for turn in range(rounds):
            with here.store() as store:
                _declare(store)
                codes = sorted(code for code in unit_codes(store) if len(code) == 5)
                body = workbook(codes, lines, turn)
                units = unit_codes(store)
                connector = DtiWorkbook(folder=Path("/nowhere"))
                began = time.perf_counter()
                CalamineWorkbook.from_filelike(BytesIO(body)).get_sheet_by_index(0).to_python()
                bare = time.perf_counter()
                understood = understand(connector, Message("dti", "bench.xlsx", body, _NOW), units)
                half = time.perf_counter()
                assert len(understood.records) == lines, understood.rejection
                assert Committer(store).commit([understood]) == ["stored"]
                end = time.perf_counter()
                read.append(bare - began)
                said.append(half - bare)
                stored.append(end - bare)
    return [
        Line(f"workbook of {lines:,} lines understood", "s", said, read, "bare calamine"),
        Line("  understood and stored", "s", stored, read, "bare calamine", Target("<", 3, "measured")),
    ]


def workbook(codes: list[str], lines: int, turn: int) -> bytes:
    """Return an .xlsx file of a province: a hundred figures of each commune, shares and counts."""
    entries = list(DtiWorkbook(folder=Path("/nowhere")).words().indicators.entries.values())
    kept = [entry for entry in entries if entry.measure in ("percent", "household", "device", "product", "person")]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Số liệu")
    sheet.append(["", "", "", "BIỂU TỔNG HỢP CHUYỂN ĐỔI SỐ"])
    sheet.append(["", "", "", "Quý III năm 2026"])
    sheet.append(_HEADING)
    for n in range(lines):
        entry, code = kept[n % len(kept)], codes[n // len(kept)]
        whole = 1_000 + (n * 7 + turn) % 900
        cells = (whole - n % 700, whole, None) if entry.measure == "percent" else (None, None, whole)
        sheet.append([n + 1, code, "Quý III năm 2026", entry.name, "%" if cells[0] else "", *cells])
    body = BytesIO()
    book.save(body)
    return body.getvalue()


def _declare(store: Store) -> None:
    store.execute(
        "insert into source (name, connector, feed, title, transport, stale_after)"
        " values ('dti', 'dti_workbook', 'digital_transformation', '', 'polled', '100 days')"
    )
