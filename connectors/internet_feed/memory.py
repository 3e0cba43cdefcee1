"""The memory of one feed, kept as its cursor: which entries were counted, so that none is counted twice.

A feed shows its last entries only, and the same ones look after look. The memory holds the entries that speak of a
topic; a day's figure is the number of remembered entries of that day, so it can only grow. Two rules bound it:

- a day is closed ``WINDOW`` after its end: an entry that shows up later with such a date is not counted;
- an entry is forgotten once the feed has not shown it for ``WINDOW``.

An entry that is forgotten was published before it was last shown, so its day is closed: it is never counted again.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta

from pydantic import BaseModel, ConfigDict, ValidationError

from connectors.contract import LOCAL
from connectors.internet_feed.entries import Entry, Page
from connectors.talk import Answer

WINDOW = timedelta(days=30)
MOST = 2000
_LONGEST_TAG = 512


class Counted(BaseModel):
    """An entry that was counted; ``at`` is UTC, ``seen`` the last local day on which the feed showed it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    at: datetime
    topics: tuple[str, ...]
    seen: date

    @property
    def day(self) -> date:
        """The local day that it counts in."""
        return self.at.astimezone(LOCAL).date()


class Memory(BaseModel):
    """What is known of one feed; ``etag`` and ``modified`` are the validators of its last document (RFC 9110, 8.8)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    url: str
    etag: str = ""
    modified: str = ""
    day: date | None = None
    """The last local day of which a figure was told."""
    entries: tuple[Counted, ...] = ()

    @classmethod
    def of(cls, cursor: str, url: str, topics: Collection[str]) -> "Memory":
        """Return what a cursor remembers; topics that are no more drop out, validators of another address too."""
        try:
            known = cls.model_validate_json(cursor)
        except ValidationError:
            return cls(url=url)
        entries = tuple(
            kept.model_copy(update={"topics": tuple(topic for topic in kept.topics if topic in topics)})
            for kept in known.entries
        )
        validators = {} if known.url == url else {"url": url, "etag": "", "modified": ""}
        return known.model_copy(update={"entries": tuple(kept for kept in entries if kept.topics), **validators})

    @property
    def conditions(self) -> Mapping[str, str]:
        """Headers that make the server answer 304 where nothing changed."""
        both = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in both.items() if value}

    def answered(self, answer: Answer) -> "Memory":
        """Return the memory with the validators of an answer."""
        etag, modified = (answer.headers.get(name, "") for name in ("etag", "last-modified"))
        kept = {"etag": etag, "modified": modified}
        return self.model_copy(update={name: text if len(text) <= _LONGEST_TAG else "" for name, text in kept.items()})

    def met(self, shown: Page, now: datetime) -> tuple["Memory", Page]:
        """Return the memory after a document, and the page to store: the days that changed, with all their entries."""
        today = now.astimezone(LOCAL).date()
        closed = today - WINDOW
        known = {kept.id: kept for kept in self.entries}
        days = set() if self.day == today else {today}
        for entry in shown.entries:
            kept = known.get(entry.id)
            if kept is None:
                if (day := entry.day(now)) >= closed:
                    at = min(entry.at or now, now).astimezone(UTC)
                    known[entry.id] = Counted(id=entry.id, at=at, topics=entry.topics, seen=today)
                    days.add(day)
                continue
            topics = kept.topics
            if kept.day >= closed and not set(entry.topics) <= set(topics):
                topics = (*topics, *(topic for topic in entry.topics if topic not in topics))
                days.add(kept.day)
            known[entry.id] = kept.model_copy(update={"topics": topics, "seen": max(kept.seen, today)})
        present = {entry.id for entry in shown.entries}
        left = tuple(kept for kept in known.values() if kept.id in present or kept.seen >= closed)
        if len(left) > MOST:
            return self, Page(fault="crowded")
        told = sorted(days or {today})
        said = tuple(Entry(id=kept.id, at=kept.at, topics=kept.topics) for kept in left if kept.day in told)
        return self.model_copy(update={"day": today, "entries": left}), Page(entries=said, days=tuple(told))

    def cursor(self) -> str:
        """Return the memory as text."""
        return self.model_dump_json(exclude_defaults=True)
