"""A page of JSON, read field by field: numbers exact, null apart from zero, and a place for whatever is wrong.

Names of fields are compared without case and underscores, because vendors write ``TongSo``, ``tongSo`` and ``tong_so``.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from connectors.contract import FUTURE, LOCAL, Bound, Undecodable
from connectors.spelling import plain

UNREADABLE = (ValueError, ArithmeticError, RecursionError)
"""What reading a body that is no JSON raises."""
LONGEST = 120
"""Signs of the longest text that is read."""
_MOST = Decimal(10) ** 18
_COUNTED = Decimal(10) ** 9
_NUMERAL = re.compile(r"-?\d{1,18}(\.\d{1,9})?")
_SHARE = re.compile(
    r"(?P<sign>>|<|~|≥|≤|\D*?\b)\s*(?P<low>\d{1,9}([.,]\d{1,6})?)\s*%?(\s*[-–]\s*(?P<high>\d{1,9}([.,]\d{1,6})?)\s*%?)?"
)
_BOUNDS: Mapping[str, Bound] = {
    "": "exact", ">": "gt", "≥": "gt", "tren": "gt", "hon": "gt", "<": "lt", "≤": "lt", "duoi": "lt",
    "~": "approx", "khoang": "approx", "gan": "approx",
}  # fmt: skip
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(?P<zone>[Zz]|[+-]\d\d:\d\d)?")
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)([T ]00:00:00(\.0+)?)?")
_LOCAL_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_ABSENT = frozenset({"", "-", "chua trien khai", "chua co", "khong co so lieu"})
"""What clerks write where there is no figure; none of it is zero."""

_OLDEST = date(2000, 1, 1)
"""No figure of an office is older; what is, is a slip of the pen."""


class Share(NamedTuple):
    """A percentage as it was stated: ``> 90 %``, ``75-80 %``, ``26,7``."""

    value: Decimal | None
    bound: Bound = "exact"
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Json:
    """A value of a page and its place (``data[3].TongSo``); null and what is not there are both :attr:`absent`.

    Every reading raises :class:`Undecodable` with the place, what stands there and what was expected.
    """

    value: Any
    place: str = "body"

    @property
    def absent(self) -> bool:
        """Whether nothing is said: null, an empty text, or not there."""
        return self.value is None or (type(self.value) is str and not self.value.strip())

    def fault(self, reason: str) -> Undecodable:
        """Return the refusal of this value."""
        return Undecodable(reason, place=self.place)

    def expected(self, what: str) -> Undecodable:
        """Return the refusal of this value where something else should stand."""
        return self.fault(f"{what} is expected, not {_shown(self.value)}")

    def at(self, *names: str) -> "Json":
        """Return the field of the first of the names that says something; a dotted name goes deeper."""
        for name in names:
            found = self
            for part in name.split("."):
                found = found._field(part)
            if not found.absent:
                return found
        return self._field(names[0])

    def has(self, name: str) -> bool:
        """Tell whether the field is there, be it null."""
        return isinstance(self.value, dict) and folded(name) in map(folded, self.value)

    def rows(self) -> Iterator["Json"]:
        """Return the objects of a list, one after the other."""
        if type(self.value) is not list:
            raise self.expected("a list of objects")
        for n, row in enumerate(self.value):
            its = Json(row, f"{self.place}[{n}]")
            if type(row) is not dict:
                raise its.expected("an object")
            yield its

    def text(self, longest: int = LONGEST) -> str:
        """Return a text, or a whole number as text; empty where nothing is said."""
        if self.absent:
            return ""
        if type(self.value) is Decimal and _is_whole(self.value) and -_MOST < self.value < _MOST:
            return str(int(self.value))
        if type(self.value) is not str or not self.value.isprintable():
            raise self.expected("a line of text")
        if len(self.value) > longest:
            raise self.fault(f"{len(self.value)} signs, at most {longest} are read")
        return unicodedata.normalize("NFC", self.value.strip())

    def number(self, lowest: Decimal = -_MOST, highest: Decimal = _MOST) -> Decimal | None:
        """Return an exact number; a text holds one if it can't be misread (``1.234`` can), or says that there is none.

        ``None``: nothing is said, or in words that there is none.
        """
        value = self.value
        if value is None or (type(value) is str and plain(value) in _ABSENT):
            return None
        if type(value) is str and _NUMERAL.fullmatch(value.strip()):
            whole, _, decimals = value.strip().partition(".")
            if len(decimals) == 3 and whole != "0":
                raise self.fault(f"{value!r} may be a thousand or a decimal: send a JSON number")
            value = Decimal(value.strip())
        if type(value) is not Decimal:
            raise self.expected("a number")
        if not lowest <= value <= highest:
            raise self.fault(f"{value:.40} is not between {lowest:f} and {highest:f}"[:200])
        return value or Decimal(0)

    def count(self) -> Decimal | None:
        """Return a number of things: whole, not negative, below a billion."""
        number = self.number(Decimal(0), _COUNTED)
        if number is not None and not _is_whole(number):
            raise self.expected("a whole number")
        return None if number is None else number.quantize(Decimal(1))

    def share(self) -> Share | None:
        """Return a percentage with its bound; ``None`` where nothing is said."""
        if type(self.value) is not str:
            number = self.number(Decimal(0), Decimal(1000))
            return None if number is None else Share(number)
        words = plain(self.value)
        if words in _ABSENT:
            return None
        said = _SHARE.fullmatch(words) if len(words) <= LONGEST else None
        if said is None or said["sign"].strip() not in _BOUNDS:
            raise self.expected("a percentage, as 26.7 or '> 90 %' or '75-80 %',")
        low = Decimal(said["low"].replace(",", "."))
        if said["high"]:
            high = Decimal(said["high"].replace(",", "."))
            if high < low:
                raise self.expected("a range from low to high")
            return Share(None, "range", low, high)
        return Share(low, _BOUNDS[said["sign"].strip()])

    def day(self) -> date | None:
        """Return a local day, written ``2026-11-21`` or ``21/11/2026``."""
        if self.absent:
            return None
        text = self.value.strip() if type(self.value) is str else ""
        iso, local = _ISO_DAY.fullmatch(text), _LOCAL_DAY.fullmatch(text)
        try:
            if iso:
                day = date(*map(int, iso.groups()[:3]))
            elif local:
                day = date(*(int(part) for part in reversed(local.groups())))
            else:
                raise self.expected("a day as 2026-11-21 or 21/11/2026")
        except ValueError as error:
            raise self.fault(f"{_shown(self.value)} is no day of the calendar") from error
        if day < _OLDEST:
            raise self.fault(f"{day} is before {_OLDEST.year}: correct the year")
        return day

    def instant(self, received_at: datetime, *, local: bool = False, ahead: bool = False) -> datetime | None:
        """Return an instant (UTC) from RFC 3339; ``local`` takes one without zone for the commune's time.

        One more than a day ahead of its reception is refused, unless it may lie ``ahead`` (a deadline).
        """
        if self.absent:
            return None
        said = _RFC3339.fullmatch(self.value) if type(self.value) is str else None
        if said is None or not (said["zone"] or local):
            raise self.expected("an instant with a zone, as 2026-11-21T07:00:00+07:00,")
        try:
            instant = datetime.fromisoformat(self.value.upper())
            instant = (instant if said["zone"] else instant.replace(tzinfo=LOCAL)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.fault(f"{_shown(self.value)} is no instant") from error
        if instant.year < _OLDEST.year or (ahead and instant.year > received_at.year + 20):
            raise self.fault(f"{_shown(self.value)} is out of the years that are believed: correct it")
        if not ahead and instant - received_at > FUTURE:
            raise self.fault(f"{_shown(self.value)} is more than {FUTURE.days * 24} h ahead of its reception")
        return instant

    def _field(self, name: str) -> "Json":
        place = name if self.place == "body" else f"{self.place}.{name}"
        if self.absent:
            return Json(None, place)
        if type(self.value) is not dict:
            raise self.expected("an object")
        if name in self.value:
            return Json(self.value[name], place)
        sought = folded(name)
        return next((Json(v, place) for key, v in self.value.items() if folded(key) == sought), Json(None, place))


def begin_of_day(day: date) -> datetime:
    """Return the first second of a local day, in UTC."""
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Return the last second of a local day, in UTC: a deadline of a day is kept until it is over."""
    return datetime.combine(day, time(23, 59, 59), LOCAL).astimezone(UTC)


