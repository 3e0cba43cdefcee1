"""The title of a sheet: its unit of money and the day its figures run to, wherever they are written."""

import re
from datetime import date, datetime
from decimal import Decimal

from connectors.contract import Period
from connectors.sheets import kinds
from connectors.sheets.fault import Slip
from connectors.sheets.grid import Cell, Grid
from connectors.sheets.number import money_unit
from connectors.sheets.period import day_in
from connectors.spelling import plain

_UNIT = re.compile(r"\W*(don vi tinh|dvt|don vi)\b\s*:?\s*(.*)")
_CUMULATIVE = re.compile(r"\bluy ke\b.*\bden\b(.*)")


def stated_unit(grid: Grid) -> Decimal | None:
    """Return how many đồng the unit of "Đơn vị tính: Triệu đồng" is; without one a fault is noted."""
    found: dict[Decimal, Cell] = {}
    for cell, text in grid.texts():
        label = _UNIT.fullmatch(plain(text))
        if label is None:
            continue
        unit = money_unit(label[2] or str(grid.right_of(cell)))
        if unit is not None:
            found.setdefault(unit, cell)
        elif label[1] != "don vi":  # "Đơn vị: UBND xã …" names the office
            grid.blame(cell, kinds.NO_MONEY_UNIT, said=text)
            return None
    if len(found) > 1:
        grid.blame(max(found.values()), kinds.SECOND_MONEY)
        return None
    if not found:
        grid.blame(None, kinds.NO_MONEY)
    return next(iter(found), None)


def stated_period(grid: Grid, latest: date) -> Period | None:
    """Return 1 January to the day of "Lũy kế đến 25/8/2026"; a day after ``latest`` is a slip, and a fault."""
    found: dict[date, Cell] = {}
    for cell, text in grid.texts():
        title = _CUMULATIVE.search(plain(text))
        if title is None:
            continue
        try:
            beside = grid.right_of(cell)
            day = _day(title[1] if title[1].strip(" :") else beside, text)
            if day > latest:
                raise Slip(kinds.NOT_COME, said=text, day=f"{day:%d/%m/%Y}", form=kinds.AS_CUMULATIVE)
        except Slip as slip:
            grid.note(cell, slip)
            return None
        found.setdefault(day, cell)
    if len(found) > 1:
        grid.blame(max(found.values()), kinds.SECOND_DAY)
        return None
    for day in found:
        return Period(date(day.year, 1, 1), day, "custom", cumulative=True)
    grid.blame(None, kinds.NO_CUMULATIVE)
    return None


def _day(written: object, text: str) -> date:
    if isinstance(written, datetime):
        return written.date()
    if isinstance(written, date):
        return written
    return day_in(str(written), kinds.AS_CUMULATIVE, text)
