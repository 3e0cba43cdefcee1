"""What a board of numbers is made of: tiles, charts, tables, and cards of numbers against their targets."""

from dataclasses import dataclass
from typing import Literal

from api.screen.tiles import Tile

Form = Literal["line", "bars", "stack", "ranking", "shares"]
Ink = Literal["", "first", "second", "critical", "warning", "muted"]
"""Colour of a line: the first or second of the row, or one that says something."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A row of tiles."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator in a chart or a column of a table; where no label is named, each of its labels is a line."""

    key: str
    title: str = ""
    label: str = ""
    dashed: bool = False
    """A comparison rather than a measurement: drawn thin and dashed."""
    aim: bool = True
    """Whether its target is drawn."""
    ink: Ink = ""
    """Its colour; none: the next of the row."""
    bar: bool = False
    """In a table: whether a bar stands beside the figure, with a mark where its target is."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Indicators over time, or (``ranking``, ``shares``) one indicator's labels as of now."""

    title: str
    lines: tuple[Line, ...]
    form: Form = "line"
    wide: int = 2
    """Sixths of the page."""
    apart: int = 0
    """So many charts instead, one a label: those with most in the first line; every line is of that label."""


@dataclass(frozen=True, slots=True)
class Table:
    """A row a label, a column an indicator, as of now."""

    title: str
    columns: tuple[Line, ...]
    heading: str
    """What a row is."""
    wide: int = 3
    tree: bool = False
    """Whether labels begin with their place in a tree (``A/I/1 Mầm non``), shown as an indent."""


@dataclass(frozen=True, slots=True)
class Card:
    """A row an indicator: value, target, gap, change, period; what has no value is named below."""

    title: str
    keys: tuple[str, ...]
    wide: int = 3
    weighed: str = ""
    """Key of the score that the numbers are parts of: then points and weight stand beside."""


Part = Figures | Chart | Table | Card


@dataclass(frozen=True, slots=True)
class Board:
    """A page of numbers."""

    title: str
    parts: tuple[Part, ...]
