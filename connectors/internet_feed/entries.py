"""What is counted of an RSS or Atom document: per entry that speaks of a topic a digest, an instant, the topics.

Titles, links, texts and authors are read here, and go no further.
"""

import html
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from io import BytesIO
from time import struct_time
from typing import Any, Literal

import feedparser
import orjson
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from connectors.contract import LOCAL
from connectors.internet_feed import dates
from connectors.internet_feed.topics import spoken_of

Fault = Literal["empty", "large", "cut", "foreign", "crowded"]

REASONS: Mapping[Fault, str] = {
    "empty": "nothing came: ask the site's owner",
    "large": "more bytes than `largest_body` allows: raise it, or take a feed of one section",
    "cut": "the document is cut off before its end: it is asked for again",
    "foreign": "neither RSS nor Atom: open the address in a browser, and correct `url`",
    "crowded": "more entries speak of the topics than are remembered (2000 in 30 days): use narrower terms",
}

_TAG = re.compile(r"<[^<>]*>")
_END = re.compile(r"</(?:\w+:)?(?:rss|feed|RDF)\s*>", re.IGNORECASE)
_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d|\b[A-Z]{2,4})\s*$", re.IGNORECASE)
_LONGEST = 20_000
"""Signs of a title or summary that are read."""


class Entry(BaseModel):
    """One entry that speaks of a topic; ``at`` is UTC, none where the document names no instant."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str
    at: datetime | None
    topics: tuple[str, ...]

    def day(self, seen_at: datetime) -> date:
        """Return the local day it is counted in; an entry of the future or without a date in that of ``seen_at``."""
        return min(self.at or seen_at, seen_at).astimezone(LOCAL).date()


class Page(BaseModel):
    """What is stored of a document: entries, and the days that are spoken of (none said: all); or a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    entries: tuple[Entry, ...] = ()
    days: tuple[date, ...] = ()
    fault: Fault | None = None

    def body(self) -> bytes:
        """Return the page as it is stored."""
        return orjson.dumps(self.model_dump(mode="json", exclude_defaults=True))


_PAGE = TypeAdapter(Page)
_DIGEST = re.compile(r"[\w-]{11}", re.ASCII)


def page(body: bytes, topics: Mapping[str, Sequence[str]], largest: int) -> Page:
    """Reduce a document, or what it was reduced to before, to what is counted; total."""
    if len(body) > largest:
        return Page(fault="large")
    if not body.strip():
        return Page(fault="empty")
    if body.startswith(b"{") and (known := _reduced(body, topics)):
        return known
    try:
        document = feedparser.parse(BytesIO(body), resolve_relative_uris=False, sanitize_html=False)
        if not document.get("version"):
            return Page(fault="foreign")
        if document.bozo and not _END.search(body.decode(document.get("encoding") or "utf-8", "replace")):
            return Page(fault="cut")
        return Page(entries=_entries(document.entries, topics))
    except Exception:  # noqa: BLE001 - feedparser reads what the world writes, and some of it breaks it
        return Page(fault="foreign")


def _reduced(body: bytes, topics: Mapping[str, Sequence[str]]) -> Page | None:
    try:
        known = _PAGE.validate_json(body)
    except ValidationError:
        return None
    told = all(_DIGEST.fullmatch(entry.id) and entry.topics and set(entry.topics) <= set(topics)
               and _is_utc(entry.at) for entry in known.entries)  # fmt: skip
    return known if told else None


def _is_utc(at: datetime | None) -> bool:
    return at is None or at.utcoffset() == timedelta()


def _entries(said: Iterable[Mapping[str, Any]], topics: Mapping[str, Sequence[str]]) -> tuple[Entry, ...]:
    found: dict[str, Entry] = {}
    for entry in said:
        texts = [str(entry.get("title") or ""), str(entry.get("summary") or "")]
        spoken = spoken_of((html.unescape(_TAG.sub(" ", text[:_LONGEST])) for text in texts), topics)
        if spoken:
            stated = entry.get("id") or entry.get("link") or f"{texts[0]}\0{entry.get('published') or ''}"
            own = digest(str(stated))
            found.setdefault(own, Entry(id=own, at=_instant(entry), topics=spoken))
    return tuple(found.values())


def digest(stated: str) -> str:
    """Return 64 bits that tell an entry from others, and nothing of it."""
    return urlsafe_b64encode(blake2b(stated.encode("utf-8", "replace"), digest_size=8).digest()).decode().rstrip("=")


def _instant(entry: Mapping[str, Any]) -> datetime | None:
    """Return when it was published, else changed; a date without zone is local, as the sites' own clocks are."""
    for name in ("published", "updated"):
        if name not in entry:
            continue
        own = dates.instant(str(entry.get(name) or ""))
        if own is not None:
            return own
        parsed = entry.get(f"{name}_parsed")
        if isinstance(parsed, struct_time):
            try:
                instant = datetime(*parsed[:6], tzinfo=UTC)
                if not _ZONE.search(str(entry.get(name) or "")):
                    instant = instant.replace(tzinfo=LOCAL).astimezone(UTC)
            except (ValueError, OverflowError):
                continue
            return instant
    return None
