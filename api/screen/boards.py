"""The boards of numbers: what stands on each page, by the indicators' keys alone; titles and units are theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from api.screen import words
from api.screen.tiles import Tile

Form = Literal["line", "bars", "stack", "ranking", "shares"]


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
    """A comparison rather than a measurement: drawn thin, dashed and grey."""
    aim: bool = True
    """Whether its target is drawn."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Indicators over time, or (``ranking``, ``shares``) one indicator's labels as of now."""

    title: str
    lines: tuple[Line, ...]
    form: Form = "line"
    labels: Mapping[str, str] = field(default_factory=dict)
    """Vietnamese words of labels."""
    wide: int = 2
    """Sixths of the page."""


@dataclass(frozen=True, slots=True)
class Table:
    """A row a label, a column an indicator, as of now."""

    title: str
    columns: tuple[Line, ...]
    heading: str
    """What a row is."""
    labels: Mapping[str, str] = field(default_factory=dict)
    wide: int = 3


@dataclass(frozen=True, slots=True)
class Board:
    """A page of numbers."""

    title: str
    parts: tuple[Figures | Chart | Table, ...]


BOARDS: Mapping[str, Board] = {
    "budget": Board(
        "Ngân sách",
        (
            Figures((
                Tile("budget_revenue_rate", "Thu ngân sách", to_date=True),
                Tile("budget_expenditure_rate", "Chi ngân sách", to_date=True),
                Tile("treasury_balance", "Tồn quỹ tại Kho bạc"),
                Tile("treasury_revenue_day", "Thu trong ngày"),
            )),
            Chart("Tỷ lệ thực hiện dự toán, lũy kế", (
                Line("budget_revenue_rate", "Thu"), Line("budget_expenditure_rate", "Chi"),
            ), wide=3),
            Chart("Số tuyệt đối, lũy kế", (Line("budget_revenue", "Thu"), Line("budget_expenditure", "Chi")), wide=3),
            Chart("Thu qua Kho bạc trong ngày", (Line("treasury_revenue_day"),), "bars", wide=3),
            Chart("Tồn quỹ tại Kho bạc", (Line("treasury_balance"),), wide=3),
        ),
    ),
    "field_reports": Board(
        "Phản ánh",
        (
            Figures((
                Tile("field_reports_open", period="ngay lúc này"), Tile("field_reports_overdue", period="ngay lúc này"),
            )),
            Chart("Phản ánh đang mở", (Line("field_reports_open"),), labels=words.CATEGORIES, wide=3),
        ),
    ),
}  # fmt: skip
