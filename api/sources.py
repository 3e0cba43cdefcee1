"""Feeds: how each is doing, and what was refused."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api import PREFIX
from api.access import TECHNICIAN, VIEWER
from api.answer import Json, Listed, passed
from api.context import TheStore
from api.listing import Listing, Paged
from api.problems import Problem
from api.sql import QUERIES

router = APIRouter(prefix=PREFIX, tags=["sources"])

SOURCES = Listing("sources", QUERIES["sources"], key={"name": str})
REJECTIONS = Listing(
    "rejections",
    QUERIES["rejections"],
    key={"id": int},
    filters={"source": "source = %(source)s"},
    descending=True,
)


class Source(BaseModel):
    """A feed; received = stored + duplicate + rejected, and what is queued comes on top."""

    name: str
    connector: str
    feed: str
    title: str
    transport: Literal["subscribed", "polled", "received"]
    state: Literal["ok", "stale", "error", "paused", "never"]
    configured: bool
    received: int
    stored: int
    duplicate: int
    rejected: int
    queued: int
    last_message_at: datetime | None
    last_stored_at: datetime | None
    heartbeat_at: datetime | None
    error: str
    error_since: datetime | None
    lag_s: float | None
    stale_after_s: float


class Fault(BaseModel):
    """One thing to mend: where, what with the remedy, and the same in Vietnamese where it is known."""

    place: str
    reason: str
    vi: str


class Rejection(BaseModel):
    """A refused message, whole, with every fault; ``encoding`` says how to read ``body``."""

    id: int
    source: str
    address: str
    received_at: datetime
    first_at: datetime
    times: int
    stage: str
    place: str
    reason: str
    faults: list[Fault]
    retried_at: datetime | None
    resolved_at: datetime | None
    encoding: Literal["text", "base64"]
    body: str


@router.get("/sources", response_model=Listed[Source], dependencies=[VIEWER])
def sources(asked: Annotated[Paged, Query()], store: TheStore) -> Json:
    """Return every feed with its state, its counters and its lag in seconds."""
    return SOURCES.answer(store, asked)


@router.get("/sources/{name}/rejections", response_model=Listed[Rejection], dependencies=[TECHNICIAN])
def rejections(name: str, asked: Annotated[Paged, Query()], store: TheStore) -> Json:
    """Return what was refused of a feed, the newest first; for technicians."""
    if store.row("select from source where name = %s", (name,)) is None:
        raise Problem(404, "no-such-source", f"there is no source {name!r}; GET /api/v1/sources lists them")
    page = REJECTIONS.page(store, asked, source=name)
    return Json({"items": list(map(_readable, page.rows)), "next": page.next})


def _readable(row: Mapping[str, Any]) -> dict[str, Any]:
    row = passed(row, ("faults",))
    body = cast("bytes", row["body"])
    try:
        return {**row, "encoding": "text", "body": body.decode()}
    except UnicodeDecodeError:
        return {**row, "encoding": "base64", "body": base64.b64encode(body).decode()}
