"""The grid: the cells of one sheet, and the faults found in reading them."""

import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from connectors.contract import Fault
from connectors.sheets.fault import Kind, Slip
from connectors.spelling import plain

Cell = tuple[int, int]
"""Row and column, both from 0."""
Range = tuple[Cell, Cell]
"""First and last cell, both included."""

_LONGEST = 400
"""Signs of a title or a name that are read; a cell can hold 32 767."""


def address(cell: Cell) -> str:
    """Return the cell as Excel writes it: (6, 3) → ``D7``."""
    row, column = cell
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row + 1}"


@lru_cache(maxsize=1 << 14)
def clean(text: str) -> str:
    """Return a text in NFC, one space between words, cut at 400 signs."""
    return unicodedata.normalize("NFC", " ".join(text[:_LONGEST].split()))


@lru_cache(maxsize=1 << 14)
def word(text: str) -> str:
    """Return a text as headings and names are compared, without case and diacritics."""
    return plain(text[:_LONGEST])


@dataclass(frozen=True, slots=True)
class Marks:
    """What a file says of its cells besides their values: broken formulas, percent formats, merged ranges."""

    spoiled: Mapping[Cell, str | Kind] = field(default_factory=dict)
    percents: Container[Cell] = frozenset()
    merged: Sequence[Range] = ()


@dataclass
class Grid:
    """The cells of one sheet from A1; a sheet with faults says nothing."""

    name: str
    values: Sequence[Sequence[object]]
    marks: Marks = field(default_factory=Marks)
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        # A merged range shows its first cell; one over a whole sheet is none of a table.
        self._shown = {
            (line, at): first
            for first, last in self.marks.merged
            if (last[0] - first[0] + 1) * (last[1] - first[1] + 1) <= 10_000
            for line in range(first[0], last[0] + 1)
            for at in range(first[1], last[1] + 1)
        }

    def place(self, cell: Cell | None) -> str:
        """Return a cell as a fault names it: ``Chi!D7``."""
        return f"{self.name}!{address(cell)}" if cell else self.name

    def blame(self, cell: Cell | None, kind: Kind, /, **words: object) -> None:
        """Note a fault at a cell, or at the sheet as a whole."""
        self.note(cell, Slip(kind, **words))

    def note(self, cell: Cell | None, slip: Slip) -> None:
        """Note a fault that was found in a cell's content."""
        self.faults.append(slip.at(self.place(cell)))

    def value(self, cell: Cell) -> object:
        """Return what was read, ``""`` for an empty cell and beyond the edge."""
        line, at = cell
        values = self.values[line] if line < len(self.values) else ()
        return values[at] if at < len(values) else ""

    def shown(self, cell: Cell) -> object:
        """Return the value that stands over a cell: that of its merged range, or its own."""
        return self.value(self._shown.get(cell, cell))

    def text(self, line: int, at: int) -> str:
        """Return the text of a cell in NFC, one space between words; ``""`` where there is none, or no text."""
        value = self.value((line, at))
        return clean(value) if isinstance(value, str) else ""

    def texts(self, stop: int | None = None) -> Iterator[tuple[Cell, str]]:
        """Give every text of the sheet, line by line, or of the lines above ``stop``."""
        for line, values in enumerate(self.values[:stop]):
            for at, value in enumerate(values):
                if isinstance(value, str) and (text := clean(value)):
                    yield (line, at), text

    def right_of(self, cell: Cell) -> object:
        """Return the next value in the line, ``""`` where there is none."""
        line, at = cell
        return next((value for value in self.values[line][at + 1 :] if value != ""), "")
