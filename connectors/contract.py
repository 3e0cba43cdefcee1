"""What every source of the centre says, and in which words: read this file first.

A *Message* is what arrived, a *Record* is what we understood from it. A connector is one folder with one class: its
fields are its configuration, its one method :meth:`Connector.decode` is pure. Network, clock, threads and database
belong to ``ingest``, once for all connectors. A :class:`Simulator` is a connector read backwards.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.due import Due
from connectors.talk import Talk

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
"""Days, months and quarters of a commune; instants are UTC everywhere else."""

FUTURE = timedelta(hours=24)
"""An instant further ahead of its reception than this is a wrong clock, and its message is refused."""

Bound = Literal["exact", "gt", "lt", "approx", "range"]
PeriodKind = Literal["day", "week", "month", "quarter", "half_year", "nine_months", "year", "custom"]
Quality = Literal["", "stated_mismatch", "sum_mismatch", "estimated", "lower_bound", "range", "missing"]


class IocError(Exception):
    """The root of every error the centre raises on purpose."""


class Fault(NamedTuple):
    """One thing that somebody must mend: where it is, what is wrong with the remedy, and the same in Vietnamese."""

    place: str
    reason: str
    vi: str = ""


class Undecodable(IocError):
    """The message is wrong: it is kept whole as a rejection, counted, and never retried by itself.

    ``place`` names where (a field, ``sheet!cell``); ``taken`` holds what was understood nevertheless, for the
    connectors that an operator told to take the good part; ``faults`` lists every fault where there may be many.
    """

    def __init__(
        self, reason: str, *, place: str = "", taken: "tuple[Record, ...]" = (), faults: tuple[Fault, ...] = ()
    ) -> None:
        super().__init__(f"{place}: {reason}" if place else reason)
        self.reason = reason
        self.place = place
        self.taken = taken
        self.faults = faults or (Fault(place, reason),)


class SourceDown(IocError):
    """A source can't be reached or refuses us: said once, asked again on its schedule from where we were."""


@dataclass(frozen=True, slots=True)
class Message:
    """What arrived, untouched: ``address`` is a topic, a URL or a path, ``body`` the raw bytes.

    ``redelivered`` is MQTT's DUP flag, ``retained`` its RETAIN flag; ``error`` tells of a probe that failed, which is
    a result and not an exception. ``received_at`` is UTC.
    """

    source: str
    address: str
    body: bytes
    received_at: datetime
    error: str = ""
    redelivered: bool = False
    retained: bool = False


class DeviceId(NamedTuple):
    """One device of the nation: 5-digit commune code, kind, and the name it uses in its own messages."""

    unit: str
    kind: str
    name: str

    def __str__(self) -> str:
        return ".".join(self)


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """One thing a device said: its state at an instant (UTC), numbers by quantity key and texts by name."""

    device: DeviceId
    at: datetime
    state: str
    values: Mapping[str, float] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(f"at has no time zone: {self.at.isoformat()}")

    @property
    def unit(self) -> str:
        """The commune's code, as every record has one."""
        return self.device.unit


@dataclass(frozen=True, slots=True)
class Period:
    """The days a figure speaks of, both included, local; a cumulative figure runs from 1 January to ``end``."""

    start: date
    end: date
    kind: PeriodKind
    cumulative: bool = False

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"period ends before it starts: {self.start}..{self.end}")


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure of one unit and period, with what it was computed from and what its source stated.

    ``value`` is ``None`` where the source says that there is none (never 0); money is in đồng; ``bound`` tells an exact
    figure from "more than", "less than", "about" and a range ``low``..``high``. ``stated`` keeps a percentage as it
    was printed, beside ``value`` computed from ``numerator`` and ``denominator``.
    """

    unit: str
    indicator: str
    period: Period
    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    bound: Bound = "exact"
    low: Decimal | None = None
    high: Decimal | None = None
    stated: Decimal | None = None
    quality: Quality = ""
    scope: str = ""
    dims: Mapping[str, str] = field(default_factory=dict)
    level: str = ""
    """Where the figure speaks of another level than its unit (``village``, beside ``dims["hamlet"]``)."""


@dataclass(frozen=True, slots=True)
class CaseReport:
    """One field report or dossier as of ``at`` (UTC): no name, phone, text or picture of a person.

    ``latitude`` and ``longitude`` are rounded to about 100 m by the connector; ``due`` is UTC. ``closed_at`` (UTC) is
    when the work was done, where the source says so; else it is the instant of the status that ends the case.
    """

    unit: str
    kind: Literal["field_report", "dossier"]
    id: str
    at: datetime
    opened_at: datetime
    status: str
    category: str = "other"
    severity: str = "normal"
    due: datetime | None = None
    channel: str = ""
    hamlet: str = ""
    latitude: float | None = None
    longitude: float | None = None
    closed_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None or self.opened_at.tzinfo is None:
            raise ValueError("at and opened_at need a time zone")


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One programme on the loudspeakers from ``starts_at`` to ``ends_at`` (UTC; none: not known, or it plays on).

    ``id`` is the source's own name of it: the same id again is the same broadcast, corrected or further on. ``device``
    is a cluster's name, empty where all clusters of the source are meant. Priorities are those of TT 39/2020/TT-BTTTT.
    """

    unit: str
    kind: Literal["planned", "played"]
    id: str
    starts_at: datetime
    ends_at: datetime | None
    programme: str
    state: Literal["planned", "cancelled", "playing", "played", "failed"]
    device: str = ""
    priority: Literal["normal", "priority", "emergency"] = "normal"

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None or (self.ends_at is not None and self.ends_at.tzinfo is None):
            raise ValueError("starts_at and ends_at need a time zone")
        if not self.id:
            raise ValueError("a broadcast needs an id")


