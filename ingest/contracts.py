"""What a contract counts of a device's time: hours by kind, without windows such as acknowledged cuts of power.

The figure by contract stands beside the raw one and never replaces it. A change holds for the past too.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:  # who reads the configuration needs no database for it
    from ingest.store import Link

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


def _clock(value: str) -> str:
    if not _CLOCK.fullmatch(value):
        raise ValueError(f"{value!r} is no local time of day; write HH:MM, as 05:00 or 24:00")
    return value


Kind = Literal["loudspeaker", "camera", "network"]
Clock = Annotated[str, AfterValidator(_clock)]
"""A local time of day, HH:MM; 24:00 ends a day."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Exclusion(_Table):
    """A window that the contract does not count."""

    start: AwareDatetime
    """The first instant that does not count, with its zone."""
    stop: AwareDatetime
    """The first that counts again."""
    reason: str = Field(min_length=1, max_length=200)
    """Why, and who acknowledged it."""
    unit: str | None = Field(default=None, pattern=r"^[0-9]{5}$")
    """None: the commune whose centre this is."""
    kind: Kind | None = None
    """None: all kinds."""
    hamlet: str | None = None
    """None: all hamlets."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start >= self.stop:
            raise ValueError(f"start {self.start.isoformat()} must be before stop {self.stop.isoformat()}")
        return self


class Contracts(_Table):
    """What contracts count: ``[contracts]`` of the configuration."""

    hours: Mapping[Kind, tuple[Clock, Clock]] = {}
    """Local hours by kind: loudspeaker = ["05:00", "22:00"]; an end before the begin is the next day's; none: all."""
    exclusions: tuple[Exclusion, ...] = ()


def declare(link: "Link", contracts: Contracts, unit: str) -> None:
    """Write the contracts of the configuration into the database; ``unit`` is the commune whose centre this is."""
    digest = hashlib.sha256(f"{unit} {contracts.model_dump_json()}".encode()).hexdigest()[:16]
    digest = "" if contracts == Contracts() else digest  # none: nothing changes, and nothing is made anew
    if link.execute("select value from store_meta where key = 'contracts'").fetchone() == (digest,):
        return
    link.execute("delete from contract_hours")
    link.execute("delete from contract_exclusion")
    for kind, (opens, closes) in contracts.hours.items():
        link.execute("insert into contract_hours values (%s, %s, %s)", (kind, *_hours(opens, closes)))
    for one in contracts.exclusions:
        link.execute(
            "insert into contract_exclusion values (%s, %s, %s, %s, %s, %s)",
            (one.unit or unit, one.kind, one.hamlet, one.start, one.stop, one.reason),
        )
    # Totals that were made by other contracts are told by this word, and made anew.
    link.execute(
        "insert into store_meta values ('contracts', %s) on conflict (key) do update set value = excluded.value",
        (digest,),
    )


def _hours(opens: str, closes: str) -> tuple[timedelta, timedelta]:
    begin, end = (timedelta(hours=int(text[:2]), minutes=int(text[3:])) for text in (opens, closes))
    return begin, end if end > begin else end + timedelta(days=1)
