"""What offices' interfaces say of figures: of whom and which days, and percentages beside those that were stated."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from connectors.contract import LOCAL, Bound, Observation, Period, PeriodKind, Quality
from connectors.json_fields import Json, Share
from connectors.spelling import code as spelled

TOLERANCE = Decimal("0.1")
"""Points that a stated percentage may differ from the computed one: offices round, or cut off, the first decimal."""

Grain = Literal["day", "month", "quarter", "half_year", "year"]
"""Periods that an interface can be asked for."""

TIERS: Mapping[str, str] = {
    "province": "province", "tinh": "province", "cap_tinh": "province",
    "district_legacy": "district_legacy", "huyen": "district_legacy", "cap_huyen": "district_legacy",
    "commune": "commune", "xa": "commune", "cap_xa": "commune",
}  # fmt: skip
"""Whose dossiers a row counts, where it counts those of one tier of a unit only."""

_MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_DIGITS = Decimal("0.0001")
_YEAR = timedelta(days=366)
_CODE = re.compile(
    r"(?P<year>[0-9]{4})(?:(?P<month>[0-9]{2})(?P<day>[0-9]{2})?|W(?P<week>[0-9]{2})|Q(?P<quarter>[1-4])|S(?P<half>[12]))?",
    re.IGNORECASE,
)
_OF_BOUND: Mapping[Bound, Quality] = {"gt": "lower_bound", "range": "range", "approx": "estimated"}


@dataclass(frozen=True, slots=True)
class Subject:
    """Of whom, when and in which sense figures speak."""

    unit: str
    period: Period
    scope: str = ""
    dims: Mapping[str, str] = field(default_factory=dict)
    level: str = ""

    def figure(self, indicator: str, value: Decimal | None, quality: Quality = "", **dims: str) -> Observation:
        """Return one figure; without a value it is missing, which is not zero."""
        quality = quality if value is not None else "missing"
        its = {**self.dims, **dims}
        return Observation(
            self.unit, indicator, self.period, value, quality=quality, scope=self.scope, dims=its, level=self.level
        )

    def rate(
        self, indicator: str, numerator: Decimal | None, denominator: Decimal | None, stated: Share | None = None
    ) -> Observation | None:
        """Return a percentage: computed to four decimals where it can be, beside the one that was stated.

        Where both are there and differ by more than :data:`TOLERANCE`, the quality is ``stated_mismatch``; where it
        can't be computed, the value is what was stated, with its bound. ``None``: there is nothing to say.
        """
        if numerator is not None and denominator:
            value = (numerator * 100 / denominator).quantize(_DIGITS)
            agrees = stated is None or _agrees(value, stated)
            said = Share(None if stated is None else stated.value)
            return self._percentage(indicator, value, numerator, denominator, said, "" if agrees else "stated_mismatch")
        if stated is None:
            return None
        quality = _OF_BOUND.get(stated.bound, "")
        return self._percentage(indicator, stated.value, numerator, denominator, stated, quality)

    def _percentage(
        self,
        indicator: str,
        value: Decimal | None,
        numerator: Decimal | None,
        denominator: Decimal | None,
        stated: Share,
        quality: Quality,
    ) -> Observation:
        return Observation(
            self.unit, indicator, self.period, value, numerator, denominator, stated.bound, stated.low, stated.high,
            stated.value, quality, self.scope, self.dims, self.level,
        )  # fmt: skip


def word(field: Json, words: Mapping[str, str]) -> str:
    """Return the meaning of a word; empty where nothing is said."""
    text = field.text()
    if text and spelled(text) not in words:
        raise field.expected(f"one of {', '.join(dict.fromkeys(words.values()))}")
    return words[spelled(text)] if text else ""


def period_of(places: Sequence[Json], received_at: datetime, names: Mapping[str, str]) -> Period:
    """Return the days that figures speak of, from the first of the places (row, page, question) that says some.

    They are said by ``TuNgay`` and ``DenNgay``, or by a code ``Ky``: ``202601``, ``2026Q1``; ``names`` gives the
    vendor's names of these and of ``LuyKe``. Raises :class:`Undecodable` for days that have not begun, and for a
    cumulative figure that does not begin on 1 January.
    """
    days = [names[ours] for ours in ("TuNgay", "DenNgay", "Ky")]
    said = next((place for place in places if any(not place.at(name).absent for name in days)), places[0])
    first, last, code = (said.at(name) for name in days)
    start, end = first.day(), last.day()
    if start is None and end is None:
        start, end = days_of(code)
        first = last = code
    if start is None:
        raise first.expected("the first day")
    if end is None:
        raise last.expected("the last day")
    if end < start:
        raise last.fault(f"{end} is before the first day, {start}")
    today = received_at.astimezone(LOCAL).date()
    if start > today + timedelta(days=1) or end > today + _YEAR:
        raise first.fault(f"{start}…{end} has not come yet")
    cumulative = places[0].at(names["LuyKe"])
    if cumulative.value not in (None, True, False):
        raise cumulative.expected("true or false")
    if cumulative.value and (start.month, start.day) != (1, 1):
        raise first.fault(f"a cumulative figure runs from 1 January, not from {start}")
    return Period(start, end, kind_of(start, end), cumulative=bool(cumulative.value))


def days_of(code: Json) -> tuple[date, date]:
    """Return the first and last day of ``20260131``, ``2026W05``, ``202601``, ``2026Q1``, ``2026S1`` or ``2026``."""
    said = _CODE.fullmatch(code.text(20))
    if said is None:
        raise code.expected("a period as 20260131, 2026W05, 202601, 2026Q1, 2026S1 or 2026, or TuNgay and DenNgay,")
    year = int(said["year"])
    if year < 2000:
        raise code.fault(f"{said[0]} is before 2000: correct the year")
    try:
        if said["day"]:
            day = date(year, int(said["month"]), int(said["day"]))
            return day, day
        if said["week"]:
            monday = date.fromisocalendar(year, int(said["week"]), 1)
            return monday, monday + timedelta(days=6)
        lengths = {"month": 1, "quarter": 3, "half": 6}
        months, place = next(((length, int(said[part])) for part, length in lengths.items() if said[part]), (12, 1))
        return span(date(year, (place - 1) * months + 1, 1), months)
    except ValueError as error:
        raise code.fault(f"{said[0]} is no period of the calendar") from error


def period_at(day: date, grain: str, back: int) -> tuple[date, date]:
    """Return the first and last day of the period of a kind that the day is in, or of one so many before it."""
    if grain == "day":
        its = day - timedelta(days=back)
        return its, its
    months = _MONTHS[grain]
    years, month = divmod(day.year * 12 + (day.month - 1) // months * months - back * months, 12)
    return span(date(years, month + 1, 1), months)


def level_of(unit: str, tier: str) -> tuple[str, Mapping[str, str]]:
    """Return the level of a figure and its dimension ``tier``, where a unit counts what one tier below it does.

    A commune has no tiers; a former district's own figures are of level ``district_legacy``.
    """
    if len(unit) == 5:
        return "", {}
    own = "district_legacy" if len(unit) == 3 else ""
    return (tier, {"tier": tier}) if tier else (own, {})


def span(start: date, months: int) -> tuple[date, date]:
    """Return the first and last day of so many months."""
    years, month = divmod(start.month - 1 + months, 12)
    return start, date(start.year + years, month + 1, 1) - timedelta(days=1)


def kind_of(start: date, end: date) -> PeriodKind:
    """Return which kind of period these days are; ``custom`` where they are none of the calendar."""
    if start == end:
        return "day"
    if start.weekday() == 0 and end - start == timedelta(days=6):
        return "week"
    lengths: Mapping[int, PeriodKind] = {1: "month", 3: "quarter", 6: "half_year", 9: "nine_months", 12: "year"}
    for months, kind in lengths.items():
        begins = start.month == 1 if months == 9 else (start.month - 1) % months == 0
        if start.day == 1 and begins and end.year <= start.year and span(start, months)[1] == end:
            return kind
    return "custom"


def _agrees(computed: Decimal, stated: Share) -> bool:
    low = stated.low if stated.bound == "range" else stated.value
    high = stated.high if stated.bound == "range" else stated.value
    above = low is None or stated.bound in ("lt", "approx") or computed >= low - TOLERANCE
    below = high is None or stated.bound in ("gt", "approx") or computed <= high + TOLERANCE
    return above and below
