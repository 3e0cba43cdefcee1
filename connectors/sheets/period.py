"""The period of a figure, as offices write it: ``Quý III năm 2026``, ``Từ 08/12/2022 đến 23/10/2023``, a date cell."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache

from connectors.contract import Period, PeriodKind
from connectors.office_figures import kind_of
from connectors.sheets import kinds
from connectors.sheets.fault import Kind, Slip
from connectors.sheets.grid import word

_DAY = re.compile(r"\b(\d{1,2})\s*(?:[/.-]|thang)\s*(\d{1,2})\s*(?:[/.-]|nam)\s*(\d{4})\b", re.ASCII)
COUNTS = {
    "gieng": 1, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
    "muoi": 10, "muoi mot": 11, "muoi hai": 12, "chap": 12, "i": 1, "ii": 2, "iii": 3, "iv": 4,
}  # fmt: skip
"""Numbers in words and Roman ones."""
MONTH_NAME = r"\d{1,2}|gieng|muoi hai|muoi mot|muoi|chap|hai|ba|tu|sau|bay|tam|chin|nam(?=\s*(?:/|nam))"
"""May only as in "tháng năm năm 2026": without its year's word it is a form whose month nobody filled in."""
_YEAR = r"(?:\s*[/,-]\s*|\s+)(?:nam\s+)?(\d{4})\b"
_QUARTER = re.compile(rf"\bquy\s*(iv|i{{1,3}}|[1-4]|mot|hai|ba|bon|tu){_YEAR}|\b(\d{{4}})\s*-?q([1-4])\b", re.ASCII)
_KINDS: dict[int, PeriodKind] = {3: "quarter", 6: "half_year", 9: "nine_months", 12: "year"}
_MONTHS = re.compile(rf"\b(\d{{1,2}}|ba|sau|chin)\s*thang(\s+(?:dau|cuoi)(?:\s+nam)?)?{_YEAR}", re.ASCII)
_MONTH = re.compile(rf"\b(?:thang|t)\s*({MONTH_NAME}){_YEAR}|^(\d{{1,2}})/(\d{{4}})$|^(\d{{4}})-(\d{{2}})$", re.ASCII)
_FROM_TO = re.compile(
    rf"\bthang\s*({MONTH_NAME})(?:{_YEAR})?\s*(?:-|–|den|toi)\s*(?:het\s+)?thang\s*({MONTH_NAME}){_YEAR}", re.ASCII
)
_FROM_DAY = re.compile(
    r"\b(\d{1,2})\s*(?:[/.-]|thang)\s*(\d{1,2})\s*(?:-|–|den|toi)\s*(?:het\s+)?(?:ngay\s+)?$", re.ASCII
)
_MENTION = re.compile(
    r"\b(?:\d{1,2}|ba|sau|chin)\s*thang\b|\b(?:quy|tuan|thang)\s*(?:thu\s*)?"
    rf"(?:{MONTH_NAME}|nam|mot|bon|i{{1,3}}|iv)\b(?!\s*thang\b)",
    re.ASCII,
)
"""A month, quarter or week, be it with its year or without."""
ASIDE = re.compile(r"\([^()]*\)")
"""What stands in brackets."""
_WEEK = re.compile(rf"\btuan\s*(?:thu\s*)?(\d{{1,2}}){_YEAR}", re.ASCII)
_YEARS = re.compile(r"(?:\bnam\s+|\bgiai doan\s+|^)(\d{4})\s*(?:-|–|den|toi)\s*(?:nam\s+)?(\d{4})\b", re.ASCII)
_ONE_YEAR = re.compile(r"\bnam\s+(\d{4})\b|^(\d{4})$", re.ASCII)
CUMULATIVE = re.compile(r"\bluy ke\b")
EARLIEST, LATEST = 1990, 2100


