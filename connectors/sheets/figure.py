"""One figure as offices write it: exact, ``> 90``, ``khoảng 50``, ``75-80``, ``373/373``, ``chưa triển khai``."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from connectors.contract import Bound, Quality
from connectors.sheets import kinds
from connectors.sheets.fault import Slip
from connectors.sheets.grid import clean, word
from connectors.sheets.number import DASHES, numeric, written

_MISSING = frozenset({
    "chua trien khai", "chua co", "chua co so lieu", "khong co so lieu", "chua thong ke", "khong thong ke",
    "chua thuc hien", "chua danh gia", "chua bao cao", "theo quy dinh", "n/a", "...", "…", "x",
})  # fmt: skip
_ZERO = frozenset({"khong co", "khong con", "khong phat sinh", "chua phat sinh"})
_WHOLE = frozenset({"toan bo", "tat ca", "day du"})
_YES = frozenset({"co", "da co", "da ban hanh", "ban hanh", "hoan thanh", "da hoan thanh", "dat", "da", "✓"})
_NO = frozenset({"khong", "chua", "chua ban hanh", "chua hoan thanh", "khong dat", "chua dat"})
_PREFIXES: tuple[tuple[re.Pattern[str], Bound], ...] = (
    (re.compile(r"(?:>=?|≥|tren|hon|it nhat|toi thieu|tu(?=.*\btro len$))\s*", re.IGNORECASE), "gt"),
    (re.compile(r"(?:<=?|≤|duoi|toi da|khong qua|chua den)\s*"), "lt"),
    (re.compile(r"(?:~|≈|khoang|uoc(?: dat| tinh)?|chung|gan)\s*"), "approx"),
)
_UP = re.compile(r"\s*tro len$")
_PERCENT = re.compile(r"\s*(?:%|phan tram)$")
_NUMBER = r"[(]?[-–—−]?\s?\d[\d., ]*[)]?"
_RANGE = re.compile(r"(?:tu\s+)?(\d[\d., ]*?)\s*%?\s*(?:-|–|—|den)\s*(\d[\d., ]*)")
_SHARE = re.compile(r"(\d[\d. ]*)\s*/\s*(\d[\d. ]*)(?:\s*\(?=?.*%\)?)?")
_COUNTED = re.compile(rf"({_NUMBER})\s+([a-z][a-z ]{{0,30}})")
_MEASURES = frozenset({
    "ho", "nguoi", "nhan khau", "ho so", "van ban", "thiet bi", "loa", "cum loa", "cum", "camera", "ca", "luot",
    "luot kham", "luot nguoi", "phan anh", "san pham", "hop tac xa", "htx", "to", "dich vu", "tieu chi", "diem", "may",
    "chiec", "thon", "xa", "buoi", "don vi", "tram", "he thong", "tai khoan", "chu ky so", "nhom", "tthc", "ha", "tan",
    "con", "chu the", "ho dan", "thanh vien", "co so", "truong", "hoc sinh", "lao dong", "doanh nghiep",
})  # fmt: skip
_LONGEST = 80
_MOST = Decimal(10) ** 18
QUALITIES: dict[Bound, Quality] = {"gt": "lower_bound", "approx": "estimated", "range": "range"}


@dataclass(frozen=True, slots=True)
class Figure:
    """What a cell says: ``value`` is ``None`` where a figure is missing, and in a range ``low``..``high``.

    ``percent`` tells that the cell itself says %, ``truth`` is the word of a yes or no, ``whole`` that it said "all".
    """

    value: Decimal | None
    bound: Bound = "exact"
    low: Decimal | None = None
    high: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    percent: bool = False
    truth: str = ""
    whole: bool = False

    @property
    def missing(self) -> bool:
        """Whether the cell says that there is no figure."""
        return self.value is None and self.low is None

    def times(self, factor: Decimal) -> "Figure":
        """Return the figure in a smaller unit."""
        if factor == 1:
            return self
        value, low, high = (None if one is None else one * factor for one in (self.value, self.low, self.high))
        return replace(self, value=value, low=low, high=high)


MISSING = Figure(None)


def figure(cell: object, *, percent: bool = False) -> Figure | None:
    """Read one cell; ``None`` for an empty one, :class:`Slip` says what is there and what was expected.

    ``percent`` is the format of the cell: its 0.913 shows 91.3 %. A point before three digits is ambiguous in an exact
    number, and stands between thousands in a bound, a range, an approximation, a share, or before a counted word.
    """
    if isinstance(cell, str):
        return said(cell)
    exact = numeric(cell)
    if abs(exact) > _MOST:
        raise Slip(kinds.TOO_MUCH, said=exact)
    return Figure(round(exact * 100, 4), percent=True) if percent else Figure(exact)


@lru_cache(maxsize=1 << 14)
def said(text: str) -> Figure | None:
    """Read the text of a cell."""
    words = " ".join(text.split())
    if not words:
        return None
    if set(words) <= DASHES:
        return MISSING
    bare = word(words).strip(" .;") or words
    if len(words) > _LONGEST:
        raise Slip(kinds.NOT_A_NUMBER, said=words)
    if bare in _MISSING or words in ("...", "…"):
        return MISSING
    if bare in _ZERO:
        return Figure(Decimal(0))
    if bare in _WHOLE:
        return Figure(Decimal(100), percent=True, whole=True)
    if bare in _YES or bare in _NO:
        return Figure(Decimal(bare in _YES), truth=clean(words))
    found = _bounded(bare, words)
    if any(one is not None and abs(one) > _MOST for one in (found.value, found.low, found.high)):
        raise Slip(kinds.TOO_MUCH, said=words)
    return found


def _bounded(bare: str, words: str) -> Figure:
    bound: Bound = "exact"
    for pattern, kind in _PREFIXES:
        match = pattern.match(bare)
        if match is not None:
            bound, bare = kind, bare[match.end() :]
            break
    if _UP.search(bare):
        bound, bare = "gt", _UP.sub("", bare)
    share = _SHARE.fullmatch(bare)
    if share is not None and bound == "exact":
        return _shared(share, words)
    percent = _PERCENT.search(bare) is not None
    bare = _PERCENT.sub("", bare)
    counted = _COUNTED.fullmatch(bare)
    if counted is not None and counted[2].strip() in _MEASURES and not percent:
        bare = counted[1].strip()
    elif counted is not None:
        raise Slip(kinds.NOT_A_NUMBER, said=words)
    thousands = not percent and (bound != "exact" or counted is not None)
    limits = _RANGE.fullmatch(bare)
    try:
        if limits is not None and bound in ("exact", "approx"):
            low, high = (written(one.strip(), thousands=not percent) for one in limits.groups())
            if high < low:
                raise Slip(kinds.BACKWARDS, said=words)
            return Figure(None, "range", low, high, percent=percent)
        if not bare:
            raise Slip(kinds.NOT_A_NUMBER, said=words)
        return Figure(written(bare, thousands=thousands), bound, percent=percent)
    except Slip as slip:
        if slip.kind is kinds.NOT_A_NUMBER:
            raise Slip(kinds.NOT_A_NUMBER, said=words) from slip
        raise


def _shared(match: re.Match[str], words: str) -> Figure:
    numerator, denominator = (written(one.strip(), thousands=True) for one in match.groups())
    if not denominator:
        raise Slip(kinds.ZERO_WHOLE, said=words)
    return Figure(percentage(numerator, denominator), numerator=numerator, denominator=denominator)


def percentage(numerator: Decimal, denominator: Decimal) -> Decimal:
    """Return numerator / denominator × 100, to four decimals."""
    return (numerator * 100 / denominator).quantize(Decimal("0.0001"))
