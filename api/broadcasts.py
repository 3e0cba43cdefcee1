"""Programmes on the loudspeakers: what was played, what is planned, and planning by hand.

A plan made here commands no loudspeaker: it says what shall be heard, so that what was not heard can be told, and what
nobody ordered.
"""

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from psycopg import sql
from psycopg.rows import DictRow, dict_row
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api import PREFIX
from api.access import OPERATOR, VIEWER, Principal
from api.accounts import audit
from api.answer import Json, Listed
from api.context import TheStore
from api.listing import Asked, Day, Instant, Listing, Paged
from api.problems import Problem
from api.sql import QUERIES
from connectors.contract import Broadcast as Record
from connectors.contract import Message
from ingest import broadcasts as shelf
from ingest.plans import SOURCE
from ingest.store import Link
from ingest.stream import notify

router = APIRouter(prefix=PREFIX, tags=["broadcasts"])

LONGEST = timedelta(hours=24)
FURTHEST = timedelta(days=366)

BROADCASTS = Listing(
    "broadcasts",
    QUERIES["broadcasts"],
    key={"starts_at": datetime, "unit": str, "kind": str, "source": str, "id": str},
    filters={
        "unit": "unit = %(unit)s",
        "device": "device in (%(device)s, '')",
        "kind": "kind = %(kind)s",
        "state": "state = %(state)s",
        "start": "(starts_at >= %(start)s or ends_at > %(start)s or state = 'playing')",
        "stop": "starts_at < %(stop)s",
    },
    descending=True,
)

Kind = Literal["planned", "played"]
State = Literal["planned", "cancelled", "playing", "played", "failed"]
Priority = Literal["normal", "priority", "emergency"]


class Broadcast(BaseModel):
    """One programme; ``device`` empty: all clusters of its source; ``ends_at`` null: not known, or it plays on."""

    unit: str
    kind: Kind
    id: str
    device: str
    programme: str
    priority: Priority
    starts_at: datetime
    ends_at: datetime | None
    state: State
    source: str
    received_at: datetime
    changed_at: datetime


class Heard(Asked):
    """Which broadcasts: those that touch [start, stop); a bare day begins at local midnight."""

    unit: str | None = None
    device: str | None = None
    kind: Kind | None = None
    state: State | None = None
    start: Day | None = None
    stop: Day | None = None


class HeardPaged(Heard, Paged):
    """The same in pieces."""


