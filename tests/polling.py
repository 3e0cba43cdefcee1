"""Sources that are asked, into a test's own database, by the poller and writer of the service."""

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.contract import Polled
from ingest.batch import Committer
from ingest.desk import DeskHere
from ingest.poll import Poller
from ingest.store import Store
from ingest.units import unit_codes
from ingest.writer import Writer


@contextmanager
def polling(store: Store, **sources: Polled) -> Iterator[Poller]:
    """Ask the sources by name; one that was declared before keeps what it has."""
    for name, source in sources.items():
        store.execute(
            "insert into source (name, connector, feed, title, transport, stale_after)"
            " values (%s, 'test', %s, '', 'polled', %s) on conflict do nothing",
            (name, source.feed, source.stale_after),
        )
    writer = Writer(DeskHere(Committer(store), unit_codes(store)), queue=4000, batch_rows=1000, batch_age=0.01)
    poller = Poller(sources, store, writer)
    writer.start()
    try:
        yield poller
    finally:
        poller.stop()
        poller.close()
        writer.stop()
