"""The monthly paper as a workbook: numbers, durations and instants in cells of their kind."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

from openpyxl import Workbook

from api.reasons import BLIND
from api.screen.words import KINDS
from api.sheet import cell, heads
from ioc import report_words as words
from ioc.report import Line, Report

_PERCENT = "0.00"


def write(report: Report, file: IO[bytes]) -> None:
    """Write the workbook."""
    book = Workbook(write_only=True)
    _summary(book, report)
    _table(
        book, "Thiết bị", ["Mã đầy đủ", "Tên", "Loại", "Thôn", *words.COLUMNS.values()],
        ([line.ref, line.title, KINDS.get(line.kind, line.kind), line.hamlet, *_figures(line)]
         for line in report.devices),
    )  # fmt: skip
    _table(
        book, "Lần ngừng", ["Tên", "Bắt đầu", "Kết thúc", "Thời gian quan sát được là ngừng"],
        ([line.title, one.started_at, one.ended_at, one.down] for line in report.devices for one in line.outages),
    )  # fmt: skip
    _table(
        book, "Không quan sát được", ["Nguồn", "Từ", "Đến", "Thời lượng", "Lý do"],
        ([b.source, b.started_at, b.ended_at, b.ended_at - b.started_at, BLIND.get(b.reason, b.reason)]
         for b in report.blindness),
    )  # fmt: skip
    book.save(file)


def _figures(line: Line) -> list[Any]:
    its = line.account
    return [its.availability, line.by_contract, len(line.outages), line.longest, line.mtbf, line.mttr, its.online,
            its.down, its.blind, its.maintenance]  # fmt: skip


def _summary(book: Any, report: Report) -> None:
    sheet = book.create_sheet("Tổng hợp")
    for letter, width in zip("ABCDEFGHIJKLM", (30, 10, *[15] * 11), strict=False):
        sheet.column_dimensions[letter].width = width
    sheet.append(heads(sheet, [words.TITLE]))
    simulated = ["Số liệu mô phỏng"] if report.simulated else []
    for text in (f"{report.unit_name} ({report.unit})", words.period(report), *simulated):
        sheet.append([cell(sheet, text)])
    sheet.append([cell(sheet, "Lập lúc"), cell(sheet, report.made_at)])
    sheet.append([cell(sheet, "Thiết bị trong sổ không tính"), cell(sheet, report.absent)])
    for title, lines in (("", [report.whole]), ("Theo loại", report.kinds), ("Theo thôn", report.hamlets)):
        sheet.append([])
        sheet.append(heads(sheet, [title, "Thiết bị", *words.COLUMNS.values()]))
        for line in lines:
            sheet.append(_cells(sheet, [line.title, line.devices, *_figures(line)]))
    for title, texts in (("Cách tính", words.FORMULA), ("Giờ hợp đồng", words.contract(report.agreed))):
        sheet.append([])
        sheet.append(heads(sheet, [title]))
        for text in texts:
            sheet.append([cell(sheet, text)])


def _table(book: Any, name: str, titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for letter in "ABCDEFGHIJKLMN"[: len(titles)]:
        sheet.column_dimensions[letter].width = 22 if letter in "ABCDE" else 15
    sheet.append(heads(sheet, titles))
    for row in rows:
        sheet.append(_cells(sheet, row))


def _cells(sheet: Any, row: Sequence[Any]) -> list[Any]:
    return [cell(sheet, value, _PERCENT if isinstance(value, float) else None) for value in row]
