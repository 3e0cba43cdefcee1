"""Somebody who is told of incidents: of which, when they want quiet, how many messages they bear, who comes after."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, field_validator, model_validator

from connectors.contract import LOCAL
from ingest.conditions import SEVERITIES, Duration, Part, Severity
from ingest.rule import Actor

Step = Literal[
    "opened", "escalated", "reopened", "returned", "joined", "cleared", "folded", "acknowledged", "started", "resolved",
    "false_alarm",
]  # fmt: skip
NEWS: frozenset[str] = frozenset({"opened", "escalated", "reopened", "returned"})
"""Steps for the worse. Of the others those are told who were told of one of these."""
_DAY = timedelta(days=1)


class Hours(Part):
    """Hours of a local day, past midnight too: ``22:00-06:00``."""

    start: time
    stop: time

    @model_validator(mode="before")
    @classmethod
    def _spelled(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-3]):([0-5]\d)", value)
        if match is None:
            raise ValueError("hours are expected as in '22:00-06:00'")
        start, stop = (time(int(match[n]), int(match[n + 1])) for n in (1, 3))
        if start == stop:
            raise ValueError("it ends as it begins; quiet all day would be silence")
        return {"start": start, "stop": stop}

    def after(self, local: datetime) -> datetime:
        """Return the end of these hours where the local instant is within them, else the instant itself."""
        at = local.time()
        past_midnight = self.stop < self.start
        within = (at >= self.start or at < self.stop) if past_midnight else self.start <= at < self.stop
        if not within:
            return local
        day = local.date() + (_DAY if past_midnight and at >= self.start else timedelta())
        return datetime.combine(day, self.stop, local.tzinfo)


_Spelled = Annotated[Hours, WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d-\d\d:\d\d$"})]


class Relay(Part):
    """Who is told where nobody took an incident up."""

    after: Duration = Field(gt=timedelta())
    """Since this receiver was to be told."""
    to: tuple[str, ...] = Field(min_length=1)
    """Names of receivers."""
    severity: Severity = "warning"
    """At least."""


class Receiver(Part):
    """What all kinds of receivers have in common; who is told of what, and when."""

    kind: str
    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    """What others, the API and variables call it."""
    title: str = ""
    """As people call it."""
    actors: tuple[Actor, ...] | None = None
    """Whose incidents; left out: everybody's; empty: only what others leave unacknowledged."""
    units: tuple[str, ...] = ()
    """Codes of communes; none: all."""
    severity: Severity = "warning"
    """At least."""
    steps: tuple[Step, ...] = ("opened", "escalated", "reopened", "returned", "cleared")
    """What it is told of; of steps for the better those hear who heard of one for the worse."""
    quiet: tuple[_Spelled, ...] = ()
    """Local hours in which nothing is sent …"""
    quiet_except: tuple[Severity, ...] = ("critical", "emergency")
    """… but what gets worse and is as severe as this."""
    group: Duration = Field(default=timedelta(seconds=30), le=timedelta(hours=1))
    """The first of several waits so long for others to join one message."""
    per_hour: int = Field(default=20, ge=1, le=1000)
    """Messages within any 60 minutes; what comes beyond is joined to the next one."""
    escalation: tuple[Relay, ...] = ()
    timeout: Duration = Field(default=timedelta(seconds=20), ge=timedelta(seconds=1), le=timedelta(minutes=2))
    """Of one attempt, from the first byte to the last."""
    give_up_after: Duration = Field(default=timedelta(days=3), ge=timedelta(minutes=1))
    """So long a message is tried."""
    language: Literal["vi"] = "vi"
    """Of the messages."""
    longest: int = Field(default=20_000, ge=500, le=100_000)
    """Characters of a message."""

    @field_validator("quiet")
    @classmethod
    def _sometimes(cls, quiet: Sequence[Hours]) -> Sequence[Hours]:
        midnight = datetime(2000, 1, 1, tzinfo=LOCAL)
        if quiet and _out_of(quiet, midnight) - midnight >= _DAY:
            raise ValueError("quiet all day would be silence; leave an hour")
        return quiet

    def quiet_until(self, at: datetime) -> datetime:
        """Return when the quiet hours that an instant lies in end (UTC or as given), else the instant itself."""
        return _out_of(self.quiet, at.astimezone(LOCAL)).astimezone(at.tzinfo)

    def hears(self, severity: Severity, owner: str, unit: str) -> bool:
        """Tell whether an incident concerns this receiver."""
        return (
            SEVERITIES.index(severity) >= SEVERITIES.index(self.severity)
            and (self.actors is None or owner in self.actors)
            and (not self.units or unit in self.units)
        )


def _out_of(quiet: Sequence[Hours], local: datetime) -> datetime:
    """Return the first instant from this one on that lies in none of the hours; a day later where there is none."""
    start = local
    while local - start < _DAY:
        end = max((hours.after(local) for hours in quiet), default=local)
        if end == local:
            return local
        local = end
    return local
