"""The table of a sheet: its lines with their figures in đồng, and which of them is the total."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from connectors.budget_workbook.layout import Flow
from connectors.budget_workbook.outline import Outline, numbers
from connectors.sheets import kinds
from connectors.sheets.fault import Slip
from connectors.sheets.grid import Cell, Grid, address
from connectors.sheets.heading import Column, Heading, headings_of, titles
from connectors.sheets.number import Missing, money, number
from connectors.spelling import plain

Figures = Mapping[str, Decimal | Missing]
"""Amounts in đồng by indicator; a dash is :class:`Missing`, an empty cell is not there."""

_NUMBERING = re.compile(r"\(?[a-z0-9]\)?")
_TOTAL = re.compile(r"tong\b")
_TOTALS = frozenset({"tong", "tong so", "tong cong"})
_LETTER = re.compile(r"[A-HJ-UWYZ]")
_MOST_PERCENT = Decimal(10) ** 9
_NONE = object()


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
    layout = flow.layout
    heading = next(headings_of(grid, [layout], once=True), _NONE)
    if heading is _NONE:
        grid.blame(None, kinds.NO_HEADING, titles=titles(layout.anchors))
    if not isinstance(heading, Heading):
        return []
    outline = Outline()
    read = (_line(grid, line, heading, flow, unit, outline) for line in range(heading.bottom, len(grid.values)))
    lines = [line for line in read if line is not None]
    paths: dict[str, Line] = {}
    for line in lines:
        twin = paths.setdefault(line.path, line)
        if twin is not line:
            grid.blame(line.cell, kinds.SAME_LABEL, label=line.path, cell=address(twin.cell))
    total = _total(lines)
    if total is None:
        grid.blame((heading.top, heading.at["name"]), kinds.NO_TOTAL)
    return [replace(line, path="") if line is total else line for line in lines]


def rate(figures: Figures, flow: Flow) -> Decimal | None:
    """Return actual / estimate × 100, to four decimals; ``None`` where one of them is missing or the estimate is 0."""
    actual, estimate = figures.get(flow.actual), figures.get(flow.estimate)
    if not isinstance(actual, Decimal) or not isinstance(estimate, Decimal) or not estimate:
        return None
    return (actual * 100 / estimate).quantize(Decimal("0.0001"))


def _line(grid: Grid, line: int, heading: Heading, flow: Flow, unit: Decimal, outline: Outline) -> Line | None:
    name_at, percent_at = heading.at["name"], heading.at.get("percent")
    label, name = _label(grid, (line, heading.at["label"])), grid.text(line, name_at)
    if not name and not numbers(label):
        label, name = "", label  # the title of the total, merged over both columns
    columns = [(heading.at[column.key], column) for column in flow.columns]
    said = {column.key: _amount(grid, (line, at), column, flow, unit) for at, column in columns}
    figures = {key: one for key, one in said.items() if isinstance(one, Decimal | Missing)}
    if _NUMBERING.fullmatch(plain(name)):
        return None  # "A B 1 2 3=2/1" below the heading
    spoiled = any((line, at) in grid.marks.spoiled for at, _ in columns)
    if not (numbers(label) or figures or spoiled or _TOTAL.match(plain(name))):
        return None  # signatures and notes, whatever stands beside them
    path = outline.path(label)
    for at, column in sorted(columns, key=lambda one: one[0]):
        slip = said[column.key]
        if isinstance(slip, Slip):
            grid.note((line, at), slip)
    if figures and not name:
        grid.blame((line, name_at), kinds.NAMELESS, title="Nội dung")
    stated = None if percent_at is None else _stated(grid, (line, percent_at), rate(figures, flow))
    told = figures or any(isinstance(one, Slip) for one in said.values())
    return Line(path, name, figures, stated, (line, heading.at["label"])) if told else None


def _amount(grid: Grid, cell: Cell, column: Column, flow: Flow, unit: Decimal) -> Decimal | Missing | Slip | None:
    """Return the amount in đồng, a dash, nothing, or the fault."""
    if cell in grid.marks.spoiled:
        title = kinds.amount(column.title)
        return Slip(kinds.SPOILED, error=grid.marks.spoiled[cell], title=title)
    try:
        amount = number(grid.value(cell))
        if not isinstance(amount, Decimal):
            return amount
        if column.key in flow.estimates and amount < 0:
            raise Slip(kinds.NEGATIVE, said=amount, title=column.title)
        return money(amount, unit)
    except Slip as slip:
        return slip


def _stated(grid: Grid, cell: Cell, computed: Decimal | None) -> Decimal | None:
    if cell in grid.marks.spoiled:
        if grid.marks.spoiled[cell] != "#DIV/0!":  # what Excel says of a line without an estimate
            grid.blame(cell, kinds.SPOILED, error=grid.marks.spoiled[cell], title=kinds.PERCENTAGE)
        return None
    value = grid.value(cell)
    try:
        stated = number(value.replace("%", "") if isinstance(value, str) else value)
        if not isinstance(stated, Decimal):
            return None
        if abs(stated) > _MOST_PERCENT:
            raise Slip(kinds.NO_PERCENT, said=value)
    except Slip as slip:
        grid.note(cell, slip)
        return None
    if cell in grid.marks.percents and not isinstance(value, str):
        stated *= 100
    elif not isinstance(value, str) and computed is not None:
        # A share may be typed as 0.913 for 91.3 %, without Excel's format that says so.
        stated = min(stated, stated * 100, key=lambda one: abs(one - computed))
    return round(stated, 4).normalize() + 0


def _label(grid: Grid, cell: Cell) -> str:
    value = grid.value(cell)
    if isinstance(value, date):
        grid.blame(cell, kinds.LABEL_DATE, said=value)
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
