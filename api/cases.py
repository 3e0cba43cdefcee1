"""Field reports and dossiers as they stand."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from psycopg import sql
from pydantic import BaseModel

from api import PREFIX
from api.access import VIEWER
from api.answer import Json, Listed
from api.context import TheStore
from api.listing import Asked, Listing, Paged
from api.problems import Problem
from api.sql import QUERIES

router = APIRouter(prefix=PREFIX, tags=["cases"])

CASES = Listing(
    "cases",
    QUERIES["cases"],
    key={"opened_at": datetime, "unit": str, "kind": str, "id": str},
    filters={
        "unit": "unit = %(unit)s",
        "kind": "kind = %(kind)s",
        "status": "(status = %(status)s or (%(status)s = 'overdue' and overdue))",
        "category": "category = %(category)s",
        "severity": "severity = %(severity)s",
        "hamlet": "hamlet = %(hamlet)s",
        "deadline": "deadline = %(deadline)s",
        "open": "(closed_at is null) = %(open)s",
    },
    descending=True,
)

Kind = Literal["field_report", "dossier"]
Deadline = Literal["early", "on_time", "in_time", "due_soon", "overdue", "no_due_date"]


class Case(BaseModel):
    """A case as its newest event says; ``overdue``: open, and past what was due.

    ``deadline`` compares days of the commune for dossiers, and instants for field reports.
    """

    unit: str
    kind: str
    id: str
    at: datetime
    opened_at: datetime
    closed_at: datetime | None
    status: str
    category: str
    severity: str
    due: datetime | None
    channel: str
    hamlet: str
    latitude: float | None
    longitude: float | None
    source: str
    received_at: datetime
    changed_at: datetime
    deadline: Deadline
    overdue: bool


class Event(BaseModel):
    """What a source said of a case at one instant (``at``); never personal data."""

    at: datetime
    status: str
    category: str
    severity: str
    due: datetime | None
    channel: str
    hamlet: str
    source: str
    received_at: datetime


class Told(Case):
    """A case with everything that was said of it, the earliest first."""

    events: list[Event]


class Sought(Asked):
    """Which cases; the status ``overdue`` asks for all that are, ``open`` for what is not closed, or for what is."""

    unit: str | None = None
    kind: Kind | None = None
    status: str | None = None
    category: str | None = None
    severity: str | None = None
    hamlet: str | None = None
    deadline: Deadline | None = None
    open: bool | None = None


class SoughtPaged(Sought, Paged):
    """The same in pieces."""


@router.get("/cases", response_model=Listed[Case], dependencies=[VIEWER])
def cases(asked: Annotated[SoughtPaged, Query()], store: TheStore) -> Json:
    """Return cases, the newest first."""
    return CASES.answer(store, asked)


@router.get("/cases/{unit}/{kind}/{id_:path}", response_model=Told, dependencies=[VIEWER])
def case(unit: str, kind: Kind, id_: str, store: TheStore) -> Json:
    """Return one case with what its sources said of it, one after another."""
    key = (unit, kind, id_)
    whole = sql.SQL("select * from ({}) as item where (unit, kind, id) = (%s, %s, %s)")
    row = store.row(whole.format(sql.SQL(QUERIES["cases"])), key)
    if row is None:
        raise Problem(404, "not-found", f"there is no {kind} {id_} in {unit}; see /api/v1/cases")
    return Json(row | {"events": store.rows(QUERIES["case_events"], key)})
