"""A search: the pages of one reading, which FHIR chains by ``link``; what a conversation keeps between two looks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from connectors import changes
from connectors.talk import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Search(changes.Reading):
    """Where a reading stands: ``following`` is path and query of the next page."""

    following: str = ""

    def path(self, params: Mapping[str, str], count: int) -> str:
        """Return path and query of the next page to ask for."""
        moment = (self.since - changes.STEP).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        asked = {**params, "_lastUpdated": f"gt{moment}", "_sort": "_lastUpdated", "_count": str(count)}
        return self.following or f"/MeasureReport?{urlencode(asked)}"

    def answered(self, answer: Answer, page: "Page", base: str, overlap: timedelta) -> "Search":
        """Return the search behind a page; behind the last one it is the next search."""
        if not page.link:
            return self.over(page.newest, answer, overlap, seen=page.seen, whole=not self.following)
        began, newest = self.began or changes.clock(answer), self.newer(page.newest)
        return Search(since=self.since, began=began, newest=newest, following=page.following(base))

    def again(self) -> "Search":
        """Return the search from its first page."""
        return replace(self, began=None, newest=None, following="")


@dataclass(frozen=True, slots=True)
class Page:
    """What a conversation must know of a bundle; ``entries`` is ``None`` where it can't be read."""

    entries: list[Any] | None
    link: str = ""

    @classmethod
    def read(cls, body: bytes) -> "Page":
        """Read an answer; its content is judged by the decoder."""
        try:
            said = orjson.loads(body)
        except orjson.JSONDecodeError:
            return cls(None)
        if not isinstance(said, dict) or said.get("resourceType") != "Bundle":
            return cls(None)
        entries, links = said.get("entry", []), said.get("link", [])
        chain = [one for one in links if isinstance(one, dict)] if isinstance(links, list) else []
        link = next((str(one.get("url")) for one in chain if one.get("relation") == "next"), "")
        return cls(entries if isinstance(entries, list) else None, link)

    @property
    def newest(self) -> datetime | None:
        """The newest change."""
        return max((at for one in self.entries or () if (at := changes.instant(_changed(one)))), default=None)

    @property
    def seen(self) -> str:
        """A digest of all resources, in whatever order; none where it can't be read."""
        return "" if self.entries is None else changes.digest(self.entries)

    def following(self, base: str) -> str:
        """Return path and query of the next page below the base address; ``""`` where it lies elsewhere.

        Of an absolute address only path and query are followed, never another host: our credentials go where the
        operator sent them.
        """
        try:
            link, root = urlsplit(self.link), urlsplit(base).path.rstrip("/")
        except ValueError:
            return ""
        if not link.path or f"{link.path}/".startswith(f"{root}/"):
            path = link.path.removeprefix(root)
        elif link.path.rpartition("/")[2] == "MeasureReport":
            path = "/MeasureReport"  # the server knows itself by another root than the gateway in front of it
        else:
            return ""
        return f"{path}?{link.query}" if link.query else path


def _changed(entry: Any) -> object:
    for name in ("resource", "meta", "lastUpdated"):
        entry = entry.get(name) if isinstance(entry, dict) else None
    return entry
