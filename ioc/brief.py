"""What the page for the morning meeting says; beside: ``brief_page``, ``brief_sheet``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from api.screen import facts, incidents, numbers, sentence, tile, tiles, words
from api.screen.facts import Commune, Facts, Feed
from connectors.contract import LOCAL
from dashboards import indicators
from dashboards.definition import Level
from dashboards.indicators import Indicator
from ingest.errors import ConfigError
from ingest.store import Store
from ioc.report import Line, between, month

KEYS = (
    "budget_revenue_rate", "budget_expenditure_rate", "procedures_on_time_rate", "procedures_online_rate",
    "procedures_overdue", "documents_signed_rate", "field_reports_open", "field_reports_overdue",
    "field_reports_on_time_rate", "health_cases", "internet_negative", "dti_score",
)  # fmt: skip
"""The numbers of the page, in its order."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NOW = {"standing": "ngay lúc này", "happened": "24 giờ qua", "measured": "30 ngày qua"}
"""What a number of now speaks of, by its shape."""
_BACK = timedelta(days=400)


@dataclass(frozen=True)
class Number:
    """A number at the end of the time; ``value`` is None where there is none. Instants are UTC."""

    key: str
    title: str
    unit: str
    value: Decimal | None = None
    target: Decimal | None = None
    level: Level = ""
    before: Decimal | None = None
    """Its value of the period before."""
    period: str = ""
    source: str = ""
    at: datetime | None = None
    """When the source was last heard."""
    note: str = ""
    points: Sequence[tuple[datetime, Decimal]] = ()


@dataclass(frozen=True)
class Incident:
    """An incident that was open at the end of the time."""

    severity: str
    title: str
    since: datetime
    who: str


@dataclass(frozen=True)
class Brief:
    """The page of one commune; ``stop`` is the end of the time, or now (UTC)."""

    unit: str
    unit_name: str
    simulated: bool
    named: str
    stamp: str
    start: datetime
    stop: datetime
    made_at: datetime
    sentence: str
    incidents: Sequence[Incident]
    begun: int
    """Incidents that began in the time."""
    devices: Sequence[tuple[Line, int | None]]
    """By kind, then all: what the time brought, and how many are online now; None where the time is over."""
    worst: Sequence[Line]
    """The devices that were down longest."""
    numbers: Sequence[Number]
    feeds: Sequence[Feed]

    @property
    def over(self) -> bool:
        """Tell whether the time is over."""
        return self.stop < self.made_at


def span(period: str, now: datetime) -> tuple[datetime, datetime, str]:
    """Return begin and end (UTC) of a local day or month and its name; nothing: today.

    Raises :class:`ConfigError` for what is neither, or has not begun.
    """
    if _DAY.fullmatch(period) or not period:
        try:
            begin = datetime.fromisoformat(period).replace(tzinfo=LOCAL) if period else now.astimezone(LOCAL)
        except ValueError:
            raise ConfigError(f"--period: {period!r} is no day; write it as 2026-11-20, a month as 2026-10") from None
        begin = begin.replace(hour=0, minute=0, second=0, microsecond=0)
        if begin > now:
            raise ConfigError(f"--period: {period} has not begun; today is {now.astimezone(LOCAL):%Y-%m-%d}")
        day = begin.date()
        return begin, min(begin + timedelta(days=1), now), words.named(day, day)
    begin, stop = month(period, now)
    return begin, stop, words.period("1 month", begin)


def brief(store: Store, unit: str, period: str, now: datetime, *, simulated: bool = False) -> Brief:
    """Return the page; raises :class:`ConfigError` for a time or a commune that there is none of."""
    start, stop, named = span(period, now)
    paper = between(store, unit, period, start, stop, now, simulated=simulated)
    live = stop >= now
    feeds = facts.feeds(store)
    opened, begun = _incidents(store, unit, start, stop)
    its = _facts(store, Commune(unit, paper.unit_name, simulated=simulated), feeds) if live else None
    # The parts of a score are of different days: what it was at an instant of the past is not known.
    keys = [key for key in KEYS if live or not indicators.load()[key].parts]
    shown = [_number(store, unit, key, None if live else stop, feeds) for key in keys]
    rows = [*paper.kinds, paper.whole]
    return Brief(
        unit, paper.unit_name, simulated, named, period or f"{now.astimezone(LOCAL):%Y-%m-%d}", start, stop, now,
        sentence=_spoken(its) if its else _told(opened, begun, paper.whole, shown),
        incidents=opened,
        begun=begun,
        devices=[(line, _online(its, line) if its else None) for line in rows],
        worst=sorted((one for one in paper.devices if one.account.down), key=lambda one: -one.account.down)[:3],
        numbers=shown,
        feeds=feeds,
    )  # fmt: skip


