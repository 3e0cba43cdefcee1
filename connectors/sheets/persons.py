"""Persons: headings and numbers of cards by which a sheet of patients or households is told from a summary form.

Besides the field names that all feeds know, the usual headings of lists; their sources stand there.
"""

import re
from collections.abc import Iterable

from connectors.persons import carded, named
from connectors.sheets.grid import Cell, Grid, word

_WHO = r"(?:benh nhan|nguoi benh|nguoi nop|nguoi yeu cau|nguoi dan|chu ho|cong dan|khach hang|tre|me|bo|can bo)"
_PAPER = r"(?:cccd|cmnd|cmtnd|can cuoc(?: cong dan)?|dinh danh(?: ca nhan)?)"
_HEADINGS = re.compile(
    rf"(?:ho (?:va )?ten|ho,? ten dem)(?: {_WHO})*|ten {_WHO}"
    rf"|(?:so )?{_PAPER}(?:\s*/\s*(?:so )?{_PAPER})*"
    r"|(?:so|ma)(?: so)?(?: the)? (?:bhyt|bao hiem y te)|(?:so|ma) the"
    r"|(?:ngay|ngay thang|ngay,? thang,? nam) sinh|ma (?:benh nhan|nguoi benh|bn)"
    rf"|(?:so )?dien thoai {_WHO}"
)
_PHONE = re.compile(r"(so )?(dien thoai|di dong|sdt|dtdd)")
_LONGEST = 60
_SHORTEST_CARD = 12
_CARD = "số CCCD, thẻ BHYT"
"""What a cell with the number of a card is called, so that the number itself is told to nobody."""


def personal(grids: Iterable[Grid]) -> tuple[Grid, Cell, str] | None:
    """Return the first heading of persons or number of a card, with its sheet and cell; ``None``: there is none."""
    for grid in grids:
        seen: dict[str, bool] = {}
        for line, values in enumerate(grid.values):
            for at, value in enumerate(values):
                if type(value) is not str:
                    continue
                if len(value) >= _SHORTEST_CARD and carded(value):
                    return grid, (line, at), _CARD
                if 2 < len(value) <= _LONGEST:
                    if value not in seen:
                        seen[value] = _is_personal(word(value).strip(" .:*()"))
                    if seen[value]:
                        return grid, (line, at), " ".join(value.split())
    return None


def _is_personal(said: str) -> bool:
    # A telephone alone may be the office's own, in the head of its form.
    return bool(_HEADINGS.fullmatch(said)) or (named(said) and not _PHONE.fullmatch(said))
