"""Pushing raw messages in: 202 means that they are committed; a dry run only says what they would do."""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated, Any, cast
from uuid import uuid4

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from api import PREFIX
from api.access import OPERATOR, Principal
from api.answer import Json
from api.context import TheStore
from api.listing import Asked
from api.problems import Problem
from api.rehearsal import REASONS, Brought, Reason, Rehearsed, rehearsed, told
from api.sql import QUERIES
from ingest.batch import Committer
from ingest.config import Settings
from ingest.health import declare
from ingest.imports import CameFirst
from ingest.pipeline import Delivery
from ingest.receive import Receiver
from ingest.store import Store
from ingest.units import unit_codes

router = APIRouter(prefix=PREFIX, tags=["messages"])

NDJSON = "application/x-ndjson"
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


class Taken(BaseModel):
    """What became of a push: received = stored + duplicate + rejected; ``before`` brought the very same already."""

    received: int
    stored: int
    duplicate: int
    rejected: int
    reasons: list[Reason] = []
    before: Brought | None = None


class To(Asked):
    """Where the messages came from."""

    address: str | None = Field(default=None, min_length=1, max_length=1024)
    """An MQTT topic or a file's name, for connectors that read it; the request's path otherwise."""
    dry_run: bool = False
    """Store nothing; tell every fault, and the difference to what is stored."""
    after: int | None = Field(default=None, ge=0)
    """The source's last import when its difference was looked at (0: none): 409 where another came since."""


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


@router.post(
    "/messages/{source}",
    status_code=202,
    response_model=Taken,
    responses={200: {"model": Rehearsed, "description": "With dry_run: nothing was stored"}},
    openapi_extra=_BODY,
)
def push(
    request: Request,
    source: str,
    asked: Annotated[To, Query()],
    who: Annotated[Principal, OPERATOR],
    entrance: Annotated[Entrance, Depends(_entrance)],
    store: TheStore,
    body: Annotated[bytes, Depends(_whole)],
) -> Json:
    """Store one raw message, or one a line with ``application/x-ndjson``; answers after the commit.

    Sent again, what is known counts as a duplicate, so a push that got no answer can be repeated. All refused: 422.
    The figures of one request are one import, which can be undone.
    """
    if source not in entrance.sources:
        known = sorted(entrance.sources)
        raise Problem(404, "no-such-source", f"there is no source {source!r}; there are {known}", sources=known)
    lines = request.headers.get("content-type", "").partition(";")[0].strip().lower() == NDJSON
    said = [(at, line) for at, line in enumerate(map(bytes.strip, body.split(b"\n")), start=1) if line]
    numbers: list[int | None] = [at for at, _ in said] if lines else [None]
    bodies = [line for _, line in said] if lines else [body]
    receiver = entrance.receiver()
    address = asked.address or request.url.path
    digest = hashlib.sha256(body).digest()
    delivery = Delivery(uuid4(), digest, who.name, asked.after)
    content = {"source": source, "digest": digest, "key": delivery.key}
    before = store.row(QUERIES["brought"], content)
    last = store.row(QUERIES["last_import"], {"source": source})
    if asked.dry_run:
        tried = rehearsed(receiver.rehearse(source, bodies, address), numbers)
        return Json({**tried, "before": before, "last": last})
    if asked.after is not None and last is not None and last["id"] != asked.after and before is None:
        raise _came_first(CameFirst(last["actor"], last["address"], last["at"]))
    counts: Counter[str] = Counter(received=0, stored=0, duplicate=0, rejected=0)
    reasons: list[dict[str, object]] = []
    for piece in _pieces(bodies, entrance.piece):
        try:
            receipt = receiver.receive(source, piece, address, delivery)
        except CameFirst as first:
            raise _came_first(first) from first
        reasons += told(receipt.reasons[: REASONS - len(reasons)], numbers[counts["received"] :])
        counts.update(received=receipt.received, stored=receipt.stored)
        counts.update(duplicate=receipt.duplicate, rejected=receipt.rejected)
    if counts["rejected"] and counts["rejected"] == counts["received"]:
        detail = f"all of {counts['received']} refused: {reasons[0]['reason']}"
        raise Problem(422, "all-refused", detail, reasons=reasons, **dict[str, Any](counts))
    more = {"reasons": reasons} if reasons else {}
    before = store.row(QUERIES["brought"], content)  # of two at once, the second learns it only now
    return Json({**counts, **more, **({"before": before} if before else {})}, status_code=202)


def _came_first(first: CameFirst) -> Problem:
    return Problem(409, "came-first", str(first), by=first.actor, at=first.at.isoformat(), address=first.address)


def _pieces(bodies: Sequence[bytes], size: int) -> Iterator[list[bytes]]:
    left = iter(bodies)
    while piece := list(islice(left, size)):
        yield piece
