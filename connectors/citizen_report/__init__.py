"""A citizen's report, however it came: what is kept of it, what its words mean, when it is due.

Shared by the connectors that are pushed reports and those that ask for them.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from connectors.citizen_report.words import CATEGORIES, KEYS, SEVERITIES, STATUSES, TERMS
from connectors.contract import FUTURE, CaseReport, Undecodable
from connectors.spelling import code

_UNIT = re.compile(r"[0-9]{5}")
_ID = re.compile(r"[\w./:#-]{1,64}")
_CHANNEL = re.compile(r"[a-z0-9_]{1,32}")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_VIETNAM = {"latitude": (8.0, 24.0), "longitude": (102.0, 118.0)}
_NAME_LENGTH = 80


def report(spoken: Mapping[str, object], received_at: datetime, unit: str | None = None) -> CaseReport:
    """Read one report from its JSON object, whose keys and words are those of :mod:`connectors.citizen_report.words`.

    ``unit`` is the commune of a report that names none. Without ``due`` the deadline is 1, 3 or 7 days after the
    opening, by severity. Raises :class:`Undecodable` naming the field and what it should be.
    """
    said = named(spoken)
    stated_at = _instant(said, "at", received_at)
    stated_opening = _instant(said, "opened_at", received_at)
    opened_at = stated_opening or stated_at or received_at
    severity = _word(said, "severity", SEVERITIES, "normal")
    latitude, longitude = _place(said)
    return CaseReport(
        unit=_unit(said, unit),
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


def named(spoken: Mapping[str, object]) -> dict[str, object]:
    """Return what was said by field; of two names of one field the first of :data:`KEYS` counts, null is not said."""
    spelled = {code(key): value for key, value in spoken.items() if value is not None}
    return {field: spelled[name] for field, names in KEYS.items() for name in reversed(names) if name in spelled}


def _unit(said: Mapping[str, object], default: str | None) -> str:
    unit = said.get("unit", default)
    if unit is None:
        raise Undecodable("is missing, and the source has no default: write it, or set `unit`", place="unit")
    if type(unit) is not str or not _UNIT.fullmatch(unit):
        raise Undecodable(f"{unit!r:.60} is not a 5-digit commune code in quotes, as '20791'", place="unit")
    return unit


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
    if type(value) is not str or len(value) > _NAME_LENGTH or not value.isprintable():
        raise Undecodable(f"{value!r:.60} is not the name of a hamlet (a line of at most 80 signs)", place="hamlet")
    return value.strip()
