"""Availability: of every device, of communes, kinds and hamlets, and why it is what it is.

availability = 100 · online / (online + offline + fault): observed time without maintenance, null where nothing was
observed. The figure by contract is the same within the contract's hours, without its exclusions.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api import PREFIX
from api.access import VIEWER
from api.answer import Json, Listed
from api.context import TheStore
from api.devices import Which, Window, find
from api.listing import Asked, Listing, Paged
from api.problems import Problem
from api.reasons import sentence
from api.sql import QUERIES

router = APIRouter(prefix=PREFIX, tags=["devices"])

UPTIME = Listing(
    "uptime",
    QUERIES["uptime"],
    key={"unit": str, "kind": str, "id": str},
    filters={
        "id": "id = %(id)s", "unit": "unit = %(unit)s", "kind": "kind = %(kind)s", "hamlet": "hamlet = %(hamlet)s",
    },
)  # fmt: skip
_MOST = timedelta(days=732)
GROUPS = Listing("uptime-groups", QUERIES["uptime_groups"], key={"unit": str, "kind": str, "hamlet": str})
WHY = Listing("uptime-why", QUERIES["uptime_why"], key={"started_at": datetime})


class Spent(BaseModel):
    """Seconds in each state; degraded counts as online, unknown as blind."""

    online_s: float
    offline_s: float
    fault_s: float
    maintenance_s: float
    blind_s: float
    availability: float | None
    contract_online_s: float
    contract_down_s: float
    contract_availability: float | None


class Uptime(Spent):
    """The time of one device."""

    id: str
    unit: str
    kind: str
    name: str
    ref: str
    hamlet: str
    lifecycle: str


class UptimeOfTime(Uptime):
    """The same, with the time that it is of."""

    start: datetime
    stop: datetime


class Day(Spent):
    """The time of one device on one local day."""

    day: date


class Group(Spent):
    """The time of several devices together; ``kind`` and ``hamlet`` are empty where all are in one."""

    unit: str
    kind: str
    hamlet: str
    devices: int
    """How many were there at all."""


class Piece(BaseModel):
    """An interval of one device and what it counts as; ``counted`` empty: as nothing.

    ``source`` and its ``word`` decided the state; ``reason_vi`` says it in Vietnamese.
    """

    started_at: datetime
    ended_at: datetime
    duration_s: float
    counted: Literal["online", "offline", "fault", "maintenance", "blind", ""]
    state: str
    reason: str
    reason_vi: str
    source: str
    source_title: str
    word: str
    note: str


class OfOne(Window, Which):
    """When, of one device."""


class Intervals(Window, Which, Paged):
    """When, of one device, in pieces."""


class OfMany(Window, Which, Asked):
    """When, of which devices."""

    hamlet: str | None = None


class OfManyPaged(OfMany, Paged):
    """The same in pieces."""


class Grouped(OfManyPaged):
    """When, of which devices, added up by what."""

    by: Literal["unit", "kind", "hamlet"] = "unit"


@router.get("/devices/{id}/uptime", response_model=UptimeOfTime, dependencies=[VIEWER])
def uptime_of_one(id: str, asked: Annotated[OfOne, Query()], store: TheStore) -> Json:
    """Return a device's seconds in each state; without ``start`` the last 24 hours."""
    unit, kind, name = find(store, id, asked)
    bounds = asked.bounds()
    row = UPTIME.page(store, Which(unit=unit, kind=kind), id=name, **bounds).rows[0]
    return Json(row | bounds)


@router.get("/devices/{id}/uptime/days", response_model=Listed[Day], dependencies=[VIEWER])
def uptime_days(id: str, asked: Annotated[OfOne, Query()], store: TheStore) -> Json:
    """Return a device's seconds in each state by local day, the oldest first; the days of at most two years."""
    device, bounds = find(store, id, asked), asked.bounds()
    if bounds["stop"] - bounds["start"] > _MOST:
        raise Problem(422, "invalid-request", f"start and stop are at most {_MOST.days} days apart; ask in pieces")
    return Json({"items": store.rows(QUERIES["uptime_days"], device._asdict() | bounds), "next": None})


@router.get("/devices/{id}/uptime/why", response_model=Listed[Piece], dependencies=[VIEWER])
def why(id: str, asked: Annotated[Intervals, Query()], store: TheStore) -> Json:
    """Return every interval of a device's time with its evidence, the oldest first; their sums are its uptime."""
    page = WHY.page(store, asked, **find(store, id, asked)._asdict(), **asked.bounds())
    return Json({"items": [row | {"reason_vi": sentence(row)} for row in page.rows], "next": page.next})


@router.get("/uptime", response_model=Listed[Uptime], dependencies=[VIEWER])
def uptime(asked: Annotated[OfManyPaged, Query()], store: TheStore) -> Json:
    """Return the seconds in each state of every registered device; without ``start`` the last 24 hours."""
    return UPTIME.answer(store, asked, **asked.bounds())


@router.get("/uptime/groups", response_model=Listed[Group], dependencies=[VIEWER])
def uptime_groups(asked: Annotated[Grouped, Query()], store: TheStore) -> Json:
    """Return the time of all devices together, by commune, kind or hamlet; one that moved counts where it stood."""
    return GROUPS.answer(store, asked, **asked.bounds())
