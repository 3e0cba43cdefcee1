"""One figure of a Vietnamese sheet: a numeric cell or a text such as ``3.463.459,2``, and its unit of money."""

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal

from connectors.spelling import plain

MONEY: Mapping[str, Decimal] = {
    **dict.fromkeys(("dong", "vnd", "d", "viet nam dong"), Decimal(1)),
    **dict.fromkeys(("nghin dong", "ngan dong", "1000 dong", "1.000 dong", "1.000d", "1000d"), Decimal(1_000)),
    **dict.fromkeys(("trieu dong", "trieu", "tr dong", "tr. dong", "trd"), Decimal(1_000_000)),
    **dict.fromkeys(("ty dong", "ti dong", "ty", "ti"), Decimal(1_000_000_000)),
}
"""Unit as written, without diacritics → đồng."""

_DASHES = frozenset("-–—−")
_GROUPED = re.compile(r"\d{1,3}(\.\d{3}){2,}|\d{1,3}(\.\d{3})*,\d+|\d{1,3}( \d{3})+(,\d+)?|\d+(,\d+)?")
_POINT = re.compile(r"\d+\.\d+")
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_LONGEST = 40
_MOST_DONG = Decimal(10) ** 15


class Missing:
    """What a dash says: there is no figure, which is not zero and not an empty cell."""


MISSING = Missing()


def figure(cell: object) -> Decimal | Missing | None:
    """Read one cell: a number, :data:`MISSING` for a dash, ``None`` for an empty cell.

    ``ValueError`` says what is there and what was expected. Numeric cells become the shortest decimal that gives the
    same float, as Excel shows it. Texts are Vietnamese: points between thousands, a comma before decimals.
    """
    if isinstance(cell, str):
        return _written(cell)
    if isinstance(cell, bool):
        raise ValueError(f"a number is expected, not {'TRUE' if cell else 'FALSE'}")
    if isinstance(cell, int | float):
        number = Decimal(repr(cell))
        if not number.is_finite():
            raise ValueError(f"a number is expected, not {cell!r}")
        return number
    if isinstance(cell, date | time | timedelta):
        raise ValueError(f"a number is expected, not the date or time {cell}: format the cell as a number")
    raise ValueError(f"a number is expected, not {cell!r:.60}")


def _written(text: str) -> Decimal | Missing | None:
    words = " ".join(text.split())
    if not words:
        return None
    if set(words) <= _DASHES:
        return MISSING
    negative = words[0] in _DASHES or (words[0] == "(" and words[-1] == ")")
    digits = words.strip("()").lstrip("-–—−").strip()
    if len(digits) > _LONGEST:
        raise ValueError(f"a number is expected, not {words!r:.60}")
    if _AMBIGUOUS.fullmatch(digits):
        whole = digits.replace(".", "")
        raise ValueError(
            f"{words!r} is text and ambiguous: {whole}, or {digits.replace('.', ',')}? Type it as a number,"
            f" or write {digits},0 for the first"
        )
    if _GROUPED.fullmatch(digits) and digits.isascii():
        number = Decimal(digits.replace(".", "").replace(" ", "").replace(",", "."))
    elif _POINT.fullmatch(digits) and digits.isascii():
        number = Decimal(digits)
    else:
        raise ValueError(f"a number is expected, not {words!r:.60}: write it as 3.463.459,2 or as a numeric cell")
    return -number if negative else number


def money(number: Decimal, unit: Decimal) -> Decimal:
    """Return the amount in đồng, to at most a hundredth of one; ``ValueError`` beyond 10^15 đồng."""
    if abs(number) > _MOST_DONG / unit:
        raise ValueError(f"{number} × {unit} đồng is more than a commune can have: check the unit (Đơn vị tính)")
    amount = (number * unit).quantize(Decimal("0.01"))
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount


def money_unit(text: str) -> Decimal | None:
    """Return how many đồng one is in the unit written, or ``None`` when it is no unit of money."""
    return MONEY.get(plain(text).strip(" .:()"))
