"""What a push would do: faults by their places, figures beside what is stored; and who brought the same before."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Literal

import orjson
from pydantic import BaseModel

from api.answer import Number
from dashboards import indicators
from ingest.receive import Refused, Rehearsal

REASONS = 100
"""Reasons told at most; the rest are in the source's rejections."""
FIGURES = 200
"""Figures that a dry run shows at most, changed ones first."""


class Reason(BaseModel):
    """Where a message was refused and why, in English and, where it is known, Vietnamese.

    ``line`` counts from 1, blank lines too; null where the body is one message.
    """

    line: int | None
    place: str
    reason: str
    vi: str


class Brought(BaseModel):
    """An import that came before, and still counts."""

    id: int
    address: str
    actor: str
    at: datetime


class Figure(BaseModel):
    """A figure beside what is stored: ``old_…`` null where it is new; ``title`` empty where no number shows it."""

    change: Literal["changed", "new", "same"]
    unit: str
    indicator: str
    title: str
    title_en: str
    period_start: str
    period_end: str
    period_kind: str
    cumulative: bool
    scope: str
    dims: dict[str, str]
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    bound: str
    low: Number | None
    high: Number | None
    stated: Number | None
    quality: str
    level: str
    old_value: Number | None
    old_numerator: Number | None
    old_denominator: Number | None
    old_stated: Number | None
    old_quality: str | None


class Rehearsed(BaseModel):
    """What a push would do: messages that would be refused with every reason, figures by what would become of them.

    ``others`` counts what is no figure (reports of devices, cases); ``figures`` are the first of them all. ``before``
    brought the very same already; ``last`` is the source's last import, for ``after`` of the push that follows.
    """

    dry_run: Literal[True]
    received: int
    rejected: int
    reasons: list[Reason]
    reasons_in_all: int
    new: int
    changed: int
    same: int
    others: int
    figures: list[Figure]
    before: Brought | None
    last: Brought | None


def rehearsed(rehearsal: Rehearsal, numbers: Sequence[int | None]) -> dict[str, object]:
    """Return a dry run as plain values; ``numbers`` are the lines of the messages."""
    figures = [
        {key: value for key, value in row.items() if key not in ("n", "old_received_at")}
        | {"dims": orjson.Fragment(row["dims"]), **_titles().get((row["indicator"], row["cumulative"]), _UNTITLED)}
        for row in rehearsal.figures[:FIGURES]
    ]
    return {
        "dry_run": True,
        "received": rehearsal.received,
        "rejected": rehearsal.rejected,
        "reasons": told(rehearsal.reasons[:REASONS], numbers),
        "reasons_in_all": len(rehearsal.reasons),
        **rehearsal.counts,
        "others": rehearsal.others,
        "figures": figures,
    }


_UNTITLED = {"title": "", "title_en": ""}


@cache
def _titles() -> Mapping[tuple[str, bool], Mapping[str, str]]:
    """Return how figures of offices, cumulative or not, are called by the first number that shows them as they came."""
    found: dict[tuple[str, bool], Mapping[str, str]] = {}
    for number in indicators.load().values():
        if number.figure and not number.minus:
            said = {"title": number.title, "title_en": number.title_en}
            found.setdefault((number.figure, number.cumulative), said)
    return found


def told(refused: Sequence[Refused], numbers: Sequence[int | None]) -> list[dict[str, object]]:
    """Return faults as plain values, each with its message's line."""
    return [{"line": numbers[at], **fault._asdict()} for at, fault in refused]
