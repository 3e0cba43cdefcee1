"""Which clusters really played what was planned, as a table and as a percentage."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, model_validator

from api import PREFIX
from api.access import VIEWER
from api.answer import Json, Listed, Number
from api.broadcasts import Priority
from api.context import TheStore
from api.listing import Asked, Day, Listing, Paged
from api.sql import QUERIES

router = APIRouter(prefix=f"{PREFIX}/broadcasts", tags=["broadcasts"])

PLAYED = Listing(
    "broadcasts-played",
    QUERIES["played"],
    key={"starts_at": datetime, "unit": str, "source": str, "id": str, "device": str},
    filters={"unit": "unit = %(unit)s", "device": "device = %(device)s", "state": "state = %(state)s"},
    descending=True,
)
# A sum over the asked time has no begin in its key: where none is asked for, it moves with the clock between pieces.
_KEYS: Mapping[str, Mapping[str, Any]] = {
    "unit": {"unit": str},
    "broadcast": {"starts_at": datetime, "unit": str, "programme": str},
    "device": {"unit": str, "device": str},
    "day": {"starts_at": datetime, "unit": str},
}
TOTALS = {by: Listing(f"broadcasts-played-by-{by}", QUERIES["played_totals"], key=key) for by, key in _KEYS.items()}

State = Literal["played", "late", "not_heard", "unobserved", "maintenance", "due"]
"""See :class:`Played`."""


class Played(BaseModel):
    """A planned broadcast on one cluster, and what became of it.

    ``played``: it began within five minutes of the plan; ``late``: after that, before the plan's end; ``not_heard``:
    not, and somebody would know; ``unobserved``: nobody would (its log was not read since, or we were blind);
    ``maintenance``: the cluster was being repaired; ``due``: its five minutes are not over. ``heard_at`` null: it was
    not heard; ``delay_s`` is in seconds, negative: too early. ``counted``: it is in the percentage.
    """

    unit: str
    source: str
    id: str
    device: str
    name: str
    hamlet: str
    programme: str
    priority: Priority
    starts_at: datetime
    ends_at: datetime | None
    state: State
    heard_at: datetime | None
    delay_s: float | None
    counted: bool


class Total(BaseModel):
    """Planned broadcasts added up, each cluster one; ``rate`` is 100 · numerator / denominator, in percent.

    numerator = played; denominator = played + late + not_heard: what nobody could see, what was under maintenance and
    what is still due counts on neither side. ``rate`` null: nothing counts. ``starts_at`` is the plan's, the day's or
    the asked time's begin; ``programme``, ``device`` and ``name`` are empty where they are not told apart.
    """

    unit: str
    starts_at: datetime
    programme: str
    device: str
    name: str
    planned: int
    played: int
    late: int
    not_heard: int
    unobserved: int
    maintenance: int
    due: int
    numerator: int
    denominator: int
    rate: Number | None


class Due(Asked):
    """Which planned broadcasts: those that were to begin in [start, stop), without ``start`` the last 24 hours."""

    unit: str | None = None
    start: Day | None = None
    stop: Day | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start and self.stop and self.start >= self.stop:
            raise ValueError("start must be before stop")
        return self

    def bounds(self) -> dict[str, datetime]:
        """Return both ends (UTC)."""
        stop = self.stop or max(datetime.now(UTC), self.start or datetime.min.replace(tzinfo=UTC))
        return {"start": self.start or stop - timedelta(days=1), "stop": stop}


class Sought(Due):
    """The same on which clusters, with which outcome."""

    device: str | None = None
    state: State | None = None


class SoughtPaged(Sought, Paged):
    """The same in pieces."""


class Summed(Due, Paged):
    """Added up by what."""

    by: Literal["unit", "broadcast", "device", "day"] = "unit"


@router.get("/played", response_model=Listed[Played], dependencies=[VIEWER])
def played(asked: Annotated[SoughtPaged, Query()], store: TheStore) -> Json:
    """Return what became of every planned broadcast on every cluster, the latest first."""
    return PLAYED.answer(store, asked, **asked.bounds())


@router.get("/played/totals", response_model=Listed[Total], dependencies=[VIEWER])
def played_totals(asked: Annotated[Summed, Query()], store: TheStore) -> Json:
    """Return how many were played, and the percentage, by commune, broadcast, cluster or local day."""
    return TOTALS[asked.by].answer(store, asked, **asked.bounds())
