"""The tiles: which indicators stand in the row, and what each says for a glance."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from api.screen import pages, words
from api.screen import tile as tile_
from api.screen.facts import Facts, Feed, Reading
from api.screen.language import say
from api.screen.tile import Tile as Tile
from dashboards import indicators
from dashboards.indicators import Indicator

TILES = (
    Tile("devices_camera_online", "Thiết bị hoạt động", "ngay lúc này", touched_by="device",
         plus=("devices_loudspeaker_online",), page="/thiet-bi"),
    Tile("budget_revenue_rate", "Thu ngân sách", to_date=True),
    Tile("budget_expenditure_rate", "Chi ngân sách", to_date=True),
    Tile("procedures_on_time_rate", "Hồ sơ đúng hạn"),
    Tile("procedures_online_rate", "Hồ sơ trực tuyến"),
    Tile("documents_signed_rate", "Văn bản ký số"),
    Tile("field_reports_open", "Phản ánh mở", "ngay lúc này", touched_by="case",
         beside="field_reports_overdue", beside_word="quá hạn"),
    Tile("health_cases", "Ca bệnh trong tuần", beside="health_cases_so_far", beside_word="vượt ngưỡng dịch"),
    Tile("dti_score", "Chuyển đổi số", "số liệu gần nhất", beside="dti_score_coverage"),
)  # fmt: skip

_GAPS = {"1 minute": timedelta(minutes=1), "1 hour": timedelta(hours=1), "1 day": timedelta(days=1)}


def keys_read(row: Sequence[Tile] = TILES) -> tuple[str, ...]:
    """Return every indicator that tiles show, their wholes and amounts included."""
    known = indicators.load()
    wanted: dict[str, None] = {}
    for tile in row:
        of_each = [key for one in (tile.key, *tile.plus) for key in (one, known[one].of)]
        for key in (*of_each, known[tile.key].amount, tile.beside):
            if key:
                wanted[key] = None
    return tuple(wanted)


def keys_drawn(row: Sequence[Tile] = TILES) -> tuple[str, ...]:
    """Return every indicator whose trend tiles show."""
    return tuple(dict.fromkeys(key for tile in row for key in (tile.key, *tile.plus)))


def keys_touched(what: str) -> tuple[str, ...]:
    """Return the indicators that a live change of this type touches."""
    known = indicators.load()
    touched = [key for tile in TILES if tile.touched_by == what for key in (tile.key, *tile.plus, tile.beside) if key]
    return (*touched, *(known[key].of for key in touched if known[key].of))


def draw(facts: Facts, row: Sequence[Tile] = TILES) -> dict[str, dict[str, Any]]:
    """Return a row of tiles as the browser shows it, by key and in order."""
    known = indicators.load()
    return {tile.key: _draw(tile, known[tile.key], facts) for tile in row}


def _draw(tile: Tile, indicator: Indicator, facts: Facts) -> dict[str, Any]:
    now, whole = _sum(facts, (tile.key, *tile.plus)), _sum(facts, _wholes(tile))
    # The parts of a score are of different days, so that its days can't be compared.
    trend = [] if indicator.parts else _trend(facts, tile)
    feed = serving(indicator, facts.feeds)
    late = feed is not None and feed.state in ("stale", "error", "never")
    amount = facts.numbers.get(indicator.amount) if indicator.amount else None
    level, verdict = tile_.verdict(tile, indicator, now, facts)
    change, since = tile_.change(tile, indicator, now, trend)
    shown = indicators.load()[indicator.amount].unit if indicator.amount else ""
    return {
        "key": tile.key,
        "title": say(tile.title) if tile.title else tile_.title(indicator),
        "value": tile_.value(indicator, now),
        "number": float(now.value) if now else None,
        "unit": tile_.unit(indicator, now, whole),
        "tone": level,
        "verdict": verdict,
        "target": tile_.target(indicator, now),
        "period": tile_.period(tile, indicator, now) if now else "",
        "change": change,
        "compare": tile_.compare(tile, indicator, now, facts),
        "amount": words.amount(amount.value, shown) if amount and now else "",
        "exact": "\n".join(filter(None, [
            words.exact(amount.value, shown) if amount else words.exact(now.value, indicator.unit) if now else "",
            since, tile_.mismatch(now),
        ])),
        "source": source_of(indicator, feed),
        "page": tile.page or pages.path_of(indicator.feed, indicator.key),
        "at": _epoch(feed.last) if feed else None,
        "anyfeed": not indicator.feed,
        "late": _epoch(feed.due) if feed and late else None,
        "stale": late and now is not None,
        "help": tile_.explained(indicator),
        "trend": [[int(at.timestamp()), float(value)] for at, value in trend],
        "aim": None if now is None or now.target is None else float(now.target),
        "gap": int(_GAPS[indicator.grain].total_seconds() * 1.5)
        if indicator.grain in _GAPS and not tile.to_date and not (now and now.stated)
        else None,
    }  # fmt: skip


def _wholes(tile: Tile) -> tuple[str, ...]:
    known = indicators.load()
    return tuple(dict.fromkeys(known[key].of for key in (tile.key, *tile.plus) if known[key].of))


def _sum(facts: Facts, keys: Sequence[str]) -> Reading | None:
    """Return several readings as one: of the first's instant and judgement, without those that have no value."""
    found = [one for key in keys if (one := facts.numbers.get(key))]
    if len(found) < 2:
        return found[0] if found else None
    return replace(found[0], value=sum((one.value for one in found), Decimal(0)), target=None, level="")


def _trend(facts: Facts, tile: Tile) -> list[tuple[datetime, Decimal]]:
    """Return the trend of a tile; of several numbers where all are known."""
    its = [dict(facts.trends.get(key, [])) for key in (tile.key, *tile.plus)]
    some = [one for one in its if one]
    instants = sorted(set.intersection(*(set(one) for one in some))) if some else []
    return [(at, sum((one[at] for one in some), Decimal(0))) for at in instants]


def source_of(indicator: Indicator, feed: Feed | None) -> str:
    """Name the source of a number in a word; empty where none is configured."""
    if feed is None:
        return "" if indicator.feed else say("Mọi nguồn")
    return say(words.SOURCES.get(indicator.feed, feed.title))


def serving(indicator: Indicator, feeds: Sequence[Feed]) -> Feed | None:
    """Return the source that the number's age comes from: the freshest of its feed."""
    its = [feed for feed in feeds if feed.feed == indicator.feed]
    return max(its, key=lambda feed: feed.last or datetime.min.replace(tzinfo=UTC), default=None)


def _epoch(at: datetime | None) -> float | None:
    return at.timestamp() if at else None
