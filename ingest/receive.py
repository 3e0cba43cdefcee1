"""Pushed messages: stored in the request's own transaction, so that 202 means committed."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.contract import Connector, Message
from ingest.batch import Committer
from ingest.pipeline import Rejection, understand


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a push: counts that add up, and the reasons of the refused."""

    received: int
    stored: int
    duplicate: int
    rejected: int
    reasons: tuple[Rejection, ...]


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

    def receive(self, source: str, bodies: Sequence[bytes], address: str) -> Receipt:
        """Store all or say why not; raises ``KeyError`` for an unknown source, :class:`StoreDown` to try again."""
        connector = self._sources[source]
        now = datetime.now(UTC)
        batch = [understand(connector, Message(source, address, body, now), self._units) for body in bodies]
        counts = Counter(self._committer.commit(batch))
        reasons = tuple(understood.rejection for understood in batch if understood.rejection)
        return Receipt(len(bodies), counts["stored"], counts["duplicate"], counts["rejected"], reasons)
