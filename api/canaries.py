"""Our own sight: whether we can see the network, the way out, the broker; and since when not."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api import PREFIX
from api.access import VIEWER
from api.answer import Json, Listed
from api.context import TheStore
from api.listing import Listing, Paged
from ingest.canary import TITLES
from ingest.sql import QUERIES

router = APIRouter(prefix=PREFIX, tags=["canaries"])

CANARIES = Listing("canaries", QUERIES["canaries"], key={"name": str})


class Canary(BaseModel):
    """One way of seeing; ``measured`` is ms of an answer, of the clock seconds that ours is ahead.

    ``hides`` names the sources whose devices are unknown because of it.
    """

    name: str
    title: str
    state: Literal["ok", "failing", "unknown"]
    since: datetime
    reason: str
    good_at: datetime | None
    checked_at: datetime
    measured: float | None
    hides: list[str]


@router.get("/canaries", response_model=Listed[Canary], dependencies=[VIEWER])
def canaries(asked: Annotated[Paged, Query()], store: TheStore) -> Json:
    """Return every canary with its state, since when and why."""
    page = CANARIES.page(store, asked)
    return Json({"items": [{**row, "title": TITLES.get(row["name"], row["name"])} for row in page.rows],
                 "next": page.next})  # fmt: skip
