"""What a look must know of the ones before: the picture's fingerprint, and since when it stands still."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import orjson

from connectors.camera_rtsp.look import Look

_SAME = 1
"""Levels by which a block of the same picture may differ: its mean is rounded, and coded anew."""


@dataclass(frozen=True, slots=True)
class Past:
    """The cursor of a camera's conversation; instants are UTC."""

    fingerprint: str = ""
    still_since: datetime | None = None
    refused_at: datetime | None = None

    @classmethod
    def read(cls, cursor: str) -> "Past":
        """Read a cursor; one that can't be read is none."""
        try:
            said = orjson.loads(cursor or "{}")
            return cls(str(said.get("fingerprint", "")), _instant(said, "still_since"), _instant(said, "refused_at"))
        except (ValueError, TypeError, AttributeError):
            return cls()

    def write(self) -> str:
        """Return it as a cursor."""
        said = {"fingerprint": self.fingerprint, "still_since": self.still_since, "refused_at": self.refused_at}
        return orjson.dumps({key: value for key, value in said.items() if value}).decode()

    def refused_since(self, instant: datetime) -> bool:
        """Tell whether the camera refused our password after the instant."""
        return self.refused_at is not None and self.refused_at > instant

    def after(self, look: Look | None, at: datetime, most: float, *, refused: bool) -> "Past":
        """Return what is known after one more look: the picture stands still where neither its two key frames differ
        (by ``most`` levels, and nowhere visibly) nor its blocks do from the last look's."""
        past = replace(self, refused_at=at if refused else self.refused_at)
        if look is None or not look.fingerprint:
            return past if look is None or look.status in (401, 403) else replace(past, still_since=None)
        still = look.difference is not None and look.difference <= most and not look.moved_pct
        since = self.still_since if self.still_since and _same(self.fingerprint, look.fingerprint) else at
        return Past(look.fingerprint, since if still else None, None)


def _same(before: str, now: str) -> bool:
    if len(before) != len(now):
        return False
    try:
        pairs = zip(bytes.fromhex(before), bytes.fromhex(now), strict=True)
    except ValueError:
        return False
    return all(abs(one - other) <= _SAME for one, other in pairs)


def _instant(said: dict[str, object], key: str) -> datetime | None:
    text = said.get(key)
    return datetime.fromisoformat(str(text)).astimezone(UTC) if text else None