@lru_cache(maxsize=1 << 12)
def period_of(text: str) -> Period | None:
    """Return the period that a text names; ``None`` where it names none.

    Raises :class:`Slip` for a day that is none, or an end before its beginning. Days are local, both included.
    """
    said = word(text)
    aside = ASIDE.sub(" ", said)
    period = (_named(aside, text) if aside != said else None) or _named(said, text)
    if period is not None and not EARLIEST <= period.start.year <= period.end.year <= LATEST:
        raise Slip(kinds.NO_PERIOD, said=text, form=kinds.AS_PERIOD)
    return period


def _named(said: str, text: str) -> Period | None:
    """Return the one period that is named; :class:`Slip` where there are more, as in "Tháng 9 và 9 tháng …"."""
    mentions = len(_MENTION.findall(_DAY.sub(" ", said)))
    for read, most in _READERS:
        period = read(said, text)
        if period is not None:
            if mentions > most:
                raise Slip(kinds.NO_PERIOD, said=text, form=kinds.AS_ONE_PERIOD if mentions > 1 else kinds.AS_PERIOD)
            return period
    return None


def period_in(cell: object, form: Kind = kinds.AS_PERIOD) -> Period | None:
    """Return the period of a cell: a text, a date, a year as a number; ``None`` for an empty one.

    A date that begins a month is a :class:`Slip`.
    """
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        if cell.day == 1:  # what Excel makes of a typed 9/2026
            month, day = f"Tháng {cell.month}/{cell.year}", f"Ngày {cell:%d/%m/%Y}"
            raise Slip(kinds.MONTH_OR_DAY, said=cell, month=month, day=day)
        return Period(cell, cell, "day")
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell == cell // 1:
        cell = f"{cell:.0f}"
    if cell == "" or cell is None:
        return None
    period = period_of(str(cell)) if isinstance(cell, str) else None
    if period is None:
        raise Slip(kinds.NO_PERIOD, said=str(cell), form=form)
    return period


def day_in(text: str, form: Kind, whole: str = "") -> date:
    """Return the day in a text such as ``25/8/2026`` or ``ngày 25 tháng 8 năm 2026``; :class:`Slip` without one."""
    match = _DAY.search(word(text))
    if match is None:
        raise Slip(kinds.NO_DAY, said=whole or text, form=form)
    return _date(match, whole or text, form)


def _date(match: re.Match[str], text: str, form: Kind = kinds.AS_PERIOD) -> date:
    day, month, year = map(int, match.groups())
    return _day_of(year, month, day, match[0], text, form)


def _day_of(year: int, month: int, day: int, written: str, text: str, form: Kind = kinds.AS_PERIOD) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Slip(kinds.NO_SUCH_DAY, said=text, day=written, form=form) from error


def _cumulative(said: str, text: str) -> Period | None:
    if not CUMULATIVE.search(said):
        return None
    days = [_date(day, text) for day in _DAY.finditer(said)]
    if len(days) == 1 or (len(days) == 2 and (days[0].month, days[0].day, days[0].year) == (1, 1, days[1].year)):
        return Period(date(days[-1].year, 1, 1), days[-1], "custom", cumulative=True)
    readers: tuple[Callable[[str, str], Period | None], ...] = (_quarter, _months, _month, _year)
    period = next((one for read in readers if (one := read(said, text)) is not None), None)
    if period is None:
        return None
    kind: PeriodKind = period.kind if period.start.month == period.start.day == 1 else "custom"
    return Period(date(period.end.year, 1, 1), period.end, kind, cumulative=True)


def _span(said: str, text: str) -> Period | None:
    days = list(_DAY.finditer(said))
    shortly = _FROM_DAY.search(said[: days[0].start()]) if len(days) == 1 else None
    if shortly is not None:  # "Từ 01/07 đến 30/9/2026": the year stands once
        end = _date(days[0], text)
        start = _day_of(end.year, int(shortly[2]), int(shortly[1]), shortly[0], text)
    elif len(days) == 2:
        start, end = (_date(day, text) for day in days)
    else:
        return None
    if end < start:
        raise Slip(kinds.PERIOD_BACKWARDS, said=text, form=kinds.AS_PERIOD)
    return Period(start, end, "custom")


