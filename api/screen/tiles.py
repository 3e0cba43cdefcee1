"""The tiles: which indicators stand in the row, and what each says for a glance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from api.screen import pages, words
from api.screen.facts import Facts, Feed, Reading
from api.screen.language import say, spoken
from connectors.contract import LOCAL
from dashboards import indicators
from dashboards.indicators import Indicator

Touch = Literal["device", "case", ""]


@dataclass(frozen=True, slots=True)
class Tile:
    """One indicator in the row; ``touched_by`` is the live change after which it is read at once."""

    key: str
    title: str = ""
    """What stands on the tile; none: the indicator's own title."""
    period: str = ""
    """What the value speaks of; none: the grain at its instant ("tháng 10/2026")."""
    to_date: bool = False
    """Whether it runs from 1 January: then it speaks of its day ("đến 25/8/2026")."""
    touched_by: Touch = ""
    label: str = ""
    """Which of several values of one instant; none: the first."""


TILES = (
    Tile("devices_camera_online", "Camera hoạt động", "ngay lúc này", touched_by="device"),
    Tile("devices_camera_availability", "Tỷ lệ camera", "24 giờ qua"),
    Tile("devices_loudspeaker_online", "Loa hoạt động", "ngay lúc này", touched_by="device"),
    Tile("devices_loudspeaker_availability", "Tỷ lệ loa", "24 giờ qua"),
    Tile("feeds_messages_per_minute", "Bản tin mỗi phút", "phút vừa qua"),
    Tile("budget_revenue_rate", "Thu ngân sách", to_date=True),
    Tile("budget_expenditure_rate", "Chi ngân sách", to_date=True),
    Tile("field_reports_open", "Phản ánh đang mở", "ngay lúc này", touched_by="case"),
    Tile("field_reports_overdue", "Phản ánh quá hạn", "ngay lúc này", touched_by="case"),
)

_SIGNS = {"higher": "≥", "lower": "≤"}
_GAPS = {"1 minute": timedelta(minutes=1), "1 hour": timedelta(hours=1), "1 day": timedelta(days=1)}


def keys_read(row: Sequence[Tile] = TILES) -> tuple[str, ...]:
    """Return every indicator that tiles show, their wholes and amounts included."""
    known = indicators.load()
    wanted: dict[str, None] = {}
    for tile in row:
        indicator = known[tile.key]
        for key in (tile.key, indicator.of, indicator.amount):
            if key:
                wanted[key] = None
    return tuple(wanted)


def keys_touched(what: str) -> tuple[str, ...]:
    """Return the indicators that a live change of this type touches."""
    known = indicators.load()
    touched = [tile.key for tile in TILES if tile.touched_by == what]
    return (*touched, *(known[key].of for key in touched if known[key].of))


def draw(facts: Facts, row: Sequence[Tile] = TILES) -> dict[str, dict[str, Any]]:
    """Return a row of tiles as the browser shows it, by key and in order."""
    known = indicators.load()
    return {tile.key: _draw(tile, known[tile.key], facts) for tile in row}


def _draw(tile: Tile, indicator: Indicator, facts: Facts) -> dict[str, Any]:
    now = facts.numbers.get(tile.key)
    feed = serving(indicator, facts.feeds)
    late = feed is not None and feed.state in ("stale", "error", "never")
    period = tile.period or (words.period(indicator.grain, now.at, cumulative=tile.to_date) if now else "")
    amount = facts.numbers.get(indicator.amount) if indicator.amount else None
    return {
        "key": tile.key,
        "title": say(tile.title or indicator.title) if spoken() == "vi" or tile.title else indicator.title_en,
        "value": _value(indicator, now),
        "number": float(now.value) if now else None,
        "unit": _unit(indicator, now, facts.numbers.get(indicator.of) if indicator.of else None),
        "tone": indicator.level(float(now.value)) if now else "",
        "verdict": _verdict(indicator, now),
        "target": _target(indicator),
        "period": say(period) if now else "",
        "compare": _elapsed(now.at) if now and tile.key == "budget_expenditure_rate" else "",
        "amount": words.money(amount.value) if amount else "",
        "exact": words.money_exact(amount.value) if amount else _exact(indicator, now),
        "source": source_of(indicator, feed),
        "page": pages.path_of(indicator.feed, indicator.key),
        "at": _epoch(feed.last) if feed else None,
        "anyfeed": not indicator.feed,
        "late": _epoch(feed.due) if feed and late else None,
        "stale": late and now is not None,
        "help": f"{indicator.title}: {indicator.help}",
        "trend": [[int(at.timestamp()), float(value)] for at, value in facts.trends.get(tile.key, [])],
        "aim": indicator.target,
        "gap": int(_GAPS[indicator.grain].total_seconds() * 1.5)
        if indicator.grain in _GAPS and not tile.to_date
        else None,
    }


def _value(indicator: Indicator, now: Reading | None) -> str | None:
    if now is None:
        return None
    if indicator.unit == "vnd":
        return words.glance(now.value)[0]
    return words.number(now.value, 1 if indicator.unit == "percent" and now.value % 1 else None)


def _exact(indicator: Indicator, now: Reading | None) -> str:
    return words.money_exact(now.value) if now and indicator.unit == "vnd" else ""


def _unit(indicator: Indicator, now: Reading | None, whole: Reading | None) -> str:
    if indicator.of:
        return f"/{words.number(whole.value)}" if whole else ""
    if indicator.unit == "vnd":
        return say(words.glance(now.value)[1]) if now else ""
    if indicator.feed == "budget":
        return say("% dự toán")
    return "" if indicator.unit == "message" else say(words.UNITS[indicator.unit])


def _verdict(indicator: Indicator, now: Reading | None) -> str:
    """Say in words what the colour says: never colour alone."""
    if now is None or not indicator.level(float(now.value)):
        return ""
    return say("dưới ngưỡng") if indicator.better == "higher" else say("vượt ngưỡng")


def _target(indicator: Indicator) -> str:
    if indicator.target is None:
        return ""
    unit = "\u00a0%" if indicator.unit == "percent" else ""
    return f"{_SIGNS.get(indicator.better, '')} {words.number(indicator.target)}{unit}".strip()


def source_of(indicator: Indicator, feed: Feed | None) -> str:
    """Name the source of a number in a word; empty where none is configured."""
    if feed is None:
        return "" if indicator.feed else say("Mọi nguồn")
    return say(words.SOURCES.get(indicator.feed, feed.title))


def serving(indicator: Indicator, feeds: Sequence[Feed]) -> Feed | None:
    """Return the source that the number's age comes from: the freshest of its feed."""
    its = [feed for feed in feeds if feed.feed == indicator.feed]
    return max(its, key=lambda feed: feed.last or datetime.min.replace(tzinfo=UTC), default=None)


def _elapsed(at: datetime) -> str:
    """Say how much of the year had passed, which is what spending is compared with."""
    local = at.astimezone(LOCAL)
    begin, end = local.replace(month=1, day=1), local.replace(year=local.year + 1, month=1, day=1)
    return f"năm {words.percent(Decimal(100) * ((local - begin).days + 1) / (end - begin).days)}"


def _epoch(at: datetime | None) -> float | None:
    return at.timestamp() if at else None
