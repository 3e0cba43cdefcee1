"""What sources owe, as the API tells it: one period a line, with its state in Vietnamese and who sends it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from ingest.due import label
from ingest.expected import Standing

STATES: Mapping[str, str] = {
    "not_due": "Chưa đến hạn",
    "on_time": "Đúng hạn",
    "late": "Nộp trễ",
    "missing": "Chưa nộp",
    "partial": "Thiếu",
    "abnormal": "Bất thường",
    "not_owed": "Trước khi theo dõi",
}


class Expected(BaseModel):
    """One period that a source owes; instants UTC, days local and both included.

    ``received_at`` is the first arrival, ``complete_at`` when the last that is expected came; corrections show as
    ``revision`` and ``revised_at``. ``why`` tells what is abnormal: ``refused``, ``mismatch``, ``leap``.
    ``not_owed``: it was due before the source was declared, so nobody was asked for it.
    """

    period: str
    period_start: date
    period_end: date
    every: str
    due_at: datetime
    state: Literal["not_due", "on_time", "late", "missing", "partial", "abnormal", "not_owed"]
    state_vi: str
    owner: str
    received_at: datetime | None
    complete_at: datetime | None
    revision: int
    revised_at: datetime | None
    missing_indicators: list[str]
    missing_units: list[str]
    why: list[str]


def told(standing: Standing) -> dict[str, Any]:
    """Return it as plain values."""
    rule, owed = standing.rule, standing.owed
    return {
        "period": label(rule.every, owed.start),
        "period_start": owed.start,
        "period_end": owed.end,
        "every": rule.every,
        "due_at": owed.at,
        "state": standing.state,
        "state_vi": STATES[standing.state],
        "owner": rule.owner,
        "received_at": standing.received_at,
        "complete_at": standing.complete_at,
        "revision": standing.revision,
        "revised_at": standing.revised_at,
        "missing_indicators": standing.missing_indicators,
        "missing_units": standing.missing_units,
        "why": standing.why,
    }
