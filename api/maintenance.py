"""Maintenance windows: times that don't count, for a commune, a kind, a hamlet or one device."""

import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from psycopg.rows import DictRow, dict_row
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api import PREFIX
from api.access import TECHNICIAN, VIEWER, Principal
from api.accounts import audit
from api.answer import Json, Listed
from api.context import TheStore
from api.listing import Asked, Day, Instant, Listing, Paged
from api.problems import Problem
from connectors.contract import Fault
from ingest import maintenance
from ingest.maintenance import CannotChange, CannotPlan, Window
from ingest.sql import QUERIES
from ingest.store import Link

router = APIRouter(prefix=PREFIX, tags=["maintenance"])

WINDOWS = Listing(
    "maintenance",
    QUERIES["windows"],
    key={"starts_at": datetime, "id": int},
    filters={
        "unit": "unit = %(unit)s",
        "kind": "coalesce(kind, %(kind)s) = %(kind)s",
        "name": "coalesce(name, %(name)s) = %(name)s",
        "state": "state = %(state)s",
        "start": "ends_at > %(start)s",
        "stop": "starts_at < %(stop)s",
    },
    descending=True,
)

Kind = Literal["loudspeaker", "camera", "network"]
State = Literal["planned", "running", "over", "cancelled"]


class Maintenance(BaseModel):
    """A window; null where it is not narrowed. ``planned_until``: when it was to end, if it was ended early."""

    id: int
    unit: str
    kind: str | None
    name: str | None
    hamlet: str | None
    starts_at: datetime
    ends_at: datetime
    reason: str
    state: State
    created_by: str
    created_at: datetime
    cancelled_by: str | None
    cancelled_at: datetime | None
    ended_by: str | None
    planned_until: datetime | None


class Sought(Asked):
    """Which windows: those that touch [start, stop); a bare day begins at local midnight."""

    unit: str | None = None
    kind: Kind | None = None
    name: str | None = None
    state: State | None = None
    start: Day | None = None
    stop: Day | None = None


class SoughtPaged(Sought, Paged):
    """The same in pieces."""


def sentence(value: str) -> str:
    """Return a text in NFC, one space between words; ``ValueError`` where there is nothing to read."""
    text = " ".join(unicodedata.normalize("NFC", value).split())
    if not text or not text.isprintable():
        raise ValueError("a text to read is expected")
    return text


class Planned(BaseModel):
    """A window to plan: all devices of the commune, narrowed by what is given; it may lie in the past."""

    model_config = ConfigDict(extra="forbid")

    unit: str = Field(pattern=r"^[0-9]{5}$")
    kind: Kind | None = None
    name: str | None = Field(default=None, pattern=r"^[a-z0-9-]{1,64}$")
    hamlet: Annotated[str, Field(max_length=100), AfterValidator(sentence)] | None = None
    starts_at: Instant
    ends_at: Instant
    reason: Annotated[str, Field(max_length=500), AfterValidator(sentence)]


@router.get("/maintenance", response_model=Listed[Maintenance], dependencies=[VIEWER])
def windows(asked: Annotated[SoughtPaged, Query()], store: TheStore) -> Json:
    """Return windows, the latest start first; what was cancelled stays, with that state."""
    return WINDOWS.answer(store, asked)


@router.post("/maintenance", response_model=Maintenance, status_code=201)
def plan_maintenance(what: Planned, store: TheStore, who: Annotated[Principal, TECHNICIAN]) -> Json:
    """Plan a window; 422 with every reason why it can't be. Windows may overlap, and one in the past repairs it."""
    with store.transaction() as link:
        try:
            number = maintenance.plan(link, Window(**what.model_dump()), by=who.name)
        except CannotPlan as error:
            raise refused(error.faults) from error
        late = what.starts_at < datetime.now(UTC)
        audit(link, who.name, "maintenance.plan", str(number), **what.model_dump(mode="json"), retroactive=late)
        return Json(_row(link, number), 201)


@router.post("/maintenance/{number}/cancel", response_model=Maintenance)
def cancel_maintenance(number: int, store: TheStore, who: Annotated[Principal, TECHNICIAN]) -> Json:
    """Take a window back as if it had never been; again changes nothing."""
    return _changed(store, who, number, "cancel")


@router.post("/maintenance/{number}/end", response_model=Maintenance)
def end_maintenance(number: int, store: TheStore, who: Annotated[Principal, TECHNICIAN]) -> Json:
    """End a running window now; again changes nothing, 409 where it has not begun."""
    return _changed(store, who, number, "end")


def refused(faults: list[Fault], status: int = 422, kind: str = "invalid-request", **fields: Any) -> Problem:
    """Return the problem that tells faults of a body, each with its place, and in Vietnamese."""
    reasons = [{"place": f"body.{f.place}", "reason": f.reason, "vi": f.vi} for f in faults]
    detail = "; ".join(f"{f.place}: {f.reason}" for f in faults)
    return Problem(status, kind, detail, reasons=reasons, **fields)


def _changed(store: TheStore, who: Principal, number: int, how: Literal["cancel", "end"]) -> Json:
    with store.transaction() as link:
        try:
            new = (maintenance.cancel if how == "cancel" else maintenance.end)(link, number, by=who.name)
        except KeyError as error:
            raise Problem(404, "not-found", f"there is no window {number}; see /api/v1/maintenance") from error
        except CannotChange as error:
            raise Problem(409, "too-late" if how == "cancel" else "not-running", str(error)) from error
        row = _row(link, number)
        if new:
            audit(link, who.name, f"maintenance.{how}", str(number), unit=row["unit"], ends_at=row["ends_at"])
        return Json(row)


def _row(link: Link, number: int) -> DictRow:
    with link.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(QUERIES["window"], (number,)).fetchone()
    assert row is not None  # noqa: S101 - found in the same transaction
    return row
