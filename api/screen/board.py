"""A board drawn: its figures read from the database and put into words, once for all who look at it."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from api.screen import board_chart, board_table, facts, tiles
from api.screen.board_words import Looking, told
from api.screen.boards import BOARDS, Card, Chart, Figures, Table
from api.screen.boards.parts import Part
from api.screen.facts import Commune, Facts
from api.screen.language import Language, say, speaking
from ingest.store import Store

SPANS = {"month": timedelta(days=30), "year": timedelta(days=366), "years": timedelta(days=5 * 366)}
"""How far back charts look, by the name of the choice."""
_ROW = 6
"""Widths that a row of parts has."""
_KEPT = 10.0
"""Seconds for which a drawn board is shown again: a hundred screens cost one reading."""

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
    """Return a board as of now with charts over a span, in the language that is spoken.

    ``missing`` names the parts that would have nothing to show; they are not among the ``parts``.
    """
    board = BOARDS[key]
    looking = Looking(store, commune, facts.feeds(store), now, span)
    drawn = [one for part in board.parts for one in _parts(part, looking)]
    _justify([one for one in drawn if not one.get("empty")])
    return {
        "title": say(board.title),
        "parts": [{"key": f"{key}-{number}", **one} for number, one in enumerate(drawn) if not one.get("empty")],
        "missing": [
            {"title": one["title"], "source": one["source"], "latest": one["latest"]}
            for one in drawn
            if one.get("empty")
        ],
    }


def _parts(part: Part, looking: Looking) -> Iterator[Drawn]:
    match part:
        case Figures():
            yield _figures(part, looking)
        case Chart():
            yield from board_chart.draw(part, looking)
        case Table():
            yield told(part.title, part.wide, [line.key for line in part.columns], looking) | board_table.table(
                part, looking
            )
        case Card():
            yield told(part.title, part.wide, board_table.keys(part), looking) | board_table.card(part, looking)


def _justify(parts: list[Drawn]) -> None:
    """Let the last part of each row reach the edge, where those that have nothing to show left a hole."""
    filled, last = 0, None
    for one in [*parts, {"wide": _ROW}]:
        wide = one.get("wide", _ROW)
        if last is not None and filled + wide > _ROW:
            last["wide"] += _ROW - filled
            filled = 0
        filled = filled + wide if filled + wide <= _ROW else wide
        last = one if "wide" in one else None
        filled = filled if last else 0


def _figures(part: Figures, looking: Looking) -> Drawn:
    its = Facts(looking.commune, feeds=looking.feeds)
    for key in tiles.keys_read(part.tiles):
        its.numbers[key] = facts.reading(looking.store, key, looking.commune.code)
    for key in tiles.keys_drawn(part.tiles):
        its.trends[key] = facts.trend(looking.store, key, looking.commune.code)
    return {"type": "figures", "title": "", "tiles": list(tiles.draw(its, part.tiles).values())}
