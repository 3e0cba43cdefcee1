"""The figures of a merged unit before it was one: added up only where that is sure to be right, else the reasons."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from psycopg.rows import DictRow
from pydantic import BaseModel

from api import PREFIX
from api.access import VIEWER
from api.answer import Json, Listed, Number
from api.context import TheStore
from api.listing import Asked, Day
from api.observations import DESCENDED, Descended
from api.problems import Problem
from api.sql import QUERIES

router = APIRouter(prefix=PREFIX, tags=["observations"])

_KEY = ("indicator", "period_start", "period_end", "period_kind", "cumulative", "scope", "dims")
_RATE = re.compile(r"(^|_)(rate|pct|percent|ratio|index|score|rank|per|average|mean|median)(_|$)")
"""Names of figures that never add up."""
_TOLERANCE = Decimal("0.1")
"""Points by which a percentage may differ from that of its own numerator and denominator."""
_LARGEST = 20_000
"""Rows that one answer is made of at most."""


class Total(BaseModel):
    """A figure of all that the unit consists of today; ``value`` null with ``why`` where it can't be told."""

    indicator: str
    period_start: date
    period_end: date
    period_kind: str
    cumulative: bool
    scope: str
    dims: dict[str, str]
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    why: list[str]
    parts: list[Descended]


class Wanted(Asked):
    """Which figure of which unit, of periods that touch [start, stop)."""

    unit: str
    indicator: str
    start: Day | None = None
    stop: Day | None = None


@router.get("/observations/total", response_model=Listed[Total], dependencies=[VIEWER])
def totals(asked: Annotated[Wanted, Query()], store: TheStore) -> Json:
    """Return one figure over time for the area of today's unit: its own, and before it the sum of its predecessors.

    There is a sum only where every predecessor is in the unit whole and stated an exact figure of its own.
    """
    line = store.rows(QUERIES["lineage"], {"unit": asked.unit})
    if not line:
        raise Problem(404, "no-such-unit", f"{asked.unit!r} is the code of no unit, now or before 2025")
    groups: defaultdict[tuple[object, ...], list[DictRow]] = defaultdict(list)
    cursor, rows = None, 0
    while True:
        page = DESCENDED.page(store, asked, limit=1000, cursor=cursor, revisions=False)
        for row in page.rows:
            groups[tuple(row[name] for name in _KEY)].append(row)
        cursor, rows = page.next, rows + len(page.rows)
        if cursor is None:
            break
        if rows > _LARGEST:
            raise Problem(422, "too-many", f"more than {_LARGEST} figures; narrow start and stop")
    items = [added(line, parts) for parts in groups.values()]
    items.sort(key=lambda item: (item["period_end"], item["period_start"], item["period_kind"], str(item["scope"])))
    return Json({"items": [_written(item) for item in items], "next": None})


def added(line: Iterable[Mapping[str, Any]], parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Add up one figure of one period over the units of ``line`` that were there at its end; pure."""
    first = parts[0]
    total: dict[str, Any] = {name: first[name] for name in _KEY}
    total |= {"value": None, "numerator": None, "denominator": None, "parts": list(parts)}
    if not first["predecessor"]:
        own = {name: first[name] for name in ("value", "numerator", "denominator")}
        return total | own | {"why": [] if own["value"] is not None else [_lack(first)]}
    stated = {row["unit"]: row for row in parts}
    why = list(_doubts(line, first["period_end"], stated))
    if not why and len({row["level"] for row in parts}) > 1:
        why.append("the figures speak of different levels")
    if why:
        return total | {"why": why}
    if any(row["denominator"] is not None for row in parts) or _RATE.search(str(first["indicator"])):
        return total | _rate(parts)
    return total | {"value": sum((row["value"] for row in parts), Decimal(0)), "why": []}


def _doubts(line: Iterable[Mapping[str, Any]], day: date, stated: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    """Give what stands against a sum."""
    for unit in line:
        there = unit["valid_from"] <= day and (unit["valid_to"] is None or day < unit["valid_to"])
        if not there:
            continue
        named = f"{unit['code']} {unit['name']}"
        row = stated.get(unit["code"])
        if unit["share"] is None:
            yield f"{named}: how much of it is in the unit of today is not known"
        elif unit["share"] != 1:
            yield f"{named}: only {unit['share'].normalize():f} of it is in the unit of today"
        if row is None:
            yield f"{named}: there is no figure of it"
        elif row["value"] is None or row["bound"] != "exact":
            yield _lack(row)


def _lack(row: Mapping[str, Any]) -> str:
    what = "its source says that there is none" if row["value"] is None else f"it is no exact figure ({row['bound']})"
    return f"{row['unit']} {row['unit_name']}: {what}"


def _rate(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the percentage of the summed numerators and denominators, where each part is that of its own."""
    if any(row["numerator"] is None or not row["denominator"] for row in parts):
        return {"why": ["rates are not added up, and not every part states numerator and denominator"]}
    numerator = sum((row["numerator"] for row in parts), Decimal(0))
    denominator = sum((row["denominator"] for row in parts), Decimal(0))
    sums = {"numerator": numerator, "denominator": denominator}
    if any(abs(100 * row["numerator"] / row["denominator"] - row["value"]) > _TOLERANCE for row in parts):
        return sums | {"why": ["not every part is the percentage of its numerator and denominator"]}
    return sums | {"value": round(100 * numerator / denominator, 4), "why": []}


def _written(total: dict[str, Any]) -> dict[str, Any]:
    parts = [{**row, "dims": orjson.Fragment(row["dims"])} for row in total["parts"]]
    return {**total, "dims": orjson.Fragment(total["dims"]), "parts": parts}
