"""The cells of a roster: what an office writes for a code, a kind, a place, a pace, and every fault of them."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from connectors.sheets.fault import Kind, Slip
from connectors.sheets.grid import word
from connectors.sheets.period import EARLIEST, LATEST, day_in
from connectors.sheets.table import Row

KINDS: Mapping[str, str] = {
    **dict.fromkeys(("camera", "cam", "may anh", "camera an ninh", "camera giam sat"), "camera"),
    **dict.fromkeys(("loudspeaker", "loa", "cum loa", "loa truyen thanh", "cum loa truyen thanh", "loa thong minh"),
                    "loudspeaker"),
    **dict.fromkeys(("network", "mang", "thiet bi mang", "duong truyen", "router", "switch", "modem", "bo dinh tuyen",
                     "dau ghi", "bo chuyen mach"), "network"),
}  # fmt: skip
"""Kind as written, without diacritics → kind of a device."""

LIFECYCLES: Mapping[str, str] = {
    **dict.fromkeys(("installed", "hoat dong", "dang hoat dong", "da lap dat", "da lap", "dang su dung", "su dung",
                     "binh thuong", "tot"), "installed"),
    **dict.fromkeys(("pending_install", "cho lap dat", "cho lap", "chua lap dat", "chua lap"), "pending_install"),
    **dict.fromkeys(("disabled", "tam ngung", "tam dung", "ngung hoat dong", "dung hoat dong"), "disabled"),
    **dict.fromkeys(("retired", "thanh ly", "da thanh ly", "thu hoi", "da thu hoi", "da go bo", "go bo", "da thao do"),
                    "retired"),
}  # fmt: skip
"""State of the entry as written, without diacritics → lifecycle."""

_NAME = re.compile(r"[a-z0-9-]{1,64}")
_UNIT = re.compile(r"[0-9]{5}")
_DEGREES = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{1,12})?")
_PACE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(s|giay|g|p|ph|phut|h|gio)?")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_SECONDS = {"s": 1, "giay": 1, "g": 1, "p": 60, "ph": 60, "phut": 60, "h": 3600, "gio": 3600}
_BETWEEN = {"latitude": (8.0, 24.0), "longitude": (102.0, 118.0)}
"""Việt Nam with its islands, degrees (WGS 84)."""

BAD_NAME = Kind(
    "{said!r:.80} is no code: 1 to 64 of a-z, 0-9 and '-', as {near!r}",
    "“{said:.80}” không phải mã thiết bị; chỉ dùng a-z, 0-9 và dấu gạch ngang, như “{near}”",
)
BAD_UNIT = Kind("{said!r:.40} is no code of a commune: 5 digits", "“{said:.40}” không phải mã xã 5 chữ số")
NO_KIND = Kind(
    "a line without a kind: write Loa, Camera or Mạng", "dòng thiếu loại thiết bị; ghi Loa, Camera hoặc Mạng"
)
BAD_KIND = Kind(
    "{said!r:.60} is no kind: write Loa, Camera or Mạng",
    "“{said:.60}” không phải loại thiết bị; ghi Loa, Camera hoặc Mạng",
)
BAD_STATE = Kind(
    "{said!r:.60} is no state: write Hoạt động, Chờ lắp đặt, Tạm ngưng or Thanh lý",
    "“{said:.60}” không phải tình trạng; ghi Hoạt động, Chờ lắp đặt, Tạm ngưng hoặc Thanh lý",
)
BAD_DEGREES = Kind(
    "{said!r:.40} is no {title}: degrees are expected, as {form}",
    "“{said:.40}” không phải {title}; ghi độ thập phân, như {form}",
)
FAR_AWAY = Kind(
    "{said} lies outside of Việt Nam ({low}…{high}); are latitude and longitude exchanged?",
    "{said} nằm ngoài Việt Nam ({low}…{high}); kiểm tra có đổi chỗ vĩ độ, kinh độ không",
)
BAD_PACE = Kind(
    "{said!r:.40} is no pace: write it with its unit, as '60 giây' or '5 phút', from 1 second to a day",
    "“{said:.40}” không phải chu kỳ; ghi kèm đơn vị, như “60 giây” hoặc “5 phút”, từ 1 giây đến 1 ngày",
)
BAD_COUNT = Kind("{said!r:.40} is no count of horns: 0 to 100", "“{said:.40}” không phải số loa; từ 0 đến 100")
BAD_DAY = Kind("{said!r:.40} is no day: write it as 25/8/2026", "“{said:.40}” không phải ngày; ghi như 25/8/2026")
TOO_LONG = Kind("a text of {size} signs; {most} at most", "nội dung dài {size} ký tự; tối đa {most}")
NO_TEXT = Kind(
    "{said!r:.40} is no text: format the cell as text", "“{said:.40}” không phải chữ; định dạng ô kiểu chữ rồi gõ lại"
)


def name(row: Row, key: str) -> str:
    """Return the code of a device; raises :class:`Slip`."""
    said = row.text(key)
    if not _NAME.fullmatch(said):
        near = re.sub(r"[^a-z0-9]+", "-", word(said)).strip("-")[:64]
        raise Slip(BAD_NAME, said=said, near=near or "loa-01")
    return said


def commune(row: Row, key: str) -> str:
    """Return the code of a commune, empty for an empty cell; raises :class:`Slip`."""
    value = row.value(key)
    said = f"{value:05.0f}" if isinstance(value, float | int) and not isinstance(value, bool) else row.text(key)
    if said and not _UNIT.fullmatch(said):
        raise Slip(BAD_UNIT, said=said)
    return said


def kind(row: Row, key: str) -> str:
    """Return the kind of a device; raises :class:`Slip`."""
    said = row.text(key)
    if not said:
        raise Slip(NO_KIND)
    if word(said) not in KINDS:
        raise Slip(BAD_KIND, said=said)
    return KINDS[word(said)]


def _lifecycle(row: Row, key: str) -> str:
    said = row.text(key)
    if word(said) not in LIFECYCLES:
        raise Slip(BAD_STATE, said=said)
    return LIFECYCLES[word(said)]


def _words(row: Row, key: str) -> str:
    value = row.value(key)
    if isinstance(value, bool | date | time | timedelta):
        raise Slip(NO_TEXT, said=str(value))
    said = row.text(key)
    if not said.isprintable():
        raise Slip(NO_TEXT, said=said)
    if len(said) > 200:
        raise Slip(TOO_LONG, size=len(said), most=200)
    return said


def _degrees(row: Row, key: str) -> float:
    value = row.value(key)
    title = Kind(key, "vĩ độ" if key == "latitude" else "kinh độ")
    said = repr(value) if isinstance(value, float | int) and not isinstance(value, bool) else row.text(key)
    if not _DEGREES.fullmatch(said):
        raise Slip(BAD_DEGREES, said=said, title=title, form="20,6623" if key == "latitude" else "105,5682")
    number = float(said.replace(",", "."))
    low, high = _BETWEEN[key]
    if not low <= number <= high:
        raise Slip(FAR_AWAY, said=said, low=f"{low:g}", high=f"{high:g}")
    return number


def _pace(row: Row, key: str) -> timedelta:
    said = row.text(key)
    heading = " ".join(
        word(row.grid.text(line, row.cell(key)[1])) for line in range(row.heading.top, row.heading.bottom)
    )
    match = _PACE.fullmatch(word(said))
    unit = (match[2] if match else None) or next(
        (u for u in ("giay", "phut", "gio") if u in heading.split() or f"({u})" in heading), ""
    )
    seconds = float(match[1].replace(",", ".")) * _SECONDS.get(unit, 0) if match else 0
    if not 1 <= seconds <= 86_400:
        raise Slip(BAD_PACE, said=said)
    return timedelta(seconds=seconds)


def _count(row: Row, key: str) -> int:
    said = row.text(key)
    if not said.isascii() or not said.isdecimal() or not 0 <= int(said) <= 100:
        raise Slip(BAD_COUNT, said=said)
    return int(said)


def _day(row: Row, key: str) -> date:
    value = row.value(key)
    said = row.text(key)
    try:
        day = value if isinstance(value, date) else _written(said)
    except ValueError as error:
        raise Slip(BAD_DAY, said=said) from error
    if not EARLIEST <= day.year <= LATEST:
        raise Slip(BAD_DAY, said=said)
    return day.date() if isinstance(day, datetime) else day


def _written(said: str) -> date:
    return date.fromisoformat(said) if _ISO.fullmatch(said) else day_in(said, BAD_DAY)


READINGS: Mapping[str, Callable[[Row, str], Any]] = {
    "title": _words, "hamlet": _words, "place": _words, "latitude": _degrees, "longitude": _degrees, "owner": _words,
    "upstream": _words, "expected_every": _pace, "horns": _count, "lifecycle": _lifecycle,
    "installed_on": _day,
}  # fmt: skip
"""Column → what is read from its cell; raises :class:`Slip`."""