def _named(value: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", value).split())
    if not text or not text.isprintable():
        raise ValueError("a name to read is expected, as Bản tin chiều")
    return text


class Planned(BaseModel):
    """A broadcast to plan; ``id`` is the caller's own (a UUID), so that asking again plans nothing twice."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")
    unit: str = Field(pattern=r"^[0-9]{5}$")
    device: str = Field(default="", pattern=r"^([a-z0-9-]{1,64})?$")
    """A loudspeaker's name; empty: all of the commune."""
    programme: Annotated[str, Field(max_length=200), AfterValidator(_named)]
    priority: Priority = "normal"
    starts_at: Instant
    ends_at: Instant


@router.get("/broadcasts", response_model=Listed[Broadcast], dependencies=[VIEWER])
def broadcasts(asked: Annotated[HeardPaged, Query()], store: TheStore) -> Json:
    """Return broadcasts, the latest start first; what was planned and cancelled stays, with that state."""
    return BROADCASTS.answer(store, asked)


@router.post("/broadcasts", response_model=Broadcast, status_code=201)
def plan(what: Planned, store: TheStore, who: Annotated[Principal, OPERATOR]) -> Json:
    """Plan a broadcast: 201, or 200 where it was planned already; 409 where its id means another one."""
    wanted = Record(what.unit, "planned", what.id, what.starts_at, what.ends_at, what.programme, "planned",
                    what.device, what.priority)  # fmt: skip
    with store.transaction() as link:
        known = _known(link, what.unit, what.id)
        if known is None:
            _check(link, what)
            if _put(link, wanted):
                audit(link, who.name, "broadcast.plan", what.id, **what.model_dump(mode="json", exclude={"id"}))
            known, status = _known(link, what.unit, what.id), 201
        else:
            status = 200
    assert known is not None  # noqa: S101 - put in the lines above
    if any(known[name] != getattr(wanted, name) for name in Planned.model_fields) or known["state"] != "planned":
        detail = f"the id {what.id} is that of another broadcast, or of a cancelled one; send a new id"
        raise Problem(409, "id-taken", detail)
    return Json(known, status)


@router.post("/broadcasts/{unit}/{id_}/cancel", response_model=Broadcast)
def cancel(unit: str, id_: str, store: TheStore, who: Annotated[Principal, OPERATOR]) -> Json:
    """Cancel what a person planned and has not begun; again changes nothing, 409 once its time has come."""
    with store.transaction() as link:
        known = _known(link, unit, id_)
        if known is None:
            detail = f"nobody planned {id_} here in {unit}; what a vendor's schedule plans is cancelled there"
            raise Problem(404, "not-found", detail)
        of_plan = "select id from broadcast_plan where unit = %s and starts_with(%s, id || '.')"
        if row := link.execute(of_plan, (unit, id_)).fetchone():
            detail = f"it is one time of the programme {row[0]}; cancel that day of it with POST /broadcasts/plans/…"
            raise Problem(409, "of-a-programme", detail)
        if known["state"] != "cancelled":
            if known["starts_at"] <= datetime.now(UTC):
                raise Problem(409, "too-late", f"it was to begin at {known['starts_at'].isoformat()}")
            fields = {name: known[name] for name in Record.__dataclass_fields__}
            if _put(link, Record(**(fields | {"state": "cancelled"}))):
                audit(link, who.name, "broadcast.cancel", id_, unit=unit)
            known = _known(link, unit, id_)
    return Json(known)


def _put(link: Link, wanted: Record) -> bool:
    fresh = shelf.put(link, Message(SOURCE, "", b"", datetime.now(UTC)), wanted)
    if fresh:
        notify(link, (), (), (), [(wanted.unit, wanted.kind, SOURCE, wanted.id)])
    return fresh


def _known(link: Link, unit: str, id_: str) -> DictRow | None:
    """Return what a person planned by this id; whoever asks for it too waits until this transaction ends."""
    link.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"{SOURCE}/{unit}/{id_}",))
    planned = sql.SQL("select * from ({}) as item where unit = %s and kind = 'planned' and source = %s and id = %s")
    with link.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(planned.format(sql.SQL(QUERIES["broadcasts"])), (unit, SOURCE, id_)).fetchone()


def _check(link: Link, what: Planned) -> None:
    """Raise a 422 problem with every reason why it can't be planned."""
    now = datetime.now(UTC)
    length = what.ends_at - what.starts_at
    faults: list[tuple[str, str]] = []
    if not link.execute("select 1 from unit where code = %s and valid_to is null", (what.unit,)).fetchone():
        faults.append(("unit", f"{what.unit} is no commune of today; see /api/v1/units?current=true"))
    loudspeaker = "select 1 from device where unit = %s and kind = 'loudspeaker' and name = %s"
    if what.device and not link.execute(loudspeaker, (what.unit, what.device)).fetchone():
        faults.append(("device", f"{what.unit} has no loudspeaker {what.device}; leave it out for all of them"))
    if what.starts_at <= now:
        faults.append(("starts_at", "it lies in the past; only what is to come can be planned"))
    elif what.starts_at - now > FURTHEST:
        faults.append(("starts_at", f"it is more than {FURTHEST.days} days ahead; correct the year"))
    if not timedelta() < length <= LONGEST:
        faults.append(("ends_at", f"it must be after starts_at, by {LONGEST / timedelta(hours=1):g} hours at most"))
    if faults:
        reasons: list[dict[str, Any]] = [{"place": f"body.{place}", "reason": reason} for place, reason in faults]
        detail = "; ".join(f"{place}: {reason}" for place, reason in faults)
        raise Problem(422, "invalid-request", detail, reasons=reasons)
