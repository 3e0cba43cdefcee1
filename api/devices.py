"""Devices: the register with the latest state, what each said, its states from..to."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, model_validator

from api import PREFIX
from api.access import VIEWER
from api.answer import Json, Listed, passed
from api.context import TheStore
from api.listing import SPOKEN, Asked, Instant, Listing, Paged, Words
from api.problems import Problem
from api.registry import JSON
from api.sql import QUERIES
from connectors.contract import DeviceId
from ingest.store import Store

router = APIRouter(prefix=PREFIX, tags=["devices"])

_OF = {"id": "id = %(id)s", "unit": "unit = %(unit)s", "kind": "kind = %(kind)s"}
_ONE = {"unit": "unit = %(unit)s", "kind": "kind = %(kind)s", "name": "name = %(name)s"}
_KEY = {"unit": str, "kind": str, "id": str}

# A device that is silent no longer does what it last said.
_STATE = "(state = %(state)s or (reported = %(state)s and state in ('online', 'degraded', 'fault')))"

DEVICES = Listing(
    "devices",
    QUERIES["devices"],
    key=_KEY,
    filters={**_OF, "state": _STATE, "hamlet": "hamlet = %(hamlet)s", "q": SPOKEN},
    json=JSON,
)
REPORTS = Listing(
    "reports",
    QUERIES["reports"],
    key={"at": datetime, "digest": int},
    filters={**_ONE, "start": "at >= %(start)s", "stop": "at < %(stop)s"},
    descending=True,
    json=JSON,
)
SPANS = Listing(
    "spans",
    QUERIES["spans"],
    key={"started_at": datetime},
    filters={**_ONE, "start": "coalesce(ended_at, 'infinity') > %(start)s", "stop": "started_at < %(stop)s"},
    descending=True,
)


class Device(BaseModel):
    """A device and its latest state; ``id`` is its own name, ``ref`` is unambiguous: ``unit.kind.id``."""

    id: str
    unit: str
    kind: str
    name: str
    ref: str
    hamlet: str
    state: str
    reported: str | None
    since: datetime
    last_seen: datetime | None
    reason: str
    lifecycle: str
    simulated: bool
    latitude: float | None
    longitude: float | None
    horns: int | None
    owner: str
    upstream: str
    expected_every_s: float | None
    values: dict[str, float]
    labels: dict[str, str]
    changed_at: datetime


class Report(BaseModel):
    """One thing that a device said."""

    unit: str
    kind: str
    name: str
    at: datetime
    digest: int
    received_at: datetime
    state: str
    values: dict[str, float]
    labels: dict[str, str]
    source: str


class Span(BaseModel):
    """A state from..to; ``ended_at`` null: it lasts."""

    unit: str
    kind: str
    name: str
    started_at: datetime
    ended_at: datetime | None
    state: str
    reason: str
    duration_s: float


class Wanted(Asked):
    """Which devices; ``state`` is the dictionary's, or the device's own word while it answers."""

    unit: str | None = None
    kind: str | None = None
    state: str | None = None
    hamlet: str | None = None
    q: Words | None = None
    """Part of the name, with or without diacritics."""


class WantedPaged(Wanted, Paged):
    """The same in pieces."""


class Which(Asked):
    """Narrows a name that several devices share."""

    unit: str | None = None
    kind: str | None = None


class Window(BaseModel):
    """A half-open time [start, stop); without them the last 24 hours where a sum is asked for."""

    start: Instant | None = None
    stop: Instant | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start and self.stop and self.start >= self.stop:
            raise ValueError("start must be before stop")
        return self

    def bounds(self) -> dict[str, datetime]:
        """Return both ends."""
        stop = self.stop or max(datetime.now(UTC), self.start or datetime.min.replace(tzinfo=UTC))
        return {"start": self.start or stop - timedelta(days=1), "stop": stop}


class History(Window, Which, Paged):
    """What of one device."""


def find(store: Store, id_: str, which: Which) -> DeviceId:
    """Return the device of a plain id or a ref; raises a 404 problem, or 409 with the refs that share the id."""
    parts = id_.split(".")
    unit, kind, name = parts if len(parts) == 3 else (which.unit, which.kind, id_)
    rows = store.rows(QUERIES["device_refs"], {"unit": unit, "kind": kind, "name": name})
    if not rows:
        raise Problem(404, "no-such-device", f"there is no device {id_!r}; GET /api/v1/devices lists them")
    if len(rows) > 1:
        refs = [str(DeviceId(**row)) for row in rows]
        detail = f"{len(refs)} devices are called {id_!r}; use a ref, or narrow by ?unit and ?kind"
        raise Problem(409, "ambiguous-device", detail, refs=refs)
    return DeviceId(**rows[0])


@router.get("/devices", response_model=Listed[Device], dependencies=[VIEWER])
def devices(asked: Annotated[WantedPaged, Query()], store: TheStore) -> Json:
    """Return devices in the order of commune, kind and id."""
    return DEVICES.answer(store, asked)


@router.get("/devices/{id}", response_model=Device, dependencies=[VIEWER])
def device(id: str, which: Annotated[Which, Query()], store: TheStore) -> Json:
    """Return one device, by its id or its ref."""
    unit, kind, name = find(store, id, which)
    row = DEVICES.page(store, Which(unit=unit, kind=kind), id=name).rows[0]
    return Json(passed(row, JSON))


@router.get("/devices/{id}/reports", response_model=Listed[Report], dependencies=[VIEWER])
def reports(id: str, asked: Annotated[History, Query()], store: TheStore) -> Json:
    """Return what a device said, the newest first."""
    return REPORTS.answer(store, asked, **find(store, id, asked)._asdict())


@router.get("/devices/{id}/spans", response_model=Listed[Span], dependencies=[VIEWER])
def spans(id: str, asked: Annotated[History, Query()], store: TheStore) -> Json:
    """Return a device's states that touch the time, the newest first, whole."""
    return SPANS.answer(store, asked, **find(store, id, asked)._asdict())