def read(body: bytes, largest: int) -> Json:
    """Return the page; raises :class:`Undecodable` for what is no JSON in UTF-8, or larger than ``largest`` bytes."""
    if len(body) > largest:
        raise Undecodable(f"{len(body)} bytes, at most {largest} are read: ask for smaller pages", place="body")
    try:
        return Json(parsed(body))
    except UNREADABLE as error:
        raise Undecodable(f"not JSON in UTF-8: {error}", place="body") from error


def single(body: bytes, largest: int) -> dict[str, Any]:
    """Return the one object that a small message is; raises :class:`Undecodable` for anything else."""
    if len(body) > largest:
        raise Undecodable(f"{len(body)} bytes, at most {largest} are read", place="body")
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Undecodable(f"not JSON in UTF-8: {error}", place="body") from error
    if type(said) is not dict:
        raise Undecodable(f"a JSON object is expected, not {type(said).__name__}", place="body")
    return said


def parsed(body: bytes) -> Any:
    """Return the JSON with every number as :class:`Decimal`; raises ``ValueError`` and its like."""
    return json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_int=Decimal, parse_constant=_refused)


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def folded(name: str) -> str:
    """Return the name of a field as names are compared."""
    return name.casefold().replace("_", "")


def _is_whole(number: Decimal) -> bool:
    return number == number.to_integral_value()


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if type(value) is Decimal:
        return f"{value:.40}"[:60]
    return type(value).__name__ if isinstance(value, dict | list) else f"{value!r:.60}"
