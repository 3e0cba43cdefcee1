"""Reading by change: from which instant on an interface is asked next time, so that no change is missed or met twice.

A change is stored a little after the instant that it bears. So what changed shortly before a reading began is asked
for again, by the other side's clock; what lies further back is not.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Self

import orjson

from connectors.talk import Answer

STEP = timedelta(milliseconds=1)
"""As exact as interfaces say their instants."""


def clock(answer: Answer) -> datetime:
    """Return the other side's time at an answer (``Date``, RFC 9110, 6.6.1), else ours; UTC."""
    try:
        said = parsedate_to_datetime(answer.headers["date"])
    except (KeyError, ValueError, TypeError):
        return answer.asked_at
    return said.astimezone(UTC) if said.tzinfo else answer.asked_at


def instant(text: object) -> datetime | None:
    """Return an instant (UTC) that an interface says of a change; ``None`` where it says none.

    Without a zone it is the other side's own; taken for UTC it is in Việt Nam ahead at worst, and then asked for again.
    """
    try:
        said = datetime.fromisoformat(text) if isinstance(text, str) else None
        return said and (said.astimezone(UTC) if said.tzinfo else said.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def digest(rows: Iterable[object]) -> str:
    """Return what tells a list of JSON values, in whatever order, from another one."""
    texts = sorted(orjson.dumps(row, option=orjson.OPT_SORT_KEYS) for row in rows)
    return hashlib.blake2b(b"\n".join(texts), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Where a reading of several pages stands, as a cursor keeps it between two looks.

    ``since`` (UTC) is what is asked for, ``began`` the other side's clock at its first page, ``newest`` the newest
    change seen. ``seen`` and ``etag`` are those of the answer that brought all there is since ``since``.
    """

    since: datetime
    began: datetime | None = None
    newest: datetime | None = None
    seen: str = ""
    etag: str = ""

    @classmethod
    def read(cls, cursor: str, first: date) -> Self:
        """Return the reading that a cursor tells, or the one that begins on a day."""
        if not cursor:
            return cls(since=datetime(first.year, first.month, first.day, tzinfo=UTC))
        said: dict[str, Any] = json.loads(cursor)
        for name in said.keys() & {"since", "began", "newest"}:
            said[name] = datetime.fromisoformat(said[name])
        return cls(**said)

    def text(self) -> str:
        """Return the cursor."""
        fields = ((name, getattr(self, name)) for name in self.__dataclass_fields__)
        return json.dumps({k: v.isoformat() if isinstance(v, datetime) else v for k, v in fields if v})

    def newer(self, change: datetime | None) -> datetime | None:
        """Return the newest change, that of one more page included."""
        return max((instant for instant in (self.newest, change) if instant), default=None)

    def over(self, change: datetime | None, answer: Answer, overlap: timedelta, *, seen: str, whole: bool) -> Self:
        """Return the next reading behind the last page, which says ``seen``, and is ``whole`` where it is the only one.

        It asks for what lies behind the newest change, but from ``overlap`` before this reading on; where that is what
        was asked for now, the mark of the only page tells whether anything is new.
        """
        newest, began = self.newer(change), self.began or clock(answer)
        since = self.since if newest is None else max(self.since, min(newest + STEP, began - overlap))
        if whole and since == self.since:
            return type(self)(since=since, seen=seen, etag=answer.headers.get("etag", ""))
        return type(self)(since=since)
