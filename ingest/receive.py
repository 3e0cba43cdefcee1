"""Pushed messages: stored in the request's own transaction, so that 202 means committed; or only rehearsed."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from psycopg.rows import DictRow

from connectors.contract import Connector, Fault, Message
from ingest import figures, imports
from ingest.batch import Committer, Outcome
from ingest.pipeline import Delivery, Understood, understand


class Refused(NamedTuple):
    """One fault of the message at this place of the push."""

    at: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a push: counts of messages that add up, and every fault of the refused."""

    received: int
    stored: int
    duplicate: int
    rejected: int
    reasons: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a push would do: every fault, and every figure beside what is stored, changed ones first.

    ``others`` counts records that are no figures.
    """

    received: int
    rejected: int
    reasons: tuple[Refused, ...]
    figures: tuple[DictRow, ...]
    others: int

    @property
    def counts(self) -> dict[str, int]:
        """Figures by what would become of them."""
        changes = Counter(figure["change"] for figure in self.figures)
        return {change: changes[change] for change in ("new", "changed", "same")}


class Receiver:
    """Takes raw messages for any configured source."""

    def __init__(self, sources: Mapping[str, Connector], committer: Committer, units: Container[str]) -> None:
        self._sources = sources
        self._committer = committer
        self._units = units

    @property
    def names(self) -> Sequence[str]:
        """The sources there are."""
        return list(self._sources)

    def receive(self, source: str, bodies: Sequence[bytes], address: str, delivery: Delivery | None = None) -> Receipt:
        """Store all or say why not; raises ``KeyError`` for an unknown source, :class:`StoreDown` to try again."""
        batch = [understood._replace(delivery=delivery) for understood in self._understood(source, bodies, address)]
        outcomes = self._committer.commit(batch)
        counts = Counter(outcomes)
        reasons = tuple(_refused(batch, outcomes))
        return Receipt(len(bodies), counts["stored"], counts["duplicate"], counts["rejected"], reasons)

    def rehearse(self, source: str, bodies: Sequence[bytes], address: str) -> Rehearsal:
        """Say what :meth:`receive` would do, and store nothing; raises the same."""
        batch = self._understood(source, bodies, address)
        its = imports.parts(batch)
        with self._committer.store.transaction() as link:
            compared = figures.compare(link, its) if its else []
            link.rollback()
        reasons = tuple(_refused(batch, ["rejected" if u.rejection else "stored" for u in batch]))
        rejected = sum(understood.rejection is not None for understood in batch)
        others = sum(len(understood.records) for understood in batch) - len(its)
        return Rehearsal(len(bodies), rejected, reasons, tuple(compared), others)

    def _understood(self, source: str, bodies: Sequence[bytes], address: str) -> list[Understood]:
        connector = self._sources[source]
        now = datetime.now(UTC)
        return [understand(connector, Message(source, address, body, now), self._units) for body in bodies]


def _refused(batch: Sequence[Understood], outcomes: Sequence[Outcome]) -> Iterator[Refused]:
    for at, (understood, outcome) in enumerate(zip(batch, outcomes, strict=True)):
        rejection = understood.rejection
        if rejection is not None:
            faults = rejection.faults or (Fault(rejection.place, rejection.reason),)
            yield from (Refused(at, fault) for fault in faults)
        elif outcome == "rejected":
            reason = f"the database refused it; see /sources/{understood.message.source}/rejections"
            yield Refused(at, Fault("store", reason, "Cơ sở dữ liệu không nhận; xem danh sách bản tin bị từ chối"))
