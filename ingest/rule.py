"""An alarm rule: a condition of one subject, for how long, how loudly, and who is told."""

from datetime import date, timedelta
from typing import ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ingest.airtime import Airtime
from ingest.conditions import (
    SEVERITIES,
    Cases,
    Devices,
    Duration,
    Escalation,
    Feed,
    Flapping,
    Number,
    Outbreak,
    Part,
    Severity,
    Sight,
    Together,
)

Actor = Literal[
    "chairman", "vice_chairman", "police_on_duty", "one_stop_officer", "clerk", "accountant", "health_station",
    "culture_officer", "technician", "village_head",
]  # fmt: skip
Subject = Literal["device", "flapping", "group", "case", "indicator", "outbreak", "feed", "broadcast", "system"]


class Rule(Part):
    """One alarm; ``when`` is of its subject."""

    subject: Subject
    key: str
    title_vi: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    for_: Duration = Field(default=timedelta(), alias="for")
    """So long it must hold before it is announced."""
    clear_for: Duration = timedelta()
    """So long it must be well again before it ends."""
    reopen_within: Duration = timedelta(minutes=30)
    """The same again so soon is the same incident; what a person resolved and is still there returns after this."""
    severity: Severity
    escalate: tuple[Escalation, ...] = ()
    closes: Literal["auto", "person"] = "auto"
    """Whether the end of the condition ends the incident, or somebody must."""
    left_to: tuple[str, ...] = ()
    """Rules that tell of it instead, while they do: of many at once, or of one that comes and goes."""
    every: Duration = timedelta(seconds=5)
    owner: Actor
    help: str = Field(min_length=1)
    help_en: str = Field(min_length=1)
    source: str = Field(min_length=1)
    """Where the threshold comes from."""
    source_en: str = Field(min_length=1)
    valid_from: date
    enabled: bool = True

    fixed: ClassVar[frozenset[str]] = frozenset(
        {"key", "subject", "title_vi", "title_en", "help", "help_en", "source", "source_en", "left_to"}
    )
    """What a commune can't change."""

    @model_validator(mode="after")
    def _rises(self) -> "Rule":
        for step in self.escalate:
            if SEVERITIES.index(step.severity) <= SEVERITIES.index(self.severity):
                message = f"`escalate` to {step.severity!r} is no more than `severity` = {self.severity!r}"
                raise PydanticCustomError("no_louder", message)
        return self


class DeviceRule(Rule):
    """Of one device."""

    when: Devices


class GroupRule(Rule):
    """Of devices that fall together."""

    when: Together


class FlappingRule(Rule):
    """Of one device that comes and goes."""

    when: Flapping = Flapping()


class NumberRule(Rule):
    """Of a number."""

    when: Number


class OutbreakRule(Rule):
    """Of a disease."""

    when: Outbreak


class CaseRule(Rule):
    """Of one report or dossier."""

    when: Cases


class BroadcastRule(Rule):
    """Of what the loudspeakers play."""

    when: Airtime


class FeedRule(Rule):
    """Of a source."""

    when: Feed


class SystemRule(Rule):
    """Of the centre itself."""

    when: Sight = Sight()


MODELS: dict[str, type[Rule]] = {
    "device": DeviceRule, "flapping": FlappingRule, "group": GroupRule, "indicator": NumberRule,
    "outbreak": OutbreakRule, "case": CaseRule, "broadcast": BroadcastRule, "feed": FeedRule, "system": SystemRule,
}  # fmt: skip
"""Subject → the form of its rules."""