def _quarter(said: str, text: str) -> Period | None:
    match = _QUARTER.search(said)
    if match is None:
        return None
    which, year, first, second = match.groups()
    quarter = COUNTS.get(which) or int(which) if which else int(second)
    return _whole(int(year or first), 3 * quarter - 2, 3, "quarter", text)


def _months(said: str, text: str) -> Period | None:
    match = _MONTHS.search(said)
    if match is None or (match[2] is None and match[0].startswith("thang")):
        return None
    count, where, year = match.groups()
    months = COUNTS.get(count) or int(count)
    kind = _KINDS.get(months, "custom")
    first = 13 - months if where and "cuoi" in where else 1
    if not 1 <= months <= 12:
        raise Slip(kinds.NO_PERIOD, said=text, form=kinds.AS_PERIOD)
    return _whole(int(year), first, months, kind if first == 1 or months in (3, 6) else "custom", text)


def _month(said: str, text: str) -> Period | None:
    match = _MONTH.search(_DAY.sub(" ", said))
    if match is None:
        return None
    a, b, c, d, f, e = match.groups()
    month = a or c or e
    return _whole(int(b or d or f), COUNTS.get(month) or int(month), 1, "month", text)


def _from_to(said: str, text: str) -> Period | None:
    match = _FROM_TO.search(said)
    if match is None:
        return None
    first, its_year, last, year = match.groups()
    months = [COUNTS.get(month) or int(month) for month in (first, last)]
    if not all(1 <= month <= 12 for month in months):
        raise Slip(kinds.NO_PERIOD, said=text, form=kinds.AS_PERIOD)
    start, end = _limits(int(its_year or year), months[0], 1)[0], _limits(int(year), months[1], 1)[1]
    if end < start:
        raise Slip(kinds.PERIOD_BACKWARDS, said=text, form=kinds.AS_PERIOD)
    return Period(start, end, kind_of(start, end))


def _week(said: str, text: str) -> Period | None:
    match = _WEEK.search(said)
    if match is None:
        return None
    try:
        start = date.fromisocalendar(int(match[2]), int(match[1]), 1)
    except ValueError as error:
        raise Slip(kinds.NO_PERIOD, said=text, form=kinds.AS_PERIOD) from error
    return Period(start, start + timedelta(6), "week")


def _years(said: str, text: str) -> Period | None:
    match = _YEARS.search(said)
    if match is None:
        return None
    first, last = int(match[1]), int(match[2])
    if last < first:
        raise Slip(kinds.PERIOD_BACKWARDS, said=text, form=kinds.AS_PERIOD)
    return Period(*_limits(first, 1, 12)[:1], *_limits(last, 1, 12)[1:], "custom" if last > first else "year")


def _year(said: str, text: str) -> Period | None:
    if _DAY.search(said):
        return None
    match = _ONE_YEAR.search(said)
    return _whole(int(match[1] or match[2]), 1, 12, "year", text) if match else None


def _one_day(said: str, text: str) -> Period | None:
    match = _DAY.search(said)
    if match is None:
        return None
    day = _date(match, text)
    return Period(day, day, "day")


def _whole(year: int, month: int, months: int, kind: PeriodKind, text: str) -> Period:
    if not (1 <= month <= 13 - months and EARLIEST <= year <= LATEST):
        raise Slip(kinds.NO_PERIOD, said=text, form=kinds.AS_PERIOD)
    return Period(*_limits(year, month, months), kind)


def _limits(year: int, month: int, months: int) -> tuple[date, date]:
    last = month + months - 1
    if not EARLIEST <= year <= LATEST:
        raise Slip(kinds.NO_PERIOD, said=str(year), form=kinds.AS_PERIOD)
    return date(year, month, 1), date(year, last, monthrange(year, last)[1])


_READERS = (
    (_cumulative, 1), (_span, 9), (_from_to, 2), (_quarter, 1), (_months, 1), (_month, 1), (_week, 1), (_years, 0),
    (_year, 0), (_one_day, 0),
)  # fmt: skip
"""In this order, each with how many months, quarters and weeks its text may name besides days."""
