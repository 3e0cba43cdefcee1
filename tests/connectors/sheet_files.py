"""Writes tables as offices' programs do: .xls with xlwt, .ods with odfpy, .csv, and texts in legacy encodings."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook

from connectors.sheets.legacy import TCVN3, VNI
from simulators.budget_workbook import saved

Rows = Sequence[Sequence[object]]
AT = datetime(2026, 8, 25, 9, tzinfo=UTC)


def xlsx(sheets: Mapping[str, Rows]) -> bytes:
    """Return an .xlsx file; a text that ends in "%%" is a number in Excel's percent format."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for line, at, value in cells(rows):
            cell = sheet.cell(line + 1, at + 1)
            if isinstance(value, str) and value.endswith("%%"):
                cell.value, cell.number_format = round(float(value[:-2]) / 100, 6), "0.0%"
            else:
                cell.value = value
    return saved(book, AT)


def xls(sheets: Mapping[str, Rows], merged: Sequence[tuple[str, int, int, int, int]] = ()) -> bytes:
    """Return an .xls file; ``merged`` are sheet, first and last line, first and last column."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    percent = xlwt.easyxf(num_format_str="0.0%")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for line, at, value in cells(rows):
            if isinstance(value, str) and value.endswith("%%"):
                sheet.write(line, at, round(float(value[:-2]) / 100, 6), percent)
            elif isinstance(value, str) and value.startswith("#"):
                sheet.row(line).set_cell_error(at, value)
            else:
                sheet.write(line, at, value)
        for where, top, bottom, left, right in merged:
            if where == name:
                sheet.merge(top, bottom, left, right)
    body = BytesIO()
    book.save(body)
    return body.getvalue()


def ods(sheets: Mapping[str, Rows]) -> bytes:
    """Return an .ods file, the same bytes every time."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        for values in rows:
            row = TableRow()
            for value in values:
                kinds: dict[str, Any] = {}
                if isinstance(value, str) and value.endswith("%%"):
                    kinds = {"valuetype": "percentage", "value": round(float(value[:-2]) / 100, 6)}
                elif isinstance(value, int | float):
                    kinds = {"valuetype": "float", "value": value}
                elif value not in (None, ""):
                    kinds = {"valuetype": "string"}
                cell = TableCell(**kinds)
                if kinds:
                    cell.addElement(P(text=str(value).replace("%%", "%")))
                row.addElement(cell)
            table.addElement(row)
        document.spreadsheet.addElement(table)
    first, second = BytesIO(), BytesIO()
    document.write(first)
    with ZipFile(first) as source, ZipFile(second, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "meta.xml":
                part = re.sub(rb"(creation-date>)[^<]*", rb"\g<1>2026-08-25T09:00:00", part)
            target.writestr(ZipInfo(name, AT.timetuple()[:6]), part)
    return second.getvalue()


def csv(rows: Rows, separator: str = ",", encoding: str = "utf-8") -> bytes:
    """Return a .csv file."""
    import csv as library
    from io import StringIO

    text = StringIO()
    library.writer(text, delimiter=separator).writerows(rows)
    if encoding == "cp1258":
        return windows_1258(text.getvalue())
    return text.getvalue().encode(encoding)


def windows_1258(text: str) -> bytes:
    """Return the bytes of Windows-1258, which has most letters as base and combining tone."""
    pieces = []
    for sign in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", sign)
        tone = "".join(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tone))
        pieces.append((base + tone).encode("cp1258"))
    return b"".join(pieces)


def tcvn3(text: str) -> str:
    """Return a text as a TCVN3 font has it; capitals with tones become small letters."""
    back = {letter: sign for sign, letter in TCVN3.items()}
    return "".join(back.get(sign) or back.get(sign.lower(), sign) for sign in text)


def vni(text: str) -> str:
    """Return a text as a VNI-Windows font has it."""
    back = {letter: sign for sign, letter in reversed(VNI.items())}
    return "".join(back.get(sign, sign) for sign in text)


def cells(rows: Rows) -> Iterator[tuple[int, int, object]]:
    """Give the cells that hold something."""
    for line, values in enumerate(rows):
        for at, value in enumerate(values):
            if value not in (None, ""):
                yield line, at, value


def rows_of(sheet: Any) -> list[list[object]]:
    """Return the cells of an openpyxl sheet."""
    return [["" if value is None else value for value in row] for row in sheet.iter_rows(values_only=True)]
