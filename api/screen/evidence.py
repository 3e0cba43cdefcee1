"""What an incident was judged by, in words: every field of its evidence with a name, in a fixed order."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from api.screen import words
from api.screen.language import called, say, spoken
from dashboards import indicators

_STATES = words.STATES | words.REPORTED
_PLACES = {"upstream": "đường dây", "hamlet": "thôn", "kind": "loại thiết bị", "commune": "toàn xã"}


def _instant(value: object) -> str:
    at = datetime.fromisoformat(str(value))
    if at.tzinfo is None:
        return words.day_month(at)
    return f"{words.time_of(at)} {words.day(at)}"


def _indicator(value: object) -> str:
    known = indicators.load().get(str(value))
    if known is None:
        return str(value)
    return known.title_en if spoken() == "en" else known.title


def _from(known: Mapping[str, str]) -> Callable[[object], str]:
    return lambda value: say(known.get(str(value), str(value)))


_FIELDS: Mapping[str, tuple[str, Callable[[object], str]]] = {
    "number": ("Chỉ số", _indicator),
    "reading": ("Số đo", lambda value: say(words.READINGS.get(str(value), (str(value), ""))[0])),
    "state": ("Trạng thái", _from(_STATES | words.OWING | words.FEEDS)),
    "reported": ("Thiết bị tự báo", _from(_STATES)),
    "reason": ("Căn cứ", _from(words.REASONS)),
    "reasons": ("Căn cứ", _from(words.REASONS)),
    "label": ("Ghi nhận", str),
    "category": ("Lĩnh vực", _from(words.CATEGORIES)),
    "severity": ("Mức độ", _from(words.SEVERITIES)),
    "hamlet": ("Thôn", str),
    "programme": ("Chương trình", str),
    "priority": ("Mức ưu tiên", _from({"normal": "thường", "priority": "ưu tiên", "emergency": "khẩn cấp"})),
    "device": ("Thiết bị", str),
    "why": ("Vì", _from(words.AIRTIME | words.OWING_WHY)),
    "starts_at": ("Bắt đầu phát", _instant),
    "period": ("Kỳ", lambda value: called(str(value))),
    "owner": ("Người phụ trách", _from(words.ACTORS)),
    "due": ("Hạn", _instant),
    "at": ("Số liệu của lúc", _instant),
    "since": ("Từ", _instant),
    "place": ("Cùng", _from(_PLACES)),
    "name": ("Tên nhóm", str),
    "fallen": ("Số mất kết nối", str),
    "there": ("Tổng số trong nhóm", str),
    "median": ("Mức thường (trung vị)", str),
    "days": ("Số ngày so sánh", str),
    "error": ("Lỗi", str),
    "month": ("Tháng", str),
}


def spoken_of(incident: Mapping[str, Any]) -> dict[str, Any]:
    """Return an incident with what it says for a person: ``unit_said`` of its value, ``said`` of its evidence."""
    evidence = incident["evidence"]
    known = indicators.load().get(evidence.get("number", ""))
    unit = words.UNITS[known.unit] if known else words.READINGS.get(evidence.get("reading", ""), ("", ""))[1]
    return {**incident, "unit_said": say(unit) if unit else "", "said": told(evidence)}


def told(evidence: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the fields of an evidence as titles and texts; a field without a name here stands with its own."""
    known = [key for key in _FIELDS if key in evidence]
    return [_line(key, evidence[key]) for key in (*known, *sorted(evidence.keys() - _FIELDS.keys()))]


def _line(key: str, value: object) -> dict[str, str]:
    title, write = _FIELDS.get(key, (key, str))
    values: Sequence[object] = value if isinstance(value, (list, tuple)) else [value]
    return {"title": say(title), "text": ", ".join(write(one) for one in values if one is not None) or "—"}
