"""The title of a sheet: its unit of money and the day its figures run to, wherever they are written."""

import re
from datetime import date, datetime
from decimal import Decimal

from connectors.budget_workbook.figure import money_unit
from connectors.budget_workbook.grid import Grid
from connectors.budget_workbook.package import Cell
from connectors.contract import Period
from connectors.spelling import plain

_UNIT = re.compile(r"\W*(don vi tinh|dvt|don vi)\b\s*:?\s*(.*)")
_CUMULATIVE = re.compile(r"\bluy ke\b.*\bden\b(.*)")
_DAY = re.compile(r"\b(\d{1,2})\s*(?:[/.-]|thang)\s*(\d{1,2})\s*(?:[/.-]|nam)\s*(\d{4})\b")


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
            grid.blame(cell, f"{text!r:.80} is no unit of money: write Đồng, Nghìn đồng, Triệu đồng or Tỷ đồng")
            return None
    if len(found) > 1:
        grid.blame(max(found.values()), "a second unit of money in one sheet: keep one 'Đơn vị tính'")
        return None
    if not found:
        grid.blame(None, "no 'Đơn vị tính: Triệu đồng' (or Đồng, Nghìn đồng, Tỷ đồng) anywhere in the sheet: add it")
    return next(iter(found), None)


def stated_period(grid: Grid, latest: date) -> Period | None:
    """Return 1 January to the day of "Lũy kế đến 25/8/2026"; a day after ``latest`` is a slip, and a fault."""
    found: dict[date, Cell] = {}
    for cell, text in grid.texts():
        title = _CUMULATIVE.search(plain(text))
        if title is None:
            continue
        try:
            day = _day(title[1] if title[1].strip(" :") else grid.right_of(cell))
            if day > latest:
                raise ValueError(f"{day:%d/%m/%Y} has not come yet")
        except ValueError as error:
            grid.blame(cell, f"{text!r:.80}: {error}; write it as 'Lũy kế đến 25/8/2026'")
            return None
        found.setdefault(day, cell)
    if len(found) > 1:
        grid.blame(max(found.values()), "a second day in one sheet: keep one title 'Lũy kế đến …'")
        return None
    for day in found:
        return Period(date(day.year, 1, 1), day, "custom", cumulative=True)
    grid.blame(None, "no title 'Lũy kế đến 25/8/2026' anywhere in the sheet: add it, with the day of the figures")
    return None


def _day(written: object) -> date:
    if isinstance(written, datetime):
        return written.date()
    if isinstance(written, date):
        return written
    match = _DAY.search(plain(str(written)))
    if match is None:
        raise ValueError("no day was found")
    day, month, year = map(int, match.groups())
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(f"{match[0]} is no day of the calendar") from error
