"""The commune health station's monthly form: cases by disease, visits, immunisation, records, insurance; aggregates."""

from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from connectors.contract import Period
from connectors.health_workbook.diseases import DISEASES, cases_of
from connectors.sheets.grid import Grid
from connectors.sheets.heading import Heading, Layout
from connectors.sheets.statement import STATEMENT, Taken
from connectors.sheets.statements import StatementWorkbook


class HealthWorkbook(StatementWorkbook):
    """A folder into which the station saves its monthly form; a file with persons in it is refused, and not kept."""

    feed: ClassVar[str] = "health"
    title: ClassVar[str] = "Y tế xã (biểu Excel hằng tháng)"
    own: ClassVar[Path] = Path(__file__).parent / "catalogue.csv"
    layouts: ClassVar[tuple[Layout, ...]] = (DISEASES, STATEMENT)
    keeps_unreadable: ClassVar[bool] = False

    unit: str = Field(pattern=r"^[0-9]{5}$")
    """Commune code whose station it is; the form names none."""
    stale_after: timedelta = timedelta(days=40)
    """Silence after which the feed counts as stale."""

    def read(self, grid: Grid, heading: Heading, stop: int, period: Period | None, latest: date) -> list[Taken]:
        """Read the table of diseases, or one of indicators."""
        if heading.layout is DISEASES:
            return cases_of(grid, heading, stop, period, latest, self.unit, self.words().indicators)
        return super().read(grid, heading, stop, period, latest)
