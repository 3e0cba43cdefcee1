"""Incidents: what somebody has to see to, with all that was done about it, and what one shift hands to the next."""

from datetime import UTC, datetime
from itertools import compress
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from psycopg import sql
from pydantic import BaseModel

from api import PREFIX
from api.access import VIEWER
from api.answer import Json, Listed, Number, passed
from api.context import TheStore
from api.listing import Asked, Day, Listing, Paged
from api.problems import Problem
from api.sql import QUERIES
from ingest import rules
from ingest.conditions import Severity
from ingest.sql import QUERIES as STEPS
from ingest.store import Store

router = APIRouter(prefix=PREFIX, tags=["incidents"])

JSON = ("members", "evidence")
INCIDENTS = Listing(
    "incidents",
    QUERIES["incidents"],
    key={"opened_at": datetime, "id": int},
    filters={
        "state": "(state = %(state)s or (%(state)s = 'active' and closed_at is null))",
        "unit": "unit = %(unit)s",
        "severity": "severity = %(severity)s",
        "rule": "rule = %(rule)s",
        "subject": "subject = %(subject)s",
        "subject_kind": "subject_kind = %(subject_kind)s",
        "since": "announced_at >= %(since)s",
        "start": "opened_at >= %(start)s",
        "stop": "opened_at < %(stop)s",
    },
    descending=True,
    json=JSON,
)
MOST = 2_000
"""Incidents of one handover."""

SubjectKind = Literal["device", "group", "case", "indicator", "feed", "broadcast", "system"]
State = Literal["open", "acknowledged", "in_progress", "resolved", "false_alarm"]


class Incident(BaseModel):
    """One incident: ``opened_at`` is when it truly began, ``announced_at`` when it had lasted long enough.

    ``since`` is the begin of this time where it was reopened; ``cleared_at`` when the condition ended; ``owner`` is
    who is told. ``evidence`` names what it was judged by, ``members`` who belongs to it.
    """

    id: int
    unit: str
    rule: str
    subject_kind: SubjectKind
    subject: str
    subject_title: str
    title_vi: str
    title_en: str
    owner: str
    severity: Severity
    state: State
    opened_at: datetime
    since: datetime
    announced_at: datetime
    cleared_at: datetime | None
    closed_at: datetime | None
    assignee: str | None
    members: list[dict[str, Any]]
    value: Number | None
    threshold: Number | None
    evidence: dict[str, Any]
    folded_into: int | None
    version: int
    changed_at: datetime


class Step(BaseModel):
    """Who did what when; the engine is ``ioc``."""

    id: int
    at: datetime
    actor: str
    action: str
    from_state: str | None
    to_state: str
    note: str
    detail: dict[str, Any]


class Told(Incident):
    """An incident with every step of its life, and what its rule says."""

    help: str
    help_en: str
    source: str
    source_en: str
    history: list[Step]


class Handed(Incident):
    """An incident with who did something about it last."""

    last_actor: str
    last_at: datetime


class Note(BaseModel):
    """A note of the shift."""

    incident: int
    title_vi: str
    at: datetime
    actor: str
    note: str


class Handover(BaseModel):
    """What happened since, and what stays: an incident may stand in several lists."""

    since: datetime
    until: datetime
    opened: list[Handed]
    closed: list[Handed]
    open: list[Handed]
    notes: list[Note]
    whole: bool
    """False where there was more than one list can hold; ask for a shorter time."""


class Sought(Asked):
    """Which incidents: ``active`` is every state that is not closed; ``since`` when it was announced.

    ``start`` and ``stop`` bound when it truly began: [start, stop).
    """

    state: State | Literal["active"] | None = None
    unit: str | None = None
    severity: Severity | None = None
    rule: str | None = None
    subject_kind: SubjectKind | None = None
    subject: str | None = None
    since: Day | None = None
    start: Day | None = None
    stop: Day | None = None


class SoughtPaged(Sought, Paged):
    """The same in pieces."""


class Shift(Asked):
    """Whose handover, and since when."""

    since: Day
    unit: str | None = None


@router.get("/incidents", response_model=Listed[Incident], dependencies=[VIEWER])
def incidents(asked: Annotated[SoughtPaged, Query()], store: TheStore) -> Json:
    """Return incidents, the latest begin first."""
    return INCIDENTS.answer(store, asked)


@router.get("/incidents/handover", response_model=Handover, dependencies=[VIEWER])
def handover(asked: Annotated[Shift, Query()], store: TheStore) -> Json:
    """Return what one shift hands to the next: what opened, what closed, what stays open, and its notes."""
    asked_for = {"since": asked.since, "unit": asked.unit, "most": MOST + 1}
    rows = store.rows(QUERIES["handed"], asked_for)
    notes = store.rows(QUERIES["notes"], asked_for)
    shown = [passed(row, JSON) for row in rows[:MOST]]
    fresh = [row["announced_at"] >= asked.since for row in rows[:MOST]]
    whole = len(rows) <= MOST and len(notes) <= MOST
    return Json(
        {
            "since": asked.since, "until": datetime.now(UTC),
            "opened": list(compress(shown, fresh)),
            "closed": [row for row in shown if row["closed_at"] is not None],
            "open": [row for row in shown if row["closed_at"] is None],
            "notes": notes[:MOST], "whole": whole,
        }
    )  # fmt: skip


@router.get("/incidents/{id_}", response_model=Told, dependencies=[VIEWER])
def incident(id_: int, store: TheStore) -> Json:
    """Return one incident with every step of its life."""
    return Json(told(store, id_))


def nobody(id_: int) -> Problem:
    """Return what is said of an incident that there is not."""
    return Problem(404, "not-found", f"there is no incident {id_}; see /api/v1/incidents")


def told(store: Store, id_: int) -> dict[str, object]:
    """Return an incident with every step of its life; raises a 404 problem."""
    row = store.row(sql.SQL("select * from ({}) as item where id = %s").format(sql.SQL(QUERIES["incidents"])), (id_,))
    if row is None:
        raise nobody(id_)
    rule = rules.shipped().get(row["rule"])
    history = [passed(step, ("detail",)) for step in store.rows(STEPS["incident_history"], (id_,))]
    said = {name: getattr(rule, name) if rule else "" for name in ("help", "help_en", "source", "source_en")}
    return passed(row, JSON) | said | {"history": history}
