"""Broadcasts into rows: each as its source last said; a plan cancels what it no longer names."""

from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby

from connectors.contract import Broadcast, Message, Plan
from ingest.sql import QUERIES
from ingest.store import Link

Said = tuple[int, Message, Broadcast | Plan]
"""A record with its message, and the message's place in the batch."""
Key = tuple[str, str, str, str]
"""A broadcast's unit, kind, source and id."""


def store(link: Link, said: Iterable[Said]) -> tuple[set[int], list[Key]]:
    """Write the broadcasts of a batch, message by message; returns those that brought something new, and what changed.

    A message received before the one that last changed a broadcast changes it no more.
    """
    new: set[int] = set()
    changed: list[Key] = []
    for n, its in groupby(said, key=lambda one: one[0]):
        plans: list[tuple[Message, Plan]] = []
        planned: list[str] = []
        before = len(changed)
        for _, message, record in its:
            if isinstance(record, Plan):
                plans.append((message, record))
                continue
            if record.kind == "planned":
                planned.append(record.id)
            if put(link, message, record):
                changed.append((record.unit, record.kind, message.source, record.id))
        for message, plan in plans:
            changed += _cancelled(link, message, plan, planned)
        if len(changed) > before:
            new.add(n)
    return new, changed


def put(link: Link, message: Message, broadcast: Broadcast) -> bool:
    """Write one broadcast as its source says it now; tells whether that says anything new."""
    row = asdict(broadcast) | {"source": message.source, "received_at": message.received_at}
    return link.execute(QUERIES["put_broadcast"], row).fetchone() is not None


def _cancelled(link: Link, message: Message, plan: Plan, planned: list[str]) -> list[Key]:
    row = asdict(plan) | {"source": message.source, "received_at": message.received_at, "planned": planned}
    return [(plan.unit, "planned", message.source, id_) for (id_,) in link.execute(QUERIES["cancel_unnamed"], row)]
