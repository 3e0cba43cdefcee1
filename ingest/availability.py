"""Availability, pure: what the time of a device counts as, its sums, its outages.

availability = 100 · online / (online + offline + fault): the observed time without maintenance. Degraded counts as
online; what nobody could see is not observed; while a device was not there to be seen its time counts as nothing. The
functions of ``sql/schema/0017`` compute the same from the database; a law of the tests says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

from ingest.state import DEGRADED, FAULT, MAINTENANCE, OFFLINE, ONLINE, UNKNOWN
from ingest.timeline import Interval, Span

Counted = Literal["online", "offline", "fault", "maintenance", "blind", ""]
"""What an interval counts as; empty: as nothing."""

_NOTHING = timedelta()
_COUNTS: Mapping[str, Counted] = {
    ONLINE: "online", DEGRADED: "online", OFFLINE: "offline", FAULT: "fault", MAINTENANCE: "maintenance",
    UNKNOWN: "blind",
}  # fmt: skip
DOWN = ("offline", "fault")


class Piece(NamedTuple):
    """An interval [started_at, ended_at), UTC, and what it counts as."""

    started_at: datetime
    ended_at: datetime
    counted: Counted

    @property
    def duration(self) -> timedelta:
        """How long it lasts."""
        return self.ended_at - self.started_at


class Account(NamedTuple):
    """The time of one device or of many."""

    online: timedelta = _NOTHING
    offline: timedelta = _NOTHING
    fault: timedelta = _NOTHING
    maintenance: timedelta = _NOTHING
    blind: timedelta = _NOTHING

    @property
    def down(self) -> timedelta:
        """Return the time it was seen not to work."""
        return self.offline + self.fault

    @property
    def availability(self) -> float | None:
        """Return percent, or None where nothing was observed."""
        return percent(self.online, self.down)

    def __add__(self, other: object) -> "Account":
        """Return the time of both."""
        if not isinstance(other, Account):
            return NotImplemented
        return Account(*(a + b for a, b in zip(self, other, strict=True)))


class Outage(NamedTuple):
    """A time of failure; ``down`` is what was seen of it, ``ended_at`` None where it had not ended."""

    started_at: datetime
    ended_at: datetime | None
    down: timedelta


def percent(online: timedelta, down: timedelta) -> float | None:
    """Return 100 · online / (online + down), None where both are nothing."""
    return 100 * (online / (online + down)) if online + down else None


def blind_to(sources: Iterable[str], blind: Mapping[str, Sequence[Interval]]) -> list[Interval]:
    """Return when none of the sources could see; intervals of one source may overlap."""
    common: list[Interval] | None = None
    for source in sources:
        its = _joined(blind.get(source, ()))
        common = its if common is None else list(_both(common, its))
    return common or []


def pieces(
    spans: Sequence[Span],
    start: datetime,
    stop: datetime,
    *,
    blind: Sequence[Interval] = (),
    maintenance: Sequence[Interval] = (),
    absent: Sequence[Interval] = (),
) -> Iterator[Piece]:
    """Yield what the time in [start, stop) counts as, in order; the last span lasts to ``stop``."""
    windows: tuple[tuple[Sequence[Interval], Counted], ...] = (
        (absent, ""),
        (maintenance, "maintenance"),
        (blind, "blind"),
    )
    cuts = {at for intervals, _ in windows for interval in intervals for at in interval}
    cuts |= {span.started_at for span in spans} | {start, stop}
    standing, place = None, 0
    for a, b in pairwise(sorted(cut for cut in cuts if start <= cut <= stop)):
        while place < len(spans) and spans[place].started_at <= a:
            standing = spans[place]
            place += 1
        if standing is None:
            continue
        covered = (counted for its, counted in windows if any(x <= a < y for x, y in its))
        yield Piece(a, b, next(covered, _COUNTS.get(standing.state, "")))


def account(its: Iterable[Piece]) -> Account:
    """Return the sums of pieces."""
    sums = dict.fromkeys(Account._fields, _NOTHING)
    for piece in its:
        if piece.counted:
            sums[piece.counted] += piece.duration
    return Account(**sums)


def outages(its: Iterable[Piece]) -> list[Outage]:
    """Return the outages in pieces that are in order: runs of offline or fault.

    Time that was not seen, or was maintenance, neither ends an outage nor counts in it.
    """
    found: list[Outage] = []
    seen = (piece for piece in its if piece.counted == "online" or piece.counted in DOWN)
    for down, run in groupby(seen, key=lambda piece: piece.counted in DOWN):
        if not down:
            if found:
                found[-1] = found[-1]._replace(ended_at=next(run).started_at)
            continue
        first, *others = run
        found.append(Outage(first.started_at, None, sum((p.duration for p in others), first.duration)))
    return found


def _joined(intervals: Sequence[Interval]) -> list[Interval]:
    found: list[Interval] = []
    for a, b in sorted(intervals):
        if found and a <= found[-1][1]:
            found[-1] = (found[-1][0], max(b, found[-1][1]))
        elif a < b:
            found.append((a, b))
    return found


def _both(one: Sequence[Interval], other: Sequence[Interval]) -> Iterator[Interval]:
    for a, b in one:
        for c, d in other:
            if max(a, c) < min(b, d):
                yield max(a, c), min(b, d)
