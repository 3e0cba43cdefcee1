"""The outline of a budget sheet: from TT texts such as ``A``, ``I``, ``1.1`` and ``-`` to paths that are unique."""

import re
from itertools import pairwise

_LEVELS = (
    re.compile(r"[A-HJ-UWYZ]"),  # a letter that is no Roman numeral
    re.compile(r"[IVX]+"),
    re.compile(r"[0-9]+"),
    re.compile(r"[a-zđ]"),
)
_BULLET = len(_LEVELS) + 1
_BULLETS = {"": "-", "-": "-", "–": "-", "—": "-", "+": "+", "*": "+"}


class Outline:
    """Walks the rows from above and names each by its ancestors: ``A/I/1.1/-2`` is the second dash below 1.1."""

    def __init__(self) -> None:
        self._open: list[tuple[tuple[int, int], str]] = []
        self._bullets: dict[tuple[str, str], int] = {}

    def path(self, label: str) -> str:
        """Return the path of the next row by its TT; no TT at all counts as a dash."""
        text = _bare(label)
        rank = _rank(text)
        while self._open and self._open[-1][0] >= rank:
            self._open.pop()
        above = [name for _rank, name in self._open]
        if text in _BULLETS:
            mark = _BULLETS[text]
            place = "/".join(above), mark
            self._bullets[place] = self._bullets.get(place, 0) + 1
            text = f"{mark}{self._bullets[place]}"
        self._open.append((rank, text))
        # 1.1 says by itself that it is below 1, so the 1 is not repeated.
        kept = [name for name, below in pairwise([*above, text]) if not below.startswith(f"{name}.")]
        return "/".join([*kept, text])


def numbers(label: str) -> bool:
    """Tell whether the text is a TT, and no title or signature that strayed into the column."""
    text = _bare(label)
    return bool(text) and _rank(text)[0] != len(_LEVELS)


def _bare(label: str) -> str:
    text = label.strip()
    return text if text in _BULLETS else text.strip("(). ")


def _rank(text: str) -> tuple[int, int]:
    """Order of levels: A, I, 1, 1.1, a, anything else, dash, plus."""
    if text in _BULLETS:
        return _BULLET + (_BULLETS[text] == "+"), 0
    first, *deeper = text.split(".")
    level = next((level for level, kind in enumerate(_LEVELS) if kind.fullmatch(first)), len(_LEVELS))
    return level, len(deeper)
