"""What every part of a board says of its figures: unit, source, age, and what they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api.screen import tile, tiles, words
from api.screen.facts import Commune, Feed
from api.screen.language import say
from dashboards import indicators
from dashboards.indicators import Indicator
from ingest.store import Store


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks at which commune, and how far back from now."""

    store: Store
    commune: Commune
    feeds: list[Feed]
    now: datetime
    span: timedelta

    @property
    def unit(self) -> str:
        """Return the commune's code."""
        return self.commune.code

    @property
    def units(self) -> list[str]:
        """Return the commune as indicators are asked for it."""
        return [self.commune.code]


def told(heading: str, wide: int, keys: Sequence[str], looking: Looking) -> dict[str, Any]:
    """Return heading, width, unit, source and age of a part about these indicators; the first speaks for all."""
    its = [indicators.load()[key] for key in keys]
    first = its[0]
    feed = tiles.serving(first, looking.feeds)
    late = feed is not None and feed.state in ("stale", "error", "never")
    return {
        "title": say(heading),
        "unit": first.unit,
        "word": say(words.UNITS[first.unit]),
        "wide": wide,
        "help": "\n".join(dict.fromkeys(tile.explained(one) for one in its)),
        "source": tiles.source_of(first, feed),
        "at": feed.last.timestamp() if feed and feed.last else None,
        "late": feed.due.timestamp() if feed and feed.due and late else None,
        "latest": "",
    }


def name_of(indicator: Indicator, label: str) -> str:
    """Return what a label is called: by the definition, or as offices wrote it."""
    known = indicators.load()
    if label in known:
        return tile.title(known[label])
    named = indicator.labels.get(label, label) if not isinstance(indicator.labels, str) else label
    return say(named) if named else say("Chưa rõ")


def order(indicator: Indicator, label: str) -> tuple[int, str]:
    """Return where a label stands among its like: as the definition lists them, then by name."""
    listed = [] if isinstance(indicator.labels, str) else list(indicator.labels)
    return (listed.index(label) if label in listed else len(listed)), label
