"""What an alarm rule may be about: devices, numbers, cases, broadcasts, feeds, and when each of them is wrong."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Severity = Literal["info", "warning", "critical", "emergency"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical", "emergency")
"""From the least to the most."""
Kind = Literal["camera", "loudspeaker", "network"]
State = Literal["online", "degraded", "fault", "offline"]

_LONGEST = timedelta(days=400)
_DURATION = re.compile(r"(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s)?")


def _duration(value: object) -> object:
    if isinstance(value, str):
        match = _DURATION.fullmatch(value.strip())
        if match is None or not any(match.groups()):
            raise PydanticCustomError("duration", "a duration is expected, as '5m', '1h 30m', '7d' or seconds")
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return value


def _bounded(value: timedelta) -> timedelta:
    if not timedelta() <= value <= _LONGEST:
        raise PydanticCustomError("duration_range", f"a duration from 0 seconds to {_LONGEST.days} days is expected")
    return value


def _some(value: timedelta) -> timedelta:
    if not value:
        raise PydanticCustomError("duration_none", "a time that lasts is expected")
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_bounded)]


class Part(BaseModel):
    """A table of a rule: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True)


class Bound(Part):
    """When a number is too high or too low, and when it is well again: apart, so that it does not waver."""

    above: Decimal | None = None
    at_least: Decimal | None = None
    below: Decimal | None = None
    clear: Decimal | None = None
    """Well again at this or beyond; not given: as soon as it no longer fires."""

    @model_validator(mode="after")
    def _one(self) -> "Bound":
        limits = [limit for limit in (self.above, self.at_least, self.below) if limit is not None]
        if len(limits) > 1:
            raise PydanticCustomError("one_bound", "one of `above`, `at_least`, `below` at most")
        if self.clear is not None:
            if not limits:
                raise PydanticCustomError("clear_alone", "`clear` needs the bound that it is the other side of")
            if self.clear < self.below if self.below is not None else self.clear > limits[0]:
                message = f"`clear` = {self.clear} lies on the side where it fires; there it never ends"
                raise PydanticCustomError("clear_beyond", message)
        return self

    @property
    def limit(self) -> Decimal | None:
        """The bound, whichever side it is on."""
        return next((limit for limit in (self.above, self.at_least, self.below) if limit is not None), None)

    def fires(self, value: Decimal) -> bool:
        """Tell whether a value is beyond the bound."""
        return (
            (self.above is not None and value > self.above)
            or (self.at_least is not None and value >= self.at_least)
            or (self.below is not None and value < self.below)
        )

    def clears(self, value: Decimal) -> bool:
        """Tell whether a value is well again."""
        if self.fires(value):
            return False
        if self.clear is None:
            return True
        return value >= self.clear if self.below is not None else value <= self.clear


class Escalation(Bound):
    """A severer word after a time, or beyond a further bound."""

    severity: Severity
    after: Duration | None = None
    """Since it truly began."""

    @model_validator(mode="after")
    def _when(self) -> "Escalation":
        if (self.after is None) == (self.limit is None):
            raise PydanticCustomError("one_step", "either `after`, or one of `above`, `at_least`, `below`")
        return self


class Clause(Bound):
    """What is seen of a device; all that is given must hold."""

    states: tuple[State, ...] = ()
    reported: tuple[str, ...] = ()
    """The device's own words."""
    label: str = ""
    values: tuple[str, ...] = ()
    """Texts of the label that fire …"""
    other_than: tuple[str, ...] = ()
    """… or texts of it that do not."""
    reading: str = ""
    absolute: bool = False
    """Whether the reading's sign is of no matter."""

    @model_validator(mode="after")
    def _complete(self) -> "Clause":
        if not (self.states or self.reported or self.label or self.reading):
            raise ValueError("an empty clause holds always; give states, reported, label or reading")
        if bool(self.label) != bool(self.values or self.other_than):
            raise ValueError("`label` goes with `values` or `other_than`")
        if bool(self.reading) != (self.limit is not None):
            raise ValueError("`reading` goes with one of `above`, `at_least`, `below`")
        return self


