"""A simulated year of devices that fall at random, heard by their words alone: what is found against what was true."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from connectors.contract import LOCAL
from ingest.availability import account, outages, pieces
from ingest.timeline import Heard, Interval, Rhythm, timeline

START = datetime(2026, 1, 1, tzinfo=LOCAL)
EVERY = timedelta(hours=1)
RHYTHM = {"mqtt": Rhythm(EVERY, 3 * EVERY)}
THRESHOLD = RHYTHM["mqtt"].limit + EVERY
"""An outage longer than the patience and one interval must be found, wherever it began between two words."""


@dataclass(frozen=True)
class Found:
    """What became of one device's year."""

    outages: int
    missed: int
    """True outages longer than the threshold that were not found."""
    invented: int
    """Found outages in which the device was never down."""
    edges: Sequence[timedelta]
    """By how much each begin and end of a found outage is off."""
    error: timedelta
    """By how much its time online is off."""


def year(seed: int, days: int = 365) -> Found:
    """Live one device's year: falls at random, words with jitter, and the states that follow from them."""
    chance = random.Random(seed)
    stop = START + timedelta(days=days)
    true = _falls(chance, stop)
    heard = [Heard("mqtt", at, at, "idle") for at in _words(chance, true, stop)]
    spans = timeline(heard, RHYTHM, stop).spans
    its = list(pieces(spans, START, stop))
    found = [(one.started_at, one.ended_at or stop) for one in outages(its)]
    edges: list[timedelta] = []
    for a, b in true:
        match = next(((x, y) for x, y in found if x < b and y > a), None)
        if match:
            edges += [abs(match[0] - a), abs(match[1] - b)]
    down = sum(((b - a) for a, b in true), timedelta())
    return Found(
        outages=len(true),
        missed=sum(b - a > THRESHOLD and not any(x < b and y > a for x, y in found) for a, b in true),
        invented=sum(not any(a < y and b > x for a, b in true) for x, y in found),
        edges=edges,
        error=abs(account(its).down - down),
    )


def _falls(chance: random.Random, stop: datetime) -> list[Interval]:
    found: list[Interval] = []
    at = START + timedelta(days=chance.expovariate(1 / 20))
    while at < stop:
        end = at + timedelta(minutes=10) * (432 ** chance.random())  # from 10 minutes to 3 days, each scale alike
        if end >= stop:
            break
        found.append((at, end))
        at = end + timedelta(hours=4) + timedelta(days=chance.expovariate(1 / 20))
    return found


def _words(chance: random.Random, down: Sequence[Interval], stop: datetime) -> list[datetime]:
    """Return a word an hour, a few seconds sooner or later; none while it is down."""
    edges = [START, *(at for interval in down for at in interval), stop]
    said: list[datetime] = []
    for a, b in list(pairwise(edges))[::2]:
        at = a + EVERY * chance.random() if a > START else a
        while at < b:
            said.append(at)
            at += EVERY + timedelta(seconds=chance.uniform(-5, 5))
    return said
