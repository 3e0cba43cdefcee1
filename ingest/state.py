"""The device state machine, pure: what was known and new evidence in, the new knowledge and the spans it begins out.

Live evidence is ordered by its reception (a device's clock may be wrong), a span begins at the device's own instant
where that is plausible. A report older than the newest one is kept as a row and changes no state.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

ONLINE, DEGRADED, FAULT, OFFLINE, UNKNOWN = "online", "degraded", "fault", "offline", "unknown"
MAINTENANCE = "maintenance"

_MEANS = {
    "online": ONLINE,
    "idle": ONLINE,
    "playing": ONLINE,
    "muted": ONLINE,
    "degraded": DEGRADED,
    "not_recording": DEGRADED,
    "no_signal": FAULT,
    "fault": FAULT,
    "offline": OFFLINE,
}
"""The device's own word -> the dictionary's state: a camera that shows but doesn't record is degraded, not gone."""


def means(word: str) -> str:
    """Return the dictionary's state for a device's own word."""
    return _MEANS.get(word, ONLINE)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a device; ``at`` is the instant of its newest report, ``since`` the begin of its state (UTC)."""

    at: datetime
    state: str
    reported: str
    since: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing heard of a device: its word, its own instant, and when it reached us (UTC)."""

    at: datetime
    received_at: datetime
    reported: str
    connection: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A state that begins; it lasts until the next one."""

    started_at: datetime
    state: str
    reason: str


def follow(known: Known | None, heard: Iterable[Evidence]) -> tuple[Known | None, list[Span]]:
    """Apply evidence in the order of reception."""
    begun: list[Span] = []
    for evidence in heard:
        state = means(evidence.reported)
        # A clock that runs ahead must not make all that follows look late.
        said_at = min(evidence.at, evidence.received_at)
        if known is None:
            known = Known(said_at, state, evidence.reported, said_at, _reason(evidence, state))
            begun.append(Span(known.since, state, known.reason))
            continue
        alive = known.state not in (OFFLINE, UNKNOWN)
        if evidence.connection:
            if state == ONLINE and alive:
                continue
            instant, at = evidence.received_at, known.at
        elif said_at < known.at and alive:
            continue
        else:
            instant = said_at if said_at >= known.since else evidence.received_at
            at = max(said_at, known.at) if alive else said_at
        if state == known.state:
            known = replace(known, at=at, reported=evidence.reported)
            continue
        since = max(instant, known.since)
        known = Known(at, state, evidence.reported, since, _reason(evidence, state))
        begun.append(Span(since, state, known.reason))
    return known, begun


def _reason(evidence: Evidence, state: str) -> str:
    if evidence.connection:
        return "last_will" if state == OFFLINE else "connected"
    return "" if state == ONLINE else "reported"


def silent(
    seen_at: datetime,
    every: timedelta,
    patience: float,
    now: datetime,
    blind: Iterable[tuple[datetime, datetime | None]],
) -> Span | None:
    """Judge a device that says nothing: offline, unknown where we were blind, or None while it still has time.

    It speaks ``every`` so often, and has ``patience`` times that. The outage begins with the first word that did not
    come. After a blind time a device gets its whole patience again: a restart of ours never invents an outage.
    """
    looking_since = seen_at
    for started_at, ended_at in sorted(blind):
        if ended_at is not None and ended_at <= seen_at:
            continue
        if ended_at is None or ended_at > now:
            return Span(max(started_at, seen_at), UNKNOWN, "blind")
        looking_since = max(looking_since, ended_at)
    if now - looking_since <= patience * every:
        return None
    return Span(looking_since + every, OFFLINE, "silence")
