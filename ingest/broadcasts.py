"""Broadcasts into rows: each as its source last said; a plan cancels what it no longer names."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, replace

from connectors.contract import Broadcast, Message, Plan
from ingest.sql import QUERIES
from ingest.store import Link

Said = tuple[int, Message, Broadcast | Plan]
"""A record with its message, and the message's place in the batch."""


def store(link: Link, said: Iterable[Said]) -> tuple[set[int], list[Broadcast]]:
    """Write the broadcasts of a batch; returns the messages that brought something new, and what changed.

    A message received before the one that last changed a broadcast changes it no more.
    """
    new: set[int] = set()
    changed: list[Broadcast] = []
    plans: list[tuple[int, Message, Plan]] = []
    named: defaultdict[int, list[str]] = defaultdict(list)
    for n, message, record in said:
        if isinstance(record, Plan):
            plans.append((n, message, record))
            continue
        if record.kind == "planned":
            named[n].append(record.id)
        if put(link, message, record):
            new.add(n)
            changed.append(record)
    for n, message, plan in plans:
        gone = _cancel(link, message, plan, named[n])
        if gone:
            new.add(n)
            changed += gone
    return new, changed


def put(link: Link, message: Message, broadcast: Broadcast) -> bool:
    """Write one broadcast as its source says it now; tells whether that says anything new."""
    row = asdict(broadcast) | {"source": message.source, "received_at": message.received_at}
    return link.execute(QUERIES["put_broadcast"], row).fetchone() is not None


def _cancel(link: Link, message: Message, plan: Plan, named: list[str]) -> list[Broadcast]:
    rows = link.execute(
        QUERIES["cancel_unnamed"],
        asdict(plan) | {"source": message.source, "received_at": message.received_at, "named": named},
    )
    planned = (Broadcast(plan.unit, "planned", *row, state="planned") for row in rows)  # type: ignore[arg-type]
    return [replace(broadcast, state="cancelled") for broadcast in planned]
