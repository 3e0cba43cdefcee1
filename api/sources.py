"""Feeds: how each is doing, what came when, and what is owed."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api import PREFIX
from api.access import VIEWER, Principal
from api.answer import Json, Listed
from api.context import TheSettings, TheStore
from api.expected import Expected, told
from api.listing import Asked, Day, Listing, Paged
from api.problems import Problem
from api.sql import QUERIES
from connectors.contract import LOCAL, Polled
from ingest import expected
from ingest.store import Store

router = APIRouter(prefix=PREFIX, tags=["sources"])

SOURCES = Listing("sources", QUERIES["sources"], key={"name": str}, filters={"name": "name = %(name)s"})
LONGEST = timedelta(days=3 * 366)
"""Days of history that one answer tells at most."""
MOST_BUCKETS = 3000
"""Buckets that one answer tells at most."""


class Feed(BaseModel):
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


class Source(Feed):
    """A feed with what it owes: the last period whose hour has passed, and every later one up to that of today."""

    expected: list[Expected]


class Cursor(BaseModel):
    """Where a conversation of a source goes on next time."""

    name: str
    value: str
    moved_at: datetime


class SourceWhole(Source):
    """A feed with how it is asked: every so many seconds or by ``cron`` (local time); null where others send.

    ``files`` are the patterns of the files that it takes, ``cursors`` are told to technicians alone; ``owes_since`` is
    when what it owes was declared: nobody is to blame for periods that were due before.
    """

    every_s: float | None
    cron: str
    files: list[str]
    owes_since: datetime | None
    cursors: list[Cursor]


class Minute(BaseModel):
    """What came in a bucket that begins at ``at``; there is no row where nothing came."""

    at: datetime
    stored: int
    duplicate: int
    rejected: int


@router.get("/sources", response_model=Listed[Source], dependencies=[VIEWER])
def sources(asked: Annotated[Paged, Query()], store: TheStore) -> Json:
    """Return every feed with its state, its counters, its lag in seconds, and how it stands with what it owes."""
    page = SOURCES.page(store, asked)
    standing = expected.standing(store, datetime.now(UTC))
    items = [{**row, "expected": list(map(told, standing.get(row["name"], ())))} for row in page.rows]
    return Json({"items": items, "next": page.next})


@router.get("/sources/{name}", response_model=SourceWhole)
def source(name: str, store: TheStore, settings: TheSettings, who: Annotated[Principal, VIEWER]) -> Json:
    """Return one feed with how it is asked."""
    known(store, name)
    (row,) = SOURCES.page(store, Asked(), name=name).rows
    standing = expected.standing(store, datetime.now(UTC), source=name)
    asker = settings.sources.get(name)
    polled = asker if isinstance(asker, Polled) else None
    # What a conversation goes on with is the other side's own word, and may be as good as a key.
    cursors = store.rows("select name, value, moved_at from cursor where source = %s order by name", (name,))
    since = store.row("select min(declared_at) as at from due_rule where source = %s", (name,))
    return Json(
        {
            **row,
            "expected": list(map(told, standing.get(name, ()))),
            "every_s": polled.every.total_seconds() if polled and not polled.cron else None,
            "cron": polled.cron if polled else "",
            "files": sorted({place.pattern for place in polled.places()}) if polled else [],
            "owes_since": since["at"] if since else None,
            "cursors": cursors if who.may("technician") else [],
        }
    )


class Window(Asked):
    """Buckets of [start, stop), each so many seconds wide; else the last hour by minute."""

    start: Day | None = None
    stop: Day | None = None
    step: Annotated[timedelta, Field(ge=timedelta(minutes=1), le=timedelta(days=31))] = timedelta(minutes=1)


class Span(Asked):
    """Periods that touch [start, stop); else those of the last year."""

    start: Day | None = None
    stop: Day | None = None


@router.get("/sources/{name}/expected", response_model=Listed[Expected], dependencies=[VIEWER])
def history(name: str, asked: Annotated[Span, Query()], store: TheStore) -> Json:
    """Return what a feed owed and how it stands with it, by rule and in the order of time."""
    known(store, name)
    now = datetime.now(UTC)
    stop = asked.stop or now + timedelta(days=1)
    start = asked.start or stop - timedelta(days=366)
    if not timedelta() < stop - start <= LONGEST:
        raise Problem(422, "invalid-request", f"start must be before stop, by {LONGEST.days} days at most")
    days = [instant.astimezone(LOCAL).date() for instant in (start, stop)]
    standing = expected.standing(store, now, source=name, start=days[0], stop=days[1])
    return Json({"items": list(map(told, standing.get(name, ()))), "next": None})


@router.get("/sources/{name}/minutes", response_model=Listed[Minute], dependencies=[VIEWER])
def minutes(name: str, asked: Annotated[Window, Query()], store: TheStore) -> Json:
    """Return what a feed brought over time, of every commune and of none, in the order of time."""
    known(store, name)
    stop = asked.stop or datetime.now(UTC)
    start = asked.start or stop - timedelta(hours=1)
    if not timedelta() < stop - start <= MOST_BUCKETS * asked.step:
        raise Problem(422, "invalid-request", f"start must be before stop, by {MOST_BUCKETS} steps at most")
    said = {"source": name, "start": start, "stop": stop, "step": asked.step}
    return Json({"items": store.rows(QUERIES["source_minutes"], said), "next": None})


def known(store: Store, name: str) -> None:
    """Raise a 404 problem where there is no such source."""
    if store.row("select from source where name = %s", (name,)) is None:
        raise Problem(404, "no-such-source", f"there is no source {name!r}; GET /api/v1/sources lists them")
