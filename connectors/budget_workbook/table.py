"""The table of a sheet: its lines with their figures in đồng, and which of them is the total."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from connectors.budget_workbook.figure import Missing, figure, money
from connectors.budget_workbook.grid import Grid
from connectors.budget_workbook.heading import Heading, heading_of
from connectors.budget_workbook.layout import Column, Flow
from connectors.budget_workbook.outline import Outline, numbers
from connectors.budget_workbook.package import Cell, address
from connectors.spelling import plain

Figures = Mapping[str, Decimal | Missing]
"""Amounts in đồng by indicator; a dash is :class:`Missing`, an empty cell is not there."""

_NUMBERING = re.compile(r"\(?[a-z0-9]\)?")
_TOTAL = re.compile(r"tong\b")
_TOTALS = frozenset({"tong", "tong so", "tong cong"})
_LETTER = re.compile(r"[A-HJ-UWYZ]")
_MOST_PERCENT = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the budget; the total has an empty path. ``stated`` is the percentage as the sheet has it."""

    path: str
    name: str
    figures: Figures
    stated: Decimal | None
    cell: Cell


def lines_of(grid: Grid, flow: Flow, unit: Decimal) -> list[Line]:
    """Return the lines from above; every fault is noted, and then the lines are of no use."""
    heading = heading_of(grid, flow)
    if heading is None:
        return []
    outline = Outline()
    read = (_line(grid, line, heading, flow, unit, outline) for line in range(heading.bottom, len(grid.values)))
    lines = [line for line in read if line is not None]
    paths: dict[str, Line] = {}
    for line in lines:
        twin = paths.setdefault(line.path, line)
        if twin is not line:
            grid.blame(line.cell, f"the same TT {line.path!r} as {address(twin.cell)}: number one of them differently")
    total = _total(lines)
    if total is None:
        grid.blame(
            (heading.top, heading.name_at), "no line 'Tổng số', and no line A that stands for all: add the total"
        )
    return [replace(line, path="") if line is total else line for line in lines]


def rate(figures: Figures, flow: Flow) -> Decimal | None:
    """Return actual / estimate × 100, to four decimals; ``None`` where one of them is missing or the estimate is 0."""
    actual, estimate = figures.get(flow.actual), figures.get(flow.estimate)
    if not isinstance(actual, Decimal) or not isinstance(estimate, Decimal) or not estimate:
        return None
    return (actual * 100 / estimate).quantize(Decimal("0.0001"))


def _line(grid: Grid, line: int, heading: Heading, flow: Flow, unit: Decimal, outline: Outline) -> Line | None:
    label, name = _label(grid, (line, heading.label_at)), grid.text(line, heading.name_at)
    if not name and not numbers(label):
        label, name = "", label  # the title of the total, merged over both columns
    said = {at: _amount(grid, (line, at), column, unit) for at, column in heading.columns.items()}
    figures = {heading.columns[at].indicator: one for at, one in said.items() if isinstance(one, Decimal | Missing)}
    if _NUMBERING.fullmatch(plain(name)):
        return None  # "A B 1 2 3=2/1" below the heading
    spoiled = any((line, at) in grid.spoiled for at in said)
    if not (numbers(label) or figures or spoiled or _TOTAL.match(plain(name))):
        return None  # signatures and notes, whatever stands beside them
    path = outline.path(label)
    for at, one in said.items():
        if isinstance(one, str):
            grid.blame((line, at), one)
    if figures and not name:
        grid.blame((line, heading.name_at), "figures without a name: write the Nội dung of this line")
    stated = None if heading.percent_at is None else _stated(grid, (line, heading.percent_at), rate(figures, flow))
    return Line(path, name, figures, stated, (line, heading.label_at)) if figures else None


def _amount(grid: Grid, cell: Cell, column: Column, unit: Decimal) -> Decimal | Missing | str | None:
    """Return the amount in đồng, a dash, nothing, or the fault as text."""
    if cell in grid.spoiled:
        return f"{grid.spoiled[cell]}, where the amount {column.title!r} is expected: mend the formula"
    try:
        number = figure(grid.value(cell))
        if not isinstance(number, Decimal):
            return number
        if column.estimate and number < 0:
            raise ValueError(f"{number} is negative, and {column.title!r} is an estimate of 0 or more: correct it")
        return money(number, unit)
    except ValueError as error:
        return str(error)


def _stated(grid: Grid, cell: Cell, computed: Decimal | None) -> Decimal | None:
    if cell in grid.spoiled:
        if grid.spoiled[cell] != "#DIV/0!":  # what Excel says of a line without an estimate
            grid.blame(cell, f"{grid.spoiled[cell]}, where a percentage is expected: mend the formula")
        return None
    value = grid.value(cell)
    try:
        stated = figure(value.replace("%", "") if isinstance(value, str) else value)
        if not isinstance(stated, Decimal):
            return None
        if abs(stated) > _MOST_PERCENT:
            raise ValueError(f"a percentage is expected, not {value}")
    except ValueError as error:
        grid.blame(cell, str(error))
        return None
    if not isinstance(value, str) and computed is not None:
        # A cell of Excel's percent format holds 0.913 for 91.3 %, and does not say so.
        stated = min(stated, stated * 100, key=lambda one: abs(one - computed))
    return round(stated, 4).normalize() + 0


def _label(grid: Grid, cell: Cell) -> str:
    value = grid.value(cell)
    if isinstance(value, date):
        grid.blame(cell, f"the TT has become the date {value}: format the cell as text and type it again")
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.10g}"
    return grid.text(*cell)


def _total(lines: list[Line]) -> Line | None:
    """Return the line "Tổng số", or else another "Tổng …", or else A when no B stands beside it."""
    named = [line for line in lines if _TOTAL.match(plain(line.name))]
    if named:
        return min(named, key=lambda line: (plain(line.name) not in _TOTALS, not _unnumbered(line)))
    letters = [line for line in lines if _LETTER.fullmatch(line.path)]
    return letters[0] if len(letters) == 1 else None


def _unnumbered(line: Line) -> bool:
    return line.path.rpartition("/")[2].startswith("-")
