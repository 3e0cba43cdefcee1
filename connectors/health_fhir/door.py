"""The door: of MeasureReports, what a figure needs; narratives, displays and evaluated resources stay out."""

from collections.abc import Mapping
from decimal import Decimal

_ELEMENTS = """
    resourceType type total link relation url entry resource id meta lastUpdated status measure subject reporter
    reference identifier value date period start end group code coding text population count measureScore comparator
    unit stratifier stratum component
"""
KNOWN = frozenset(_ELEMENTS.split())
"""Every element that is read."""
_OF_PERSONS = frozenset({"individual", "subject-list", "patient-list", "data-collection", "data-exchange"})
_LONGEST = 200
_DEEPEST = 16


def kept(said: object) -> object:
    """Return the resource with its known elements; of others than bundles and measure reports the type alone."""
    return _kept(said, _DEEPEST)


def _kept(said: object, depth: int) -> object:
    if isinstance(said, Mapping):
        kind = said.get("resourceType")
        if isinstance(kind, str) and kind not in ("Bundle", "MeasureReport"):
            return {"resourceType": kind if kind.isascii() and kind.isalpha() else "*"}
        if kind == "MeasureReport" and said.get("type") != "summary":
            its = said.get("type")
            return {"resourceType": kind, "type": its if isinstance(its, str) and its in _OF_PERSONS else "*"}
        return {key: _kept(value, depth - 1) for key, value in said.items() if key in KNOWN and depth}
    if isinstance(said, list):
        return [_kept(value, depth - 1) for value in said if depth]
    if isinstance(said, str):
        return said if len(said) <= _LONGEST else "*"
    return said if isinstance(said, bool | int | Decimal) else None
