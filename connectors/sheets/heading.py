"""The heading of a table: which column is which, by meaning and not by place, over one or more lines."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from connectors.sheets import kinds
from connectors.sheets.fault import Kind
from connectors.sheets.grid import Grid, word

_MOST_LINES = 4
_MOST_WIDE = 80
_NUMBER = re.compile(r"[\d.,%/ -]+")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key, the heading of the form, and what its heading may say, compared without diacritics.

    An ``anchor`` says it with the whole heading, and shows where the heading is; of several ``lone`` ones none can be
    told to be ours; one may say its meaning ``above`` the last line of its heading, as in "Lũy kế" over "Mắc | Chết".
    """

    key: str
    title: str
    meaning: re.Pattern[str]
    required: bool = True
    anchor: bool = False
    lone: bool = False
    above: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """One form of table: its columns, those of the more special meaning first."""

    name: str
    columns: tuple[Column, ...]
    needs: int = 0
    """How many columns besides the anchors make it this form."""

    @property
    def anchors(self) -> list[Column]:
        """The columns that show where the heading is."""
        return [column for column in self.columns if column.anchor and column.required]


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the table begins (``top``), its first line of figures may be (``bottom``), and its columns are."""

    layout: Layout
    top: int
    bottom: int
    at: Mapping[str, int]


def titles(columns: Iterable[Column]) -> Kind:
    """Return the titles of columns as a fault names them."""
    names = [column.title for column in columns]
    return Kind(" and ".join(f"{name!r}" for name in names), " và ".join(f"“{name}”" for name in names))


def headings_of(grid: Grid, layouts: Sequence[Layout], *, once: bool = False) -> Iterator[Heading | None]:
    """Give the headings of a sheet from above; ``None`` for one with faults, which are noted."""
    line = 0
    while line < len(grid.values):
        found = _found(grid, line, layouts)
        if found is None:
            line += 1
            continue
        layout, anchors = found
        bottom = line + 1
        while bottom < min(line + _MOST_LINES, len(grid.values)) and _goes_on(grid, bottom, anchors.values()):
            bottom += 1
        at = _columns(grid, range(line, bottom), layout, anchors)
        yield None if at is None else Heading(layout, line, bottom, at)
        if once:
            return
        line = bottom


def _found(grid: Grid, line: int, layouts: Sequence[Layout]) -> tuple[Layout, dict[str, int]] | None:
    values = grid.values[line]
    texts = 0
    for value in values:
        if type(value) is not str:
            return None
        if value:
            texts += 1
            if _NUMBER.fullmatch(value):
                return None
    if texts < 2:
        return None
    words = [word(value) if type(value) is str and len(value) <= _MOST_WIDE else "" for value in values]
    for layout in layouts:
        anchors = {}
        for column in layout.anchors:
            at = next((at for at, text in enumerate(words) if text and column.meaning.fullmatch(text)), None)
            if at is None:
                break
            anchors[column.key] = at
        else:
            others = [column for column in layout.columns if not column.anchor]
            below = [word(value) if type(value) is str else "" for value in _line(grid, line + 1)]
            said = [text for at, text in enumerate([*words, *below]) if text and at not in anchors.values()]
            found = sum(any(column.meaning.search(text) for text in said) for column in others)
            if found >= layout.needs:
                return layout, anchors
    return None


def _line(grid: Grid, line: int) -> Sequence[object]:
    return grid.values[line] if line < len(grid.values) else ()


def _columns(grid: Grid, lines: range, layout: Layout, anchors: Mapping[str, int]) -> dict[str, int] | None:
    found = dict(anchors)
    lone: set[str] = set()
    complete = True
    width = max(len(grid.values[line]) for line in lines)
    for at in range(width):
        if at in anchors.values():
            continue
        said = _texts(grid, lines, at, anchors)
        column = _meant(said, layout)
        if column is None:
            continue
        if column.key not in found:
            found[column.key] = at
        elif column.lone:
            lone.add(column.key)
        else:
            grid.blame((lines[0], at), kinds.SECOND_COLUMN, title=column.title)
            complete = False
    name_at = max(anchors.values(), default=0)
    for column in layout.columns:
        if column.required and column.key not in found:
            own = (grid.text(line, at) for line in lines for at in range(width) if at not in anchors.values())
            seen = "; ".join(text for text in own if text)
            grid.blame((lines[0], name_at), kinds.NO_COLUMN, title=column.title, seen=seen)
            complete = False
    return {key: at for key, at in found.items() if key not in lone} if complete else None


def _meant(said: Sequence[str], layout: Layout) -> Column | None:
    """Return the column of a heading: anchors by the whole text, its own text before that with the lines above."""
    for column in layout.columns:
        if (column.lone or column.above) and any(column.meaning.search(text) for text in said):
            return column
    for text in said:
        for column in layout.columns:
            if column.lone:
                continue
            if column.meaning.fullmatch(text) if column.anchor else column.meaning.search(text):
                return column
    return None


def _goes_on(grid: Grid, line: int, anchors: Iterable[int]) -> bool:
    """Tell whether the line belongs to the heading, as below a merged "Dự toán"."""
    if any(grid.text(line, at) for at in anchors):
        return False
    return any(isinstance(value, str) and _LETTER.search(value) for value in grid.values[line])


def _texts(grid: Grid, lines: range, at: int, anchors: Mapping[str, int]) -> list[str]:
    """Return the plain heading of a column: its lowest line, then that with the merged ones above it."""
    lowest = next((line for line in reversed(lines) if grid.text(line, at)), None)
    if lowest is None:
        return []
    own = grid.text(lowest, at)
    edge = max((anchor for anchor in anchors.values() if anchor < at), default=-1)
    above = [
        next((text for left in range(at, edge, -1) if (text := grid.text(line, left))), "")
        for line in range(lines[0], lowest)
    ]
    return [word(own), word(" ".join([*above, own]))]