class Devices(Part):
    """Devices of a kind, each by itself; one clause is enough."""

    kind: Kind | None = None
    any: tuple[Clause, ...] = Field(min_length=1)


class Together(Part):
    """Devices that fall together."""

    states: tuple[State, ...] = ("offline",)
    by: tuple[Literal["commune", "kind", "upstream", "hamlet"], ...] = ("upstream", "hamlet", "kind", "commune")
    """What they may share; of equals the first."""
    share: float = Field(default=0.5, gt=0, lt=1)
    """More than this part of those that were there."""
    least: int = Field(default=3, ge=2)
    within: Duration = timedelta(minutes=10)
    """So close to each other: silence is noticed at each kind's own pace."""
    back: float = Field(default=0.3, ge=0, lt=1)
    """The group has returned when at most this part of its members is still away."""

    @model_validator(mode="after")
    def _apart(self) -> "Together":
        if self.back > self.share:
            message = f"`back` = {self.back:g} is more than `share` = {self.share:g}: it would end as it begins"
            raise PydanticCustomError("back_above_share", message)
        return self


class Flapping(Part):
    """Devices that come and go."""

    kind: Kind | None = None
    falls: int = Field(default=4, ge=2)
    """So many times it went from heard to offline …"""
    within: Annotated[Duration, AfterValidator(_some)] = timedelta(hours=1)
    """… in this time. It is calm again, and what it is told for itself, when nothing changed for ``clear_for``."""


class Number(Bound):
    """A number of the commune, or a figure of an office; several labels are told apart."""

    key: str = ""
    """An indicator; or …"""
    figure: str = ""
    """… a figure as its office stated it, the newest one."""
    of: Literal["", "month", "year"] = ""
    """What it runs from the begin of, where it is of more than a day: its evidence names that period."""
    total: bool = False
    """Whether the labels are added up."""
    fresh: Duration = timedelta(days=400)
    """An older value says nothing of now."""
    behind_year: Decimal | None = None
    """Instead of a bound: so many points below the part of the year that has passed."""
    median_days: int | None = Field(default=None, ge=3, le=60)
    """Instead of a bound: above `times` the median of so many days before, and at least `least`."""
    times: Decimal = Decimal(3)
    least: Decimal = Decimal(0)

    @model_validator(mode="after")
    def _one_of_each(self) -> "Number":
        if bool(self.key) == bool(self.figure):
            raise ValueError("either `key` (an indicator) or `figure` (as an office stated it)")
        if sum(given is not None for given in (self.limit, self.behind_year, self.median_days)) != 1:
            raise ValueError("one of `above`, `at_least`, `below`, `behind_year`, `median_days`")
        if self.median_days and not self.key:
            raise ValueError("`median_days` needs the days of an indicator: give `key`")
        return self


class Outbreak(Part):
    """Cases of a disease in this month against the same month of other years, or those that hang together."""

    linked: Decimal | None = None
    """Instead of the years: so many linked cases (figure ``cases_linked``)."""
    years: int = Field(default=5, ge=2, le=10)
    deviations: Decimal = Decimal(2)
    epidemic_years: tuple[int, ...] = ()
    """Years that do not count."""


class Cases(Part):
    """Open field reports or dossiers, each by itself."""

    kind: Literal["field_report", "dossier"]
    severity: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    elapsed: Decimal | None = Field(default=None, gt=0, le=10)
    """The part of its term that has passed; an escalation's ``at_least`` is of the same."""


class Feed(Part):
    """A source by its own state, or by what it owes."""

    states: tuple[Literal["stale", "error", "never"], ...] = ()
    owing: tuple[Literal["late", "missing", "partial", "abnormal"], ...] = ()

    @model_validator(mode="after")
    def _one(self) -> "Feed":
        if bool(self.states) == bool(self.owing):
            raise ValueError("either `states` or `owing`")
        return self


class Sight(Part):
    """The centre itself: sources that could not see."""
