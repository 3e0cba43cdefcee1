"""Incidents as the screen reads them: those that are open, and what no other list repeats. Instants are UTC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.contract import LOCAL
from ingest.rules import Rules
from ingest.store import Store
from ingest.watch import open_incidents

MOST = 200
"""Incidents that a list holds."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that somebody has to see to; ``cleared_at`` is when its condition ended, where a person closes it."""

    id: int
    rule: str
    kind: str
    subject: str
    subject_title: str
    title: str
    title_en: str
    severity: str
    state: str
    since: datetime
    cleared_at: datetime | None
    assignee: str | None
    members: tuple[dict[str, Any], ...]
    value: Decimal | None
    threshold: Decimal | None
    evidence: Mapping[str, Any]
    taken_by: str | None = None
    taken_at: datetime | None = None


def standing(store: Store, unit: str) -> list[Incident]:
    """Return the open incidents, the most severe first, with who took them up."""
    rows = open_incidents(store, unit, most=MOST)
    taken = store.rows(
        "select distinct on (incident) incident, actor, at from incident_event"
        " where incident = any (%s) and action in ('acknowledged', 'started') order by incident, id desc",
        ([row["id"] for row in rows if row["state"] != "open"],),
    )
    by_id = {row["incident"]: row for row in taken}
    return [
        Incident(
            id=row["id"],
            rule=row["rule"],
            kind=row["subject_kind"],
            subject=row["subject"],
            subject_title=row["subject_title"],
            title=row["title_vi"],
            title_en=row["title_en"],
            severity=row["severity"],
            state=row["state"],
            since=row["since"],
            cleared_at=row["cleared_at"],
            assignee=row["assignee"],
            members=tuple(row["members"]),
            value=row["value"],
            threshold=row["threshold"],
            evidence=row["evidence"],
            taken_by=by_id[row["id"]]["actor"] if row["id"] in by_id else None,
            taken_at=by_id[row["id"]]["at"] if row["id"] in by_id else None,
        )
        for row in rows
    ]


def told(store: Store, unit: str) -> frozenset[str]:
    """Return what incidents tell of, or told until a person closed them though the condition holds."""
    rows = store.rows(
        "with live as (select subject, members from incident"
        " where unit = %s and (closed_at is null or cleared_at is null))"
        " select subject from live union select m ->> 'subject' from live, jsonb_array_elements(members) as m",
        (unit,),
    )
    return frozenset(row["subject"] for row in rows)


def patience(all_rules: Rules, unit: str) -> timedelta:
    """Return how long a rule of devices or sources waits at most in a commune today, with a minute to look."""
    day = datetime.now(LOCAL).date()
    waits = (all_rules.of(rule.key, unit, day) for rule in all_rules if rule.subject in ("device", "feed"))
    return max((rule.for_ for rule in waits if rule.enabled), default=timedelta()) + timedelta(minutes=1)
