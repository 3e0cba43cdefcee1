"""Case reports into rows: every event kept, the case as its newest event says."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict

from connectors.contract import CaseReport, Message
from ingest.sql import QUERIES
from ingest.store import Link

CLOSED = frozenset({"resolved", "rejected", "transferred", "returned", "withdrawn", "stopped", "processed"})
"""Statuses of reports and dossiers after which nothing is overdue any more."""


def store(link: Link, reports: Iterable[tuple[int, Message, CaseReport]]) -> tuple[set[int], list[CaseReport]]:
    """Write the events of a batch; returns the messages that brought something new, and the events themselves."""
    new: set[int] = set()
    events: list[CaseReport] = []
    for n, message, report in reports:
        parts = (report.status, report.category, report.severity, report.due, report.hamlet, report.opened_at)
        said = repr(parts + ((report.closed_at,) if report.closed_at else ()))
        digest = int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8).digest(), "big", signed=True)
        event = asdict(report) | {
            "digest": digest,
            "closed_at": (report.closed_at or report.at) if report.status in CLOSED else None,
            "source": message.source,
            "received_at": message.received_at,
        }
        if link.execute(QUERIES["take_case_event"], event).fetchone() is None:
            continue
        new.add(n)
        events.append(report)
        link.execute(QUERIES["put_case"], event)
    return new, events
