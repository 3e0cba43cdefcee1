"""Who is told of incidents, how each receiver is doing, and the messages with what became of them."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api import PREFIX
from api.access import TECHNICIAN
from api.answer import Json, Listed
from api.context import TheStore
from api.listing import Listing, Paged
from ingest.conditions import Severity
from ingest.sql import QUERIES

router = APIRouter(prefix=PREFIX, tags=["receivers"])

RECEIVERS = Listing("receivers", QUERIES["receivers"], key={"name": str})
OUTBOX = Listing(
    "outbox",
    QUERIES["outbox"],
    key={"id": int},
    filters={
        "state": "state = %(state)s",
        "receiver": "receiver = %(receiver)s",
        "incident": "%(incident)s = any (incidents)",
    },
    descending=True,
)

State = Literal["waiting", "sent", "dead"]


class Receiver(BaseModel):
    """A receiver; ``failing_since`` is when attempts began to fail, ``dead_7d`` what was given up in seven days.

    ``notices`` are gathered for a next message, ``waiting`` are messages made and not yet taken.
    """

    name: str
    kind: str
    title: str
    configured: bool
    state: Literal["ok", "failing", "never", "removed"]
    sent_at: datetime | None
    failing_since: datetime | None
    error: str
    notices: int
    waiting: int
    waiting_since: datetime | None
    next_try_at: datetime | None
    sent_24h: int
    dead_7d: int


class Message(BaseModel):
    """A message; ``key`` is what its receiver knows it by, ``ended_at`` when it arrived or was given up."""

    id: int
    key: str
    receiver: str
    severity: Severity
    state: State
    made_at: datetime
    attempts: int
    next_try_at: datetime | None
    ended_at: datetime | None
    error: str
    title: str
    text: str
    incidents: list[int]


class Sought(Paged):
    """Which messages."""

    state: State | None = None
    receiver: str | None = None
    incident: int | None = None


@router.get("/receivers", response_model=Listed[Receiver], dependencies=[TECHNICIAN])
def receivers(asked: Annotated[Paged, Query()], store: TheStore) -> Json:
    """Return every receiver with its state, its last success and what waits for it."""
    return RECEIVERS.answer(store, asked)


@router.get("/outbox", response_model=Listed[Message], dependencies=[TECHNICIAN])
def outbox(asked: Annotated[Sought, Query()], store: TheStore) -> Json:
    """Return messages about incidents, the newest first."""
    return OUTBOX.answer(store, asked)
