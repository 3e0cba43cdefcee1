"""A run: the pages of one reading, from a moment of change on; what a conversation keeps between two looks.

DHIS2 pages by ``limit`` and ``offset`` over a list whose order it does not promise. So each page begins with the value
that ended the one before: if another stands there, the list has moved, and the run begins again. Storing is
idempotent, so a run begun again costs time and nothing else.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from connectors import changes
from connectors.health_dhis2.door import is_page
from connectors.talk import Answer

_KEY = ("dataElement", "period", "orgUnit", "categoryOptionCombo", "attributeOptionCombo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(changes.Reading):
    """Where a reading stands: ``offset`` of the next page, ``last`` a digest of the value that ended the last page."""

    offset: int = 0
    last: str = ""

    def answered(self, answer: Answer) -> "Run":
        """Note the other side's clock at the first page."""
        return self if self.began else replace(self, began=changes.clock(answer))

    def moved(self, page: "Page") -> bool:
        """Tell whether this page does not go on where the last one ended."""
        return bool(self.last) and self.last != page.first

    def again(self) -> "Run":
        """Return the run from its first page."""
        return Run(since=self.since)

    def after(self, page: "Page", size: int) -> "Run":
        """Return the run as it goes on behind a page that may not be the last."""
        return replace(
            self, newest=self.newer(page.newest), offset=self.offset + size - 1, last=page.last, seen="", etag=""
        )

    def finished(self, page: "Page", answer: Answer, overlap: timedelta) -> "Run":
        """Return the next run; changes that were still being written while we read are asked for again."""
        return self.over(page.newest, answer, overlap, seen=page.seen, whole=not self.offset)


@dataclass(frozen=True, slots=True)
class Page:
    """What a conversation must know of an answer; ``values`` is ``None`` where it can't be read."""

    values: list[Any] | None

    @classmethod
    def read(cls, body: bytes) -> "Page":
        """Read an answer; its content is judged by the decoder."""
        try:
            said = orjson.loads(body)
        except orjson.JSONDecodeError:
            return cls(None)
        values = said.get("dataValues", []) if isinstance(said, dict) and is_page(said) else None
        return cls(values if isinstance(values, list) else None)

    @property
    def first(self) -> str:
        """A digest of which value the first one is."""
        return _identity(self.values[0]) if self.values else ""

    @property
    def last(self) -> str:
        """A digest of which value the last one is; none where it is not known."""
        return _identity(self.values[-1]) if self.values else ""

    @property
    def newest(self) -> datetime | None:
        """The newest change."""
        rows = (row for row in self.values or () if isinstance(row, dict))
        return max((at for row in rows if (at := changes.instant(row.get("lastUpdated")))), default=None)

    @property
    def seen(self) -> str:
        """A digest of all that is said, in whatever order; none where it can't be read."""
        return "" if self.values is None else changes.digest(self.values)

    def shorter(self, size: int) -> bool:
        """Tell whether it is surely the last page."""
        return self.values is not None and len(self.values) < size


def _identity(row: Any) -> str:
    return changes.digest([[row.get(name) for name in _KEY] if isinstance(row, dict) else row])
