"""The door: of a DHIS2 page, what a figure needs; who typed it and what he remarked stay outside."""

import re
from collections.abc import Mapping
from decimal import Decimal

_SET = frozenset({"dataSet", "completeDate", "period", "orgUnit", "attributeOptionCombo", "dataValues"})
_VALUE = frozenset(
    {"dataElement", "period", "orgUnit", "categoryOptionCombo", "attributeOptionCombo", "value", "lastUpdated",
     "created", "followup", "deleted"}
)  # fmt: skip
KNOWN = _SET | _VALUE
"""Every field that is read; ``storedBy`` and ``comment`` are none of them."""

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,63}|-?[\d.]{1,40}|")


def kept(said: object) -> object:
    """Return the page with its known fields; a text that is neither identifier, instant nor number is ``*``."""
    if not isinstance(said, dict):
        return [] if isinstance(said, list) else _scalar(said)
    if not is_page(said):
        return {"*": "*"}
    page = {key: _scalar(value) for key, value in said.items() if key in _SET and key != "dataValues"}
    if "dataValues" in said:
        values = said["dataValues"]
        page["dataValues"] = [_row(row) for row in values] if isinstance(values, list) else _scalar(values)
    return page


def is_page(said: Mapping[str, object]) -> bool:
    """Tell whether an object is a page of values; DHIS2 says ``{}`` where there are none."""
    return "dataValues" in said or said.keys() <= _SET


def _row(row: object) -> object:
    return {k: _scalar(v) for k, v in row.items() if k in _VALUE} if isinstance(row, dict) else _scalar(row)


def _scalar(value: object) -> object:
    if isinstance(value, dict | list):
        return type(value)()
    if isinstance(value, str):
        return value if value.isascii() and _PLAIN.fullmatch(value) else "*"
    return value if isinstance(value, bool | int | Decimal) else None
