"""Whose figure a line is: code of the unit of administration, its level, and the village where it speaks of one."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from connectors.sheets import unit_kinds
from connectors.sheets.fault import Slip
from connectors.sheets.grid import word
from connectors.sheets.table import Row

_LENGTHS = (2, 3, 5)
_LEVELS: Mapping[str, tuple[str, int]] = {
    **dict.fromkeys(("thon", "ban", "ap", "khu", "buon", "lang", "cap thon", "khu pho"), ("village", 5)),
    **dict.fromkeys(("to dan pho", "tdp"), ("residential_group", 5)),
    **dict.fromkeys(("xa", "phuong", "thi tran", "dac khu", "cap xa", "xa phuong", "cap co so"), ("", 5)),
    **dict.fromkeys(("huyen", "quan", "thi xa", "cap huyen"), ("", 3)),
    **dict.fromkeys(("tinh", "thanh pho", "cap tinh", "tp"), ("", 2)),
}
"""Level as written → that of the record where it is another than its unit's, and the length of the unit's code."""
_HAMLET = re.compile(r"(thon|ban|ap|khu pho|khu|buon|lang|xom|to dan pho|tdp|to)\s+\S.*")
_CODE = re.compile(r"\b(\d{5})\b", re.ASCII)
_TITLED = re.compile(r"(tinh|thanh pho|tp\.?|huyen|quan|thi xa|thi tran|xa|phuong|dac khu)\s+(.*)")
_OFFICE = re.compile(r"(ubnd|uy ban nhan dan|don vi bao cao|don vi|tram y te)\s*:?\s*(.*)")


class Unit(NamedTuple):
    """A code, the level where the figure speaks of a smaller one, and its name there."""

    code: str
    level: str = ""
    hamlet: str = ""


class Units:
    """Finds the unit of a line: in its columns, else ``default``; ``names`` are the operator's own."""

    def __init__(self, default: str, names: Mapping[str, str]) -> None:
        self._default = default
        self._names = {word(name): code for name, code in names.items()}
        self._found: dict[tuple[object, ...], Unit] = {}

    def of(self, row: Row) -> Unit:
        """Return the unit of a row; raises :class:`Slip` where its columns don't go together."""
        said = tuple(row.value(key) for key in ("unit_code", "unit", "level", "hamlet"))
        found = self._found.get(said)
        if found is None:
            found = self._found[said] = self._read(row)
        return found

    def _read(self, row: Row) -> Unit:
        name, stated = row.text("unit"), row.text("level")
        code = self._code(row.value("unit_code")) if row.value("unit_code") != "" else self._named(name)
        hamlet = row.text("hamlet")
        if not stated:
            if hamlet:
                return Unit(code, hamlet_level(hamlet), hamlet)
            return Unit(code)
        if word(stated) not in _LEVELS:
            raise Slip(unit_kinds.UNKNOWN_LEVEL, said=stated)
        level, length = _LEVELS[word(stated)]
        if len(code) != length or (hamlet and not level):
            raise Slip(unit_kinds.LEVEL_AND_CODE, said=stated, code=code)
        if level and not hamlet:
            raise Slip(unit_kinds.HAMLET_MISSING)
        return Unit(code, level, hamlet)

    def _code(self, value: object) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            if not 1_000 <= value < 100_000 or value != value // 1:
                raise Slip(unit_kinds.LOST_ZEROS, said=f"{value:.10g}")
            return f"{value:05.0f}"
        text = str(value).strip().lstrip("'")
        if text.isascii() and text.isdecimal():
            if len(text) == 4:  # only a commune's code can have lost one zero
                return f"0{text}"
            if len(text) in _LENGTHS:
                return text
        raise Slip(unit_kinds.NO_UNIT, said=text)

    def _named(self, name: str) -> str:
        if not name:
            if not self._default:
                raise Slip(unit_kinds.UNIT_MISSING)
            return self._default
        stated = _CODE.search(name)
        if stated is not None:
            return stated[1]
        said = word(name)
        office = _OFFICE.fullmatch(said)
        said = office[2] if office else said
        titled = _TITLED.fullmatch(said)
        for one in (said, titled[2] if titled else said):
            if one in self._names:
                return self._names[one]
        raise Slip(unit_kinds.UNKNOWN_UNIT, said=name)


def is_hamlet(name: str) -> bool:
    """Tell whether a name is that of a village or residential group: ``Thôn 1``, ``Tổ dân phố số 3``."""
    return bool(_HAMLET.fullmatch(word(name)))


def hamlet_level(name: str) -> str:
    """Return the level of a village's name."""
    return "residential_group" if word(name).startswith(("to ", "tdp")) else "village"
