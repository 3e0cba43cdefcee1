"""One data value: what its element, categories, organisation unit and period mean to us."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Protocol

from connectors.contract import Observation
from connectors.health_dhis2.period import period_of
from connectors.health_figures import Meaning, Unmapped
from connectors.json_fields import Json

_NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?([eE][+-]?\d)?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_COMMUNE = re.compile(r"\d{5}")
_MOST = Decimal(10) ** 15
_DECIMALS = 9
_DEFAULT = "HllvX50cXC0"
"""The option combo of every DHIS2 instance that stands for "no category"."""


class Meanings(Protocol):
    """What the operator wrote about the identifiers of the other side."""

    @property
    def elements(self) -> Mapping[str, Meaning]:
        """Data element, or ``element.categoryOptionCombo`` → what it is."""

    @property
    def categories(self) -> Mapping[str, dict[str, str]]:
        """Option combo → dims."""

    @property
    def org_units(self) -> Mapping[str, str]:
        """Organisation unit → commune code."""

    @property
    def ignored(self) -> tuple[str, ...]:
        """Data elements that are not wanted."""


def observation_of(row: Json, meanings: Meanings, latest: date) -> Observation | None:
    """Return the figure of a data value; ``None`` for one that the operator ignores.

    A deleted value is a figure that is missing. Raises :class:`Unmapped` naming the identifier, and
    :class:`Undecodable` for what is wrong; a period that begins after ``latest`` is.
    """
    name, combo = _name(row, "dataElement"), _name(row, "categoryOptionCombo", needed=False)
    element = meanings.elements.get(f"{name}.{combo}") or meanings.elements.get(name)
    if element is None:
        if name in meanings.ignored or "*" in meanings.ignored:
            return None
        remedy = f"write what it is in [sources.….elements.{name}], or put it in `ignored`"
        raise Unmapped(row, f"data element {name}: {remedy}")
    place = _name(row, "orgUnit")
    unit = meanings.org_units.get(place) or (place if _COMMUNE.fullmatch(place) else "")
    if not unit:
        raise Unmapped(row, f'organisation unit {place}: write `{place} = "<commune code>"` in [sources.….org_units]')
    text = row.at("period")
    try:
        period = period_of(text.text(), cumulative=element.cumulative)
    except ValueError as error:
        raise text.fault(str(error)) from error
    if period.start > latest:
        raise text.fault(f"{text.text()} has not begun")
    dims = dict(element.dims)
    if f"{name}.{combo}" not in meanings.elements:
        dims |= _options(combo, "category", meanings.categories)
    dims |= _options(_name(row, "attributeOptionCombo", needed=False), "attribute", meanings.categories)
    value = None if row.at("deleted").value is True else _number(row.at("value"))
    return Observation(
        unit, element.indicator, period, value, quality="missing" if value is None else "", scope=element.scope,
        dims=dims, level=element.level,
    )  # fmt: skip


def _options(combo: str, name: str, categories: Mapping[str, dict[str, str]]) -> dict[str, str]:
    """Return what an option combo says; one that nobody explained stays under its own identifier."""
    if combo in ("", _DEFAULT, "default"):
        return categories.get(combo, {})
    return categories.get(combo, {name: combo})


def _name(row: Json, field: str, *, needed: bool = True) -> str:
    said = row.at(field)
    if said.absent and not needed:
        return ""
    if type(said.value) is not str or not _NAME.fullmatch(said.value):
        raise said.expected("an identifier")
    return said.value


def _number(said: Json) -> Decimal | None:
    """Read a count or rate, a text with a decimal point; a value that is only commented on is empty."""
    if said.absent or said.value == "":
        return None
    if type(said.value) is Decimal:
        number = said.value
    elif type(said.value) is str and said.value.isascii() and _NUMBER.fullmatch(said.value):
        number = Decimal(said.value)
    else:
        raise said.expected("a number that is not negative")
    exponent = number.as_tuple().exponent
    if not 0 <= number < _MOST or not isinstance(exponent, int) or exponent < -_DECIMALS:
        raise said.fault(f"{number:.20} is not between 0 and 10^15, with {_DECIMALS} decimals"[:120])
    return number or Decimal(0)
