"""Lists as workbooks: Vietnamese headings, numbers as numbers, instants as local dates, in little memory."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from api.headings import HEADINGS
from connectors.contract import LOCAL

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_ROWS = 1_000_000
"""On one sheet; the format ends at 1,048,576."""
_LONGEST = 32_767
_LAST_YEAR = 9999
_DIGITS = 15
"""As many a spreadsheet keeps of a number."""
_PIECE = 1 << 16


def cell(sheet: Any, value: object, number_format: str | None = None) -> Any:
    """Return a cell of its kind: a text is never a formula, an instant is local time, an exact long number a text."""
    if isinstance(value, Decimal) and len(value.as_tuple().digits) > _DIGITS:
        value = format(value, "f")
    if isinstance(value, datetime) and value.year >= _LAST_YEAR:
        value = value.isoformat()  # a workbook's days end with it, and local time would leave it
    if isinstance(value, datetime):
        made = WriteOnlyCell(sheet, value.astimezone(LOCAL).replace(tzinfo=None, microsecond=0))
        made.number_format = number_format or "dd/mm/yyyy hh:mm:ss"
        return made
    if isinstance(value, str):
        made = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST])
        made.data_type = "s"
        return made
    made = WriteOnlyCell(sheet, value)
    if isinstance(value, timedelta):
        made.number_format = number_format or "[h]:mm:ss"
    elif isinstance(value, date):
        made.number_format = number_format or "dd/mm/yyyy"
    elif number_format:
        made.number_format = number_format
    return made


def heads(sheet: Any, titles: Sequence[str]) -> list[Any]:
    """Return the cells of a heading line."""
    line = [cell(sheet, title) for title in titles]
    for one in line:
        one.font, one.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    return line


def workbook(name: str, fields: Sequence[str], pages: Iterable[Sequence[Mapping[str, Any]]]) -> IO[bytes]:
    """Write rows into a workbook on the disk and return it, at its begin; the caller closes it."""
    book = Workbook(write_only=True)
    count, sheet = 0, None
    for page in pages:
        for row in page:
            if sheet is None or count == _MOST_ROWS:
                sheet, count = _sheet(book, name, fields), 0
            sheet.append([cell(sheet, row[field]) for field in fields])
            count += 1
    if sheet is None:
        _sheet(book, name, fields)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it when it is sent
    book.save(file)
    file.seek(0)
    return file


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file, and close it."""
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _sheet(book: Any, name: str, fields: Sequence[str]) -> Any:
    sheet = book.create_sheet(name if not book.worksheets else f"{name} {len(book.worksheets) + 1}")
    sheet.freeze_panes = "A2"
    for number, field in enumerate(fields):
        sheet.column_dimensions[get_column_letter(number + 1)].width = max(12, min(28, len(HEADINGS[field]) + 2))
    sheet.append(heads(sheet, [HEADINGS[field] for field in fields]))
    return sheet
