"""What a source owes: figures of every period, by an hour that law, practice or an agreement sets."""

from datetime import date, time
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Due(BaseModel):
    """One thing that a source owes: figures of every such period, by a day and an hour of local time."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    every: Literal["day", "week", "month", "quarter", "half_year", "year"]
    """The period that is reported; weeks begin on Monday."""
    day: int = Field(default=0, ge=0, le=366)
    """Days after the period's last one: 10 is the 10th of the month that follows, 0 the last day itself."""
    days: Literal["calendar", "working"] = "calendar"
    """What ``day`` counts."""
    by: time = time(17)
    """The hour, local."""
    working_days: bool = False
    """True: a due day that is a day off moves to the next working day, and days off owe no daily figures."""
    whole: bool = True
    """Whether figures must reach the period's last day; false: a cumulative figure to a day within it will do."""
    indicators: tuple[str, ...] = ()
    """What is expected; none: anything."""
    units: tuple[str, ...] = ()
    """Of which communes; none: the source's own."""
    owner: str = ""
    """Who sends it, as a screen names them: ``Kế toán``."""
    factor: float = Field(default=10, ge=0)
    """A total more than so many times the last period's, or less than its part, is abnormal; 0: not compared."""
    since: date | None = None
    """First day of the first period that is owed."""

    @field_validator("by")
    @classmethod
    def _is_local(cls, value: time) -> time:
        if value.tzinfo is not None:
            raise ValueError("an hour of local time is expected, without a zone, as in '17:00'")
        return value
