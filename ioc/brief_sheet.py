"""The page for the morning meeting as a workbook: numbers, percentages and instants in cells of their kind."""

from typing import IO, Any

from openpyxl import Workbook

from api.screen import words as said
from api.sheet import cell, heads
from ioc import brief_words as words
from ioc.brief import Brief


def write(brief: Brief, file: IO[bytes]) -> None:
    """Write the workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Tóm tắt")
    sheet.column_dimensions["A"].width = 24
    sheet.append(heads(sheet, [words.TITLE]))
    mark = ["Số liệu mô phỏng"] if brief.simulated else []
    for text in (f"{brief.unit_name} ({brief.unit})", words.period(brief), *mark, brief.sentence):
        sheet.append([cell(sheet, text)])
    for name, at in (("Từ", brief.start), ("Đến", brief.stop), ("Lập lúc", brief.made_at)):
        sheet.append([cell(sheet, name), cell(sheet, at)])
    sheet.append([cell(sheet, "Sự cố trong kỳ"), cell(sheet, brief.begun)])
    _table(book, "Chỉ tiêu",
           ["Chỉ tiêu", "Giá trị", "Đơn vị", "Mục tiêu", "Kỳ trước", "Thay đổi", "Kỳ", "Nhận định", "Ghi chú", "Nguồn",
            "Nguồn báo lúc"],
           [[n.title, n.value, said.UNITS[n.unit], n.target, n.before,
             None if n.value is None or n.before is None else n.value - n.before, n.period, words.LEVELS[n.level],
             n.note or ("chưa có dữ liệu" if n.value is None else ""), n.source, n.at]
            for n in brief.numbers])  # fmt: skip
    _table(book, "Sự cố đang mở", ["Mức độ", "Sự cố", "Từ lúc", "Người xử lý"],
           [[said.ALARMS[i.severity], i.title, i.since, i.who] for i in brief.incidents])  # fmt: skip
    _table(book, "Thiết bị",
           ["", "Thiết bị", "Đang hoạt động", "Tỷ lệ hoạt động (%)", "Số lần ngừng", "Lần ngừng dài nhất"],
           [[line.title, line.devices, online, line.account.availability, len(line.outages), line.longest]
            for line, online in brief.devices])  # fmt: skip
    _table(book, "Diễn biến", ["Chỉ tiêu", "Thời điểm", "Giá trị"],
           [[n.title, at, value] for n in brief.numbers for at, value in n.points])  # fmt: skip
    book.save(file)


def _table(book: Any, name: str, titles: list[str], rows: list[list[Any]]) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for letter in "ABCDEFGHIJK"[: len(titles)]:
        sheet.column_dimensions[letter].width = 30 if letter in "AB" else 18
    sheet.append(heads(sheet, titles))
    for row in rows:
        sheet.append([cell(sheet, value, "0.00" if isinstance(value, float) else None) for value in row])
