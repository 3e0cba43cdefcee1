"""Refused messages tried again, after a fix of the configuration, the connector or the units."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple
from uuid import uuid4

from connectors.contract import Connector, Message
from ingest.batch import Committer, Outcome
from ingest.pipeline import Delivery, understand
from ingest.store import Store
from ingest.units import unit_codes


class Tried(NamedTuple):
    """A rejection and what became of it; ``source_gone`` where its source is not configured any more."""

    id: int
    outcome: Outcome | Literal["source_gone"]


def retry(
    store: Store,
    sources: Mapping[str, Connector],
    keep_days: int,
    *,
    by: str,
    source: str = "",
    number: int | None = None,
    after: int = 0,
    most: int | None = None,
) -> Iterator[Tried]:
    """Understand what is still refused again, each message in a transaction of its own, the oldest first.

    Of one source or of all, one message or those with a number above ``after``; raises :class:`StoreDown`.
    """
    committer = Committer(store, keep_days)
    units = unit_codes(store)
    numbers = store.rows(
        "select id from rejection where resolved_at is null and (%(source)s = '' or source = %(source)s)"
        " and (%(id)s::bigint is null or id = %(id)s) and id > %(after)s order by id limit %(most)s",
        {"source": source, "id": number, "after": after, "most": most},
    )
    for one in numbers:  # one body at a time: a file has megabytes
        row = store.row(
            "select source, address, body, received_at from rejection where id = %s and resolved_at is null",
            (one["id"],),
        )
        if row is None:
            continue  # somebody else was faster
        connector = sources.get(row["source"])
        if connector is None:
            yield Tried(one["id"], "source_gone")
            continue
        message = Message(row["source"], row["address"], bytes(row["body"]), row["received_at"])
        # What is taken after all is an import as it would have been, and can be undone.
        delivery = Delivery(uuid4(), hashlib.sha256(message.body).digest(), by)
        understood = understand(connector, message, units)._replace(delivery=delivery)
        (outcome,) = committer.commit([understood])
        # Keeping it again would clear the mark: a message that is still refused stays open.
        taken = understood.rejection is None and outcome != "rejected"
        store.execute(
            "update rejection set retried_at = now(), resolved_at = case when %s then now() else resolved_at end"
            " where id = %s",
            (taken, one["id"]),
        )
        yield Tried(one["id"], outcome)
