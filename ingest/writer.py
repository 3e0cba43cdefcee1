"""One thread between every transport and the database: queue, batch, one transaction, then acknowledge."""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Sequence

from ingest.batch import Outcome
from ingest.desk import Desk
from ingest.envelope import Door, Envelope
from ingest.errors import StoreDown, pauses

log = logging.getLogger(__name__)


class Writer(threading.Thread):
    """Takes envelopes from a bounded queue and commits them in batches; a batch is retried until it is stored."""

    def __init__(self, desk: Desk, *, queue: int, batch_rows: int, batch_age: float) -> None:
        super().__init__(name="writer")
        self._desk = desk
        self.bound = queue
        self._rows = batch_rows
        self._age = batch_age
        self._queue: deque[Envelope] = deque()
        self._arrived = threading.Condition()
        self._first_at = 0.0
        self._stopping = False
        self._abandoned = threading.Event()
        self._in_hand = 0
        self._settled: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        self.away_since: float | None = None

    @property
    def queued(self) -> int:
        """Messages received and not yet committed."""
        return len(self._queue) + self._in_hand

    def queued_by_source(self) -> dict[str, int]:
        """Return the messages received and not yet committed, by source."""
        return {source: accepted - self._settled[source] for source, accepted in list(self.accepted.items())}

    def offer(self, envelopes: Sequence[Envelope]) -> int:
        """Queue as many as there is room for, in order; returns how many. Never waits."""
        with self._arrived:
            room = max(0, self.bound - self.queued)
            taken = envelopes[:room]
            if taken:
                if not self._queue:
                    self._first_at = time.monotonic()
                self._queue.extend(taken)
                self.accepted.update(e.message.source for e in taken)
                if len(self._queue) == len(taken) or len(self._queue) >= self._rows:
                    self._arrived.notify()
        return len(taken)

    def run(self) -> None:
        """Commit batches until told to stop and the queue is empty."""
        while batch := self._next():
            if not self._store(batch):
                break
            self._in_hand = 0

    def stop(self, *, drain: float = 10.0) -> int:
        """Store what is queued, for ``drain`` seconds at most; returns what was left (unacknowledged, so not lost)."""
        with self._arrived:
            self._stopping = True
            self._arrived.notify()
        self.join(drain)
        self._abandoned.set()
        self.join()
        self._desk.close()
        return self.queued

    def _next(self) -> list[Envelope]:
        with self._arrived:
            while not self._queue and not self._stopping:
                self._arrived.wait()
            while len(self._queue) < self._rows and not self._stopping:
                left = self._first_at + self._age - time.monotonic()
                if left <= 0:
                    break
                self._arrived.wait(left)
            size = min(len(self._queue), self._rows)
            batch = [self._queue.popleft() for _ in range(size)]
            self._in_hand = size
            self._first_at = time.monotonic()
            return batch

    def _store(self, batch: list[Envelope]) -> bool:
        for pause in pauses(longest=10):
            try:
                outcomes = self._desk.store(batch)
                break
            except StoreDown as down:
                if self.away_since is None:
                    self.away_since = time.monotonic()
                    log.warning("store away queued=%d error=%r; nothing is acknowledged until it is back",
                                self.queued, str(down))  # fmt: skip
            if self._abandoned.wait(pause):
                return False
        if self.away_since is not None:
            log.info("store back after_s=%.1f queued=%d", time.monotonic() - self.away_since, self.queued)
            self.away_since = None
        doors: dict[Door, tuple[list[object], list[Outcome]]] = {}
        for envelope, outcome in zip(batch, outcomes, strict=True):
            tickets, results = doors.setdefault(envelope.door, ([], []))
            tickets.append(envelope.ticket)
            results.append(outcome)
        for door, (tickets, results) in doors.items():
            door.settle(tickets, results)
        self._settled.update(e.message.source for e in batch)
        return True
