"""What is known of a device while it speaks, pure: each thing heard moves it on, or tells from when to compute anew.

Nearly everything that comes is in order and says what was said before; this is the short way for it, and for a change
at the end of time. For the rest (late words, gaps, returns from silence) the past is computed anew by
:func:`ingest.timeline.timeline`, whose spans these must equal, as a law of the tests says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ingest.state import COVERED, OFFLINE, ONLINE, means
from ingest.timeline import SILENT, UNSEEN, Heard, Rhythm, Span, Word, fuse


@dataclass(slots=True)
class Live:
    """A device now: its span, each source's word with the instant of the last one said, the newest instant of all."""

    span: Span | None = None
    facts: dict[str, Word] = field(default_factory=dict)
    horizon: datetime | None = None
    begun: list[Span] = field(default_factory=list)
    """Spans that began since this was made, oldest first."""

    @property
    def reported(self) -> str:
        """The word that decides now: ``playing`` or ``idle``, where the state is the same."""
        return fuse(self.facts, self.horizon).word if self.horizon else ""

    def hear(self, one: Heard, rhythm: Mapping[str, Rhythm]) -> datetime | None:
        """Move on by one thing heard, in the order of reception.

        Returns the instant (UTC) from which the past must be computed anew, and has changed nothing then; else None.
        """
        instant = one.received_at if one.connection else min(one.at, one.received_at)
        before, span, horizon = self.facts.get(one.source), self.span, self.horizon
        gap = one.received_at - instant > rhythm[one.source].limit  # between what it says and when it said it
        if len(self.facts) > (before is not None):
            silent = [fact.at for source, fact in self._waiting() if one.received_at - fact.at > rhythm[source].limit]
            if silent:
                return min(*silent, instant)
        if span is None or horizon is None:
            return instant if gap or self.facts else self._move(one, instant, one.word)
        if before is None:
            return instant if gap or instant <= horizon else self._move(one, instant, one.word)
        if before.word in (SILENT, UNSEEN):
            return min(before.at, instant)
        if means(before.word) != OFFLINE and one.received_at - before.at > rhythm[one.source].limit:
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
        if gap:
            return instant
        if not changed:
            self._last(one, instant, word)
            return None
        if instant <= horizon and len(self.facts) > 1:
            return instant
        return self._move(one, instant, word)

    def follow(self, one: Heard) -> None:
        """Move on by one thing heard as if it spoke of its reception: what stands until the past is computed anew."""
        before, word = self.facts.get(one.source), one.word
        spoke = before is not None and before.word not in (SILENT, UNSEEN) and means(before.word) != OFFLINE
        if one.connection and means(word) != OFFLINE and before is not None and spoke:
            word = before.word
        instant = one.received_at
        if self.span is not None and instant <= self.span.started_at:
            instant = self.span.started_at + timedelta.resolution
        self._move(one, instant, word)

    def due_at(self, rhythm: Mapping[str, Rhythm]) -> datetime | None:
        """Return when to look again though nothing came: a source's patience ends, or it can't see. None: never."""
        return min((fact.at + rhythm[source].limit for source, fact in self._waiting()), default=None)

    def _waiting(self) -> Iterator[tuple[str, Word]]:
        return ((s, fact) for s, fact in self.facts.items() if fact.word != SILENT and means(fact.word) != OFFLINE)

    def expire(self, rhythm: Mapping[str, Rhythm]) -> bool:
        """Fall silent, where that is simple: one source that saw all the time; tells whether it was."""
        if self.span is None or len(self.facts) != 1 or self.span.state in COVERED:
            return False
        ((source, fact),) = self.facts.items()
        silent_at = fact.at + rhythm[source].every
        if fact.word in (SILENT, UNSEEN) or silent_at <= self.span.started_at:
            return False
        self.facts[source] = fact._replace(word=SILENT)
        self.span = fuse({source: Word(silent_at, SILENT)}, silent_at)
        self.begun.append(self.span)
        return True

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
        elif self.span.state not in COVERED and not span.continues(self.span):
            if instant <= self.span.started_at:
                return instant
            self.span = span
            self.begun.append(span)
        self._last(one, instant, word)
        return None
