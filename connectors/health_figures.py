"""Figures of health, whatever the interface: since when they are asked for, whose they are, what they mean to us."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from connectors.contract import Fault, Observation, Undecodable
from connectors.gateway import Gateway
from connectors.json_fields import Json

_UNIT = re.compile(r"[0-9]{2}|[0-9]{3}|[0-9]{5}")
_FAULTS_TOLD = 20


def _is_unit(code: str) -> str:
    if not _UNIT.fullmatch(code):
        raise ValueError(f"{code!r}: a unit's code has 5 digits (a province's 2, a former district's 3)")
    return code


UnitCode = Annotated[str, AfterValidator(_is_unit)]
"""Code of a commune, province or former district."""


class HealthFigures(Gateway):
    """An interface of health figures that is asked for what changed."""

    feed: ClassVar[str] = "health"

    since: date = date(2020, 1, 1)
    """Day from which on changes are read the first time."""
    overlap: timedelta = timedelta(minutes=10)
    """How long the other side may take to store a change; changes so near to a look are asked for again."""
    every: timedelta = timedelta(hours=1)
    """Pause between two looks."""
    largest_body: int = Field(default=16 * 1024 * 1024, gt=0)
    """Bytes; a larger answer is refused."""


class Meaning(BaseModel):
    """What an identifier of the other side is to us."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    indicator: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")
    dims: dict[str, str] = Field(default={})
    """What its figures are of (``disease = "dengue"``)."""
    scope: str = ""
    """What its figures leave out or are limited to."""
    level: str = ""
    """Where its figures speak of another level than their unit."""
    cumulative: bool = False
    """Whether its figures run from 1 January to the end of their period."""


class Unmapped(Exception):
    """A figure of which the operator has not said what it means."""

    def __init__(self, at: Json, reason: str) -> None:
        super().__init__(reason)
        self.place = at.place


def understood(figures: Sequence[Observation], unmapped: Mapping[str, str]) -> tuple[Observation, ...]:
    """Return the figures; raises :class:`Undecodable` with them where others are unmapped: reason → its first place."""
    if not unmapped:
        return tuple(figures)
    faults = tuple(Fault(place, reason) for reason, place in unmapped.items())
    told = "; ".join(list(unmapped)[:_FAULTS_TOLD])
    more = f"; … and {len(faults) - _FAULTS_TOLD} more" if len(faults) > _FAULTS_TOLD else ""
    raise Undecodable(told + more, place=faults[0].place, taken=tuple(figures), faults=faults)
