"""What people do with incidents: take up, work on, give to somebody, note, close, open again; once each."""

import unicodedata
from typing import Annotated, Any, get_args

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api import PREFIX
from api.access import OPERATOR, Principal
from api.accounts import audit
from api.answer import Json
from api.context import TheStore
from api.incidents import Told, nobody, told
from api.problems import Problem
from connectors import persons
from ingest import handling
from ingest.handling import Action, Taken, Unknown
from ingest.rule import Actor
from ingest.store import Store

router = APIRouter(prefix=PREFIX, tags=["incidents"])


def _plain(value: str) -> str:
    text = unicodedata.normalize("NFC", value).strip()
    if any(not c.isprintable() and c != "\n" for c in text):
        raise ValueError("a text to read is expected")
    if persons.told(text):
        raise ValueError("it holds a person's number or address; an incident names nobody")
    return text


def _something(value: str) -> str:
    if not value:
        raise ValueError("a note says something")
    return value


Words = Annotated[str, Field(max_length=2000), AfterValidator(_plain)]


class Doing(BaseModel):
    """What goes with a step; ``version`` of the incident as it was seen: another one is a conflict."""

    model_config = ConfigDict(extra="forbid")

    note: Words = ""
    version: int | None = None


class Noting(BaseModel):
    """A note."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, Field(max_length=2000), AfterValidator(_plain), AfterValidator(_something)]


class Assigning(Doing):
    """To whom: an account of this centre, or an actor as ``technician``."""

    assignee: str = Field(min_length=1, max_length=64)


@router.post("/incidents/{id_}/ack", response_model=Told)
def acknowledge(id_: int, store: TheStore, who: Annotated[Principal, OPERATOR], doing: Doing | None = None) -> Json:
    """Take it up: who comes second gets 409 with who was first."""
    return _act(store, id_, "acknowledged", who, doing or Doing())


@router.post("/incidents/{id_}/start", response_model=Told)
def start(id_: int, store: TheStore, who: Annotated[Principal, OPERATOR], doing: Doing | None = None) -> Json:
    """Say that somebody works on it: you, where nobody was named."""
    return _act(store, id_, "started", who, doing or Doing())


@router.post("/incidents/{id_}/assign", response_model=Told)
def assign(id_: int, doing: Assigning, store: TheStore, who: Annotated[Principal, OPERATOR]) -> Json:
    """Give it to an account, or to an actor of the commune."""
    known = store.row("select 1 from account where name = %s and not disabled", (doing.assignee,))
    if doing.assignee not in get_args(Actor) and known is None:
        reason = f"{doing.assignee} is no account here, nor one of {', '.join(get_args(Actor))}"
        reasons = [{"place": "body.assignee", "reason": reason}]
        raise Problem(422, "invalid-request", f"body.assignee: {reason}", reasons=reasons)
    return _act(store, id_, "assigned", who, doing, assignee=doing.assignee)


@router.post("/incidents/{id_}/note", response_model=Told)
def note(id_: int, noting: Noting, store: TheStore, who: Annotated[Principal, OPERATOR]) -> Json:
    """Write a note; a closed incident takes notes too."""
    return _act(store, id_, "noted", who, Doing(note=noting.note))


@router.post("/incidents/{id_}/resolve", response_model=Told)
def resolve(id_: int, store: TheStore, who: Annotated[Principal, OPERATOR], doing: Doing | None = None) -> Json:
    """Close it; where its condition still holds it returns after the rule's time."""
    return _act(store, id_, "resolved", who, doing or Doing())


@router.post("/incidents/{id_}/false-alarm", response_model=Told)
def false_alarm(id_: int, store: TheStore, who: Annotated[Principal, OPERATOR], doing: Doing | None = None) -> Json:
    """Close it as none; it stays quiet until its condition ended once."""
    return _act(store, id_, "false_alarm", who, doing or Doing())


@router.post("/incidents/{id_}/reopen", response_model=Told)
def reopen(id_: int, store: TheStore, who: Annotated[Principal, OPERATOR], doing: Doing | None = None) -> Json:
    """Open a closed one again; 409 where a newer one of the same subject is open."""
    return _act(store, id_, "reopened", who, doing or Doing())


def _act(store: Store, id_: int, action: Action, who: Principal, doing: Doing, *, assignee: str | None = None) -> Json:
    try:
        with store.transaction() as link:
            _, changed = handling.act(
                link, id_, action, who.name, note=doing.note, assignee=assignee, version=doing.version
            )
            if changed:
                whom = {"assignee": assignee} if assignee else {}
                audit(link, who.name, f"incident.{action}", str(id_), **whom)
    except Unknown as error:
        raise nobody(id_) from error
    except Taken as taken:
        raise _taken(taken) from taken
    return Json(told(store, id_))


def _taken(taken: Taken) -> Problem:
    fields: dict[str, Any] = {"state": taken.state, "by": taken.by, "at": taken.at, "version": taken.version}
    if taken.other is not None:
        detail = f"incident {taken.other} of the same subject is open; go on with that one"
        return Problem(409, "open-already", detail, **fields, other=taken.other)
    detail = f"it is {taken.state} since {taken.at.isoformat()}, by {taken.by}; look at it again"
    return Problem(409, "taken", detail, **fields)
