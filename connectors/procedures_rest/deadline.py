"""The deadline class of a dossier: days of the commune are compared, not instants.

Rule of one-stop software: finished before the day it was promised for is early, on that day on time, later overdue;
what is promised within 24 hours is due soon. The same rule in SQL is ``deadline_class`` of ``0011_dossiers.sql``.
"""

from datetime import datetime, timedelta
from typing import Literal

from connectors.contract import LOCAL

Deadline = Literal["early", "on_time", "in_time", "due_soon", "overdue", "no_due_date"]

SOON = timedelta(hours=24)


def deadline_class(due: datetime | None, closed_at: datetime | None, now: datetime) -> Deadline:
    """Return the class as of ``now``; instants with zone, ``due`` none: no day was promised, which nobody can miss."""
    if due is None:
        return "no_due_date" if closed_at is None else "on_time"
    promised = due.astimezone(LOCAL).date()
    day = (closed_at or now).astimezone(LOCAL).date()
    if day > promised:
        return "overdue"
    if closed_at is not None:
        return "early" if day < promised else "on_time"
    return "due_soon" if due <= now + SOON else "in_time"
