"""One batch, one transaction: rows, states, counters and the notice to the screen, or nothing of it."""

import hashlib
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Literal

import orjson
import psycopg

from connectors.contract import Broadcast, CaseReport, DeviceId, DeviceReport, IocError, Message, Observation, Plan
from ingest import broadcasts, cases, figures, imports, names, reports, states
from ingest.hearing import Hearings
from ingest.pipeline import Rejection, Understood, refuse
from ingest.rhythm import Rhythms, rhythms
from ingest.sql import QUERIES
from ingest.store import Link, Store
from ingest.stream import notify

log = logging.getLogger(__name__)

Outcome = Literal["stored", "duplicate", "rejected"]
_Said = tuple[int, Message, DeviceReport]
"""A report with its message, and the message's place in the batch."""
_FRESH_S = 30.0
"""Seconds for which the rhythms of sources are believed."""


@dataclass
class Committer:
    """Writes batches; remembers only which partitions exist, and for a while how often sources speak."""

    store: Store
    keep_days: int = 400
    _days: set[date] = field(default_factory=set)
    _rhythms: Rhythms = field(default_factory=Rhythms)
    _rhythms_until: float = 0.0

    def commit(self, batch: Sequence[Understood]) -> list[Outcome]:
        """Store a batch; returns each message's outcome, in order.

        A batch that the database refuses for its content, or that breaks us, is taken apart, so that only the message
        at fault becomes a rejection; raises :class:`StoreDown` where the database is away.
        """
        try:
            return self._once(batch)
        except Exception as error:  # whatever it is: redelivered at every start, it would stop ingest for good
            if isinstance(error, IocError):
                raise
            if len(batch) > 1:
                half = len(batch) // 2
                return self.commit(batch[:half]) + self.commit(batch[half:])
            return self._once([refuse(batch[0], _why(error, batch[0].message), stage="store")])

    def _once(self, batch: Sequence[Understood]) -> list[Outcome]:
        load = _Load()
        for n, (message, records, *_) in enumerate(batch):
            for record in records:
                if type(record) is DeviceReport:
                    load.reports.append((n, message, record))
                elif type(record) is Observation:
                    load.observations.append((n, message, record))
                elif type(record) is CaseReport:
                    load.events.append((n, message, record))
                elif isinstance(record, Broadcast | Plan):
                    load.programmes.append((n, message, record))
        again = any(message.redelivered and report.at == message.received_at for _, message, report in load.reports)
        try:
            return self._transaction(batch, load, collide=again)
        except psycopg.errors.UniqueViolation:
            return self._transaction(batch, load, collide=True)

    def _transaction(self, batch: Sequence[Understood], load: "_Load", *, collide: bool) -> list[Outcome]:
        with self.store.transaction() as link:
            new: set[int] = set()
            events: list[CaseReport] = []
            on_air: list[broadcasts.Key] = []
            if load.reports or load.programmes:
                load.rename(names.renamed(link))
            heard: Hearings | None = None
            if load.reports:
                taken, heard = self._take_reports(link, load.reports, collide=collide)
                new.update(taken)
            if load.observations:
                new |= imports.store(link, batch, load.observations)
            if load.events:
                fresh, events = cases.store(link, load.events)
                new |= fresh
            if load.programmes:
                fresh, on_air = broadcasts.store(link, load.programmes)
                new |= fresh
            outcomes: list[Outcome] = [
                "rejected" if understood.rejection else "stored" if n in new else "duplicate"
                for n, understood in enumerate(batch)
            ]
            with link.pipeline():  # nothing of what follows waits for an answer
                changed = states.advance(link, heard) if heard else []
                for understood in batch:
                    if understood.rejection:
                        keep_rejection(link, understood.rejection)
                    if understood.content is not None:
                        m = understood.message
                        link.execute(QUERIES["take_content"], (m.source, understood.content, m.address))
                    if understood.cursor is not None:
                        link.execute(QUERIES["move_cursor"], (understood.message.source, *understood.cursor))
                count(link, batch, outcomes)
                notify(link, changed, events, {understood.message.source for understood in batch}, on_air)
            return outcomes

    def _take_reports(self, link: Link, said: Sequence[_Said], *, collide: bool) -> tuple[list[int], Hearings]:
        """Store reports; returns the places in the batch of those that were new, and what they say."""
        reports.ensure_partitions(link, (report for _, _, report in said), self._days, self.keep_days)
        known = states.meet(link, {report.device for _, _, report in said})
        dark = states.dark_now(link, ((message.source, report.state) for _, message, report in said))
        heard = Hearings(known, self._rhythm(link), dark)
        rows = (
            reports.row(n, message, report)
            for n, message, report in said
            # What the broker only remembers says nothing new of a device that we know.
            if not (message.retained and report.at == message.received_at and report.device in known)
        )
        taken: list[int] = []
        for piece in (reports.copy_staged if collide else reports.copy)(link, rows):
            taken += (row.n for row in piece)
            heard.add(piece)
        return taken, heard

    def _rhythm(self, link: Link) -> Rhythms:
        if time.monotonic() > self._rhythms_until:
            self._rhythms, self._rhythms_until = rhythms(link), time.monotonic() + _FRESH_S
        return self._rhythms


def _why(error: Exception, message: Message) -> str:
    if isinstance(error, psycopg.Error):
        return f"the database refused it: {error.diag.message_primary or error}"
    log.error("storing broke source=%s address=%s", message.source, message.address, exc_info=error)
    return f"storing it broke ({type(error).__name__}: {error}); a bug of ours, please report it"


@dataclass(slots=True)
class _Load:
    """A batch's records by kind, each with its message and the message's place in the batch."""

    reports: list[_Said] = field(default_factory=list)
    observations: list[figures.Figure] = field(default_factory=list)
    events: list[tuple[int, Message, CaseReport]] = field(default_factory=list)
    programmes: list[broadcasts.Said] = field(default_factory=list)

    def rename(self, renamed: Mapping[DeviceId, DeviceId]) -> None:
        """Call the devices of reports and programmes as the register does."""
        if not renamed:
            return
        for at, (n, message, report) in enumerate(self.reports):
            if report.device in renamed:
                self.reports[at] = n, message, replace(report, device=renamed[report.device])
        for at, (n, message, record) in enumerate(self.programmes):
            if isinstance(record, Broadcast):
                device = DeviceId(record.unit, "loudspeaker", record.device)
                if device in renamed:
                    self.programmes[at] = n, message, replace(record, device=renamed[device].name)


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
            "faults": orjson.dumps([fault._asdict() for fault in rejection.faults]).decode(),
        },
    )


def count(link: Link, batch: Sequence[Understood], outcomes: Sequence[Outcome]) -> None:
    """Count each source's messages, in all and by commune and minute."""
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    last: dict[str, datetime] = {}
    minutes: defaultdict[tuple[str, str, datetime], Counter[str]] = defaultdict(Counter)
    sources = [understood.message.source for understood in batch]
    units = [understood.records[0].unit if understood.records else "" for understood in batch]
    came = [understood.message.received_at for understood in batch]
    kinds = Counter(zip(sources, units, came, outcomes, strict=True))
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
