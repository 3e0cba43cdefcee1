"""Figures of offices, with what they were computed from and what was stated; older revisions, and older units."""

from datetime import date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, model_validator

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
DESCENDED = Listing(
    "descended",
    QUERIES["descended"],
    key=OBSERVATIONS.key,
    filters={name: condition for name, condition in OBSERVATIONS.filters.items() if name != "unit"},
    json=("dims",),
)
"""The figures of ``%(unit)s`` and of its predecessors."""


class Observation(BaseModel):
    """A figure of a period (local days, both included); ``value`` null: there is none, which is not zero.

    ``unit_name`` and ``unit_level`` are those of the period's last day: codes were reused in 2025. ``level`` is set
    where the figure speaks of another level. ``undone_at`` is set on revisions of an import that was taken back.
    """

    unit: str
    unit_name: str | None
    unit_level: str | None
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
    import_id: int | None
    undone_at: datetime | None
    undone_by: str | None


class Descended(Observation):
    """A figure of the unit that was asked for, or of one that it came from.

    ``share`` of that unit is in the one asked for: 1 is all of it, null not known. Rows of several units are never a
    sum; ``/observations/total`` tells where there is one.
    """

    unit_valid_from: date
    unit_valid_to: date | None
    predecessor: bool
    share: Number | None


class Figures(Asked):
    """Which figures: those whose period touches [start, stop); a bare day begins at local midnight."""

    unit: str | None = None
    indicator: str | None = None
    start: Day | None = None
    stop: Day | None = None
    revisions: bool = False


class FiguresPaged(Figures, Paged):
    """The same in pieces; with ``predecessors`` those of the units, too, that the unit came from."""

    predecessors: bool = False

    @model_validator(mode="after")
    def _of_one_unit(self) -> Self:
        if self.predecessors and self.unit is None:
            raise ValueError("predecessors are those of one unit; name it with unit=")
        return self


@router.get("/observations", response_model=Listed[Observation | Descended], dependencies=[VIEWER])
def observations(asked: Annotated[FiguresPaged, Query()], store: TheStore) -> Json:
    """Return figures, the newest revision of each unless ``revisions=true``."""
    return (DESCENDED if asked.predecessors else OBSERVATIONS).answer(store, asked)
