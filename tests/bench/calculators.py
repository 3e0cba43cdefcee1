"""Calculators of availability on one list of random timelines: sample ratio, outage rows, ours; and the truth.

A timeline is six hours that end with a month, whose truth is known to the second: when a device was up, when the
monitor was off, when there was maintenance, when the line was away and the device kept its words. Every calculator is
given what it would have had, and no worse: polls on time, outage rows with true instants, a last will for each fall.
The peers' rules are those of their sources: Gatus and blackbox_exporter divide successes by polls; LibreNMS subtracts
the outages of its table from the window (``LibreNMS/Device/Availability.php``), of those with ``up_again`` in it.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from connectors.contract import LOCAL
from ingest.availability import Account, account, blind_to, pieces
from ingest.timeline import Heard, Rhythm, timeline

Seconds = tuple[int, int]
"""From, to: seconds since the window began, half open."""

WINDOW = 6 * 3600
BEFORE = 3600
AFTER = 2 * 3600
MIDNIGHT = datetime(2026, 11, 1, tzinfo=LOCAL)
EVERY, LIMIT = 300, 900
POLL = 60
"""Seconds between two polls of the peers."""


@dataclass(frozen=True)
class Story:
    """What truly happened to one device; ``report_at`` is when the question is asked."""

    down: Sequence[Seconds]
    off: Sequence[Seconds]
    maintenance: Sequence[Seconds]
    away: Sequence[Seconds]
    words: Sequence[int]
    """Instants at which it spoke."""
    phase: int
    report_at: int

    @property
    def plain(self) -> bool:
        """Tell whether nothing but ended outages is in it."""
        return not self.off and not self.maintenance and not self.away and all(b <= WINDOW for _, b in self.down)


def stories(count: int, seed: int = 1) -> Iterator[Story]:
    """Yield random stories; the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        yield _story(chance)


def _story(chance: random.Random) -> Story:
    end = WINDOW + AFTER
    down = _apart(chance, chance.choice((0, 0, 1, 1, 2, 3)), 60, 7200, end)
    if chance.random() < 0.15:  # not over when it is asked for
        start = chance.randrange(WINDOW - 3600, WINDOW)
        down = [*(d for d in down if d[1] < start), (start, end)]
    off = _apart(chance, chance.choice((0, 0, 1, 2)), 20, 3600, end)
    maintenance = _apart(chance, chance.choice((0, 0, 1)), 600, 7200, end)
    away = [a for a in _apart(chance, chance.choice((0, 0, 1)), 1000, 5400, WINDOW) if not _touch(a, [*down, *off])]
    words: list[int] = []
    at = -BEFORE
    while at < end:
        fall = next((d for d in down if d[0] <= at < d[1]), None)
        if fall:
            at = fall[1]
            continue
        words.append(at)
        # As irregular as its patience allows; it speaks when it comes back.
        following = at + chance.randrange(100, LIMIT - 60)
        fall = next((d for d in down if at < d[0] < following), None)
        at = fall[1] if fall else following
    return Story(down, off, maintenance, away, words, chance.randrange(POLL), chance.choice((WINDOW, end)))


def _apart(chance: random.Random, count: int, least: int, most: int, end: int) -> list[Seconds]:
    found: list[Seconds] = []
    for _ in range(count):
        start = chance.randrange(-BEFORE + 60, end - 60)
        one = (start, min(end - 30, start + chance.randrange(least, most)))
        if one[0] < one[1] and not _touch((one[0] - 30, one[1] + 30), found):
            found.append(one)
    return sorted(found)


def _touch(one: Seconds, others: Sequence[Seconds]) -> bool:
    return any(one[0] < b and one[1] > a for a, b in others)


def truth(story: Story) -> Account:
    """Return the window's sums by looking at each of its seconds."""
    state = np.full(WINDOW, 0, np.int8)
    for code, its in ((1, story.down), (2, story.off), (3, story.maintenance)):
        for a, b in its:
            state[max(a, 0) : max(min(b, WINDOW), 0)] = code
    online, offline, blind, maintenance = (timedelta(seconds=int(n)) for n in np.bincount(state, minlength=4))
    return Account(online=online, offline=offline, maintenance=maintenance, blind=blind)


def ours(story: Story) -> Account:
    """Return ours: from what was heard, the monitor's own absences and the maintenance."""
    heard = [Heard("mqtt", _at(at), _at(_received(story, at)), "idle") for at in story.words if not _in(at, story.off)]
    for a, b in story.down:
        heard += [_link(a, "offline")] if not _in(a, story.off) else []
        heard += [_link(b, "online")] if not _in(b, story.off) else []
    # The broker keeps the last word of each connection and says it when we are back.
    heard += [_link(b, "offline" if _in(b, story.down) else "online") for _, b in story.off]
    known = [one for one in heard if one.received_at <= _at(story.report_at)]
    blind = {"mqtt": [(_at(a), _at(b)) for a, b in story.off]}
    maintenance = [(_at(a), _at(b)) for a, b in story.maintenance]
    rhythm = {"mqtt": Rhythm(timedelta(seconds=EVERY), timedelta(seconds=LIMIT))}
    whole = timeline(known, rhythm, _at(story.report_at), blind=blind, maintenance=maintenance)
    its = pieces(whole.spans, _at(0), _at(WINDOW), blind=blind_to(["mqtt"], blind), maintenance=maintenance)
    return account(its)


def sample_ratio(story: Story) -> float | None:
    """Return successes by polls, as Gatus and ``avg_over_time(probe_success)`` do."""
    polls = [at for at in range(story.phase, WINDOW, POLL) if not _in(at, story.off)]
    good = sum(not _in(at, story.down) and not _in(at, story.away) for at in polls)
    return good / len(polls) if polls else None


def outage_rows(story: Story) -> float:
    """Return the window without the outages of the table, as LibreNMS does at the window's end."""
    now, rows = WINDOW, []
    for a, b in sorted([*story.down, *story.away]):
        seen_down, seen_up = _noticed(story, a), _noticed(story, b)
        if seen_down < min(seen_up, now):
            rows.append((seen_down, seen_up if seen_up <= now else None))
    found = [(a, b) for a, b in rows if b is not None and b >= now - WINDOW]
    if not found:
        return 0.0 if any(b is None for _, b in rows) else 1.0
    return (WINDOW - sum(b - max(a, now - WINDOW) for a, b in found)) / WINDOW


def error_s(share: float | None, true: Account) -> float:
    """Return by how many seconds of the observed time a share is wrong."""
    observed = (true.online + true.down).total_seconds()
    if not observed:
        return 0.0
    return round(abs((1.0 if share is None else share) * observed - true.online.total_seconds()), 6)


def share(of: Account) -> float | None:
    """Return the share of an account's observed time that was online."""
    return of.online / (of.online + of.down) if of.online + of.down else None


def _received(story: Story, at: int) -> int:
    return next((b for a, b in story.away if a <= at < b), at)


def _noticed(story: Story, at: int) -> int:
    """Return when a monitor that may be off notices what happens."""
    return next((b for a, b in story.off if a <= at < b), at)


def _in(at: int, its: Sequence[Seconds]) -> bool:
    return any(a <= at < b for a, b in its)


def _at(second: int) -> datetime:
    return MIDNIGHT - timedelta(seconds=WINDOW - second)


def _link(at: int, word: str) -> Heard:
    return Heard("mqtt", _at(at), _at(at), word, connection=True)
