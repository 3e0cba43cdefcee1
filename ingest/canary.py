"""Canaries, pure: whether we ourselves can see. A failure is believed after some bad looks, a return after two good.

A failure began when its canary was last well: that is when we could still see.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

State = Literal["ok", "failing", "unknown"]

TITLES = {
    "gateway": "Cổng mạng nội bộ",
    "uplink": "Đường truyền ra ngoài",
    "dns": "Phân giải tên miền",
    "broker": "Máy chủ bản tin MQTT",
    "clock": "Đồng hồ máy chủ",
}
RETURNS = 2
"""Good answers in a row that end a failure."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look gave: good or not, why not, and what was measured; ``good`` None: it could not be looked at."""

    good: bool | None
    reason: str = ""
    measured: float | None = None


@dataclass(frozen=True, slots=True)
class Canary:
    """What is known of one way of seeing; instants UTC. ``streak`` counts good looks, or bad ones below zero."""

    state: State
    since: datetime
    reason: str = ""
    good_at: datetime | None = None
    noticed_at: datetime | None = None
    """When the failure was noticed, later than it began."""
    streak: int = 0


def judge(before: Canary | None, seen: Sighting, now: datetime, *, failures: int, proven: bool = False) -> Canary:
    """Return what is known after a look.

    ``failures`` in a row make it fail; with ``proven`` only where it was ever well: a gateway may not answer pings.
    """
    known = before or Canary("unknown", now)
    if seen.good is None:
        if known.state == "unknown":
            return replace(known, reason=seen.reason, streak=0)
        return replace(known, state="unknown", since=now, reason=seen.reason, streak=0, noticed_at=None)
    if seen.good:
        streak = max(known.streak, 0) + 1
        if known.state == "failing" and streak < RETURNS:
            return replace(known, streak=streak)
        since = known.since if known.state == "ok" else now
        return Canary("ok", since, "", now, None, streak)
    streak = min(known.streak, 0) - 1
    if known.state == "failing":
        return replace(known, reason=seen.reason, streak=streak)
    if -streak < failures:
        return replace(known, streak=streak, reason=known.reason if known.state == "ok" else seen.reason)
    if proven and known.good_at is None:
        return replace(known, reason=seen.reason, streak=streak)
    return Canary("failing", known.good_at or known.since, seen.reason, known.good_at, now, streak)


def any_of(sightings: Iterable[Sighting]) -> Sighting:
    """Return what several looks at the same way say: one that is well is enough."""
    found = list(sightings)
    for good in (True, False):
        its = [one for one in found if one.good is good]
        if its:
            reason = "" if good else "; ".join(one.reason for one in its)[:400]
            return Sighting(good, reason, min((m for one in its if (m := one.measured) is not None), default=None))
    return Sighting(None, "; ".join(one.reason for one in found)[:400])
