"""The title of a sheet: its unit of money and the day its figures run to, wherever they are written."""

import re
from datetime import date, datetime
from decimal import Decimal

from connectors.contract import Period
from connectors.sheets import kinds
from connectors.sheets.fault import Slip
from connectors.sheets.grid import Cell, Grid
from connectors.sheets.number import money_unit
from connectors.sheets.period import day_in, period_of
from connectors.spelling import plain

_UNIT = re.compile(r"\W*(don vi tinh|dvt|don vi)\b\s*:?\s*(.*)|.*\b(don vi tinh|dvt)\b\s*:?\s*(.+)")
"""Alone in its cell, or at the end of one: "Lũy kế đến 25/8/2026 - ĐVT: triệu đồng"."""
_NO_DAY_YET = re.compile(r"[\s:]*(het\b)?\s*(ngay\b)?[\s:]*")
_CUMULATIVE = re.compile(r"\bluy ke\b.*\bden\b(.*)")


def stated_unit(grid: Grid) -> Decimal | None:
    """Return how many đồng the unit of "Đơn vị tính: Triệu đồng" is; without one a fault is noted."""
    found: dict[Decimal, Cell] = {}
    for cell, text in grid.texts():
        label = _UNIT.fullmatch(plain(text))
        if label is None:
            continue
        unit = money_unit(label[2] or label[4] or str(grid.right_of(cell)))
        if unit is not None:
            found.setdefault(unit, cell)
        elif label[1] not in (None, "don vi"):  # "Đơn vị: UBND xã …" names the office
            grid.blame(cell, kinds.NO_MONEY_UNIT, said=text)
            return None
    if len(found) > 1:
        grid.blame(max(found.values()), kinds.SECOND_MONEY)
        return None
    if not found:
        grid.blame(None, kinds.NO_MONEY)
    return next(iter(found), None)


def stated_period(grid: Grid, latest: date) -> Period | None:
    """Return 1 January to the day of "Lũy kế đến 25/8/2026", or the last of "… đến hết tháng 8/2026".

    A day after ``latest`` is a slip, and a fault.
    """
    found: dict[date, Cell] = {}
    vague: tuple[Cell, Slip] | None = None
    for cell, text in grid.texts():
        title = _CUMULATIVE.search(plain(text))
        if title is None:
            continue
        try:
            beside = grid.right_of(cell)
            day = _day(beside if _NO_DAY_YET.fullmatch(title[1]) else title[1], text)
            if day > latest:
                raise Slip(kinds.NOT_COME, said=text, day=f"{day:%d/%m/%Y}", form=kinds.AS_CUMULATIVE)
        except Slip as slip:
            if slip.kind is kinds.NO_DAY:  # a column's "Lũy kế đến kỳ báo cáo", where the title says the day
                vague = vague or (cell, slip)
                continue
            grid.note(cell, slip)
            return None
        found.setdefault(day, cell)
    if len(found) > 1:
        grid.blame(max(found.values()), kinds.SECOND_DAY)
        return None
    for day in found:
        return Period(date(day.year, 1, 1), day, "custom", cumulative=True)
    if vague is not None:
        grid.note(*vague)
    else:
        grid.blame(None, kinds.NO_CUMULATIVE)
    return None


def _day(written: object, text: str) -> date:
    if isinstance(written, datetime):
        return written.date()
    if isinstance(written, date):
        return written
    try:
        return day_in(str(written), kinds.AS_CUMULATIVE, text)
    except Slip as slip:
        period = period_of(f"Lũy kế đến {written}") if slip.kind is kinds.NO_DAY else None
        if period is None:
            raise
        return period.end
