"""The hours in which a commune's loudspeakers may speak, as its rules say."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api import PREFIX
from api.access import VIEWER
from api.answer import Json
from api.context import TheSettings, TheStore
from api.listing import Asked, Day
from connectors.contract import LOCAL
from ingest import rules, thresholds
from ingest.airtime import Airtime
from ingest.rule import BroadcastRule

router = APIRouter(prefix=f"{PREFIX}/broadcasts", tags=["broadcasts"])


class Hours(BaseModel):
    """Hours of a local day: seconds since its midnight, ``stop`` 86400 at its end."""

    start: int
    stop: int


class Allowed(BaseModel):
    """What holds on a day; no ``windows``: the rule is off, and every hour is allowed.

    ``longest_s`` and ``tolerance_s`` are seconds; null: the rule is off. ``source`` says where the hours come from.
    """

    unit: str
    day: date
    windows: list[Hours]
    longest_s: float | None
    tolerance_s: float | None
    source: str


class Sought(Asked):
    """Of which commune and local day; none: today."""

    unit: str
    day: Day | None = None


@router.get("/hours", response_model=Allowed, dependencies=[VIEWER])
def hours(asked: Annotated[Sought, Query()], settings: TheSettings, store: TheStore) -> Json:
    """Return the hours allowed in a commune on a day, how long a broadcast may last, and how late it may begin."""
    day = (asked.day or datetime.now(UTC)).astimezone(LOCAL).date()
    with store.transaction() as link:
        known = thresholds.standing(link, rules.load(settings.rules))

    def form(key: str) -> BroadcastRule | None:
        rule = known.of(key, asked.unit, day)
        assert isinstance(rule, BroadcastRule)  # noqa: S101 - rules of broadcasts are
        return rule if rule.enabled and rule.valid_from <= day else None

    def said(key: str) -> Airtime | None:
        rule = form(key)
        return rule.when if rule else None

    when, longest, heard = said("broadcast_out_of_hours"), said("broadcast_too_long"), said("broadcast_not_heard")
    windows = sorted(window.seconds() for window in when.windows) if when else []
    law = form("broadcast_out_of_hours")
    return Json({
        "unit": asked.unit, "day": day, "source": law.source if law else "",
        "windows": [{"start": start, "stop": stop} for start, stop in windows],
        "longest_s": longest.longest.total_seconds() if longest else None,
        "tolerance_s": heard.tolerance.total_seconds() if heard else None,
    })  # fmt: skip
