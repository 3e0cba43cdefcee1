"""What is known of a device while it speaks, pure: each thing heard moves it on, or tells from when to compute anew.

Nearly everything that comes is in order and says what was said before; this is the short way for it, and for a change
at the end of time. For the rest (late words, gaps, returns from silence) the past is computed anew by
:func:`ingest.timeline.timeline`, whose spans these must equal, as a law of the tests says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ingest.state import MAINTENANCE, OFFLINE, ONLINE, means
from ingest.timeline import SILENT, UNSEEN, Heard, Rhythm, Span, Word, fuse


@dataclass(slots=True)
class Live:
    """A device now: its span, each source's word with the instant of the last one said, the newest instant of all."""

    span: Span | None = None
    facts: dict[str, Word] = field(default_factory=dict)
    horizon: datetime | None = None
    begun: list[Span] = field(default_factory=list)
    """Spans that began since this was made, oldest first."""

    def hear(self, one: Heard, rhythm: Mapping[str, Rhythm]) -> datetime | None:
        """Move on by one thing heard, in the order of reception.

        Returns the instant (UTC) from which the past must be computed anew, and has changed nothing then; else None.
        """
        instant = one.received_at if one.connection else min(one.at, one.received_at)
        before, span, horizon = self.facts.get(one.source), self.span, self.horizon
        if span is None or horizon is None:
            if self.facts:
                return instant
            return self._move(one, instant, one.word)
        if before is None:
            return self._move(one, instant, one.word) if instant > horizon else instant
        if before.word in (SILENT, UNSEEN):
            return min(before.at, instant)
        word = one.word
        if one.connection and means(word) != OFFLINE:
            if means(before.word) == OFFLINE:
                return instant  # what it said of itself before stands in the reports
            word = before.word
        gone = means(word) == OFFLINE
        changed = word != before.word or (gone and one.connection != before.connection)
        if instant < before.at or (instant == before.at and changed):
            alone = len(self.facts) == 1 or span.state == ONLINE
            if changed or span.started_at > instant or not alone or gone:
                return instant
            self._last(one, before.at, word)
            return None
        if instant - before.at > rhythm[one.source].limit and means(before.word) != OFFLINE:
            return before.at
        if not changed:
            self._last(one, instant, word)
            return None
        if instant <= horizon and len(self.facts) > 1:
            return instant
        return self._move(one, instant, word)

    def due_at(self, rhythm: Mapping[str, Rhythm]) -> datetime | None:
        """Return when to look again though nothing came: a source's patience ends, or it can't see. None: never."""
        waiting = [
            fact.at + rhythm[source].limit
            for source, fact in self.facts.items()
            if fact.word != SILENT and means(fact.word) != OFFLINE
        ]
        return min(waiting, default=None)

    def _last(self, one: Heard, instant: datetime, word: str) -> None:
        """Note that a source speaks on as it did."""
        at = max(instant, one.received_at)
        self.facts[one.source] = Word(at, word, one.connection)
        if self.horizon is None or at > self.horizon:
            self.horizon = at

    def _move(self, one: Heard, instant: datetime, word: str) -> datetime | None:
        facts = {**self.facts, one.source: Word(instant, word, one.connection)}
        span = fuse(facts, instant)
        if self.span is None:
            self.span = span
            self.begun.append(span)
        elif self.span.state != MAINTENANCE and not span.continues(self.span):
            if instant <= self.span.started_at:
                return instant
            self.span = span
            self.begun.append(span)
        self._last(one, instant, word)
        return None
