"""An indicator as a tile reads it: value, target, judgement, the period it speaks of, and what its source stated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from connectors.contract import LOCAL
from dashboards import indicators
from dashboards.definition import Level
from dashboards.indicators import Indicator
from ingest.store import Store

DAY = timedelta(days=1)
_SPANS = {
    "1 minute": timedelta(minutes=60),
    "1 hour": timedelta(hours=24),
    "1 day": timedelta(days=30),
}
"""How far back a trend looks, by the grain of its indicator."""
_OFFICE = timedelta(days=400)
"""How far where offices give the figure: it comes by the month."""
_AHEAD = timedelta(days=370)
"""A month's or year's figure is of its last day, which is to come while the month runs."""
_WORST: Sequence[Level] = ("critical", "warning", "")


@dataclass(frozen=True, slots=True)
class Stated:
    """What the source said of the newest figure; days both included, local."""

    start: date
    end: date
    kind: str
    cumulative: bool
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    stated: Decimal | None
    quality: str

    @property
    def differs(self) -> bool:
        """Tell whether the stated percentage is not the computed one."""
        return self.quality == "stated_mismatch" and self.stated is not None

    def old(self, now: datetime) -> bool:
        """Tell whether two such periods, and at least half a year, have passed since without a newer figure."""
        lasting = max((self.end - self.start).days * 2, 183)
        return (now.astimezone(LOCAL).date() - self.end).days > lasting


@dataclass(frozen=True, slots=True)
class Reading:
    """An indicator's value and the instant it speaks of; what it tells apart by label is summed."""

    at: datetime
    value: Decimal
    target: Decimal | None = None
    level: Level = ""
    """The worst of its labels."""
    beyond: int = 0
    """Labels that a threshold judges."""
    stated: Stated | None = None
    """None: the number is computed from events and states."""


def reading(store: Store, key: str, unit: str) -> Reading | None:
    """Return an indicator's value as of now, or None where there is none (never 0)."""
    indicator = indicators.load()[key]
    rows = [row for row in indicators.judged(store, key, [unit]) if row["value"] is not None]
    if not rows:
        return None
    at = max(row["time"] for row in rows)
    rows = [row for row in rows if row["time"] == at]
    targets = [row["target"] for row in rows if row["target"] is not None]
    levels = [row["level"] for row in rows]
    return Reading(
        at,
        sum((row["value"] for row in rows), Decimal(0)),
        Decimal(str(targets[0])) if len(rows) == 1 and targets else None,
        next(level for level in _WORST if level in levels),
        sum(bool(level) for level in levels),
        stated(store, indicator, unit),
    )


_STATED = """
select o.period_start as start, o.period_end as end, o.period_kind as kind, o.cumulative, o.value, o.numerator,
       o.denominator, o.stated, o.quality
from observation o
where o.unit = %s and o.indicator = any (%s) and o.latest and o.scope = %s and o.level = '' and o.cumulative = %s
  and o.dims - %s::text[] = '{}' and o.dims ?& %s::text[] and (%s = '{}' or o.period_kind = any (%s::text[]))
  and o.value is not null
order by o.period_end desc, o.period_start desc limit 1
"""


def stated(store: Store, indicator: Indicator, unit: str) -> Stated | None:
    """Return the newest figure of offices behind an indicator, as it came; None where none is, or it is computed."""
    figures = [indicator.figure] if indicator.figure else list(indicator.figures.values())
    if not figures:
        return None
    dims, kinds = list(indicator.dimensions if indicator.figure else ()), list(indicator.period)
    row = store.row(_STATED, (unit, figures, indicator.scope, indicator.cumulative, dims, dims, kinds, kinds))
    return Stated(**row) if row else None


_ENDS = """
select distinct on (o.period_end) midnight(o.period_end) as at, o.period_start as start, o.period_end as end
from observation o
where o.unit = %s and o.indicator = any (%s) and o.latest and o.scope = %s and o.level = '' and o.cumulative = %s
  and (%s = '{}' or o.period_kind = any (%s::text[]))
order by o.period_end, o.period_start desc
"""


def ends(store: Store, indicator: Indicator, unit: str) -> list[tuple[datetime, date, date]]:
    """Return the periods that offices gave an indicator for: the instant of its rows, first and last day."""
    figures = [indicator.figure] if indicator.figure else list(indicator.figures.values())
    kinds = list(indicator.period)
    rows = store.rows(_ENDS, (unit, figures, indicator.scope, indicator.cumulative, kinds, kinds)) if figures else []
    return [(row["at"], row["start"], row["end"]) for row in rows]


def trend(store: Store, key: str, unit: str) -> list[tuple[datetime, Decimal]]:
    """Return an indicator's last hours or days; what it tells apart by label is one line on a tile."""
    indicator = indicators.load()[key]
    office = bool(indicator.figure or indicator.figures or indicator.parts)
    daily = "day" in indicator.period or "week" in indicator.period
    span = _OFFICE if office and not daily else _SPANS.get(indicator.grain, _OFFICE)
    now = datetime.now(UTC)
    stop = now + _AHEAD if office else now
    if indicator.grain == "1 minute":
        stop = stop.replace(second=0, microsecond=0)  # the minute that runs is not whole yet
    elif indicator.grain == "1 day" and indicator.shape in ("happened", "measured"):
        stop = today()  # nor is the day
    points: dict[datetime, Decimal] = {}
    for row in indicators.series(store, key, now - span, stop, [unit]):
        if row["value"] is not None:
            points[row["time"]] = points.get(row["time"], Decimal(0)) + row["value"]
    return list(points.items())


def today() -> datetime:
    """Return the local midnight with which this day began (UTC)."""
    return datetime.now(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def before(points: Sequence[tuple[datetime, Decimal]], at: datetime) -> tuple[datetime, Decimal] | None:
    """Return the last point before an instant."""
    return next((point for point in reversed(points) if point[0] < at), None)
