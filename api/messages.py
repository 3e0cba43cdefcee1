"""Pushing raw messages in: 202 means that they are committed."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from api import PREFIX
from api.access import OPERATOR
from api.answer import Json
from api.listing import Asked
from api.problems import Problem
from ingest.batch import Committer
from ingest.config import Settings
from ingest.health import declare
from ingest.receive import Receiver
from ingest.store import Store
from ingest.units import unit_codes

router = APIRouter(prefix=PREFIX, tags=["messages"])

NDJSON = "application/x-ndjson"
REASONS = 100
"""Reasons told at most; the rest are in the source's rejections."""

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {}},
            NDJSON: {"schema": {"type": "string", "description": "one message a line; blank lines are ignored"}},
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


class Reason(BaseModel):
    """Where a message was refused, and why."""

    place: str
    reason: str


class Taken(BaseModel):
    """What became of a push: received = stored + duplicate + rejected."""

    received: int
    stored: int
    duplicate: int
    rejected: int
    reasons: list[Reason] = []


class To(Asked):
    """Where the messages came from."""

    address: str | None = Field(default=None, min_length=1, max_length=1024)
    """An MQTT topic or a file's name, for connectors that read it; the request's path otherwise."""


class Entrance:
    """The receiver of this process; made when the database first answers, because it must know the communes."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.sources = settings.sources
        self.piece = settings.ingest.batch_rows
        self._settings = settings
        self._store = store
        self._lock = threading.Lock()
        self._receiver: Receiver | None = None

    def receiver(self) -> Receiver:
        """Return it; raises :class:`StoreDown`."""
        with self._lock:
            if self._receiver is None:
                declare(self._store, self._settings)
                committer = Committer(self._store, self._settings.database.keep_days)
                self._receiver = Receiver(self.sources, committer, unit_codes(self._store))
            return self._receiver


async def _entrance(request: Request) -> Entrance:
    return cast("Entrance", request.app.state.entrance)


async def _whole(request: Request) -> bytes:
    return await request.body()


@router.post("/messages/{source}", status_code=202, response_model=Taken, dependencies=[OPERATOR], openapi_extra=_BODY)
def push(
    request: Request,
    source: str,
    asked: Annotated[To, Query()],
    entrance: Annotated[Entrance, Depends(_entrance)],
    body: Annotated[bytes, Depends(_whole)],
) -> Json:
    """Store one raw message, or one a line with ``application/x-ndjson``; answers after the commit.

    Sent again, what is known counts as a duplicate, so a push that got no answer can be repeated. All refused: 422.
    """
    if source not in entrance.sources:
        known = sorted(entrance.sources)
        raise Problem(404, "no-such-source", f"there is no source {source!r}; there are {known}", sources=known)
    lines = request.headers.get("content-type", "").partition(";")[0].strip().lower() == NDJSON
    bodies = [line for line in map(bytes.strip, body.split(b"\n")) if line] if lines else [body]
    receiver = entrance.receiver()
    counts: Counter[str] = Counter(received=0, stored=0, duplicate=0, rejected=0)
    reasons: list[dict[str, str]] = []
    for piece in _pieces(bodies, entrance.piece):
        receipt = receiver.receive(source, piece, asked.address or request.url.path)
        counts.update(received=receipt.received, stored=receipt.stored)
        counts.update(duplicate=receipt.duplicate, rejected=receipt.rejected)
        told = [{"place": r.place, "reason": r.reason} for r in receipt.reasons]
        unsaid = receipt.rejected - len(told)
        told += [{"place": "store", "reason": f"the database refused it; see /sources/{source}/rejections"}] * unsaid
        reasons += told[: REASONS - len(reasons)]
    if counts["rejected"] and counts["rejected"] == counts["received"]:
        detail = f"all of {counts['received']} refused: {reasons[0]['reason']}"
        raise Problem(422, "all-refused", detail, reasons=reasons, **dict[str, Any](counts))
    return Json({**counts, "reasons": reasons} if reasons else counts, status_code=202)


def _pieces(bodies: Sequence[bytes], size: int) -> Iterator[list[bytes]]:
    left = iter(bodies)
    while piece := list(islice(left, size)):
        yield piece
