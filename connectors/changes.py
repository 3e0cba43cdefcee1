"""Reading by change: from which instant on an interface is asked next time, so that no change is missed or met twice.

A change is stored a little after the instant that it bears. So what changed shortly before a reading began is asked
for again, by the other side's clock; what lies further back is not.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

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


def since(before: datetime, newest: datetime | None, began: datetime, overlap: timedelta) -> datetime:
    """Return from when on to ask next: behind the newest change, but from ``overlap`` before the reading on."""
    return before if newest is None else max(before, min(newest + STEP, began - overlap))


def digest(rows: Iterable[object]) -> str:
    """Return what tells a list of JSON values, in whatever order, from another one."""
    texts = sorted(orjson.dumps(row, option=orjson.OPT_SORT_KEYS) for row in rows)
    return hashlib.blake2b(b"\n".join(texts), digest_size=8).hexdigest()
