"""Statements of simulated offices: what a line counts, how it grows, and the workbook that says so."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from connectors.contract import LOCAL, Observation, Period, PeriodKind
from simulators.signals import chance

Rows = Sequence[Sequence[object]]


class Line(NamedTuple):
    """One indicator: ``whole`` is what it counts (of a share, the denominator), ``share`` from and to where it grows.

    ``dims`` are those of a part of the line above, ``part`` its Vietnamese name.
    """

    indicator: str
    name: str
    measure: str
    whole: int
    share: tuple[float, float] | None = None
    target: int | None = None
    dims: Mapping[str, str] = {}
    part: str = ""


def month_before(at: datetime) -> Period:
    """Return the last month that is over, local."""
    end = at.astimezone(LOCAL).date().replace(day=1) - timedelta(1)
    return Period(end.replace(day=1), end, "month")


def quarter_before(at: datetime) -> Period:
    """Return the last quarter that is over, local."""
    day = at.astimezone(LOCAL).date()
    end = date(day.year, day.month - (day.month - 1) % 3, 1) - timedelta(1)
    return Period(date(end.year, end.month - 2, 1), end, "quarter")


def words(period: Period) -> str:
    """Return the period as offices write it."""
    said: dict[PeriodKind, str] = {
        "month": f"Tháng {period.start.month} năm {period.start.year}",
        "quarter": f"Quý {('I', 'II', 'III', 'IV')[(period.start.month - 1) // 3]} năm {period.start.year}",
        "year": f"Năm {period.start.year}",
    }
    return said[period.kind]


def told(lines: Iterable[Line], unit: str, seed: int, period: Period) -> Iterator[Observation]:
    """Give the figures of lines that stand for themselves: counts wander by some percent, shares grow from 2024 on."""
    for line in lines:
        luck = chance(seed, unit, line.indicator, *line.dims.values(), period.end.isoformat())
        if line.share is None:
            value = Decimal(round(line.whole * (0.94 + 0.12 * luck)))
            yield Observation(unit, line.indicator, period, value, dims=line.dims)
            continue
        low, high = line.share
        grown = min(1.0, max(0.0, (period.end - date(2024, 1, 1)).days / 1460))
        denominator = round(line.whole * (0.98 + 0.04 * chance(seed, unit, line.indicator, period.end.year)))
        numerator = round(denominator * min(1.0, low + (high - low) * grown + 0.01 * luck))
        value = percent(numerator, denominator)
        yield Observation(
            unit, line.indicator, period, value, Decimal(numerator), Decimal(denominator), stated=round_(value),
            dims=line.dims,
        )  # fmt: skip
        if line.target is not None:
            yield Observation(unit, line.indicator, period, Decimal(line.target), scope="target", dims=line.dims)


def percent(numerator: int, denominator: int) -> Decimal:
    """Return the share as decoders compute it: to four decimals, without zeros that say nothing."""
    return short((Decimal(numerator) * 100 / denominator).quantize(Decimal("0.0001")))


def round_(value: Decimal) -> Decimal:
    """Return the share as offices print it, to one decimal."""
    return short(round(value, 1))


def short(value: Decimal) -> Decimal:
    """Return the number without zeros that say nothing, and without an exponent."""
    bare = value.normalize()
    return bare.quantize(Decimal(1)) if bare == bare.to_integral_value() else bare


def vietnamese(value: Decimal, sign: str = "") -> str:
    """Return a number as it is printed: 1234.5 → 1.234,5."""
    return f"{value:,}".translate(str.maketrans(",.", ".,")) + sign


def saved(sheets: Mapping[str, Rows], at: datetime) -> bytes:
    """Return the .xlsx file, the same bytes for the same rows and instant."""
    from openpyxl import Workbook

    from simulators.budget_workbook import saved as stamped

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for line, cells in enumerate(rows, start=1):
            for place, value in enumerate(cells, start=1):
                if value is not None and value != "":
                    sheet.cell(line, place, value)
    return stamped(book, at.astimezone(UTC))


def cell(value: Decimal | None) -> int | float | None:
    """Return the number as a spreadsheet holds it."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
