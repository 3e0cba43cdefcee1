"""Field reports and dossiers as they stand."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api import PREFIX
from api.access import VIEWER
from api.answer import Json, Listed
from api.context import TheStore
from api.listing import Asked, Listing, Paged
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
    },
    descending=True,
)


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
    deadline: Literal["early", "on_time", "in_time", "due_soon", "overdue", "no_due_date"]
    overdue: bool


class Sought(Asked):
    """Which cases; the status ``overdue`` asks for all that are."""

    unit: str | None = None
    kind: Literal["field_report", "dossier"] | None = None
    status: str | None = None


class SoughtPaged(Sought, Paged):
    """The same in pieces."""


@router.get("/cases", response_model=Listed[Case], dependencies=[VIEWER])
def cases(asked: Annotated[SoughtPaged, Query()], store: TheStore) -> Json:
    """Return cases, the newest first."""
    return CASES.answer(store, asked)
