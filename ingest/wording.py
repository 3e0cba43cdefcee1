"""Vietnamese words, numbers and times of messages, and what of a text from outside may stand in one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from connectors import CONNECTORS, persons
from connectors.contract import LOCAL

UNITS = {
    "camera": "camera", "case": "ca", "device": "thiết bị", "disk": "ổ đĩa", "document": "văn bản", "dossier": "hồ sơ",
    "household": "hộ", "mention": "lượt đề cập", "millisecond": "ms", "minute": "phút", "percent": "%",
    "person": "người", "point": "điểm", "report": "phản ánh", "second": "giây", "service": "dịch vụ",
    "speaker_cluster": "cụm loa", "visit": "lượt khám", "vnd": "đồng", "watt": "W",
}  # fmt: skip
"""Units of the dictionary as they are written; any other, as °C, is itself."""
_LONGEST_NAME = 120
_LEFT_OUT = "(đã lược)"
_BEYOND = Decimal(10**20)


@cache
def readings() -> Mapping[str, str]:
    """Return the units of what devices measure."""
    return {q.key: q.unit for connector in CONNECTORS.values() for q in getattr(connector, "quantities", ())}


@cache
def flags() -> frozenset[str]:
    """Return what devices answer with yes or no."""
    return frozenset(
        q.key
        for connector in CONNECTORS.values()
        for q in getattr(connector, "quantities", ())
        if not q.unit and (q.lowest, q.highest) == (0, 1)
    )


def plain(text: str) -> str:
    """Return a text that came from outside on one line, bounded; one that holds a person's number is left out."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return _LEFT_OUT if persons.told(line) else line[:_LONGEST_NAME]


def number(value: Decimal) -> str:
    """Write 1234567.8 as ``1.234.567,8``, with two places at most."""
    if not value.is_finite() or abs(value) >= _BEYOND:
        return "?"
    text = f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):,f}".rstrip("0").rstrip(".")
    return text.replace(",", "_").replace(".", ",").replace("_", ".").replace("-", "−")


def lasting(span: timedelta) -> str:
    """Write a time in its two largest units: ``3 giờ 5 phút``."""
    seconds = max(int(span.total_seconds()), 0)
    parts = [(seconds // 86_400, "ngày"), (seconds // 3600 % 24, "giờ"), (seconds // 60 % 60, "phút"),
             (seconds % 60, "giây")]  # fmt: skip
    first = next((n for n, (many, _word) in enumerate(parts) if many), 3)
    shown = [f"{many} {word}" for many, word in parts[first : first + 2] if many]
    return " ".join(shown) or "0 giây"


def when(at: datetime) -> str:
    """Write an instant in local time."""
    return f"{at.astimezone(LOCAL):%H:%M ngày %d/%m/%Y}"
