"""The commune's budget workbook: revenue (Thu) and expenditure (Chi), cumulative to a day, from an Excel file."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import ClassVar

from pydantic import Field

from connectors.budget_workbook.layout import FLOWS, Flow, flow_of, flow_of_table
from connectors.budget_workbook.table import Line, lines_of, rate
from connectors.budget_workbook.title import stated_period, stated_unit
from connectors.contract import Fault, Message, Observation, Period, Quality, Undecodable
from connectors.sheets import kinds
from connectors.sheets.book import Book
from connectors.sheets.fault import Kind, Slip
from connectors.sheets.grid import Grid
from connectors.sheets.number import Missing
from connectors.sheets.workbook import Workbook, refusal

_TOLERANCE = Decimal("0.1")
"""Percentage points by which a stated rate may differ from the computed one."""
_FIRST_YEAR = 2026
"""The budget year from which TT 26/2026/TT-BTC has its forms; those before are of TT 344/2016/TT-BTC."""
_OLDER = "tt344_2016"


class BudgetWorkbook(Workbook):
    """A folder into which the accountant saves the workbook: every new content is read wholly, or refused by cell."""

    feed: ClassVar[str] = "budget"
    title: ClassVar[str] = "Thu – chi ngân sách xã (sổ Excel)"

    unit: str = Field(pattern=r"^[0-9]{5}$")
    """Commune code whose budget it is; the workbook itself names none."""
    all_or_nothing: bool = True
    """Whether a fault in one sheet refuses the other, too."""
    stale_after: timedelta = timedelta(days=35)
    """Silence after which the feed counts as stale."""

    def decode(self, message: Message) -> Iterable[Observation]:
        """Give every figure of both sheets, expenditure first; raises :class:`Undecodable` listing all faults by cell.

        Amounts are đồng; the period is 1 January to the day of the title, local; the rates are computed. Figures of
        budget years before 2026 have the scope ``tt344_2016``.
        """
        book = self.opened(message)
        names, faults = _chosen(book, message.address)
        grids: dict[Flow, Grid] = {}
        for flow, name in names.items():
            try:
                book.marks(name)
            except Undecodable as error:
                faults += error.faults
            else:
                grids[flow] = next(iter(book.grids([name])))
        taken: list[Observation] = []
        for flow, grid in grids.items():
            unit, period = stated_unit(grid), stated_period(grid, self.latest(message))
            lines = lines_of(grid, flow, unit or Decimal(1))  # without a unit, too: all faults at once
            if period is not None and not grid.faults:
                taken += [figure for line in lines for figure in self._said(line, flow, period)]
            faults += grid.faults
        if faults:
            raise refusal(faults, () if self.all_or_nothing else tuple(taken))
        return tuple(taken)

    def _said(self, line: Line, flow: Flow, period: Period) -> list[Observation]:
        dims = {"item": line.path, "name": line.name} if line.path else {}
        scope = _OLDER if period.end.year < _FIRST_YEAR else ""
        said = []
        for column in flow.columns:
            amount = line.figures.get(column.key)
            if isinstance(amount, Missing):
                said.append(Observation(self.unit, column.key, period, None, quality="missing", scope=scope, dims=dims))
            elif amount is not None:
                said.append(Observation(self.unit, column.key, period, amount, scope=scope, dims=dims))
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
                    scope=scope,
                    dims=dims,
                )
            )
        return said


def _chosen(book: Book, address: str) -> tuple[dict[Flow, str], list[Fault]]:
    """Return the sheet of each flow by its name, and what is missing or there twice; a text has one flow."""
    if book.is_text:
        grid = next(iter(book.grids(book.sheets)))
        flow = flow_of(PurePath(address.replace("\\", "/")).stem) or flow_of_table(grid)
        return ({flow: grid.name}, []) if flow else ({}, [Slip(kinds.NO_FLOW).at(grid.name)])
    chosen: dict[Flow, str] = {}
    faults: list[Fault] = []
    tabs = ", ".join(book.sheets) or "none"
    for flow in FLOWS:
        names = [name for name in book.sheets if flow_of(name) is flow]
        if len(names) == 1:
            chosen[flow] = names[0]
            continue
        template = kinds.SHEETS_ALIKE if names else kinds.SHEET_MISSING
        words = {"count": len(names), "sheet": flow.sheet}
        found = Kind(template.en.format_map(words), template.vi.format_map(words))
        faults.append(Slip(kinds.NO_SHEET, found=found, tabs=tabs, sheet=flow.sheet).at("workbook"))
    return chosen, faults
