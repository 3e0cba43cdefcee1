"""One exact number of a Vietnamese sheet: a numeric cell or a text such as ``3.463.459,2``, and its unit of money."""

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal

from connectors.sheets import kinds
from connectors.sheets.fault import Slip
from connectors.spelling import plain

MONEY: Mapping[str, Decimal] = {
    **dict.fromkeys(("dong", "vnd", "d", "vietnamdong", "dongvietnam"), Decimal(1)),
    **dict.fromkeys(("nghindong", "ngandong", "nghind", "ngand", "1000dong", "1000d"), Decimal(1_000)),
    **dict.fromkeys(("trieudong", "trieu", "trdong", "trieud", "trd"), Decimal(1_000_000)),
    **dict.fromkeys(("tydong", "tidong", "tyd", "ty", "ti"), Decimal(1_000_000_000)),
}
"""Unit as written, without diacritics, blanks and points (``Tr.đ``, ``1.000 đồng``) → đồng."""

DASHES = frozenset("-–—−")
_GROUPED = re.compile(r"\d{1,3}(\.\d{3}){2,}|\d{1,3}(\.\d{3})*,\d+|\d{1,3}( \d{3})+(,\d+)?|\d+(,\d+)?", re.ASCII)
_POINT = re.compile(r"\d+\.\d+", re.ASCII)
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
_SPACING = re.compile(r"[\s.:()]")
_LONGEST = 40
_MOST_DONG = Decimal(10) ** 15


class Missing:
    """What a dash says: there is no figure, which is not zero and not an empty cell."""


MISSING = Missing()


def number(cell: object) -> Decimal | Missing | None:
    """Read one cell: a number, :data:`MISSING` for a dash, ``None`` for an empty cell.

    :class:`Slip` says what is there and what was expected. Numeric cells become the shortest decimal that gives the
    same float, as Excel shows it. Texts are Vietnamese: points between thousands, a comma before decimals.
    """
    if isinstance(cell, str):
        words = " ".join(cell.split())
        if not words:
            return None
        return MISSING if set(words) <= DASHES else written(words)
    return numeric(cell)


def numeric(cell: object) -> Decimal:
    """Return the number of a cell that is no text; :class:`Slip` where it is a date, TRUE or no number at all."""
    if type(cell) is float and cell.is_integer() and abs(cell) < 1e15:
        return Decimal(int(cell))
    if isinstance(cell, bool):
        raise Slip(kinds.TRUTH, said="TRUE" if cell else "FALSE")
    if isinstance(cell, int | float):
        exact = Decimal(repr(cell))
        if not exact.is_finite():
            raise Slip(kinds.NOT_A_NUMBER, said=repr(cell))
        return exact
    if isinstance(cell, date | time | timedelta):
        raise Slip(kinds.DATE_CELL, said=cell)
    raise Slip(kinds.NOT_A_NUMBER, said=repr(cell))


def written(words: str, *, thousands: bool = False) -> Decimal:
    """Read a number in words of one space; ``thousands`` tells that ``1.234`` can only be 1234."""
    negative = words[0] in DASHES or (words[0] == "(" and words[-1] == ")")
    digits = words.strip("()").lstrip("-–—−").strip()
    if len(digits) > _LONGEST:
        raise Slip(kinds.NOT_A_NUMBER, said=words)
    if _AMBIGUOUS.fullmatch(digits) and not thousands:
        whole = digits.replace(".", "")
        decimal = digits.replace(".", ",")
        raise Slip(kinds.AMBIGUOUS, said=words, whole=whole, decimal=decimal, whole_vi=f"{digits},0")
    if _GROUPED.fullmatch(digits) or (thousands and _AMBIGUOUS.fullmatch(digits)):
        exact = Decimal(digits.replace(".", "").replace(" ", "").replace(",", "."))
    elif _POINT.fullmatch(digits):
        exact = Decimal(digits)
    else:
        raise Slip(kinds.NOT_A_NUMBER, said=words)
    return -exact if negative else exact


def money(amount: Decimal, unit: Decimal) -> Decimal:
    """Return the amount in đồng, to at most a hundredth of one; :class:`Slip` beyond 10^15 đồng."""
    if abs(amount) > _MOST_DONG / unit:
        raise Slip(kinds.TOO_MUCH_MONEY, said=amount, unit=unit)
    exact = (amount * unit).quantize(Decimal("0.01"))
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact


def money_unit(text: str) -> Decimal | None:
    """Return how many đồng one is in the unit written, or ``None`` when it is no unit of money."""
    return MONEY.get(_SPACING.sub("", plain(text)))
