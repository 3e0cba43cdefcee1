"""Units of measure as reporting systems write them (``triệu đồng``, ``nghìn người``), and ours."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from connectors.spelling import plain

Measure = Literal[
    "case", "cooperative", "criterion", "document", "dossier", "head", "hectare", "household",
    "million_vnd_per_person_year", "percent", "person", "point", "product", "team", "tonne", "visit", "vnd",
]  # fmt: skip
WHOLE: frozenset[Measure] = frozenset(
    {
        "case",
        "cooperative",
        "criterion",
        "document",
        "dossier",
        "head",
        "household",
        "person",
        "product",
        "team",
        "visit",
    }
)
"""What is counted: it has no parts and is never less than nothing."""
UNSAID: frozenset[Measure] = frozenset({"vnd", "million_vnd_per_person_year"})
"""What offices write in several units: a figure without one can't be understood."""

_MONEY = {
    "dong": 1,
    "vnd": 1,
    "nghin dong": 10**3,
    "ngan dong": 10**3,
    "trieu dong": 10**6,
    "ty dong": 10**9,
    "ti dong": 10**9,
}
_ONE: Mapping[Measure, Mapping[str, Decimal]] = {
    "percent": dict.fromkeys(("%", "phan tram"), Decimal(1)),
    "household": dict.fromkeys(("ho", "ho gia dinh"), Decimal(1)),
    "person": dict.fromkeys(("nguoi", "nhan khau", "khau"), Decimal(1)),
    "hectare": {"ha": Decimal(1), "hec ta": Decimal(1), "km2": Decimal(100), "m2": Decimal("0.0001")},
    "tonne": {"tan": Decimal(1), "ta": Decimal("0.1"), "yen": Decimal("0.01"), "kg": Decimal("0.001")},
    "head": {"con": Decimal(1)},
    "criterion": {"tieu chi": Decimal(1)},
    "case": dict.fromkeys(("ca", "truong hop"), Decimal(1)),
    "visit": dict.fromkeys(("luot", "luot kham"), Decimal(1)),
    "document": {"van ban": Decimal(1)},
    "dossier": {"ho so": Decimal(1)},
    "product": {"san pham": Decimal(1)},
    "cooperative": dict.fromkeys(("hop tac xa", "htx"), Decimal(1)),
    "team": dict.fromkeys(("to", "doi"), Decimal(1)),
    "point": {"diem": Decimal(1)},
    "vnd": {word: Decimal(dong) for word, dong in _MONEY.items()},
    "million_vnd_per_person_year": {
        f"{word}/nguoi/nam": Decimal(dong) / 10**6 for word, dong in _MONEY.items() if dong < 10**9
    },
}
_POWERS = {"nghin ": Decimal(1000), "ngan ": Decimal(1000), "trieu ": Decimal(10**6)}


def factor(measure: Measure, written: str) -> Decimal | None:
    """Return by what a figure in the unit written is multiplied; ``None`` where it is another unit, or none known."""
    word = plain(written).replace(" / ", "/").rstrip(" .")
    known = _ONE[measure]
    if word in known or word == measure:
        return known.get(word, Decimal(1))
    if measure in UNSAID | {"percent"}:
        return None
    return next((times * known[rest] for power, times in _POWERS.items()
                 if word.startswith(power) and (rest := word.removeprefix(power)) in known), None)  # fmt: skip
