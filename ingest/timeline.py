"""A device's states over time, pure: everything that was heard of it, our own blindness and maintenance in, spans out.

The result depends on the set of what was heard, never on the order in which it came or on restarts in between: live
states and states computed anew from the stored reports are the same by construction.

Each source draws a line of its own through time. A report stands from its own instant on (not later than its
reception: no clock runs ahead), and its reception is a sign of life: a device whose clock is hours behind is alive,
and a buffer sent after an outage fills the gap that it speaks of. A word stands until the next one; when the next does
not come within the source's patience, the line falls silent from the first word that was due. Where the source could
not see, silence is unseen instead.

The lines are fused: alive where any source hears the device, degraded where another hears nothing or says offline, and
as ill as the worst finds it. Maintenance covers all, and so does what the register says of a device that is not there.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from ingest.state import DEGRADED, FAULT, MAINTENANCE, OFFLINE, ONLINE, UNKNOWN, means

_ILLNESS = {ONLINE: 0, DEGRADED: 1, FAULT: 2}
SILENT, UNSEEN = "silent", "unseen"
"""Words that nobody said: nothing came in time, nobody could have heard it."""

Interval = tuple[datetime, datetime]
"""From, to (UTC), half open; a blindness that lasts ends at the instant asked for."""
Absence = tuple[datetime, datetime, str]
"""From, to (UTC), half open, and the state that the register gives the device then."""


class Heard(NamedTuple):
    """One thing that a source heard of the device: its own instant, that of reception (UTC), its word.

    ``connection`` marks the broker's word (last will, connected), which says nothing but alive or gone.
    """

    source: str
    at: datetime
    received_at: datetime
    word: str
    connection: bool = False


class Rhythm(NamedTuple):
    """How often a source speaks of the device, and the longest pause that is no silence."""

    every: timedelta
    limit: timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """A state from an instant until the next span begins; ``source`` and its ``word`` decided it."""

    started_at: datetime
    state: str
    reason: str
    source: str = ""
    word: str = ""

    def continues(self, before: "Span") -> bool:
        """Tell whether nothing changed: the same state for the same reason."""
        return (self.state, self.reason) == (before.state, before.reason)


class Word(NamedTuple):
    """The word that stands on a source's line since an instant."""

    at: datetime
    word: str
    connection: bool = False


class Timeline(NamedTuple):
    """The spans of a device; for each source the word that stands at the end, and the instant of the last one said."""

    spans: list[Span]
    facts: dict[str, Word]


def timeline(
    heard: Iterable[Heard],
    rhythm: Mapping[str, Rhythm],
    until: datetime,
    *,
    blind: Mapping[str, Sequence[Interval]] | None = None,
    maintenance: Sequence[Interval] = (),
    absence: Sequence[Absence] = (),
    known_since: datetime | None = None,
) -> Timeline:
    """Return the device's spans from the first thing heard to ``until`` (UTC, itself excluded).

    ``rhythm`` and ``blind`` are by source; intervals of one source must not overlap. Before ``known_since`` nobody
    waited for the device: silences then are unseen.
    """
    by_source: defaultdict[str, list[Heard]] = defaultdict(list)
    for one in heard:
        if not in_the_dark(one, (blind or {}).get(one.source, ())):
            by_source[one.source].append(one)
    lines: dict[str, list[Word]] = {}
    facts: dict[str, Word] = {}
    for source, its in by_source.items():
        words = [word for word in _words(its) if word.at < until]
        if words:
            dark = [*(blind or {}).get(source, ()), *([(words[0].at, known_since)] if known_since else [])]
            lines[source] = line = _line(words, rhythm[source], dark, until)
            facts[source] = line[-1]._replace(at=words[-1].at)
    cuts = {at for line in lines.values() for at, *_ in line}
    cuts |= {at for interval in maintenance for at in interval}
    cuts |= {at for begins, ends, _ in absence for at in (begins, ends)}
    begin = min((line[0].at for line in lines.values()), default=until)
    found: list[Span] = []
    places = dict.fromkeys(lines, -1)
    for cut in sorted(cut for cut in cuts if begin <= cut < until):
        standing: dict[str, Word] = {}
        for source, line in lines.items():
            while places[source] + 1 < len(line) and line[places[source] + 1].at <= cut:
                places[source] += 1
            if places[source] >= 0:
                standing[source] = line[places[source]]
        span = fuse(standing, cut)
        if any(starts_at <= cut < ends_at for starts_at, ends_at in maintenance):
            span = Span(cut, MAINTENANCE, "maintenance")
        for starts_at, ends_at, state in absence:
            if starts_at <= cut < ends_at:
                span = Span(cut, state, "register")
        if not found or not span.continues(found[-1]):
            found.append(span)
    return Timeline(found, facts)


