"""Incidents as the engine writes them, for tests of what is told of them."""

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from ingest.store import Store

UNIT = "05068"


def step(store: Store, incident: int, action: str, at: datetime, severity: str | None = None) -> int:
    """Write one step of an incident and what it makes of it; returns the event's id."""
    to = {"acknowledged": "acknowledged", "cleared": "resolved", "resolved": "resolved"}.get(action, "open")
    with store.transaction() as link:
        link.execute(
            "update incident set state = %(to)s, severity = coalesce(%(severity)s, severity),"
            " closed_at = case when %(to)s = 'resolved' then %(at)s::timestamptz end,"
            " cleared_at = case when %(action)s = 'cleared' then %(at)s::timestamptz"
            "   when %(action)s in ('reopened', 'returned') then null else cleared_at end where id = %(id)s",
            {"id": incident, "to": to, "severity": severity, "at": at, "action": action},
        )
        row = link.execute(
            "insert into incident_event (incident, at, actor, action, to_state, detail)"
            " values (%s, %s, 'ioc', %s, %s, %s) returning id",
            (incident, at, action, to, Jsonb({"severity": severity} if severity else {})),
        ).fetchone()
    assert row is not None
    return int(row[0])


def opened(store: Store, at: datetime, subject: str = "camera/cam-01", **fields: Any) -> int:
    """Open an incident; returns its id."""
    given: dict[str, Any] = {
        "unit": UNIT, "rule": "camera_offline", "subject_kind": "device", "subject": subject,
        "subject_title": "Camera C01", "title_vi": "Camera mất kết nối: Camera C01", "owner": "police_on_duty",
        "severity": "warning", "since": at, "value": None, "threshold": None, "evidence": {}, "members": [],
    } | fields  # fmt: skip
    given |= {"at": at, "evidence": Jsonb(given["evidence"]), "members": Jsonb(given["members"])}
    row = store.row(
        "insert into incident (unit, rule, subject_kind, subject, subject_title, title_vi, owner, severity, state,"
        " opened_at, since, announced_at, value, threshold, evidence, members) values (%(unit)s, %(rule)s,"
        " %(subject_kind)s, %(subject)s, %(subject_title)s, %(title_vi)s, %(owner)s, %(severity)s, 'open', %(since)s,"
        " %(since)s, %(at)s, %(value)s, %(threshold)s, %(evidence)s, %(members)s) returning id",
        given,
    )
    assert row is not None
    step(store, row["id"], "opened", at, given["severity"])
    return int(row["id"])
