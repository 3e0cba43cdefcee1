"""Units of measure as written: ``triệu đồng``, ``hộ``, ``%``, ``nghìn người``; and how they become the dictionary's."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from connectors.sheets import kinds
from connectors.sheets.fault import Slip
from connectors.sheets.grid import word
from connectors.sheets.number import money_unit

if TYPE_CHECKING:
    from connectors.sheets.catalogue import Entry

_WORDS: Mapping[str, tuple[str, ...]] = {
    measure: tuple(names.split("|"))
    for measure, names in {
        "percent": "%|phần trăm|tỷ lệ %|tỷ lệ",
        "household": "hộ|hộ gia đình|hộ dân",
        "person": "người|nhân khẩu|khẩu|thành viên|học sinh|lao động",
        "dossier": "hồ sơ",
        "document": "văn bản",
        "device": "thiết bị|máy|chiếc|bộ|máy tính|hệ thống|tài khoản|chữ ký số|điểm cầu",
        "speaker": "loa",
        "speaker_cluster": "cụm loa|cụm",
        "camera": "camera|mắt camera",
        "case": "ca|ca bệnh|trường hợp|người mắc|ca mắc",
        "visit": "lượt|lượt khám|lượt người|lần khám",
        "mention": "lượt đề cập",
        "report": "phản ánh",
        "product": "sản phẩm",
        "cooperative": "HTX|hợp tác xã|chủ thể",
        "team": "tổ|nhóm|đơn vị|thôn|trạm|xã",
        "service": "dịch vụ|DVC|TTHC|thủ tục",
        "criterion": "tiêu chí|chỉ tiêu",
        "point": "điểm",
        "hectare": "ha|héc ta",
        "tonne": "tấn",
        "head": "con",
        "times": "lần|buổi|lớp",
        "year": "năm",
    }.items()
}
"""Unit of the dictionary → as offices write it, the usual word first."""
_MEASURES: Mapping[str, str] = {word(name): measure for measure, names in _WORDS.items() for name in names}
_ALIKE = frozenset(
    {"device", "team", "times", "point", "visit", "person", "case", "count", "criterion", "cooperative", "service"}
)
"""Units of counts that communes use for each other: only the words of clear things are held against a name."""
_SMALLER: Mapping[str, Mapping[str, Decimal]] = {
    "hectare": {"m2": Decimal("0.0001"), "m²": Decimal("0.0001"), "km2": Decimal(100), "km²": Decimal(100)},
    "tonne": {"ta": Decimal("0.1"), "yen": Decimal("0.01"), "kg": Decimal("0.001")},
}
"""What is measured and not counted, in the other units that offices use for it."""
_POWERS = {"nghin": 1_000, "ngan": 1_000, "1000": 1_000, "1.000": 1_000, "trieu": 1_000_000}
_POWER = re.compile(r"(nghin|ngan|1000|1\.000|trieu)\s+(.+)")
_PER = re.compile(r"\s*/\s*(?:thang|quy|nam|nguoi|nguoi/nam|nguoi/thang|nam/nguoi|ho)\b.*")
_MILLION = Decimal(1_000_000)


def factor(entry: "Entry", written: str) -> Decimal:
    """Return by how much a figure in the written unit is multiplied; :class:`Slip` where the unit is another one.

    Money becomes đồng, income per head million đồng; nothing written means the dictionary's unit, but for money.
    """
    said = word(written).strip(" .:()")
    if entry.measure in ("vnd", "million_vnd_per_person_year"):
        per_head = entry.measure != "vnd"
        if not said and per_head:
            return Decimal(1)
        amount = None if per_head and "thang" in said else money_unit(_PER.sub("", said))
        if amount is None and per_head:
            raise Slip(kinds.OTHER_MEASURE, title=entry.name, expected="triệu đồng/người/năm", said=written)
        if amount is None:
            raise Slip(kinds.NO_MONEY_UNIT, said=written) if said else Slip(kinds.NO_MONEY)
        return amount / _MILLION if per_head else amount
    if not said or said == "-" or entry.measure == "boolean":
        return Decimal(1)
    power = _POWER.fullmatch(said)
    times = Decimal(1)
    if power is not None:
        times, said = Decimal(_POWERS[power[1]]), power[2]
    if said in _SMALLER.get(entry.measure, {}):
        return times * _SMALLER[entry.measure][said]
    measure = _MEASURES.get(said, "")
    if measure == entry.measure or (
        measure != "percent" and entry.measure in _ALIKE | {""} and measure in _ALIKE | {""}
    ):
        return times
    if not measure and entry.measure not in _SMALLER.keys() | {"percent"}:
        return times  # a word that nobody here knows, of things that are counted
    raise Slip(kinds.OTHER_MEASURE, title=entry.name, expected=label(entry.measure), said=written)


def is_percent(written: str) -> bool | None:
    """Tell whether a unit as written is %; ``None`` where none is written."""
    said = word(written).strip(" .:()")
    return _MEASURES.get(said) == "percent" if said else None


def measure_of(written: str) -> str:
    """Return the dictionary's unit of what a catalogue says: ``hộ`` → ``household``; an unknown word stays."""
    said = word(written).strip(" .:()")
    if said.startswith("trieu dong/nguoi"):
        return "million_vnd_per_person_year"
    return "vnd" if money_unit(said) is not None else _MEASURES.get(said, written)


def label(measure: str) -> str:
    """Return the usual Vietnamese word of a unit of the dictionary."""
    return _WORDS.get(measure, (measure,))[0]