def in_the_dark(one: Heard, blind: Iterable[Interval]) -> bool:
    """Tell whether a source that could not see called the device gone: that says something of us, and nothing of it."""
    gone = means(one.word) == OFFLINE and not one.connection
    return gone and any(starts_at <= one.received_at < ends_at for starts_at, ends_at in blind)


def fuse(words: Mapping[str, Word], at: datetime) -> Span:
    """Return the span that begins at ``at`` where each source's newest word (since when, word, connection) stands."""
    seen = [(source, word, link) for source, (_, word, link) in words.items() if word != UNSEEN]
    gone = [one for one in seen if one[1] == SILENT or means(one[1]) == OFFLINE]
    alive = [one for one in seen if one not in gone]
    if not alive:
        if not gone:
            source = min(words, default="")
            return Span(at, UNKNOWN, "blind", source, UNSEEN)
        # What was said outweighs what was not: a last will names the end, silence only notices it.
        source, word, link = min(gone, key=lambda one: (one[1] == SILENT, one[0]))
        return Span(at, OFFLINE, "silence" if word == SILENT else "last_will" if link else "reported", source, word)
    source, word, _ = max(alive, key=lambda one: (_ILLNESS[means(one[1])], one[0]))
    state = means(word)
    if gone and state == ONLINE:
        source, word, _ = min(gone)
        return Span(at, DEGRADED, "no_answer", source, word)
    return Span(at, state, "" if state == ONLINE else "reported", source, word)


def _words(heard: Sequence[Heard]) -> list[Word]:
    """Return the words of a source by instant: each at its own, and what stands then again at each reception."""
    told = sorted(
        (min(h.at, h.received_at), h.received_at, h.at, h.word, h.connection) for h in heard if not h.connection
    )
    said = [(instant, received_at, Word(instant, word)) for instant, received_at, _, word, _ in told]
    for one in sorted(heard, key=lambda h: (h.received_at, h.at, h.word, h.connection)):
        if not one.connection and one.at >= one.received_at:
            continue
        place = bisect_right(told, one.received_at, key=lambda entry: entry[0])
        standing = told[place - 1][3] if place else ""
        if one.connection and (means(one.word) == OFFLINE or not standing or means(standing) == OFFLINE):
            standing = one.word
        said.append((one.received_at, one.received_at, Word(one.received_at, standing, one.connection)))
    said.sort(key=lambda entry: entry[:2])
    return [word for _, _, word in said]


def _line(words: Sequence[Word], rhythm: Rhythm, blind: Sequence[Interval], until: datetime) -> list[Word]:
    """Return the words with the silences and the unseen times between them, up to ``until``."""
    line: list[Word] = []
    for n, word in enumerate(words):
        following = words[n + 1].at if n + 1 < len(words) else until
        if word.at == following:
            continue  # of two words of one instant the one received later stands
        line.append(word)
        if means(word.word) != OFFLINE:  # it said so itself: silence adds nothing, and nobody needed to look
            line += _gap(word.at, following, rhythm, blind)
    return line


def _gap(start: datetime, stop: datetime, rhythm: Rhythm, blind: Sequence[Interval]) -> list[Word]:
    """Return what lies between two words; a short blindness in a pause of the usual length hid nothing."""
    found: list[Word] = []
    if stop - start <= rhythm.limit:
        return found
    looking = start
    for dark, light in sorted((max(a, start), min(b, stop)) for a, b in blind if a < stop and b > start):
        if dark - looking > rhythm.limit:
            break  # once silent, it is silent until its next word
        found.append(Word(dark, UNSEEN))
        looking = max(looking, light)
    else:
        dark = stop
    if dark - looking > rhythm.limit:
        found.append(Word(looking + rhythm.every, SILENT))
    return found
