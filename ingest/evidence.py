"""What several sources say of one device, fused: alive where anybody hears it, and as ill as the worst finds it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from ingest.state import DEGRADED, FAULT, OFFLINE, ONLINE, means

LIFE = timedelta(minutes=15)
"""So long a source's word stands while others go on speaking: three samples of the slowest probe (5 minutes)."""

_ILLNESS = {ONLINE: 0, DEGRADED: 1, FAULT: 2}


class Fact(NamedTuple):
    """The newest word of one source; ``at`` is the device's instant, ``heard_at`` that of reception (UTC)."""

    reported: str
    at: datetime
    heard_at: datetime


def fuse(facts: Mapping[str, Fact], now: datetime) -> str:
    """Return the word that stands for all that is fresh at ``now``; offline where nothing is, or nobody hears it.

    A camera that answers one source and not another is degraded: connected, decodable and recording are facts apart.
    """
    words = [fact.reported for fact in facts.values() if now - fact.heard_at <= LIFE]
    alive = [word for word in words if means(word) != OFFLINE]
    if not alive:
        return OFFLINE
    if len(alive) < len(words):
        alive.append(DEGRADED)
    return max(alive, key=lambda word: _ILLNESS[means(word)])
