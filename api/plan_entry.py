"""What is said of a programme planned by hand: as it is asked for, changed, and told."""

from datetime import date, datetime, time
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from api.maintenance import refused, sentence
from connectors.contract import Fault
from ingest.plans import Genre, Plan, Priority

State = Literal["active", "over", "cancelled"]
Unit = Annotated[str, Field(pattern=r"^[0-9]{5}$")]
Cluster = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]
Text = Annotated[str, Field(max_length=200), AfterValidator(sentence)]


def _hour(value: object) -> object:
    if not isinstance(value, str) or len(value) != len("05:30"):
        raise ValueError("an hour of the local day is expected, as 05:30")
    return time.fromisoformat(value)


class Said(BaseModel):
    """What shall be played; days and ``starts`` are of the commune's time, ``weekdays`` 1 Monday .. 7 Sunday.

    No weekdays: once, on the first day. No devices and no hamlets: all clusters. An emergency needs a ``reason``.
    """

    model_config = ConfigDict(extra="forbid")

    programme: Text
    genre: Genre = "bulletin"
    priority: Priority = "normal"
    reason: Annotated[str, Field(max_length=500)] = ""
    devices: Annotated[list[Cluster], Field(max_length=500)] = []
    hamlets: Annotated[list[Text], Field(max_length=200)] = []
    first_day: date
    starts: Annotated[time, BeforeValidator(_hour)]
    minutes: int = Field(ge=1, le=1440)
    weekdays: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(max_length=7)] = []
    last_day: date | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.weekdays and self.last_day is None:
            raise ValueError("last_day is missing: a programme that comes again ends some day")
        return self

    def plan(self, unit: str, id_: str, skipped: tuple[date, ...] = ()) -> Plan:
        """Return the plan; raises a 422 problem where an emergency has no reason."""
        reason = " ".join(self.reason.split()) if self.priority == "emergency" else ""
        if self.priority == "emergency" and not reason:
            fault = Fault("reason", "an emergency needs a reason", "phát khẩn cấp cần ghi lý do")
            raise refused([fault])
        last = self.last_day if self.weekdays and self.last_day is not None else self.first_day
        return Plan(
            unit, id_, self.programme, self.genre, self.priority, reason, tuple(sorted({*self.devices})),
            tuple(sorted({*self.hamlets})), self.first_day, self.starts, self.minutes,
            tuple(sorted({*self.weekdays})), last, skipped,
        )  # fmt: skip


class Wanted(Said):
    """A programme to plan; ``id`` is the caller's own (a UUID), so that asking again plans nothing twice."""

    unit: Unit
    id: str = Field(pattern=r"^[A-Za-z0-9-]{1,36}$")


class Changed(Said):
    """A programme as it shall be; ``version``: the one in sight of which it was changed, 409 where it is another."""

    version: int


class Cancelled(BaseModel):
    """What to cancel: everything to come, or one ``day`` of it."""

    model_config = ConfigDict(extra="forbid")

    day: date | None = None


class Planned(BaseModel):
    """A programme; ``next_at``: its next time, null where none is to come; ``clusters``: on how many, null: all."""

    unit: str
    id: str
    programme: str
    genre: Genre
    priority: Priority
    reason: str
    devices: list[str]
    hamlets: list[str]
    first_day: date
    starts: str
    minutes: int
    weekdays: list[int]
    last_day: date
    skipped: list[date]
    version: int
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime
    cancelled_by: str | None
    cancelled_at: datetime | None
    next_at: datetime | None
    clusters: int | None
    state: State


class Hours(BaseModel):
    """Seconds of the local day."""

    start: int
    stop: int


class Concern(BaseModel):
    """What somebody should know before: how many times it is about, and the first of them."""

    kind: Literal["outside_hours", "too_long", "overlap"]
    times: int
    first: datetime
    windows: list[Hours]
    longest_s: float | None
    programme: str


class Rehearsed(BaseModel):
    """What a plan would come to; ``clusters`` empty: all."""

    times: int
    first: datetime
    last: datetime
    clusters: list[str]
    concerns: list[Concern]
