"""Devices that tell of the past: while their words catch up, what they say is not how they are now."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from ingest.facts import View
from ingest.incidents import Key
from ingest.sql import QUERIES

_LATE = timedelta(minutes=1)
"""A word that took longer tells of the past; no rule of ours about words waits less."""
_PAUSE = timedelta(seconds=30)
"""When no more came for so long, the newest that was said counts."""


def behind(view: View, rows: Iterable[Mapping[str, Any]]) -> set[Key]:
    """Return which of these devices are still telling what they kept; a clock that is behind is no backlog.

    ``rows`` have unit, kind, name, decided_by, source, seen_at and told_at.
    """
    heard = [
        (row["unit"], row["kind"], row["name"], row["decided_by"] or row["source"])
        for row in rows
        if view.now - row["seen_at"] <= _PAUSE and (row["told_at"] is None or row["seen_at"] - row["told_at"] > _LATE)
    ]
    if not heard:
        return set()
    units, kinds, names, sources = map(list, zip(*heard, strict=True))
    asked = {"units": units, "kinds": kinds, "names": names, "sources": sources, "now": view.now, "late": _LATE}
    return {(row["unit"], f"{row['kind']}/{row['name']}") for row in view.rows(QUERIES["catching_up"], asked)}
