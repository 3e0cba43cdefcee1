"""The numbers: their definitions, their rows over time, and their last complete grain."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, BeforeValidator, Field

from api import PREFIX
from api.access import VIEWER
from api.answer import Json, Listed, Number
from api.context import TheStore
from api.listing import Asked, Day
from api.problems import Problem
from api.sql import QUERIES
from dashboards import indicators
from dashboards.definition import Grain, Indicator, Level
from ingest.store import Store

router = APIRouter(prefix=PREFIX, tags=["indicators"])

_SPANS: Mapping[Grain, int] = {
    "1 minute": 1,
    "1 hour": 2,
    "1 day": 31,
    "1 month": 366,
    "3 months": 3 * 366,
    "1 year": 10 * 366,
}
"""Grain -> days that are shown where no start is asked for."""


class Definition(BaseModel):
    """What a number is; its formula stays inside."""

    key: str
    title: str
    title_en: str
    unit: str
    grain: str
    better: str
    owner: str
    help: str
    help_en: str
    source: str
    source_en: str
    feed: str
    of: str
    amount: str
    labels: dict[str, str]
    states: list[str]
    target: float | None
    target_of: str
    warn: float | None
    alarm: float | None
    alarm_of: str


class Row(BaseModel):
    """A number of a commune; ``label`` tells several of one instant apart."""

    time: datetime
    unit: str
    label: str
    value: Number | None


class Judged(Row):
    """A number as of now, its target (the office's own where it states one), and its level by the thresholds."""

    target: Number | None
    level: Level


class Where(Asked):
    """Of which commune; none: all of which something is known."""

    unit: str | None = None


Width = Annotated[timedelta | None, Field(ge=timedelta(minutes=1), le=timedelta(days=366))]


def _seconds(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


class When(Where):
    """Of which commune and time [start, stop); the buckets at both ends are whole."""

    start: Day | None = None
    stop: Day | None = None
    step: Annotated[Width, BeforeValidator(_seconds)] = None
    """Width of the buckets, as seconds or ISO 8601 (PT6H), rounded up to whole grains; none: the number's grain."""


def _definition(indicator: Indicator) -> dict[str, object]:
    return indicator.model_dump(include=set(Definition.model_fields))


def _found(key: str, known: Mapping[str, Indicator]) -> Indicator:
    if key not in known:
        raise Problem(404, "no-such-indicator", f"there is no indicator {key!r}", indicators=sorted(known))
    return known[key]


def _units(store: Store, asked: Where) -> list[str]:
    if asked.unit is not None:
        return [asked.unit]
    row = store.row(QUERIES["known_units"])
    return list(row["units"]) if row else []


@router.get("/indicators", response_model=Listed[Definition], dependencies=[VIEWER])
def definitions() -> Json:
    """Return every definition."""
    return Json({"items": [_definition(indicator) for indicator in indicators.load().values()], "next": None})


@router.get("/indicators/{key}", response_model=Listed[Row], dependencies=[VIEWER])
def series(key: str, asked: Annotated[When, Query()], store: TheStore) -> Json:
    """Return a number's rows over time, in the order of time, commune and label."""
    indicator = _found(key, indicators.load())
    stop = asked.stop or datetime.now(UTC)
    start = asked.start or stop - timedelta(days=_SPANS[indicator.grain])
    if start >= stop:
        raise Problem(422, "invalid-request", "start must be before stop")
    rows = indicators.series(store, key, start, stop, _units(store, asked), asked.step)
    return Json({"items": rows, "next": None, "indicator": _definition(indicator)})


@router.get("/indicators/{key}/now", response_model=Listed[Judged], dependencies=[VIEWER])
def now(key: str, asked: Annotated[Where, Query()], store: TheStore) -> Json:
    """Return a number's rows of now, or of its last complete grain."""
    indicator = _found(key, indicators.load())
    return Json(
        {
            "items": indicators.judged(store, key, _units(store, asked)),
            "next": None,
            "indicator": _definition(indicator),
        }
    )