_OPEN = """
select i.severity, i.title_vi as title, i.since, coalesce(i.assignee, '') as who
from incident i
where i.unit = %(unit)s and i.folded_into is null and i.severity <> 'info' and i.announced_at < %(stop)s
  and coalesce(i.closed_at, 'infinity') >= %(stop)s
order by array_position(array['emergency', 'critical', 'warning'], i.severity), i.since
"""
_BEGUN = """
select count(*) as n from incident i
where i.unit = %(unit)s and i.folded_into is null and i.severity <> 'info'
  and i.announced_at >= %(start)s and i.announced_at < %(stop)s
"""


def _incidents(store: Store, unit: str, start: datetime, stop: datetime) -> tuple[list[Incident], int]:
    asked = {"unit": unit, "start": start, "stop": stop}
    row = store.row(_BEGUN, asked)
    return [Incident(**one) for one in store.rows(_OPEN, asked)], int(row["n"]) if row else 0


def _facts(store: Store, commune: Commune, feeds: list[Feed]) -> Facts:
    """Read what the sentence of the screen is composed from."""
    its = Facts(commune, devices=facts.devices(store, commune.code), feeds=feeds)
    its.owing = facts.owing(store, {feed.name: feed.title for feed in feeds})
    its.overdue = facts.overdue(store, commune.code)
    its.incidents = incidents.standing(store, commune.code)
    its.told = incidents.told(store, commune.code)
    for key in tiles.keys_read():
        its.numbers[key] = facts.reading(store, key, commune.code)
    return its


def _spoken(its: Facts) -> str:
    said = sentence.draw(its)
    if said["calm"]:
        return "Bình thường."
    doing = ", ".join(part["text"] for part in said["doing"])
    return " ".join([*([f"{doing}."] if doing else []), *(part["text"] for part in said["being"])])


def _told(opened: Sequence[Incident], begun: int, whole: Line, shown: Sequence[Number]) -> str:
    """Compose the sentence of a time that is over."""
    parts = [f"{words.number(begun)} sự cố trong kỳ, {words.number(len(opened))} còn mở cuối kỳ."]
    if whole.account.availability is not None:
        parts.append(f"Thiết bị hoạt động {words.percent(whole.account.availability)} thời gian quan sát được.")
    spent = next(one for one in shown if one.key == "budget_expenditure_rate")
    if spent.value is not None:
        parts.append(f"Ngân sách: chi {words.percent(spent.value)} dự toán.")
    return " ".join(parts)


def _online(its: Facts, line: Line) -> int:
    kinds = {words.KINDS[kind]: kind for kind in words.KINDS}
    return sum(
        one.state in ("online", "degraded") and (line.title not in kinds or one.kind == kinds[line.title])
        for one in its.devices.values()
    )


def _number(store: Store, unit: str, key: str, stop: datetime | None, feeds: Sequence[Feed]) -> Number:
    indicator = indicators.load()[key]
    feed = tiles.serving(indicator, feeds)
    bare = Number(key, indicator.title, indicator.unit, source=tiles.source_of(indicator, feed),
                  at=feed.last if feed else None)  # fmt: skip
    now = numbers.reading(store, key, unit) if stop is None else _then(store, indicator, unit, stop)
    if now is None:
        return bare
    points = _points(store, indicator, unit, stop or now.at)
    old = None if indicator.parts else numbers.before(points, now.at if now.stated or stop else numbers.today())
    said = now.stated
    named = words.named(said.start, said.end, cumulative=said.cumulative) if said else words.period(
        indicator.grain, now.at, cumulative=indicator.cumulative
    )  # fmt: skip
    if stop is None:
        named = _NOW.get(indicator.shape, named) if said is None else named
        named = "số liệu gần nhất" if indicator.parts else named
    return Number(
        key, indicator.title, indicator.unit, now.value, now.target, now.level, old[1] if old else None, named,
        bare.source, bare.at, tile.mismatch(now), [] if indicator.parts else points,
    )  # fmt: skip


def _points(store: Store, indicator: Indicator, unit: str, stop: datetime) -> list[tuple[datetime, Decimal]]:
    """Return the course of a number up to an instant: thirty days, or a year of offices' figures."""
    daily = indicator.grain == "1 day" and not indicator.cumulative
    begin = stop - (timedelta(days=90 if indicator.figure else 30) if daily else _BACK)
    found: dict[datetime, Decimal] = {}
    for row in indicators.series(store, indicator.key, begin, stop + timedelta(seconds=1), [unit]):
        if row["value"] is not None:
            found[row["time"]] = found.get(row["time"], Decimal(0)) + row["value"]
    return list(found.items())


def _then(store: Store, indicator: Indicator, unit: str, stop: datetime) -> numbers.Reading | None:
    """Return what a number was at the end of a time that is over; None where there is none (never 0)."""
    rows = [
        row
        for row in indicators.series(store, indicator.key, stop - _BACK, stop, [unit])
        if row["value"] is not None and row["time"] < stop
    ]
    if not rows:
        return None
    at = max(row["time"] for row in rows)
    values = [row["value"] for row in rows if row["time"] == at]
    target = None if indicator.target is None else Decimal(str(indicator.target))
    value = sum(values, Decimal(0))
    return numbers.Reading(at, value, target, indicator.level(value) if len(values) == 1 else "")
