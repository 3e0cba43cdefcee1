"""What people do with an incident: each step from the states that allow it, once, with who was first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson
import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb

from ingest.incidents import OPEN, State
from ingest.sql import QUERIES
from ingest.store import Link
from ingest.stream import notify

Action = Literal["acknowledged", "started", "assigned", "noted", "resolved", "false_alarm", "reopened"]
_CLOSED: tuple[State, ...] = ("resolved", "false_alarm")
STEPS: Mapping[Action, tuple[tuple[State, ...], State | None]] = {
    "acknowledged": (("open",), "acknowledged"),
    "started": (("open", "acknowledged"), "in_progress"),
    "assigned": (OPEN, None),
    "noted": ((*OPEN, *_CLOSED), None),
    "resolved": (OPEN, "resolved"),
    "false_alarm": (OPEN, "false_alarm"),
    "reopened": (_CLOSED, "open"),
}
"""From which states each step is possible, and to which it leads; None: it stays."""


class Unknown(LookupError):
    """There is no such incident."""


@dataclass
class Taken(Exception):
    """Somebody was first, or the state allows no such step: what it is now, since when and by whom."""

    state: State
    by: str
    at: datetime
    version: int
    other: int | None = None
    """The incident of the same subject that is open already."""


def act(
    link: Link,
    id_: int,
    action: Action,
    actor: str,
    *,
    note: str = "",
    assignee: str | None = None,
    version: int | None = None,
) -> tuple[DictRow, bool]:
    """Take one step and note it in the incident's history; whoever asks at the same time waits, and is told.

    Returns the incident and whether this changed it: the same step by the same person again changes nothing. With
    ``version`` the incident must still be as that person saw it. Raises :class:`Unknown` and :class:`Taken`.
    """
    with link.cursor(row_factory=dict_row) as cursor:
        # In two statements: the second sees what was committed while the first one waited.
        cursor.execute(QUERIES["lock_incident"], (id_,))
        row = cursor.execute(QUERIES["handled_incident"], (id_,)).fetchone()
        if row is None:
            raise Unknown(id_)
        allowed, to = STEPS[action]
        if to is not None and row["state"] == to and row["last_action"] == action and row["last_actor"] == actor:
            return row, False
        if row["state"] not in allowed or (version is not None and version != row["version"]):
            raise Taken(row["state"], row["last_actor"], row["last_at"], row["version"])
        wanted = {
            "id": id_, "to": to or row["state"], "closes": to in _CLOSED, "reopens": action == "reopened",
            "assignee": assignee or (actor if action == "started" and row["assignee"] is None else None),
            "actor": actor, "action": action, "from": row["state"], "note": note,
            "detail": Jsonb({"assignee": assignee} if assignee else {}, dumps=orjson.dumps),
        }  # fmt: skip
        try:
            with link.transaction():
                cursor.execute(QUERIES["step_incident"], wanted)
        except psycopg.errors.UniqueViolation as error:
            other = cursor.execute(QUERIES["other_incident"], (id_,)).fetchone() or {}
            raise Taken(row["state"], row["last_actor"], row["last_at"], row["version"], other.get("id")) from error
        after: Any = cursor.execute(QUERIES["handled_incident"], (id_,)).fetchone()
    notify(link, (), (), (), incidents=[id_])
    return after, True
