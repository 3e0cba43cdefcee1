"""What a vendor's words mean: yes and no, priorities, and how telephone numbers are kept out of free texts."""

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal

from connectors.json_door import written
from connectors.json_fields import UNREADABLE, Json, folded, parsed

Priority = Literal["normal", "priority", "emergency"]

PRIORITIES: Mapping[str, Priority] = {
    "normal": "normal", "thong_thuong": "normal", "binh_thuong": "normal", "uu_tien_thap": "normal",
    "priority": "priority", "uu_tien": "priority", "uu_tien_cao": "priority",
    "emergency": "emergency", "khan_cap": "emergency",
}  # fmt: skip
"""The words of TT 39/2020/TT-BTTTT and those of vendors' forms, spelled as a code."""

_NUMBER = re.compile(r"[^\s@]{1,64}@\S+|\+?\d(?:[ .-]?\d){8,}")


def flag(said: Json, *, default: bool) -> bool:
    """Return true or false, also written as 1 and 0; the default where nothing is said."""
    if said.absent:
        return default
    if type(said.value) is bool:
        return said.value
    if type(said.value) in (Decimal, str) and said.value in (Decimal(0), Decimal(1), "0", "1"):
        return str(said.value) == "1"
    raise said.expected("true, false, 1 or 0")


def masked(page: bytes, free: Iterable[str]) -> bytes:
    """Return the page with ``*`` for telephone numbers and e-mail addresses in its fields of free text."""
    try:
        said = parsed(page)
    except UNREADABLE:
        return page
    return written(_masked(said, frozenset(map(folded, free)))).encode()


def _masked(said: Any, free: Collection[str]) -> Any:
    if type(said) is dict:
        return {
            key: _NUMBER.sub("*", value) if type(value) is str and folded(key) in free else _masked(value, free)
            for key, value in said.items()
        }
    return [_masked(one, free) for one in said] if type(said) is list else said
