"""FHIR's Period: two dates that may be exact to a year, a month, a day or an instant; the end is included."""

import re
from datetime import date, datetime, timedelta

from connectors.contract import LOCAL, Period
from connectors.json_fields import Json
from connectors.office_figures import kind_of, span

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_OLDEST = 1990


def period_of(said: Json, latest: date, *, cumulative: bool) -> Period:
    """Return the local days of a report's period; raises :class:`Undecodable` by place.

    An end at midnight sharp is the end of the day before. ``latest`` is the last day on which it may begin; a
    cumulative one begins on 1 January, and ends in the same year.
    """
    first, last = said.at("start"), said.at("end")
    start, end = _day(first, last=False), _day(last, last=True)
    if end < start:
        raise last.fault(f"{end} is before the start, {start}")
    if start > latest:
        raise first.fault(f"{start} has not begun")
    if cumulative and ((start.month, start.day) != (1, 1) or end.year != start.year):
        raise first.fault(f"a cumulative figure runs from 1 January of its year, not from {start} to {end}")
    return Period(start, end, kind_of(start, end), cumulative=cumulative)


def _day(said: Json, *, last: bool) -> date:
    text = said.text(40)
    whole, exact = _DATE.fullmatch(text), _INSTANT.fullmatch(text)
    try:
        if exact:
            local = datetime.fromisoformat(text).astimezone(LOCAL)
            day = (local - timedelta(microseconds=1)).date() if last else local.date()
        elif whole:
            year, month, its_day = (int(part) if part else None for part in whole.groups())
            begins = date(year or 0, month or 1, its_day or 1)
            day = begins if its_day or not last else span(begins, 1 if month else 12)[1]
        else:
            raise said.expected("a date as 2026, 2026-10, 2026-10-31, or an instant with its zone,")
    except (ValueError, OverflowError) as error:
        raise said.fault(f"{text!r} is no day of the calendar") from error
    if not _OLDEST <= day.year <= 9000:
        raise said.fault(f"{day} is out of the years that are believed: correct it")
    return day
