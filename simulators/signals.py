"""Signals: values that look measured and faults that happen, pure in (seed, name, instant); no state, no clock."""

import math
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def chance(seed: int, *names: object) -> float:
    """Return a number in [0, 1) that the seed and the names decide, evenly spread."""
    digest = blake2b("\0".join(map(str, (seed, *names))).encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / 2.0**56


def smooth(seed: int, name: str, at: datetime, pace: timedelta) -> float:
    """Return a number in [0, 1] that wanders: a new one every ``pace``, and a cosine between two of them."""
    position = (at - _EPOCH) / pace
    step = math.floor(position)
    before, after = chance(seed, name, step), chance(seed, name, step + 1)
    return before + (after - before) * (1 - math.cos(math.pi * (position - step))) / 2


def between(lowest: float, highest: float, share: float, digits: int = 1) -> float:
    """Return the number at ``share`` of the way from lowest to highest, rounded as an instrument would."""
    return round(lowest + (highest - lowest) * share, digits)


def episode(seed: int, name: str, at: datetime, every: timedelta, lasting: timedelta, odds: float) -> bool:
    """Tell whether a fault is on: in each stretch ``every`` it comes with ``odds``, anywhen, and lasts so long."""
    position = (at - _EPOCH) / every
    step = math.floor(position)
    if chance(seed, name, step, "comes") >= odds:
        return False
    length = min(lasting / every, 1.0)
    start = chance(seed, name, step, "starts") * (1 - length)
    return start <= position - step < start + length


def uptime(seed: int, name: str, at: datetime, every: timedelta) -> int:
    """Return the seconds since the last start, which comes once in each stretch ``every``."""
    shifted = (at - _EPOCH) / every + chance(seed, name, "phase")
    return int((shifted - math.floor(shifted)) * every.total_seconds())
