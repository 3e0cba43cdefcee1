"""The heading of the table: which column is which, by meaning and not by place, over one or more lines."""

import re
from dataclasses import dataclass

from connectors.budget_workbook.grid import Grid
from connectors.budget_workbook.layout import PERCENT, Column, Flow
from connectors.spelling import plain

_LABELS = frozenset({"tt", "stt", "so tt"})
_MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the table begins (``top``) and its first line of figures may be (``bottom``), and its columns."""

    top: int
    bottom: int
    label_at: int
    name_at: int
    percent_at: int | None
    columns: dict[int, Column]


def heading_of(grid: Grid, flow: Flow) -> Heading | None:
    """Return the heading of a sheet; ``None`` with faults noted when it has none, or not all the columns."""
    found = _found(grid)
    if found is None:
        grid.blame(None, "no line of headings with 'TT' and 'Nội dung': the table can't be found")
        return None
    top, label_at, name_at = found
    bottom = top + 1
    while bottom < min(top + _MOST_LINES, len(grid.values)) and _goes_on(grid, bottom, label_at, name_at):
        bottom += 1
    columns: dict[int, Column] = {}
    percents: list[int] = []
    texts = {at: _texts(grid, range(top, bottom), at, name_at) for at in range(name_at + 1, len(grid.values[top]))}
    complete = True
    for at, said in texts.items():
        if any(PERCENT.search(text) for text in said):
            percents.append(at)
            continue
        column = next((column for text in said for column in flow.columns if column.meaning.search(text)), None)
        if column is None:
            continue
        if column in columns.values():
            grid.blame((top, at), f"a second column that reads as {column.title!r}: rename or remove one")
            complete = False
        columns[at] = column
    for column in flow.columns:
        if column not in columns.values():
            cells = (grid.text(line, at) for line in range(top, bottom) for at in texts)
            seen = "; ".join(text for text in cells if text)
            grid.blame((top, name_at), f"no column {column.title!r} beside the headings: {seen:.200}")
            complete = False
    # Of several percentages none can be told to be ours.
    percent_at = percents[0] if len(percents) == 1 else None
    return Heading(top, bottom, label_at, name_at, percent_at, columns) if complete else None


def _found(grid: Grid) -> tuple[int, int, int] | None:
    for line, values in enumerate(grid.values):
        words = [plain(value) if isinstance(value, str) else "" for value in values]
        label_at = next((at for at, text in enumerate(words) if text in _LABELS), None)
        name_at = next((at for at, text in enumerate(words) if text.startswith("noi dung") or text == "chi tieu"), None)
        if label_at is not None and name_at is not None:
            return line, label_at, name_at
    return None


def _goes_on(grid: Grid, line: int, label_at: int, name_at: int) -> bool:
    """Tell whether the line belongs to the heading, as below the merged "Dự toán" of the revenue sheet."""
    if grid.text(line, label_at) or grid.text(line, name_at):
        return False
    return any(isinstance(value, str) and re.search(r"[^\W\d_]", value) for value in grid.values[line])


def _texts(grid: Grid, lines: range, at: int, name_at: int) -> list[str]:
    """Return the plain heading of a column: its lowest line, then that with the merged ones above it."""
    lowest = next((line for line in reversed(lines) if grid.text(line, at)), None)
    if lowest is None:
        return []
    own = grid.text(lowest, at)
    above = [
        next((text for left in range(at, name_at, -1) if (text := grid.text(line, left))), "")
        for line in range(lines[0], lowest)
    ]
    return [plain(own), plain(" ".join([*above, own]))]
