"""Pushing raw messages in: 202 means that they are committed; a dry run only says what they would do."""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated, Any, Literal, cast
from uuid import uuid4

import orjson
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from api import PREFIX
from api.access import OPERATOR, Principal
from api.answer import Json, Number
from api.listing import Asked
from api.problems import Problem
from ingest.batch import Committer
from ingest.config import Settings
from ingest.health import declare
from ingest.pipeline import Delivery
from ingest.receive import Receiver, Refused, Rehearsal
from ingest.store import Store
from ingest.units import unit_codes

router = APIRouter(prefix=PREFIX, tags=["messages"])

NDJSON = "application/x-ndjson"
REASONS = 100
"""Reasons told at most; the rest are in the source's rejections."""
FIGURES = 200
"""Figures that a dry run shows at most, changed ones first."""

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
    """Where a message was refused and why, in English and, where it is known, Vietnamese.

    ``line`` counts from 1, blank lines too; null where the body is one message.
    """

    line: int | None
    place: str
    reason: str
    vi: str


class Taken(BaseModel):
    """What became of a push: received = stored + duplicate + rejected."""

    received: int
    stored: int
    duplicate: int
    rejected: int
    reasons: list[Reason] = []


class Figure(BaseModel):
    """A figure beside what is stored: ``old_…`` null where it is new."""

    change: Literal["changed", "new", "same"]
    unit: str
    indicator: str
    period_start: str
    period_end: str
    period_kind: str
    cumulative: bool
    scope: str
    dims: dict[str, str]
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    bound: str
    low: Number | None
    high: Number | None
    stated: Number | None
    quality: str
    level: str
    old_value: Number | None
    old_numerator: Number | None
    old_denominator: Number | None
    old_stated: Number | None
    old_quality: str | None


class Rehearsed(BaseModel):
    """What a push would do: messages that would be refused with every reason, figures by what would become of them.

    ``others`` counts what is no figure (reports of devices, cases); ``figures`` are the first of them all.
    """

    dry_run: Literal[True]
    received: int
    rejected: int
    reasons: list[Reason]
    reasons_in_all: int
    new: int
    changed: int
    same: int
    others: int
    figures: list[Figure]


class To(Asked):
    """Where the messages came from."""

    address: str | None = Field(default=None, min_length=1, max_length=1024)
    """An MQTT topic or a file's name, for connectors that read it; the request's path otherwise."""
    dry_run: bool = False
    """Store nothing; tell every fault, and the difference to what is stored."""


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
    if asked.dry_run:
        return Json(rehearsed(receiver.rehearse(source, bodies, address), numbers))
    delivery = Delivery(uuid4(), hashlib.sha256(body).digest(), who.name)
    counts: Counter[str] = Counter(received=0, stored=0, duplicate=0, rejected=0)
    reasons: list[dict[str, object]] = []
    for piece in _pieces(bodies, entrance.piece):
        receipt = receiver.receive(source, piece, address, delivery)
        reasons += _reasons(receipt.reasons[: REASONS - len(reasons)], numbers[counts["received"] :])
        counts.update(received=receipt.received, stored=receipt.stored)
        counts.update(duplicate=receipt.duplicate, rejected=receipt.rejected)
    if counts["rejected"] and counts["rejected"] == counts["received"]:
        detail = f"all of {counts['received']} refused: {reasons[0]['reason']}"
        raise Problem(422, "all-refused", detail, reasons=reasons, **dict[str, Any](counts))
    return Json({**counts, "reasons": reasons} if reasons else counts, status_code=202)


def rehearsed(rehearsal: Rehearsal, numbers: Sequence[int | None]) -> dict[str, object]:
    """Return a dry run as plain values; ``numbers`` are the lines of the messages."""
    figures = [
        {key: value for key, value in row.items() if key not in ("n", "old_received_at")}
        | {"dims": orjson.Fragment(row["dims"])}
        for row in rehearsal.figures[:FIGURES]
    ]
    return {
        "dry_run": True,
        "received": rehearsal.received,
        "rejected": rehearsal.rejected,
        "reasons": _reasons(rehearsal.reasons[:REASONS], numbers),
        "reasons_in_all": len(rehearsal.reasons),
        **rehearsal.counts,
        "others": rehearsal.others,
        "figures": figures,
    }


def _reasons(refused: Sequence[Refused], numbers: Sequence[int | None]) -> list[dict[str, object]]:
    return [{"line": numbers[at], **fault._asdict()} for at, fault in refused]


def _pieces(bodies: Sequence[bytes], size: int) -> Iterator[list[bytes]]:
    left = iter(bodies)
    while piece := list(islice(left, size)):
        yield piece
