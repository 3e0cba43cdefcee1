"""The rows of a table: each gives texts and figures by the meaning of its columns, wherever those stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.sheets import kinds
from connectors.sheets.fault import Kind, Slip
from connectors.sheets.figure import Figure, figure
from connectors.sheets.grid import Cell, Grid, clean, word
from connectors.sheets.heading import Heading

_NUMBERING = re.compile(r"\(?(?:[a-z]|\d{1,2}(?:\s*=.*)?)\)?")
_SIGNED = re.compile(r"\bngay\b.*\bthang\b")
_LABEL = re.compile(r"\(?(?:\d{1,4}(?:\.\d{1,3})*|[ivx]{1,6}|[a-z])[.)]*|[-–+*]")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    grid: Grid
    heading: Heading
    line: int

    def cell(self, key: str) -> Cell:
        """Return the cell of a column, or the first one of the line where the table lacks it."""
        return self.line, self.heading.at.get(key, 0)

    def has(self, key: str) -> bool:
        """Tell whether the table has the column."""
        return key in self.heading.at

    def value(self, key: str) -> object:
        """Return what stands in a column, also where its cell is merged with those above; ``""`` for nothing."""
        at = self.heading.at.get(key)
        return "" if at is None else self.grid.shown((self.line, at))

    def text(self, key: str) -> str:
        """Return the text in a column, a number as it is shown; ``""`` for nothing."""
        value = self.value(key)
        if isinstance(value, str):
            return clean(value)
        return f"{value:.10g}" if isinstance(value, int | float) else str(value)

    def own(self, key: str) -> object:
        """Return what stands in the column's own cell."""
        at = self.heading.at.get(key)
        return "" if at is None else self.grid.value((self.line, at))

    def figure(self, key: str, title: Kind) -> Figure | None:
        """Return the figure in a column, ``None`` where it is empty; raises :class:`Slip` for what is none."""
        at = self.heading.at.get(key)
        if at is None:
            return None
        cell = self.line, at
        if cell in self.grid.marks.spoiled:
            raise Slip(kinds.SPOILED, error=self.grid.marks.spoiled[cell], title=title)
        value = self.grid.value(cell)
        if value == "":
            return None
        return figure(value, percent=cell in self.grid.marks.percents)

    @property
    def numbered(self) -> bool:
        """Whether the line has a TT, so that it belongs to the table."""
        return bool(_LABEL.fullmatch(word(self.text("label"))))

    def filled(self, key: str) -> bool:
        """Tell whether a column's cell looks like a figure: a number, a broken formula, or a text with digits."""
        at = self.heading.at.get(key)
        if at is None:
            return False
        value = self.grid.value((self.line, at))
        if isinstance(value, str) and (self.line, at) not in self.grid.marks.spoiled:
            return any(sign.isdecimal() for sign in value) and not _SIGNED.search(word(value))
        return True


def rows_of(grid: Grid, heading: Heading, stop: int) -> Iterator[Row]:
    """Give the lines below a heading and above ``stop`` that hold anything, without that of column numbers."""
    for line in range(heading.bottom, stop):
        values = [value for value in grid.values[line] if value != ""]
        if not values:
            continue
        if line < heading.bottom + 2 and len(values) > 1 and all(_numbers(value) for value in values):
            continue
        yield Row(grid, heading, line)


def _numbers(value: object) -> bool:
    """Tell whether a cell is one of "A  B  1  2  3=2/1" below the headings."""
    if isinstance(value, str):
        return bool(_NUMBERING.fullmatch(word(value)))
    return isinstance(value, int | float) and 0 < value <= 30
