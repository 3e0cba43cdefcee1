"""Figures of offices, with what they were computed from and what was stated; the older revisions on request."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api import PREFIX
from api.access import VIEWER
from api.answer import Json, Listed, Number
from api.context import TheStore
from api.listing import Asked, Day, JsonText, Listing, Paged
from api.sql import QUERIES

router = APIRouter(prefix=PREFIX, tags=["observations"])

OBSERVATIONS = Listing(
    "observations",
    QUERIES["observations"],
    key={
        "unit": str,
        "indicator": str,
        "period_start": date,
        "period_end": date,
        "period_kind": str,
        "cumulative": bool,
        "scope": str,
        "dims": JsonText,
        "revision": int,
    },
    filters={
        "unit": "unit = %(unit)s",
        "indicator": "indicator = %(indicator)s",
        "start": "period_end >= (%(start)s at time zone 'Asia/Ho_Chi_Minh')::date",
        "stop": "period_start < (%(stop)s at time zone 'Asia/Ho_Chi_Minh')",
        "revisions": "(latest or %(revisions)s)",
    },
    json=("dims",),
)


class Observation(BaseModel):
    """A figure of a period (local days, both included); ``value`` null: there is none, which is not zero."""

    unit: str
    indicator: str
    period_start: date
    period_end: date
    period_kind: str
    cumulative: bool
    scope: str
    dims: dict[str, str]
    revision: int
    latest: bool
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    bound: str
    low: Number | None
    high: Number | None
    stated: Number | None
    quality: str
    level: str
    source: str
    address: str
    received_at: datetime


class Figures(Asked):
    """Which figures: those whose period touches [start, stop); a bare day begins at local midnight."""

    unit: str | None = None
    indicator: str | None = None
    start: Day | None = None
    stop: Day | None = None
    revisions: bool = False


class FiguresPaged(Figures, Paged):
    """The same in pieces."""


@router.get("/observations", response_model=Listed[Observation], dependencies=[VIEWER])
def observations(asked: Annotated[FiguresPaged, Query()], store: TheStore) -> Json:
    """Return figures, the newest revision of each unless ``revisions=true``."""
    return OBSERVATIONS.answer(store, asked)
