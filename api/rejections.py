"""Refused messages: seen with the original, fetched whole, and tried again after a fix."""

import base64
import codecs
import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, cast
from urllib.parse import quote

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from api import PREFIX
from api.access import TECHNICIAN, Principal
from api.accounts import audit
from api.answer import Json, Listed, passed
from api.context import TheSettings, TheStore
from api.listing import Asked, Listing, Paged
from api.problems import Problem
from api.sources import known
from api.sql import QUERIES
from ingest.rejections import retry
from ingest.store import Store

router = APIRouter(prefix=PREFIX, tags=["sources"])

REJECTIONS = Listing(
    "rejections",
    QUERIES["rejections"],
    key={"id": int},
    filters={"source": "source = %(source)s", "number": "id = %(number)s", "open": "(resolved_at is null) = %(open)s"},
    descending=True,
)
MOST = 200
"""Messages that one request tries again; ask again with ``after`` for what is left."""


class Fault(BaseModel):
    """One thing to mend: where, what with the remedy, and the same in Vietnamese where it is known."""

    place: str
    reason: str
    vi: str


class Refusal(BaseModel):
    """A refused message without its body, whose ``size`` is in bytes; every fault is told."""

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
    size: int


class Rejection(Refusal):
    """A refused message; ``encoding`` says how to read ``body``, of which the query may ask for the beginning alone."""

    encoding: Literal["text", "base64"]
    body: str


class Shown(Asked):
    """How much of the originals is told."""

    body: int | None = Field(default=None, ge=0, le=1 << 24)
    """Bytes of each original at most, from its begin; else all."""


class Sought(Paged, Shown):
    """Which rejections."""

    open: bool | None = None
    """Those that are still refused, or those that were taken after all."""


class OfSource(Paged):
    """Which rejections a file has."""

    source: str | None = None
    open: bool | None = None


class Retried(BaseModel):
    """What became of one message that was tried again, and how it stands now."""

    outcome: Literal["stored", "duplicate", "rejected"]
    rejection: Rejection


class RetriedAll(BaseModel):
    """What became of messages that were tried again; ``after`` asks for those that are left, null: none is left."""

    tried: int
    stored: int
    duplicate: int
    rejected: int
    after: int | None


class Further(Asked):
    """Messages with a number above this one."""

    after: int = Field(default=0, ge=0)


@router.get("/sources/{name}/rejections", response_model=Listed[Rejection], dependencies=[TECHNICIAN])
def rejections(name: str, asked: Annotated[Sought, Query()], store: TheStore) -> Json:
    """Return what was refused of a feed, the newest first; for technicians."""
    known(store, name)
    page = REJECTIONS.page(store, asked, source=name)
    return Json({"items": list(map(_readable, page.rows)), "next": page.next})


@router.get("/sources/{name}/rejections/{number}/body", dependencies=[TECHNICIAN], response_class=Response)
def body(name: str, number: int, store: TheStore) -> Response:
    """Return the original as it came, as a file that no browser shows by itself."""
    row = _one(store, name, number)
    called = re.sub(r"[^\w.-]+", "_", PurePosixPath(row["address"]).name)[-80:].strip(".") or "ban-tin"
    headers = {
        "Content-Disposition": f"attachment; filename=\"{number}.bin\"; filename*=UTF-8''{quote(f'{number}-{called}')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
        "Cache-Control": "no-store",
    }
    return Response(bytes(row["body"]), headers=headers, media_type="application/octet-stream")


@router.post("/sources/{name}/rejections/{number}/retry", response_model=Retried)
def retry_one(
    name: str,
    number: int,
    asked: Annotated[Shown, Query()],
    store: TheStore,
    settings: TheSettings,
    who: Annotated[Principal, TECHNICIAN],
) -> Json:
    """Understand one refused message again; 409 where it was taken already, or where its source is gone."""
    known(store, name)
    _configured(settings.sources, name)
    keep = settings.database.keep_days
    tried = list(retry(store, settings.sources, keep, by=who.name, source=name, number=number))
    row = _one(store, name, number, asked.body)
    if not tried:
        at = row["resolved_at"]
        raise Problem(409, "taken-already", f"rejection {number} was taken at {at.isoformat()}", at=at.isoformat())
    outcome = tried[0].outcome
    with store.transaction() as link:
        audit(link, who.name, "rejection.retry", str(number), source=name, outcome=outcome)
    return Json({"outcome": outcome, "rejection": _readable(row)})


@router.post("/sources/{name}/rejections/retry", response_model=RetriedAll)
def retry_all(
    name: str,
    asked: Annotated[Further, Query()],
    store: TheStore,
    settings: TheSettings,
    who: Annotated[Principal, TECHNICIAN],
) -> Json:
    """Understand what is still refused of a feed again, so many messages a request."""
    known(store, name)
    _configured(settings.sources, name)
    tries = retry(
        store, settings.sources, settings.database.keep_days, by=who.name, source=name, after=asked.after, most=MOST
    )
    tried = list(islice(tries, MOST))
    counts = Counter(outcome for _, outcome in tried)
    said = {outcome: counts[outcome] for outcome in ("stored", "duplicate", "rejected")}
    with store.transaction() as link:
        audit(link, who.name, "rejection.retry", name, tried=len(tried), **said)
    return Json({"tried": len(tried), **said, "after": tried[-1].id if len(tried) == MOST else None})


def _configured(sources: Mapping[str, object], name: str) -> None:
    if name not in sources:
        raise Problem(409, "source-gone", f"{name!r} is not configured any more: nothing can understand its messages")


def _one(store: Store, name: str, number: int, length: int | None = None) -> dict[str, Any]:
    found = REJECTIONS.page(store, Shown(body=length), source=name, number=number).rows
    if not found:
        raise Problem(404, "no-such-rejection", f"{name!r} has no rejection {number}")
    return found[0]


def _readable(row: Mapping[str, Any]) -> dict[str, Any]:
    row = passed(row, ("faults",))
    shown = bytes(cast("bytes", row["body"]))
    try:
        # A cut may go through a letter; what is whole must be whole.
        text = codecs.getincrementaldecoder("utf-8")().decode(shown, final=len(shown) == row["size"])
    except UnicodeDecodeError:
        return {**row, "encoding": "base64", "body": base64.b64encode(shown).decode()}
    return {**row, "encoding": "text", "body": text}
