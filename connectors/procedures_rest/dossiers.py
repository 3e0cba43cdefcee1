"""Dossiers one by one: status, channel and dates, and nothing of the person who handed them in."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from connectors.contract import FUTURE, LOCAL, CaseReport
from connectors.json_fields import Json, begin_of_day, end_of_day
from connectors.spelling import code

STATUSES: Mapping[str, str] = {
    "1": "submitted",
    "2": "accepted",
    "3": "rejected",
    "4": "processing",
    "5": "supplement_required",
    "6": "payment_required",
    "7": "withdrawn",
    "8": "stopped",
    "9": "processed",
    "10": "returned",
}
"""Our status by the code that much software uses; vendors differ, so the source's ``statuses`` go before it."""

CHANNELS: Mapping[str, str] = {"1": "direct", "2": "online", "3": "postal"}

DONE = frozenset({"rejected", "withdrawn", "stopped", "processed", "returned"})
"""Statuses after which a dossier's work is over."""

FIELDS = ("MaHoSo", "MaDonVi", "TrangThai", "Kenh", "LinhVuc", "NgayTiepNhan", "NgayHenTra", "NgayXuLyXong", "CapNhat")

_ID = re.compile(r"[\w./:#-]{1,64}")
_DAY_LENGTH = len("2026-11-21")
_FAR = timedelta(days=20 * 366)
_CATEGORY = re.compile(r"[a-z0-9_.]{1,40}")


def dossier(
    row: Json,
    unit: str,
    received_at: datetime,
    *,
    names: Mapping[str, str],
    statuses: Mapping[str, str],
    channels: Mapping[str, str],
    local: bool,
) -> CaseReport:
    """Read one dossier; raises :class:`Undecodable` naming the field.

    A deadline that is a day is kept until the day is over; a dossier that was finished on a day, without an hour, was
    finished at its end, but not after its last change.
    """
    changed_at = row.at(names["CapNhat"])
    at = changed_at.instant(received_at, local=local)
    if at is None:
        raise changed_at.expected("the instant of the last change")
    opened_at = _when(row.at(names["NgayTiepNhan"]), received_at, local, begin_of_day)
    status = _mapped(row.at(names["TrangThai"]), statuses, "statuses")
    finished = _when(row.at(names["NgayXuLyXong"]), received_at, local, end_of_day)
    channel = row.at(names["Kenh"])
    return CaseReport(
        unit=unit,
        kind="dossier",
        id=_id(row.at(names["MaHoSo"])),
        at=at,
        opened_at=opened_at or at,
        status=status,
        category=_category(row.at(names["LinhVuc"])),
        due=_when(row.at(names["NgayHenTra"]), received_at, local, end_of_day, ahead=True),
        channel="" if channel.absent else _mapped(channel, channels, "channels"),
        closed_at=min(finished, at) if finished is not None and status in DONE else None,
    )


def _id(said: Json) -> str:
    text = said.text(64)
    if not _ID.fullmatch(text):
        raise said.expected("a dossier's number, 1 to 64 letters, digits and . / : # - _,")
    return text


def _category(said: Json) -> str:
    text = code(said.text(80))
    if not text:
        return "other"
    if not _CATEGORY.fullmatch(text):
        raise said.expected("a field of procedures in a few words")
    return text


def _mapped(said: Json, words: Mapping[str, str], setting: str) -> str:
    text = said.text(40)
    known = words.get(text) or words.get(code(text))
    if known is None:
        raise said.fault(f"{text!r:.60} is no code that `{setting}` names: ask the vendor what it means, and add it")
    return known


def _when(
    said: Json, received_at: datetime, local: bool, at_hour: Callable[[date], datetime], *, ahead: bool = False
) -> datetime | None:
    """Read an instant, or a day, which ``at_hour`` makes one."""
    if type(said.value) is not str or len(said.value.strip()) > _DAY_LENGTH:
        return said.instant(received_at, local=local, ahead=ahead)
    day = said.day()
    if day is None:
        return None
    if day - received_at.astimezone(LOCAL).date() > (_FAR if ahead else FUTURE):
        raise said.fault(f"{day} is too far ahead: correct it")
    return at_hour(day)
