"""Programmes planned by hand: once or on days of the week, changed, cancelled; what speaks against one is told before.

A plan commands no loudspeaker: it says what shall be heard.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from psycopg.rows import DictRow, dict_row

from api import PREFIX
from api.access import OPERATOR, VIEWER, Principal
from api.accounts import audit
from api.answer import Json, Listed
from api.context import TheSettings, TheStore
from api.listing import Asked, Listing, Paged
from api.maintenance import refused
from api.plan_entry import Cancelled, Changed, Planned, Rehearsed, State, Unit, Wanted
from api.problems import Problem
from api.sql import QUERIES
from connectors.contract import LOCAL
from ingest import plans, rules, thresholds
from ingest.plans import Plan
from ingest.store import Link

router = APIRouter(prefix=f"{PREFIX}/broadcasts/plans", tags=["broadcasts"])

PLANS = Listing(
    "plans",
    QUERIES["plans"],
    key={"last_day": date, "unit": str, "id": str},
    filters={"unit": "unit = %(unit)s", "state": "state = %(state)s"},
    descending=True,
)


class Sought(Asked):
    """Which programmes."""

    unit: Unit | None = None
    state: State | None = None


class SoughtPaged(Sought, Paged):
    """The same in pieces."""


@router.get("", response_model=Listed[Planned], dependencies=[VIEWER])
def planned_programmes(asked: Annotated[SoughtPaged, Query()], store: TheStore) -> Json:
    """Return programmes, those that end last first; what was cancelled stays, with that state."""
    return PLANS.answer(store, asked)


@router.post("/rehearse", response_model=Rehearsed, dependencies=[OPERATOR])
def rehearse_programme(what: Wanted, store: TheStore, settings: TheSettings) -> Json:
    """Return what a programme would come to and what speaks against it, without planning it; 422 as planning it."""
    now = datetime.now(UTC)
    with store.transaction() as link:
        known = plans.found(link, what.unit, what.id)
        plan = what.plan(what.unit, what.id, tuple(known["skipped"]) if known else ())
        _check(link, plan, now)
        standing = thresholds.standing(link, rules.load(settings.rules))
        its = plans.concerns(link, plan, standing, now)
        where = plans.clusters(link, plan)
    times = plan.times(now)
    told = [asdict(one) | {"windows": [{"start": a, "stop": b} for a, b in one.windows]} for one in its]
    return Json(
        {"times": len(times), "first": times[0][0], "last": times[-1][0], "clusters": where, "concerns": told}
    )  # fmt: skip


@router.post("", response_model=Planned, status_code=201)
def plan_programme(what: Wanted, store: TheStore, who: Annotated[Principal, OPERATOR]) -> Json:
    """Plan a programme: 201, or 200 where it was planned already; 409 where its id means another one."""
    now, plan = datetime.now(UTC), what.plan(what.unit, what.id)
    with store.transaction() as link:
        known = plans.found(link, what.unit, what.id)
        if known is not None:
            if _fields(_plan(known)) != _fields(plan) or known["cancelled_at"] is not None:
                detail = f"the id {what.id} is that of another programme, or of a cancelled one; send a new id"
                raise Problem(409, "id-taken", detail)
            return Json(_row(link, what.unit, what.id))
        _check(link, plan, now)
        link.execute(QUERIES["put_plan"], _columns(plan) | {"by": who.name})
        plans.put_times(link, plan, now)
        audit(link, who.name, "broadcast.plan", what.id, unit=what.unit, **_fields(plan))
        return Json(_row(link, what.unit, what.id), 201)


@router.put("/{unit}/{id_}", response_model=Planned)
def change_programme(unit: str, id_: str, what: Changed, store: TheStore, who: Annotated[Principal, OPERATOR]) -> Json:
    """Change what is to come of a programme; what has begun stays. 409 where somebody changed it since."""
    now = datetime.now(UTC)
    with store.transaction() as link:
        known = _known(link, unit, id_)
        if known["version"] != what.version:
            raise _first(link, known, what.version)
        if known["cancelled_at"] is not None:
            raise Problem(409, "cancelled", f"{known['cancelled_by']} cancelled it; plan a new one")
        before, plan = _plan(known), what.plan(unit, id_, tuple(known["skipped"]))
        _check(link, plan, now)
        fields = _differing(_fields(before), _fields(plan))
        if fields:
            link.execute(QUERIES["put_plan"], _columns(plan) | {"by": who.name})
            plans.put_times(link, plan, now)
            version = known["version"] + 1
            audit(link, who.name, "broadcast.edit", id_, unit=unit, version=version, fields=fields)
        return Json(_row(link, unit, id_))


@router.post("/{unit}/{id_}/cancel", response_model=Planned)
def cancel_programme(
    unit: str, id_: str, what: Cancelled, store: TheStore, who: Annotated[Principal, OPERATOR]
) -> Json:
    """Cancel what is to come of a programme, or one day of it; again changes nothing, 409 once its time has come."""
    now = datetime.now(UTC)
    with store.transaction() as link:
        known = _known(link, unit, id_)
        plan = _plan(known)
        if known["cancelled_at"] is not None or (what.day is not None and what.day in plan.skipped):
            return Json(_row(link, unit, id_))
        left = [at for at, _ in plan.times(now) if what.day in (None, at.astimezone(LOCAL).date())]
        if not left:
            raise Problem(409, "too-late", f"nothing of {id_} is to come then", reasons=[
                {"place": "body.day", "reason": "nothing of it is to come then", "vi": "không còn lần phát nào để hủy"}
            ])  # fmt: skip
        version = known["version"] + 1
        if what.day is None:
            link.execute(QUERIES["cancel_plan"], {"unit": unit, "id": id_, "by": who.name})
            plans.put_times(link, plan, now, cancelled=True)
            audit(link, who.name, "broadcast.cancel", id_, unit=unit, version=version,
                  fields={"state": ["active", "cancelled"]})  # fmt: skip
        else:
            plan = replace(plan, skipped=(*plan.skipped, what.day))
            link.execute(QUERIES["put_plan"], _columns(plan) | {"by": who.name})
            plans.put_times(link, plan, now)
            fields = {"skipped": [None, what.day.isoformat()]}
            audit(link, who.name, "broadcast.edit", id_, unit=unit, version=version, fields=fields)
        return Json(_row(link, unit, id_))


def _check(link: Link, plan: Plan, now: datetime) -> None:
    if found := plans.faults(link, plan, now):
        raise refused(found)


def _known(link: Link, unit: str, id_: str) -> DictRow:
    known = plans.found(link, unit, id_)
    if known is None:
        raise Problem(404, "not-found", f"nobody planned {id_} in {unit}; see /api/v1/broadcasts/plans")
    return known


def _row(link: Link, unit: str, id_: str) -> DictRow | None:
    with link.cursor(row_factory=dict_row) as cursor:
        query = f"select * from ({QUERIES['plans']}) as item where unit = %s and id = %s"  # noqa: S608 - our own query
        return cursor.execute(query, (unit, id_)).fetchone()


def _plan(row: Mapping[str, Any]) -> Plan:
    names = Plan.__dataclass_fields__
    its: dict[str, Any] = {name: tuple(row[name]) if isinstance(row[name], list) else row[name] for name in names}
    return Plan(**its)


def _columns(plan: Plan) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(plan).items()}


def _fields(plan: Plan) -> dict[str, Any]:
    """Return what people set of a plan, as the audit tells it."""
    its = {name: value for name, value in asdict(plan).items() if name not in ("unit", "id", "skipped")}
    said = its | {"starts": f"{plan.starts:%H:%M}", "first_day": str(plan.first_day), "last_day": str(plan.last_day)}
    return {name: ", ".join(map(str, value)) if isinstance(value, tuple) else value for name, value in said.items()}


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}


def _first(link: Link, known: DictRow, version: int) -> Problem:
    """Return the problem that tells who changed it meanwhile, and what."""
    rows = link.execute(QUERIES["plan_changes"], {"unit": known["unit"], "id": known["id"], "version": version})
    fields: dict[str, list[Any]] = {}
    for _actor, _at, its in rows:
        fields |= {name: [fields.get(name, pair)[0], pair[1]] for name, pair in its.items()}
    at = known["changed_at"].isoformat()
    detail = f"{known['changed_by']} changed it at {at}; look again"
    return Problem(
        409, "changed-before", detail, by=known["changed_by"], at=at, version=known["version"], fields=fields
    )  # fmt: skip
