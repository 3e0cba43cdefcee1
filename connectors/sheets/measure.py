"""Units of measure as written: ``triệu đồng``, ``hộ``, ``%``, ``nghìn người``; and how they become the dictionary's."""

import re
from collections.abc import Mapping
from decimal import Decimal

from connectors.sheets import kinds
from connectors.sheets.catalogue import Entry
from connectors.sheets.fault import Slip
from connectors.sheets.grid import word
from connectors.sheets.number import money_unit

_MEASURES: Mapping[str, str] = {
    name: measure
    for measure, names in {
        "percent": "%|phan tram|ty le %|ty le",
        "household": "ho|ho gia dinh|ho dan",
        "person": "nguoi|nhan khau|khau|thanh vien|hoc sinh|lao dong",
        "dossier": "ho so",
        "document": "van ban",
        "device": "thiet bi|may|chiec|bo|may tinh|he thong|tai khoan|chu ky so|diem|diem cau",
        "speaker": "loa",
        "speaker_cluster": "cum loa|cum",
        "camera": "camera|mat camera",
        "case": "ca|ca benh|truong hop|nguoi mac|ca mac",
        "visit": "luot|luot kham|luot nguoi|lan kham",
        "mention": "luot de cap",
        "report": "phan anh",
        "product": "san pham",
        "cooperative": "htx|hop tac xa|chu the",
        "team": "to|nhom|don vi|thon|tram|xa",
        "service": "dich vu|dvc|tthc|thu tuc",
        "criterion": "tieu chi|chi tieu",
        "point": "diem",
        "hectare": "ha|hec ta",
        "tonne": "tan",
        "head": "con",
        "times": "lan|buoi|lop",
        "year": "nam",
    }.items()
    for name in names.split("|")
}
_ALIKE = frozenset(
    {"device", "team", "times", "point", "visit", "person", "case", "count", "criterion", "cooperative", "service"}
)
"""Units of counts that communes use for each other: only the words of clear things are held against a name."""
_POWERS = {"nghin": 1_000, "ngan": 1_000, "1000": 1_000, "1.000": 1_000, "trieu": 1_000_000}
_POWER = re.compile(r"(nghin|ngan|1000|1\.000|trieu)\s+(.+)")
_PER = re.compile(r"\s*/\s*(?:thang|quy|nam|nguoi|nguoi/nam|nguoi/thang|nam/nguoi|ho)\b.*")
_MILLION = Decimal(1_000_000)


def factor(entry: Entry, written: str) -> Decimal:
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
    if said == "ta" and entry.measure == "tonne":
        return Decimal("0.1")
    measure = _MEASURES.get(said, "")
    if measure == entry.measure or (
        measure != "percent" and entry.measure in _ALIKE | {""} and measure in _ALIKE | {""}
    ):
        return times
    if not measure and entry.measure != "percent":
        return times  # a word that nobody here knows
    raise Slip(kinds.OTHER_MEASURE, title=entry.name, expected=entry.measure, said=written)


def is_percent(written: str) -> bool | None:
    """Tell whether a unit as written is %; ``None`` where none is written."""
    said = word(written).strip(" .:()")
    return _MEASURES.get(said) == "percent" if said else None
