"""DHIS2's ISO periods: ``20260131``, ``2026W10``, ``202601``, ``202601B``, ``2026Q1``, ``2026S1``, ``2026``."""

import re
from datetime import date, timedelta

from connectors.contract import Period, PeriodKind
from connectors.office_figures import kind_of

_FORMS = re.compile(
    r"(?P<year>(?:19|20)\d\d)"
    r"(?:(?P<month>\d\d)(?P<day>\d\d)?|W(?P<week>\d{1,2})|(?P<two>\d\d)B|Q(?P<quarter>[1-4])|S(?P<half>[12]))?"
)


def period_of(text: str, *, cumulative: bool = False) -> Period:
    """Return the local days of a period; ``cumulative`` begins it on 1 January of its year, and ends it in that.

    Weeks are those of ISO 8601, Monday to Sunday: ``2026W01`` begins on 29 December 2025. Two months (``202601B`` is
    January and February) are ``custom``. ``ValueError`` says what is none, weeks and years that begin on other days
    (``2026WedW1``, ``2026April``) too.
    """
    said = _FORMS.fullmatch(text) if text.isascii() else None
    if said is None:
        raise ValueError(f"{text!r:.40} is none of 20260131, 2026W10, 202601, 202601B, 2026Q1, 2026S1 and 2026")
    year = int(said["year"])
    try:
        start, end, kind = _days(year, said.groupdict())
    except ValueError as error:
        raise ValueError(f"{text!r} is no day, week or month of the calendar") from error
    if cumulative:
        start, end = date(year, 1, 1), min(end, date(year, 12, 31))
        return Period(start, end, kind_of(start, end), cumulative=True)
    return Period(start, end, kind)


def _days(year: int, said: dict[str, str | None]) -> tuple[date, date, PeriodKind]:
    if said["day"]:
        day = date(year, int(said["month"] or 0), int(said["day"]))
        return day, day, "day"
    if said["week"]:
        monday = date.fromisocalendar(year, int(said["week"]), 1)
        return monday, monday + timedelta(days=6), "week"
    if said["month"]:
        return *_months(year, int(said["month"]), 1), "month"
    if said["two"]:
        return *_months(year, int(said["two"]) * 2 - 1, 2), "custom"
    if said["quarter"]:
        return *_months(year, int(said["quarter"]) * 3 - 2, 3), "quarter"
    if said["half"]:
        return *_months(year, int(said["half"]) * 6 - 5, 6), "half_year"
    return date(year, 1, 1), date(year, 12, 31), "year"


def _months(year: int, first: int, count: int) -> tuple[date, date]:
    after = first + count
    return date(year, first, 1), date(year + (after > 12), (after - 1) % 12 + 1, 1) - timedelta(days=1)
