"""The connector of workbooks that hold statements: its catalogue is a csv beside it, or the operator's own."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from pydantic import Field, field_validator

from connectors.contract import Fault, Message, Observation, Period, Undecodable
from connectors.sheets import kinds
from connectors.sheets.catalogue import catalogue
from connectors.sheets.fault import Slip
from connectors.sheets.grid import Grid, clean
from connectors.sheets.heading import Heading, Layout, headings_of, titles
from connectors.sheets.statement import STATEMENT, Statement, Taken, Words
from connectors.sheets.sums import Key, checked, key
from connectors.sheets.title import contradicts, stated_period
from connectors.sheets.unit import Units
from connectors.sheets.workbook import Workbook, refusal

_HERE = Path(__file__).parent


class StatementWorkbook(Workbook):
    """Every sheet with a heading of one of :attr:`layouts` is read; the others are notes."""

    own: ClassVar[Path]
    """The catalogue that comes with the connector."""
    layouts: ClassVar[tuple[Layout, ...]] = (STATEMENT,)

    unit: str = Field(default="", pattern=r"^([0-9]{2}|[0-9]{3}|[0-9]{5})?$")
    """Whose figures they are where a line does not say: code of a commune, district or province."""
    units: Mapping[str, str] = Field(default_factory=dict)
    """Names of units as the workbook has them, with their codes."""
    catalogue: Path | None = None
    """A csv of indicators instead of the connector's own."""

    @field_validator("units")
    @classmethod
    def _are_codes(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        for name, code in value.items():
            if not (code.isascii() and code.isdecimal() and len(code) in (2, 3, 5)):
                raise ValueError(f"{name!r}: {code!r} is no code of a commune (5 digits), district (3) or province (2)")
        return value

    @field_validator("catalogue")
    @classmethod
    def _is_catalogue(cls, value: Path | None) -> Path | None:
        if value is not None:
            catalogue(value)
        return value

    def words(self) -> Words:
        """Return what the names in the tables mean."""
        return _words(self.catalogue or self.own)

    def decode(self, message: Message) -> Iterable[Observation]:
        """Give every figure of every table, in the order of the lines; periods are local days.

        Raises :class:`Undecodable` listing all faults by cell; then nothing is taken.
        """
        book = self.opened(message)
        latest = self.latest(message)
        faults: list[Fault] = []
        said: dict[Key, Observation] = {}
        seen: dict[Key, tuple[Grid, Taken]] = {}
        tables = 0
        for name in book.sheets:
            try:
                (grid,) = book.grids([name])
            except Undecodable as error:
                faults += error.faults
                continue
            headings = list(headings_of(grid, self.layouts))
            tables += len(headings)
            for one in self._tables(grid, headings, latest, seen):
                said.setdefault(key(one), one)
            faults += grid.faults
        if not tables and not faults:
            faults.append(Slip(kinds.NO_HEADING, titles=titles(self.layouts[0].anchors)).at("workbook"))
        if not faults and not said:
            faults.append(Slip(kinds.NOTHING_SAID).at("workbook"))
        if faults:
            raise refusal(faults)
        return tuple(said.values())

    def read(self, grid: Grid, heading: Heading, stop: int, period: Period | None, latest: date) -> list[Taken]:
        """Read one table, down to the line ``stop``; a connector with further layouts adds its own."""
        return Statement(self.words(), Units(self.unit, self.units), latest).read(grid, heading, stop, period)

    def _tables(
        self, grid: Grid, headings: list[Heading | None], latest: date, seen: dict[Key, tuple[Grid, Taken]]
    ) -> list[Observation]:
        found = [heading for heading in headings if heading is not None]
        if not found:
            return []
        period = stated_period(grid, found[0].top)
        for heading in found:
            if period is not None and "period" not in heading.at:
                _agree(grid, heading, period)
        stops = [*(heading.top for heading in found[1:]), len(grid.values)]
        taken = [
            one
            for heading, stop in zip(found, stops, strict=True)
            for one in self.read(grid, heading, stop, period, latest)
        ]
        for one in taken:
            its, first = seen.setdefault(key(one.observation), (grid, one))
            if its is not grid and first.observation != one.observation:
                grid.blame(one.cell, kinds.SHEETS_DIFFER, cell=its.place(first.cell))
        return checked(grid, taken, self.words().indicators.entries)


_OF_THE_PERIOD = ("value", "stated", "numerator", "denominator", "cases", "deaths")
_CUMULATIVE = ("cumulative", "cases_year", "deaths_year")


def _agree(grid: Grid, heading: Heading, period: Period) -> None:
    """Note as a fault each column of figures whose heading names another period than the table's."""
    for column in (*_OF_THE_PERIOD, *_CUMULATIVE):
        if (at := heading.at.get(column)) is None:
            continue
        shown = [grid.shown((line, at)) for line in range(heading.top, heading.bottom)]
        title = " ".join(dict.fromkeys(clean(text) for text in shown if isinstance(text, str) and text))
        if contradicts(title, period, cumulative=column in _CUMULATIVE):
            days = {"start": f"{period.start:%d/%m/%Y}", "end": f"{period.end:%d/%m/%Y}"}
            grid.blame((heading.top, at), kinds.OTHER_PERIOD, title=title, **days)


@lru_cache(maxsize=32)
def _words(indicators: Path) -> Words:
    return Words(
        catalogue(indicators),
        catalogue(_HERE / "breakdowns.csv", kinds.BREAKDOWN),
        catalogue(_HERE / "scopes.csv"),
    )