@dataclass(frozen=True, slots=True)
class Plan:
    """The planned broadcasts of the same message are all that there are from ``start`` to ``stop`` (UTC, half open).

    What the source planned there before, and this message no longer names, is cancelled.
    """

    unit: str
    start: datetime
    stop: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.stop.tzinfo is None:
            raise ValueError("start and stop need a time zone")


Record = DeviceReport | Observation | CaseReport | Broadcast | Plan


@dataclass(frozen=True, slots=True)
class Quantity:
    """What can be measured: key, unit, and the lowest and highest value that is believed."""

    key: str
    unit: str
    lowest: float = -math.inf
    highest: float = math.inf


class Connector(BaseModel, ABC):
    """One source: its fields are what the operator writes, :meth:`decode` is what the source means."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    feed: ClassVar[str]
    """Which of the commune's feeds this serves (``camera_status``, ``budget``, …)."""
    title: ClassVar[str]
    """Vietnamese label on screens."""
    quantities: ClassVar[tuple[Quantity, ...]] = ()

    title_vi: str = ""
    """Label on screens instead of the connector's own."""
    stale_after: timedelta = timedelta(minutes=10)
    """Silence after which the feed counts as stale."""
    largest_body: int = Field(default=256 * 1024, gt=0)
    """Bytes; a larger message is refused, and kept."""
    due: tuple[Due, ...] | None = None
    """What the source owes and by when; not given: what law and practice say of this connector; ``[]``: nothing."""

    @abstractmethod
    def decode(self, message: Message) -> Iterable[Record]:
        """Understand one message wholly, or raise :class:`Undecodable`; pure."""

    def cleanse(self, body: bytes) -> bytes:
        """Return the body without what must never be stored (persons); runs before anything else sees the message."""
        return body


class Subscribed(Connector):
    """A source that publishes to our broker."""

    @abstractmethod
    def topics(self) -> tuple[str, ...]:
        """MQTT topic filters to subscribe to, QoS 1."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that ingest watches: every new file content that matches ``pattern`` is one message."""

    path: Path
    pattern: str


class Polled(Connector):
    """A source that ingest asks, on the connector's own schedule: it watches folders, or holds conversations."""

    every: timedelta = timedelta(seconds=30)
    """Pause between two looks."""
    cron: str = ""
    """Instead of ``every``: minute, hour, day, month, weekday in local time, as in ``30 6 * * mon-fri``."""
    timeout: timedelta = timedelta(seconds=10)
    """How long one question may take."""
    retries: int = Field(default=3, ge=0, le=10)
    """How often a question is put again after a fault of the network, with growing pauses."""
    parallel: int = Field(default=8, ge=1, le=256)
    """Conversations at a time."""
    per_minute: int = Field(default=0, ge=0)
    """Questions a minute at most, where the other side sets a limit; 0: as many as there are."""

    @field_validator("cron")
    @classmethod
    def _is_cron(cls, value: str) -> str:
        if value and len(value.split()) != 5:
            raise ValueError("five fields are expected: minute hour day month weekday, as in '30 6 * * mon-fri'")
        return value

    def places(self) -> tuple[Folder, ...]:
        """Return the folders to watch."""
        return ()

    def talks(self) -> tuple[str, ...]:
        """Return the names of the conversations of one look, independent of each other, each with its own cursor."""
        return ()

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Hold one conversation from ``cursor`` (empty the first time); pure but for what it is sent."""
        yield from ()


class Received(Connector):
    """A source that pushes to ``POST /api/v1/messages/{source}``."""


class Simulator(ABC):
    """A device or office that does not exist: ``measure``, then ``encode``; pure in its seed and the instant.

    Law: its connector's ``decode`` of every message of ``encode(measure(at), at)`` gives ``measure(at)`` back.
    """

    @abstractmethod
    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the truth at the instant (UTC)."""

    @abstractmethod
    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return the messages that the real thing would send for these records."""
