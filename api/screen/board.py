"""A board drawn: its figures read from the database and put into words, once for all who look at it."""

import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from api.screen import facts, tiles, words
from api.screen.boards import BOARDS, Chart, Figures, Line, Table
from api.screen.facts import Commune, Facts, Feed
from api.screen.language import Language, say, speaking, spoken
from dashboards import indicators
from dashboards.indicators import Indicator
from ingest.store import Store

SPANS = {"month": timedelta(days=30), "year": timedelta(days=366), "years": timedelta(days=5 * 366)}
"""How far back charts look, by the name of the choice."""
_KEPT = 10.0
"""Seconds for which a drawn board is shown again: a hundred screens cost one reading."""
_NOW = ("ranking", "shares")

Drawn = dict[str, Any]


class Boards:
    """Draws boards and keeps them for some seconds; safe to call from many threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, Commune, Language], tuple[float, Drawn]] = {}

    def draw(self, key: str, span: str, commune: Commune, language: Language) -> Drawn:
        """Return a board as the browser shows it; ``KeyError`` where there is no such board or span."""
        asked = (key, span, commune, language)
        with self._lock:
            at, drawn = self._kept.get(asked, (float("-inf"), {}))
            if time.monotonic() - at > _KEPT:
                with speaking(language):
                    drawn = draw(self._store, key, commune, datetime.now(UTC), SPANS[span])
                self._kept = {a: k for a, k in self._kept.items() if time.monotonic() - k[0] <= _KEPT}
                self._kept[asked] = time.monotonic(), drawn
        return drawn


def draw(store: Store, key: str, commune: Commune, now: datetime, span: timedelta) -> Drawn:
    """Return a board as of now with charts over a span, in the language that is spoken."""
    board = BOARDS[key]
    feeds = facts.feeds(store)
    parts = []
    for number, part in enumerate(board.parts):
        if isinstance(part, Figures):
            drawn = _figures(store, part, commune, feeds)
        elif isinstance(part, Chart):
            drawn = _chart(store, part, commune.code, feeds, now, span)
        else:
            drawn = _table(store, part, commune.code, feeds)
        parts.append({"key": f"{key}-{number}", **drawn})
    return {"title": say(board.title), "parts": parts}


def _figures(store: Store, part: Figures, commune: Commune, feeds: list[Feed]) -> Drawn:
    its = Facts(commune, feeds=feeds)
    for key in tiles.keys_read(part.tiles):
        its.numbers[key] = facts.reading(store, key, commune.code)
        its.trends[key] = facts.trend(store, key, commune.code)
    return {"type": "figures", "title": "", "tiles": list(tiles.draw(its, part.tiles).values())}


def _chart(store: Store, part: Chart, unit: str, feeds: list[Feed], now: datetime, span: timedelta) -> Drawn:
    known = indicators.load()
    first = known[part.lines[0].key]
    series = [one for line in part.lines for one in _series(store, part, line, unit, now, span)]
    aims = {known[line.key].target for line in part.lines if line.aim and not line.dashed}
    return {
        "type": "chart",
        "form": part.form,
        "series": series,
        "aim": aims.pop() if len(aims) == 1 and part.form not in (*_NOW, "stack") else None,
        "from": (now - span).timestamp(),
        "to": now.timestamp(),
        "whole": first.unit not in ("percent", "vnd", "million_vnd_per_person_year", "hectare", "tonne", "point"),
        "empty": not any(value is not None for one in series for _, value in one["points"]),
        **_told(part.title, part.wide, [known[line.key] for line in part.lines], feeds),
        "period": say("ngay lúc này") if part.form in _NOW else f"{words.day(now - span)} – {words.day(now)}",
    }


def _series(store: Store, part: Chart, line: Line, unit: str, now: datetime, span: timedelta) -> list[Drawn]:
    indicator = indicators.load()[line.key]
    name = say(line.title) if line.title else title(indicator)
    if part.form in _NOW:
        rows = [row for row in indicators.now(store, line.key, [unit]) if row["value"] is not None]
        points: list[list[Any]] = [[_label(part.labels, row["label"]), float(row["value"])] for row in rows]
        return [{"name": name, "points": sorted(points, key=lambda point: -point[1])}]
    lines: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for row in indicators.series(store, line.key, now - span, now, [unit]):
        if not line.label or row["label"] == line.label:
            value = None if row["value"] is None else float(row["value"])
            lines[row["label"]].append([row["time"].timestamp(), value])
    alone = len(lines) <= 1 or bool(line.label)
    return [
        {"name": name if alone and not label else _label(part.labels, label), "points": its, "dashed": line.dashed}
        for label, its in sorted(lines.items())
    ] or [{"name": name, "points": [], "dashed": line.dashed}]


def _table(store: Store, part: Table, unit: str, feeds: list[Feed]) -> Drawn:
    known = indicators.load()
    columns = [known[line.key] for line in part.columns]
    cells: defaultdict[str, dict[str, Decimal]] = defaultdict(dict)
    instants = []
    for line in part.columns:
        for row in indicators.now(store, line.key, [unit]):
            if row["value"] is not None:
                cells[row["label"]][line.key] = row["value"]
                instants.append(row["time"])
    exact: list[list[Any]] = [
        [_label(part.labels, label), *(its.get(line.key) for line in part.columns)]
        for label, its in sorted(cells.items())
    ]
    headings = [say(line.title) if line.title else title(its) for line, its in zip(part.columns, columns, strict=True)]
    units = [say(words.UNITS[its.unit]) for its in columns]
    return {
        "type": "table",
        "columns": [
            {"title": say(part.heading)},
            *({"title": f"{heading} ({unit})", "right": True} for heading, unit in zip(headings, units, strict=True)),
        ],
        "rows": [[name, *("—" if v is None else words.number(v) for v in values)] for name, *values in exact],
        "exact": exact,
        "empty": not cells,
        **_told(part.title, part.wide, columns, feeds),
        "period": words.period(columns[0].grain, max(instants)) if instants else "",
    }


def _told(heading: str, wide: int, its: Sequence[Indicator], feeds: list[Feed]) -> Drawn:
    """Return what every part says of its figures: unit, source, age, and what they are."""
    feed = tiles.serving(its[0], feeds)
    late = feed is not None and feed.state in ("stale", "error", "never")
    return {
        "title": say(heading),
        "unit": its[0].unit,
        "word": say(words.UNITS[its[0].unit]),
        "wide": wide,
        "help": "\n".join(dict.fromkeys(f"{title(one)}: {one.help}" for one in its)),
        "source": tiles.source_of(its[0], feed),
        "at": feed.last.timestamp() if feed and feed.last else None,
        "late": feed.due.timestamp() if feed and feed.due and late else None,
    }


def title(indicator: Indicator) -> str:
    """Return an indicator's title in the language that is spoken."""
    return indicator.title_en if spoken() == "en" else indicator.title


def _label(labels: Mapping[str, str], label: str) -> str:
    said = say(labels.get(label, label)) if label else say("Tất cả")
    return said[:1].upper() + said[1:]
