"""Citizens' field reports (phản ánh hiện trường), pushed as JSON; persons are dropped at the door."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import orjson
from pydantic import Field

from connectors.contract import FUTURE, CaseReport, Message, Received, Undecodable
from connectors.field_reports.door import cleansed
from connectors.field_reports.words import CATEGORIES, KEYS, SEVERITIES, STATUSES, TERMS
from connectors.spelling import code

_UNIT = re.compile(r"[0-9]{5}")
_ID = re.compile(r"[\w./:#-]{1,64}")
_CHANNEL = re.compile(r"[a-z0-9_]{1,32}")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_VIETNAM = {"latitude": (8.0, 24.0), "longitude": (102.0, 118.0)}
_NAME_LENGTH = 80


class FieldReports(Received):
    """Reports from a 1022 line, an app or a web form: one JSON object is one report as of one instant."""

    feed: ClassVar[str] = "field_reports"
    title: ClassVar[str] = "Phản ánh hiện trường"

    unit: str | None = Field(default=None, pattern=r"^[0-9]{5}$")
    """Commune code of the reports that name none."""
    stale_after: timedelta = timedelta(hours=1)
    """Silence after which the feed counts as stale."""

    def cleanse(self, body: bytes) -> bytes:
        """Return the body with the fields of a report only, coordinates to about 100 m: no person is stored."""
        return cleansed(body)

    def decode(self, message: Message) -> Iterable[CaseReport]:
        """Give one report; raises :class:`Undecodable` naming the field and what it should be."""
        if len(message.body) > self.largest_body:
            raise Undecodable(f"{len(message.body)} bytes, at most {self.largest_body} are read", place="body")
        try:
            said = orjson.loads(message.body)
        except orjson.JSONDecodeError as error:
            raise Undecodable(f"not JSON in UTF-8: {error}", place="body") from error
        if type(said) is not dict:
            raise Undecodable(f"one JSON object is one report, not {type(said).__name__}", place="body")
        return (self._report(_named(said), message.received_at),)

    def _report(self, said: Mapping[str, object], received_at: datetime) -> CaseReport:
        stated_at = _instant(said, "at", received_at)
        stated_opening = _instant(said, "opened_at", received_at)
        opened_at = stated_opening or stated_at or received_at
        severity = _word(said, "severity", SEVERITIES, "normal")
        latitude, longitude = _place(said)
        return CaseReport(
            unit=self._unit(said),
            kind="field_report",
            id=_id(said),
            at=stated_at or opened_at,
            opened_at=opened_at,
            status=_word(said, "status", STATUSES, "new"),
            category=_word(said, "category", CATEGORIES, "other"),
            severity=severity,
            due=_instant(said, "due", None) or _due(opened_at, severity),
            channel=_channel(said),
            hamlet=_hamlet(said),
            latitude=latitude,
            longitude=longitude,
        )

    def _unit(self, said: Mapping[str, object]) -> str:
        unit = said.get("unit", self.unit)
        if unit is None:
            raise Undecodable("is missing, and the source has no default: write it, or set `unit`", place="unit")
        if type(unit) is not str or not _UNIT.fullmatch(unit):
            raise Undecodable(f"{unit!r:.60} is not a 5-digit commune code in quotes, as '20791'", place="unit")
        return unit


def _named(said: Mapping[str, object]) -> dict[str, object]:
    """Return what was said by field; of two names of one field the first of :data:`KEYS` counts, null is not said."""
    spelled = {code(key): value for key, value in said.items() if value is not None}
    return {field: spelled[name] for field, names in KEYS.items() for name in reversed(names) if name in spelled}


def _id(said: Mapping[str, object]) -> str:
    identity = said.get("id")
    if identity is None:
        raise Undecodable(f"is missing: one of {', '.join(KEYS['id'])} must name the report", place="id")
    text = str(identity) if type(identity) in (str, int) else ""
    if not _ID.fullmatch(text):
        raise Undecodable(f"{identity!r:.60} is not 1 to 64 letters, digits and . / : # - _", place="id")
    return text


def _word(said: Mapping[str, object], field: str, words: Mapping[str, str], default: str) -> str:
    value = said.get(field, default)
    known = words.get(code(value)) if type(value) is str else None
    if known is None:
        ours = dict.fromkeys(words.values())
        raise Undecodable(f"{value!r:.60} is none of {', '.join(ours)}", place=field)
    return known


def _instant(said: Mapping[str, object], field: str, received_at: datetime | None) -> datetime | None:
    """Read RFC 3339 with zone in UTC; more than a day ahead of ``received_at`` is a wrong clock."""
    value = said.get(field)
    if value is None:
        return None
    if type(value) is not str or not _RFC3339.fullmatch(value):
        raise Undecodable(f"{value!r:.60} is not RFC 3339 with a zone, as 2026-11-21T07:00:00+07:00", place=field)
    try:
        instant = datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Undecodable(f"{value!r:.60} is no instant: {error}", place=field) from error
    if received_at is not None and instant - received_at > FUTURE:
        hours = FUTURE / timedelta(hours=1)
        raise Undecodable(f"{value!r:.60} is more than {hours:g} h ahead of its reception", place=field)
    return instant


def _due(opened_at: datetime, severity: str) -> datetime:
    try:
        return opened_at + TERMS[severity]
    except OverflowError as error:
        raise Undecodable(f"{opened_at.isoformat()} leaves no room for a deadline", place="opened_at") from error


def _place(said: Mapping[str, object]) -> tuple[float | None, float | None]:
    place: dict[str, float | None] = dict.fromkeys(_VIETNAM)
    for field, (lowest, highest) in _VIETNAM.items():
        value = said.get(field)
        if value is None:
            continue
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Undecodable(f"a number of degrees is expected, not {value!r:.60}", place=field)
        if not lowest <= value <= highest:
            raise Undecodable(f"{value} is not between {lowest:g} and {highest:g}, where Việt Nam lies", place=field)
        place[field] = round(float(value), 3)
    for field, value in place.items():
        if value is None and any(other is not None for other in place.values()):
            raise Undecodable("is missing: a place has both latitude and longitude, or neither", place=field)
    return place["latitude"], place["longitude"]


def _channel(said: Mapping[str, object]) -> str:
    value = said.get("channel", "")
    channel = code(value) if type(value) is str else None
    if channel is None or (channel and not _CHANNEL.fullmatch(channel)):
        raise Undecodable(f"{value!r:.60} is not a word of at most 32 letters and digits", place="channel")
    return channel


def _hamlet(said: Mapping[str, object]) -> str:
    value = said.get("hamlet", "")
    if type(value) is not str or len(value) > _NAME_LENGTH:
        raise Undecodable(f"{value!r:.60} is not the name of a hamlet (text of at most 80 signs)", place="hamlet")
    return value.strip()
