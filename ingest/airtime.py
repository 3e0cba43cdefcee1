"""The hours in which loudspeakers may speak, and what of their programmes an alarm rule may be about."""

import re
from collections.abc import Sequence
from datetime import time, timedelta
from itertools import pairwise
from typing import Any, Literal

from pydantic import field_validator, model_validator
from pydantic_core import PydanticCustomError

from ingest.conditions import Duration, Part


class Window(Part):
    """Hours of a local day: ``05:30-06:30``."""

    start: time
    stop: time | None
    """None: midnight."""

    @model_validator(mode="before")
    @classmethod
    def _spelled(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        match = re.fullmatch(r"(\d\d:\d\d)\s*[-–]\s*(\d\d:\d\d)", value)
        if match is None:
            raise PydanticCustomError("hours", "hours are expected as in '05:30-06:30'")
        start, stop = match.groups()
        if stop <= start:
            message = "it ends before it begins; hours past midnight are two windows"
            raise PydanticCustomError("hours_backwards", message)
        return {"start": time.fromisoformat(start), "stop": None if stop == "24:00" else time.fromisoformat(stop)}

    def seconds(self) -> tuple[int, int]:
        """Return from and to as seconds of the day."""
        stop = self.stop
        return _second(self.start), 86_400 if stop is None else _second(stop)


def _second(at: time) -> int:
    return at.hour * 3600 + at.minute * 60


class Airtime(Part):
    """Programmes on the loudspeakers, in the hours allowed; those that begin close together are one."""

    check: Literal["out_of_hours", "too_long", "not_heard", "emergency"]
    windows: tuple[Window, ...] = ()
    """Hours allowed, local."""
    unplanned: bool = True
    """Whether a broadcast that no schedule names is out of hours too, where a schedule is known."""
    tolerance: Duration = timedelta(minutes=5)
    longest: Duration = timedelta(minutes=60)
    within: Duration = timedelta(minutes=10)

    @field_validator("windows")
    @classmethod
    def _apart(cls, windows: Sequence[Window]) -> Sequence[Window]:
        said = sorted(window.seconds() for window in windows)
        for (_, stop), (start, _) in pairwise(said):
            if start < stop:
                raise PydanticCustomError("hours_overlap", "two windows overlap; join them to one")
        return windows

    @model_validator(mode="after")
    def _with_hours(self) -> "Airtime":
        if self.check == "out_of_hours" and not self.windows:
            message = "`windows` are missing, as in windows = ['05:30-06:30', '17:00-18:00']"
            raise PydanticCustomError("hours_missing", message)
        return self
