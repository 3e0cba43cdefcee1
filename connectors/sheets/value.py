"""The value of a figure: computed from numerator and denominator where they are, beside what was stated."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from connectors.contract import Observation, Period, Quality
from connectors.sheets import kinds
from connectors.sheets.catalogue import Entry
from connectors.sheets.fault import Slip
from connectors.sheets.figure import MISSING, QUALITIES, Figure, percentage
from connectors.sheets.grid import word

TOLERANCE = Decimal("0.1")
"""Percentage points by which a stated share may differ from the computed one."""
_WHOLE = frozenset({
    "household", "person", "dossier", "document", "device", "speaker", "speaker_cluster", "camera", "case", "visit",
    "report", "product", "cooperative", "team", "service", "criterion", "head", "times", "count",
})  # fmt: skip
"""Units that are counted in whole numbers."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a figure is about."""

    unit: str
    entry: Entry
    period: Period
    scope: str
    dims: Mapping[str, str]
    level: str

    def of(self, scope: str) -> "Said":
        """Return the same of another scope."""
        return replace(self, scope=scope)

    def cumulated(self) -> "Said":
        """Return the same from 1 January on."""
        end = self.period.end
        return replace(self, period=Period(date(end.year, 1, 1), end, "custom", cumulative=True))


def observed(about: Said, figures: Mapping[str, Figure | None], factor: Decimal, latest: date) -> Observation | None:
    """Return the observation of a line, ``None`` where it says nothing; raises :class:`Slip` for what can't be.

    ``figures`` has ``value`` and ``stated`` as printed, ``numerator`` and ``denominator``; a share is percent.
    """
    value, stated, numerator, denominator = (figures.get(n) for n in ("value", "stated", "numerator", "denominator"))
    if value is None and stated is None and numerator is None and denominator is None:
        return None
    _come(about.period, latest)
    entry = about.entry
    value, stated, numerator, denominator = (_counted(one, entry) for one in (value, stated, numerator, denominator))
    if numerator is None and denominator is not None and not denominator.missing:
        raise Slip(kinds.HALF_SHARE, title="Tử số")
    if entry.measure == "percent":
        return _share(about, value, stated, numerator, denominator)
    printed = value or numerator or stated
    assert printed is not None  # noqa: S101 - one of them is there
    if entry.measure == "boolean" and printed.value not in (None, 0, 1):
        raise Slip(kinds.NOT_TRUE_OR_FALSE, said=str(printed.value), title=entry.name)
    if printed.numerator is not None:  # 3/4 of what is counted
        return _seen(about, Figure(printed.numerator), numerator=printed.numerator, denominator=printed.denominator)
    whole = denominator.value if denominator is not None and value is not printed else None
    return _seen(about, printed.times(factor), denominator=whole, numerator=printed.value if whole else None)


def _counted(said: Figure | None, entry: Entry) -> Figure | None:
    """Return what a yes or no says where a number belongs: "không" is 0, "chưa" a figure that is missing.

    Raises :class:`Slip` for the others, as "đạt".
    """
    if said is None or not said.truth or entry.measure == "boolean":
        return said
    if word(said.truth) == "khong":
        return Figure(Decimal(0))
    if word(said.truth) == "chua":
        return MISSING
    raise Slip(kinds.NOT_A_NUMBER, said=said.truth)


def _come(period: Period, latest: date) -> None:
    by_day = period.cumulative or period.kind in ("day", "custom")
    day = period.end if by_day else period.start
    if day > latest:
        raise Slip(kinds.NOT_COME, said=f"{period.start:%d/%m/%Y}–{period.end:%d/%m/%Y}", day=f"{day:%d/%m/%Y}",
                   form=kinds.AS_PERIOD)  # fmt: skip


def _share(
    about: Said, value: Figure | None, stated: Figure | None, numerator: Figure | None, denominator: Figure | None
) -> Observation:
    for printed in (value, stated):  # "373/373" says both
        if printed is not None and printed.numerator is not None and printed.denominator is not None:
            parts = printed.numerator, printed.denominator
            told = tuple(one.value for one in (numerator, denominator) if one is not None)
            if told and told != parts:
                raise Slip(kinds.TWO_SHARES, said=f"{parts[0]}/{parts[1]}")
            numerator, denominator = Figure(parts[0]), Figure(parts[1])
            stated = next((one for one in (value, stated) if one is not None and one.numerator is None), None)
            value = None
    printed = stated or value
    above = None if numerator is None else numerator.value
    below = None if denominator is None else denominator.value
    if above is None or below is None:
        if printed is None:
            return _seen(about, Figure(None), numerator=above, denominator=below)
        return _seen(about, printed, numerator=above, denominator=below)
    if not below:
        if above or (printed is not None and not printed.missing):
            raise Slip(kinds.ZERO_WHOLE, said=f"{above}/{below}")
        return _seen(about, Figure(None), numerator=above, denominator=below)
    computed = percentage(above, below)
    if printed is not None and not printed.percent and printed.value is not None and printed.bound == "exact":
        # A share of Excel's may be typed as 0.913 for 91.3 %, without the format.
        near = min(printed.value, printed.value * 100, key=lambda one: abs(one - computed))
        printed = replace(printed, value=near)
    differs = printed is not None and _differs(printed, computed)
    return _seen(
        about,
        Figure(computed),
        numerator=above,
        denominator=below,
        stated=None if printed is None else printed.value,
        quality="stated_mismatch" if differs else "",
    )


def _differs(printed: Figure, computed: Decimal) -> bool:
    if printed.low is not None and printed.high is not None:
        return not printed.low - TOLERANCE <= computed <= printed.high + TOLERANCE
    if printed.value is None or printed.bound == "approx":
        return False
    gap = printed.value - computed
    if printed.bound == "gt":
        return gap > TOLERANCE
    return -gap > TOLERANCE if printed.bound == "lt" else abs(gap) > TOLERANCE


def _seen(
    about: Said,
    figure: Figure,
    *,
    numerator: Decimal | None = None,
    denominator: Decimal | None = None,
    stated: Decimal | None = None,
    quality: Quality = "",
) -> Observation:
    entry = about.entry
    for one in (figure.value, figure.low, figure.high, numerator, denominator):
        if one is not None and one < 0:
            raise Slip(kinds.BELOW_ZERO, said=one, title=entry.name)
    if entry.measure in _WHOLE and figure.bound == "exact" and figure.value is not None and figure.value % 1:
        raise Slip(kinds.FRACTION, said=figure.value, title=entry.name)
    if entry.measure == "percent":
        for one in (figure.value, figure.low, figure.high):
            if one is not None and one > 100:
                raise Slip(kinds.OVER_HUNDRED, said=one, title=entry.name)
    if not quality:
        quality = "missing" if figure.missing else "estimated" if figure.whole else QUALITIES.get(figure.bound, "")
    return Observation(
        about.unit, entry.id, about.period, _exact(figure.value), _exact(numerator), _exact(denominator), figure.bound,
        _exact(figure.low), _exact(figure.high), _exact(stated), quality, about.scope, dict(about.dims), about.level,
    )  # fmt: skip


def _exact(value: Decimal | None) -> Decimal | None:
    """Return the number without an exponent and without zeros that say nothing."""
    if value is None:
        return None
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def additive(entry: Entry) -> bool:
    """Tell whether parts of the indicator add up."""
    return entry.measure not in ("percent", "boolean", "million_vnd_per_person_year", "point")
