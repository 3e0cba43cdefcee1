"""The grid: the cells of one sheet, and the faults found in reading them."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from connectors.budget_workbook.package import Cell, address

_LONGEST = 400
"""Signs of a title or a name that are read; a cell can hold 32 767."""


class Fault(NamedTuple):
    """One thing that an accountant must mend."""

    place: str
    reason: str


@dataclass
class Grid:
    """The cells of one sheet from A1; ``spoiled`` tells why a cell has no value. A sheet with faults says nothing."""

    name: str
    values: Sequence[Sequence[object]]
    spoiled: Mapping[Cell, str]
    faults: list[Fault] = field(default_factory=list)

    def blame(self, cell: Cell | None, reason: str) -> None:
        """Note a fault at a cell, or at the sheet as a whole."""
        self.faults.append(Fault(f"{self.name}!{address(cell)}" if cell else self.name, reason))

    def value(self, cell: Cell) -> object:
        """Return what calamine read, ``""`` for an empty cell and beyond the edge."""
        line, at = cell
        values = self.values[line] if line < len(self.values) else ()
        return values[at] if at < len(values) else ""

    def text(self, line: int, at: int) -> str:
        """Return the text of a cell in NFC, one space between words; ``""`` where there is none, or no text."""
        value = self.value((line, at))
        return unicodedata.normalize("NFC", " ".join(value[:_LONGEST].split())) if isinstance(value, str) else ""

    def texts(self) -> Iterator[tuple[Cell, str]]:
        """Give every text of the sheet, line by line."""
        for line, values in enumerate(self.values):
            for at in range(len(values)):
                if text := self.text(line, at):
                    yield (line, at), text

    def right_of(self, cell: Cell) -> object:
        """Return the next value in the line, ``""`` where there is none."""
        line, at = cell
        return next((value for value in self.values[line][at + 1 :] if value != ""), "")
