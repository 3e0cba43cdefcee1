"""Feeds: how each is doing, and what was refused."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api import PREFIX
from api.access import TECHNICIAN, VIEWER
from api.answer import Json, Listed, passed
from api.context import TheStore
from api.expected import Expected, told
from api.listing import Asked, Day, Listing, Paged
from api.problems import Problem
from api.sql import QUERIES
from connectors.contract import LOCAL
from ingest import expected
from ingest.store import Store

router = APIRouter(prefix=PREFIX, tags=["sources"])

SOURCES = Listing("sources", QUERIES["sources"], key={"name": str})
REJECTIONS = Listing(
    "rejections",
    QUERIES["rejections"],
    key={"id": int},
    filters={"source": "source = %(source)s"},
    descending=True,
)
LONGEST = timedelta(days=3 * 366)
"""Days of history that one answer tells at most."""


class Source(BaseModel):
    """A feed; received = stored + duplicate + rejected, and what is queued comes on top.

    ``expected`` has the last period whose hour has passed, and every later one up to that of today.
    """

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
    expected: list[Expected]


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
    """Return every feed with its state, its counters, its lag in seconds, and how it stands with what it owes."""
    page = SOURCES.page(store, asked)
    standing = expected.standing(store, datetime.now(UTC))
    items = [{**row, "expected": list(map(told, standing.get(row["name"], ())))} for row in page.rows]
    return Json({"items": items, "next": page.next})


class Span(Asked):
    """Periods that touch [start, stop); else those of the last year."""

    start: Day | None = None
    stop: Day | None = None


@router.get("/sources/{name}/expected", response_model=Listed[Expected], dependencies=[VIEWER])
def history(name: str, asked: Annotated[Span, Query()], store: TheStore) -> Json:
    """Return what a feed owed and how it stands with it, by rule and in the order of time."""
    _known(store, name)
    now = datetime.now(UTC)
    stop = asked.stop or now + timedelta(days=1)
    start = asked.start or stop - timedelta(days=366)
    if not timedelta() < stop - start <= LONGEST:
        raise Problem(422, "invalid-request", f"start must be before stop, by {LONGEST.days} days at most")
    days = [instant.astimezone(LOCAL).date() for instant in (start, stop)]
    standing = expected.standing(store, now, source=name, start=days[0], stop=days[1])
    return Json({"items": list(map(told, standing.get(name, ()))), "next": None})


@router.get("/sources/{name}/rejections", response_model=Listed[Rejection], dependencies=[TECHNICIAN])
def rejections(name: str, asked: Annotated[Paged, Query()], store: TheStore) -> Json:
    """Return what was refused of a feed, the newest first; for technicians."""
    _known(store, name)
    page = REJECTIONS.page(store, asked, source=name)
    return Json({"items": list(map(_readable, page.rows)), "next": page.next})


def _known(store: Store, name: str) -> None:
    if store.row("select from source where name = %s", (name,)) is None:
        raise Problem(404, "no-such-source", f"there is no source {name!r}; GET /api/v1/sources lists them")


def _readable(row: Mapping[str, Any]) -> dict[str, Any]:
    row = passed(row, ("faults",))
    body = cast("bytes", row["body"])
    try:
        return {**row, "encoding": "text", "body": body.decode()}
    except UnicodeDecodeError:
        return {**row, "encoding": "base64", "body": base64.b64encode(body).decode()}
