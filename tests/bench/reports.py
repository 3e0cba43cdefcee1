"""Loudspeaker reports by the hundred thousand, already understood; and their rows as PostgreSQL would copy them out."""

from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg

from connectors.contract import Message
from connectors.loudspeaker_mqtt import LoudspeakerMqtt
from ingest.batch import Committer
from ingest.pipeline import Understood, understand
from ingest.store import Store
from ingest.units import unit_codes
from tests.bench.flood import DEVICES, messages

BATCH = 4_000
"""As many as ingest takes at once."""


def understood(store: Store, count: int) -> list[list[Understood]]:
    """Return so many reports in batches."""
    connector, units, now = LoudspeakerMqtt(), unit_codes(store), datetime.now(UTC)
    store.execute(
        "insert into source (name, connector, feed, title, transport, stale_after)"
        " values ('loudspeakers', 'loudspeaker_mqtt', 'loudspeaker_status', '', 'subscribed', '10 minutes')"
    )
    said = [
        understand(connector, Message("loudspeakers", topic, body, now), units)
        for topic, body in messages(count, DEVICES)
    ]
    return [said[n : n + BATCH] for n in range(0, count, BATCH)]


def commit(store: Store, batches: Sequence[Sequence[Understood]]) -> None:
    """Store them as ingest does."""
    committer = Committer(store)
    for batch in batches:
        assert set(committer.commit(batch)) == {"stored"}


def copied_out(link: "psycopg.Connection[tuple[object, ...]]", query: str) -> bytes:
    """Return the rows of a query in COPY's binary format, as one piece."""
    with link.cursor() as cursor, cursor.copy(f"copy ({query}) to stdout (format binary)") as source:
        return b"".join(bytes(piece) for piece in source)


def copy_in(link: "psycopg.Connection[tuple[object, ...]]", table: str, rows: bytes) -> None:
    """Store such a piece in one transaction, in writes of a size that suits psycopg."""
    with link.cursor() as cursor, cursor.copy(f"copy {table} from stdin (format binary)") as sink:
        for at in range(0, len(rows), 1 << 17):
            sink.write(rows[at : at + (1 << 17)])
    link.commit()
