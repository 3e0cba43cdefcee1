"""The book: one file of an office, opened by what is in it and not by its name, with its sheets as grids."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from connectors.sheets import kinds, text, xls
from connectors.sheets.archive import unpacked
from connectors.sheets.fault import refused
from connectors.sheets.grid import Grid, Marks
from connectors.sheets.legacy import converted, encoding_of
from connectors.sheets.ods import Ods, is_ods
from connectors.sheets.values import Unreadable, Values, values_of
from connectors.sheets.xls import Xls
from connectors.sheets.xlsx import Xlsx

TEXT = "csv"


class Book:
    """One workbook; raises :class:`Undecodable` where it can't be had whole. A text has one sheet, csv."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._values: dict[str, Values] = {}
        self._parts: Xlsx | Ods | Xls | None = None
        if body[:4] == b"PK\x03\x04":
            parts = unpacked(body)
            self._parts = Ods(parts) if is_ods(parts) else Xlsx(parts)
        elif body[:8] == xls.MAGIC:
            self._parts = Xls(body)
        elif text.is_text(body):
            self._values[TEXT] = _unicode(text.rows_of(body, TEXT))
        else:
            raise refused("workbook", kinds.NO_BOOK, size=len(body))
        self.sheets = (TEXT,) if self._parts is None else tuple(self._parts.sheets)
        """Names, in the order of the tabs."""
        self._marks: dict[str, Marks] = {}

    @property
    def is_text(self) -> bool:
        """Whether it is a text, whose sheet has no name of its own."""
        return self._parts is None

    def marks(self, sheet: str) -> Marks:
        """Return what the sheet says besides values; raises :class:`Undecodable` at the sheet or one of its cells."""
        if sheet not in self._marks:
            self._marks[sheet] = Marks() if self._parts is None else self._parts.marks(sheet)
        return self._marks[sheet]

    def grids(self, sheets: Iterable[str]) -> list[Grid]:
        """Return fresh grids of the sheets, which must be bearable; raises :class:`Undecodable`."""
        wanted = {name: self.marks(name) for name in sheets}
        unread = [name for name in wanted if name not in self._values]
        if unread:
            self._values |= {name: _unicode(values) for name, values in _read(self._body, unread).items()}
        return [Grid(name, self._values[name], marks) for name, marks in wanted.items()]


@lru_cache(maxsize=1)
def opened(body: bytes) -> Book:
    """Return the book of a file; the last one is remembered, because a file is cleansed first and then decoded."""
    return Book(body)


def _read(body: bytes, names: Sequence[str]) -> Mapping[str, Values]:
    try:
        return values_of(body, names)
    except Unreadable as error:
        raise refused("workbook", kinds.UNREADABLE, error=error) from error


def _unicode(values: Values) -> Values:
    """Return the cells with their texts in Unicode, if the sheet is in a legacy encoding."""
    texts = {value for line in values for value in line if type(value) is str and not value.isascii()}
    encoding = encoding_of(texts)
    if encoding is None:
        return values
    read = {value: converted(value, encoding) for value in texts}
    return [[read.get(value, value) if type(value) is str else value for value in line] for line in values]
