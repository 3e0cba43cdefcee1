"""Where a batch is understood and committed: at a desk in this process, or at one in a process of its own.

The interpreter runs one thread at a time. A desk apart leaves this process to the network, so that on two cores the
reading of a backlog and its understanding go on at once; batches cross in one piece each way.
"""

import gc
import logging
import marshal
import multiprocessing
import signal
from collections.abc import Container, Mapping, Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Protocol, get_args

from connectors.contract import Connector, Message
from ingest.batch import Committer, Outcome
from ingest.envelope import Envelope
from ingest.errors import StoreDown
from ingest.pipeline import Cursor, Understood, understand
from ingest.store import Store
from ingest.units import unit_codes

log = logging.getLogger(__name__)

_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_PLACES = {outcome: n for n, outcome in enumerate(_OUTCOMES)}
_Row = tuple[str, str, bytes, float, str, bool, bool, bytes | None, tuple[str, ...] | None]
_ENDED = 3
"""A desk apart that ends so often without storing a batch has a fault that no retry mends."""


class Desk(Protocol):
    """Stores batches, each wholly."""

    def store(self, batch: Sequence[Envelope]) -> list[Outcome]:
        """Return each message's outcome after the commit; raises :class:`StoreDown`, and nothing is stored then."""

    def close(self) -> None:
        """Leave it."""


class DeskHere:
    """Understands and commits in the caller's thread."""

    def __init__(self, committer: Committer, units: Container[str]) -> None:
        self._committer = committer
        self._units = units
        self._last: tuple[Sequence[Envelope], list[Understood]] | None = None

    def store(self, batch: Sequence[Envelope]) -> list[Outcome]:
        """Understand, unless the same batch is tried again, and commit."""
        if self._last is None or self._last[0] is not batch:
            units = self._units
            self._last = batch, [understand(e.connector, e.message, units, e.content, e.cursor) for e in batch]
        outcomes = self._committer.commit(self._last[1])
        self._last = None
        return outcomes

    def close(self) -> None:
        """Nothing is open."""


class DeskApart:
    """The same in a child process, begun with the first batch and anew when it ended."""

    def __init__(self, url: str, keep_days: int, sources: Mapping[str, Connector]) -> None:
        self._arguments = (url, keep_days, dict(sources))
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._ended = 0

    def store(self, batch: Sequence[Envelope]) -> list[Outcome]:
        """Send the batch over, and wait for its outcomes."""
        pipe = self._pipe or self._begin()
        try:
            pipe.send_bytes(_packed(batch))
            done, said = marshal.loads(pipe.recv_bytes())  # noqa: S302 - our own child's words
        except (EOFError, OSError) as error:
            self.close()
            self._ended += 1
            if self._ended >= _ENDED:
                raise RuntimeError("the process that understands and stores ends again and again") from error
            raise StoreDown("the process that understands and stores ended; it begins anew") from error
        if not done:
            raise StoreDown(said)
        self._ended = 0
        return [_OUTCOMES[place] for place in said]

    def close(self) -> None:
        """End the child; it ends by itself where this process does."""
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.join(10)
            self._process.kill()
        self._pipe = self._process = None

    def _begin(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, *self._arguments), name="ioc-desk", daemon=True)
        process.start()
        theirs.close()
        self._process = process
        log.info("desk up pid=%s", process.pid)
        return self._pipe


def _packed(batch: Sequence[Envelope]) -> bytes:
    rows: list[_Row] = []
    instant, seconds = None, 0.0
    for m, _, _, _, content, cursor in batch:
        if m.received_at is not instant:  # one instant for all that a turn of the network read
            instant, seconds = m.received_at, m.received_at.timestamp()
        where = tuple(cursor) if cursor else None
        rows.append((m.source, m.address, m.body, seconds, m.error, m.redelivered, m.retained, content, where))
    return marshal.dumps(rows)


def _work(pipe: Connection, url: str, keep_days: int, sources: Mapping[str, Connector]) -> None:
    """Store what comes through the pipe until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is our parent's to answer: it has batches to finish
    logging.basicConfig(level=logging.INFO, format="%(asctime)s level=%(levelname)s logger=%(name)s %(message)s")
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    with Store(url, pool=2, name="ioc-desk") as store:
        committer, units = Committer(store, keep_days), frozenset[str]()
        while True:
            try:
                rows = marshal.loads(pipe.recv_bytes())  # noqa: S302 - our own parent's words
            except EOFError:
                return
            try:
                units = units or unit_codes(store)
                outcomes = committer.commit(_understood(rows, sources, units))
                answer: tuple[bool, list[int] | str] = True, [_PLACES[outcome] for outcome in outcomes]
            except StoreDown as down:
                answer = False, str(down)
            pipe.send_bytes(marshal.dumps(answer))


def _understood(rows: Sequence[_Row], sources: Mapping[str, Connector], units: Container[str]) -> list[Understood]:
    made: list[Understood] = []
    instant, seconds = datetime.now(UTC), -1.0
    for source, address, body, received, error, again, retained, content, cursor in rows:
        if received != seconds:
            instant, seconds = datetime.fromtimestamp(received, UTC), received
        message = Message(source, address, body, instant, error, again, retained)
        made.append(understand(sources[source], message, units, content, Cursor(*cursor) if cursor else None))
    return made
