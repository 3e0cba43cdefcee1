"""The audit trail, for admins: who did what when; nothing in it is ever changed."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api import PREFIX
from api.access import ADMIN
from api.answer import Json, Listed
from api.context import TheStore
from api.listing import Asked, Day, Listing, Paged
from api.sql import QUERIES

router = APIRouter(prefix=PREFIX, tags=["audit"])

AUDIT = Listing(
    "audit",
    QUERIES["audited"],
    key={"id": int},
    filters={
        "actor": "actor = %(actor)s",
        "action": "starts_with(action, %(action)s)",
        "subject": "strpos(lower(subject), lower(%(subject)s)) > 0",
        "start": "at >= %(start)s",
        "stop": "at < %(stop)s",
    },
    descending=True,
    json=("detail",),
)


class Act(BaseModel):
    """What somebody did; ``actor`` is an account, ``token:<name>`` or what of the service did it."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]


class Sought(Asked):
    """Which acts: ``action`` is its begin, as ``account.``, ``subject`` a part; a bare day begins at local midnight."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    start: Day | None = None
    stop: Day | None = None


class SoughtPaged(Sought, Paged):
    """The same in pieces."""


@router.get("/audit", response_model=Listed[Act], dependencies=[ADMIN])
def audit_trail(asked: Annotated[SoughtPaged, Query()], store: TheStore) -> Json:
    """Return who did what, the latest first."""
    return AUDIT.answer(store, asked)
