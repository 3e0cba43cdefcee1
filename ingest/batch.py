"""One batch, one transaction: rows, states, counters and the notice to the screen, or nothing of it."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple

import psycopg

from connectors.contract import CaseReport, DeviceId, DeviceReport, Message, Observation
from ingest import cases, figures, reports, states
from ingest.pipeline import Rejection, Understood, refuse
from ingest.sql import QUERIES
from ingest.store import Link, Store
from ingest.stream import notify

Outcome = Literal["stored", "duplicate", "rejected"]
_Said = tuple[int, Message, DeviceReport]
"""A report with its message, and the message's place in the batch."""


class Taking(NamedTuple):
    """An understood message, and the content digest to remember where it is a file that is taken once."""

    understood: Understood
    content: bytes | None = None


@dataclass
class Committer:
    """Writes batches; remembers only which partitions exist."""

    store: Store
    keep_days: int = 400
    _days: set[date] = field(default_factory=set)

    def commit(self, batch: Sequence[Taking]) -> list[Outcome]:
        """Store a batch; returns each message's outcome, in order.

        A batch that the database refuses for its content is taken apart, so that only the message at fault becomes a
        rejection; raises :class:`StoreDown` where the database is away.
        """
        try:
            return self._once(batch)
        except psycopg.Error as error:
            if len(batch) > 1:
                half = len(batch) // 2
                return self.commit(batch[:half]) + self.commit(batch[half:])
            message = batch[0].understood.message
            reason = f"the database refused it: {error.diag.message_primary or error}"
            return self._once([Taking(refuse(message, reason, stage="store"), batch[0].content)])

    def _once(self, batch: Sequence[Taking]) -> list[Outcome]:
        said = [
            (n, taking.understood.message, record)
            for n, taking in enumerate(batch)
            for record in taking.understood.records
            if type(record) is DeviceReport
        ]
        again = any(message.redelivered and report.at == message.received_at for _, message, report in said)
        try:
            return self._transaction(batch, said, collide=again)
        except psycopg.errors.UniqueViolation:
            return self._transaction(batch, said, collide=True)

    def _transaction(self, batch: Sequence[Taking], said: Sequence[_Said], *, collide: bool) -> list[Outcome]:
        with self.store.transaction() as link:
            new: set[int] = set()
            changed: list[DeviceId] = []
            if said:
                taken, changed = self._take_reports(link, said, collide=collide)
                new |= {r.n for r in taken}
            observed = [(n, m, o) for n, m, o in _each(batch) if type(o) is Observation]
            if observed:
                new |= figures.store(link, observed)
            reported = [(n, m, c) for n, m, c in _each(batch) if type(c) is CaseReport]
            events: list[CaseReport] = []
            if reported:
                fresh, events = cases.store(link, reported)
                new |= fresh
            outcomes = [_outcome(n, taking, new) for n, taking in enumerate(batch)]
            for taking in batch:
                if taking.understood.rejection:
                    keep_rejection(link, taking.understood.rejection)
                if taking.content is not None:
                    m = taking.understood.message
                    link.execute(QUERIES["take_content"], (m.source, taking.content, m.address))
            count(link, batch, outcomes)
            notify(link, changed, events, {t.understood.message.source for t in batch})
            return outcomes

    def _take_reports(
        self, link: Link, said: Sequence[_Said], *, collide: bool
    ) -> tuple[list[reports.Row], list[DeviceId]]:
        reports.ensure_partitions(link, (report for _, _, report in said), self._days, self.keep_days)
        known = states.lock(link, {report.device for _, _, report in said})
        rows = (
            reports.row(n, message, report)
            for n, message, report in said
            # What the broker only remembers says nothing new of a device that we know.
            if not (message.retained and report.at == message.received_at and report.device in known)
        )
        taken = reports.copy_staged(link, rows) if collide else reports.copy(link, rows)
        return taken, states.advance(link, known, taken)


def _each(batch: Iterable[Taking]) -> Iterable[tuple[int, Message, object]]:
    for n, taking in enumerate(batch):
        for record in taking.understood.records:
            yield n, taking.understood.message, record


def _outcome(n: int, taking: Taking, new: set[int]) -> Outcome:
    if taking.understood.rejection:
        return "rejected"
    return "stored" if n in new else "duplicate"


def keep_rejection(link: Link, rejection: Rejection) -> None:
    """Keep a refused message whole; the same again only counts."""
    m = rejection.message
    link.execute(
        QUERIES["keep_rejection"],
        {
            "source": m.source,
            "address": m.address,
            "body": m.body,
            "digest": int.from_bytes(hashlib.blake2b(m.body, digest_size=8).digest(), "big", signed=True),
            "received_at": m.received_at,
            "stage": rejection.stage,
            "place": rejection.place,
            "reason": rejection.reason,
        },
    )


def count(link: Link, batch: Sequence[Taking], outcomes: Sequence[Outcome]) -> None:
    """Count each source's messages, in all and by commune and minute."""
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    last: dict[str, datetime] = {}
    minutes: defaultdict[tuple[str, str, datetime], Counter[str]] = defaultdict(Counter)
    kinds = Counter(
        (t.understood.message.source, _unit(t.understood), t.understood.message.received_at, outcome)
        for t, outcome in zip(batch, outcomes, strict=True)
    )
    for (source, unit, received_at, outcome), times in kinds.items():
        sums[source][outcome] += times
        last[source] = max(received_at, last.get(source, received_at))
        minutes[unit, source, received_at.astimezone(UTC).replace(second=0, microsecond=0)][outcome] += times
    for source, c in sorted(sums.items()):
        counts = {key: c[key] for key in ("stored", "duplicate", "rejected")}
        link.execute(QUERIES["count"], counts | {"source": source, "received": c.total(), "last": last[source]})
    keys = sorted(minutes)
    columns: list[list[object]] = [[k[i] for k in keys] for i in range(3)]
    columns += [[minutes[k][outcome] for k in keys] for outcome in ("stored", "duplicate", "rejected")]
    link.execute(QUERIES["count_minute"], columns)


def _unit(understood: Understood) -> str:
    if not understood.records:
        return ""
    first = understood.records[0]
    return first.device.unit if isinstance(first, DeviceReport) else first.unit
