"""The commune's budget workbook: revenue (Thu) and expenditure (Chi), cumulative to a day, from an Excel file."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from connectors.budget_workbook.figure import Missing
from connectors.budget_workbook.grid import Fault, Grid
from connectors.budget_workbook.layout import FLOWS, Flow, flow_of
from connectors.budget_workbook.package import Cell, Package
from connectors.budget_workbook.table import Line, lines_of, rate
from connectors.budget_workbook.title import stated_period, stated_unit
from connectors.contract import FUTURE, LOCAL, Folder, Message, Observation, Period, Polled, Quality, Undecodable

_TOLERANCE = Decimal("0.1")
"""Percentage points by which a stated rate may differ from the computed one."""
_FAULTS_TOLD = 20


class BudgetWorkbook(Polled):
    """A folder into which the accountant saves the workbook: every new content is read wholly, or refused by cell."""

    feed: ClassVar[str] = "budget"
    title: ClassVar[str] = "Thu – chi ngân sách xã (sổ Excel)"

    unit: str = Field(pattern=r"^[0-9]{5}$")
    """Commune code whose budget it is; the workbook itself names none."""
    folder: Path
    """Folder that is watched."""
    pattern: str = "*.xlsx"
    """Names of the files that count."""
    all_or_nothing: bool = True
    """Whether a fault in one sheet refuses the other, too."""
    stale_after: timedelta = timedelta(days=35)
    """Silence after which the feed counts as stale."""
    largest_body: int = Field(default=16 * 1024 * 1024, gt=0)
    """Bytes; a larger message is refused, and kept."""
    every: timedelta = timedelta(seconds=10)
    """Pause between two looks."""

    def places(self) -> tuple[Folder, ...]:
        """Return the folder to watch."""
        return (Folder(self.folder, self.pattern),)

    def decode(self, message: Message) -> Iterable[Observation]:
        """Give every figure of both sheets, expenditure first; raises :class:`Undecodable` listing all faults by cell.

        Amounts are đồng; the period is 1 January to the day of the title, local; the rates are computed.
        """
        if len(message.body) > self.largest_body:
            raise Undecodable(f"{len(message.body)} bytes, at most {self.largest_body} are read", place="workbook")
        package = Package(message.body)
        latest = (message.received_at + FUTURE).astimezone(LOCAL).date()
        names, faults = _chosen(package)
        spoiled: dict[str, dict[Cell, str]] = {}
        for name in names.values():
            try:
                spoiled[name] = package.spoiled(name)
            except Undecodable as error:
                faults.append(Fault(error.place, error.reason))
        values = package.values(list(spoiled))
        taken: list[Observation] = []
        for flow, name in names.items():
            if name in values:
                grid = Grid(name, values[name], spoiled[name])
                figures = self._figures(grid, flow, latest)
                taken += [] if grid.faults else figures
                faults += grid.faults
        if not faults:
            return tuple(taken)
        told = [f"{place}: {reason}" for place, reason in faults[:_FAULTS_TOLD]]
        if len(faults) > len(told):
            told.append(f"… and {len(faults) - len(told)} more")
        good = () if self.all_or_nothing else tuple(taken)
        raise Undecodable("; ".join(told), place=faults[0].place, taken=good)

    def _figures(self, grid: Grid, flow: Flow, latest: date) -> list[Observation]:
        unit, period = stated_unit(grid), stated_period(grid, latest)
        lines = lines_of(grid, flow, unit or Decimal(1))  # without a unit, too: all faults at once
        if period is None:
            return []
        return [figure for line in lines for figure in self._said(line, flow, period)]

    def _said(self, line: Line, flow: Flow, period: Period) -> list[Observation]:
        dims = {"item": line.path, "name": line.name} if line.path else {}
        said = []
        for column in flow.columns:
            amount = line.figures.get(column.indicator)
            if isinstance(amount, Missing):
                said.append(Observation(self.unit, column.indicator, period, None, quality="missing", dims=dims))
            elif amount is not None:
                said.append(Observation(self.unit, column.indicator, period, amount, dims=dims))
        percent = rate(line.figures, flow)
        if percent is not None:
            actual, estimate = line.figures[flow.actual], line.figures[flow.estimate]
            differs = line.stated is not None and abs(line.stated - percent) > _TOLERANCE
            quality: Quality = "stated_mismatch" if differs else ""
            said.append(
                Observation(
                    self.unit,
                    flow.rate,
                    period,
                    percent,
                    numerator=actual if isinstance(actual, Decimal) else None,
                    denominator=estimate if isinstance(estimate, Decimal) else None,
                    stated=line.stated,
                    quality=quality,
                    dims=dims,
                )
            )
        return said


def _chosen(package: Package) -> tuple[dict[Flow, str], list[Fault]]:
    """Return the sheet of each flow by its name, and what is missing or there twice."""
    chosen: dict[Flow, str] = {}
    faults: list[Fault] = []
    tabs = ", ".join(package.sheets) or "none"
    for flow in FLOWS:
        names = [name for name in package.sheets if flow_of(name) is flow]
        if len(names) == 1:
            chosen[flow] = names[0]
        else:
            found = f"{len(names)} sheets read as {flow.sheet!r}" if names else f"no sheet {flow.sheet!r}"
            faults.append(
                Fault("workbook", f"{found}; the tabs are: {tabs:.200}. Name exactly one of them {flow.sheet}")
            )
    return chosen, faults
