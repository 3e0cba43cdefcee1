"""Communes and provinces of all times: a code alone is no key, because codes were reused in 2025."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api import PREFIX
from api.access import VIEWER
from api.answer import Json, Listed, Number, passed
from api.context import TheStore
from api.listing import SPOKEN, Asked, Listing, Paged, Words
from api.problems import Problem
from api.sql import QUERIES

router = APIRouter(prefix=PREFIX, tags=["units"])

_UNDER = "(parent = %(province)s or parent in (select code from unit where parent = %(province)s))"
_CURRENT = "(valid_to is null or valid_to > current_date) = %(current)s"

UNITS = Listing(
    "units",
    QUERIES["units"],
    key={"code": str, "level": str, "valid_from": date},
    filters={
        "code": "code = %(code)s",
        "q": SPOKEN,
        "level": "level = %(level)s",
        "province": _UNDER,
        "current": _CURRENT,
    },
    json=("successors", "predecessors"),
)


class Relation(BaseModel):
    """What a unit became, or came from; ``share`` of it null: not known."""

    code: str
    main: bool
    share: Number | None


class Unit(BaseModel):
    """A unit while it was or is; ``valid_to`` is the first day on which it is no more."""

    code: str
    level: str
    name: str
    parent: str | None
    valid_from: date
    valid_to: date | None
    latitude: float | None
    longitude: float | None
    successor: str | None
    successors: list[Relation]
    predecessors: list[Relation]


class Sought(Paged):
    """Which units."""

    q: Words | None = None
    level: Literal["province", "district_legacy", "commune", "ward", "special_zone", "township_legacy"] | None = None
    province: str | None = None
    current: bool | None = None
    """True: those of today; false: those that were."""


class Entries(BaseModel):
    """All units that have or had a code."""

    items: list[Unit]


@router.get("/units", response_model=Listed[Unit], dependencies=[VIEWER])
def units(asked: Annotated[Sought, Query()], store: TheStore) -> Json:
    """Return units in the order of code, level and begin, with what became of them."""
    return UNITS.answer(store, asked)


@router.get("/units/{code}", response_model=Entries, dependencies=[VIEWER])
def unit(code: str, store: TheStore) -> Json:
    """Return every unit that has or had this code, the oldest first."""
    rows = UNITS.page(store, Asked(), code=code).rows
    if not rows:
        raise Problem(404, "no-such-unit", f"{code!r} is the code of no unit, now or before 2025")
    rows.sort(key=lambda row: row["valid_from"])
    return Json({"items": [passed(row, UNITS.json) for row in rows]})
