"""Dates as Vietnamese sites write them into feeds, which the reader of feeds leaves out or takes for others.

It knows RFC 822 and ISO 8601; it takes ``ICT`` and ``UTC+7`` for UTC, and ``20-11-2026`` for a day of 2020.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate

from connectors.contract import LOCAL

_ZONE = re.compile(
    r"\s*(?:(?:GMT|UTC)\s*(?P<sign>[+-])\s*(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?"
    r"|(?P<bare>[+-])(?P<two>\d\d)|(?P<ict>ICT))\s*$",
    re.ASCII,
)
_TIME = r"(?:[\sT,-]+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?)?\s*$"
_DAY_FIRST = re.compile(
    rf"(?:^|[^\d/-]\s*)(?P<day>\d{{1,2}})[/-](?P<month>\d{{1,2}})[/-](?P<year>\d{{4}}){_TIME}", re.ASCII
)
_YEAR_FIRST = re.compile(rf"^\s*(?P<year>\d{{4}})/(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}}){_TIME}", re.ASCII)


def instant(text: str) -> datetime | None:
    """Return the instant (UTC) of a date such as ``20/11/2026 23:30`` or ``Fri, 20 Nov 2026 23:30:00 GMT+7``.

    The day comes before the month, a date without zone is local. ``None`` where the date is written otherwise.
    """
    zone = _ZONE.search(text)
    rest = text[: zone.start()] if zone else text
    said = _DAY_FIRST.search(rest) or _YEAR_FIRST.search(rest)
    try:
        offset: tzinfo = _offset(zone) if zone else LOCAL
        if said:
            day = date(int(said["year"]), int(said["month"]), int(said["day"]))
            clock = time(int(said["hour"] or 0), int(said["minute"] or 0), int(said["second"] or 0), tzinfo=offset)
            return datetime.combine(day, clock).astimezone(UTC)
        written = parsedate(rest) if zone else None
        return datetime(*written[:6], tzinfo=offset).astimezone(UTC) if written else None
    except (ValueError, OverflowError):
        return None


def _offset(zone: re.Match[str]) -> timezone:
    if zone["ict"]:
        return timezone(timedelta(hours=7))
    ahead = timedelta(hours=int(zone["hours"] or zone["two"]), minutes=int(zone["minutes"] or 0))
    return timezone(-ahead if (zone["sign"] or zone["bare"]) == "-" else ahead)
