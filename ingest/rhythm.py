"""How often each source speaks of a device, and for how long its silence is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from ingest.sections import Ingest
from ingest.sql import QUERIES
from ingest.store import Link
from ingest.timeline import Rhythm


@dataclass
class Rhythms:
    """The rhythms of all sources: their own pace where they ask, the device's or its kind's where devices speak."""

    ingest: Ingest = field(default_factory=Ingest)
    asked: Mapping[str, timedelta] = field(default_factory=dict)
    """Source → pause between two of its looks."""
    _made: dict[tuple[str, timedelta | None], "_OfDevice"] = field(default_factory=dict)

    def of(self, kind: str, expected_every: timedelta | None) -> Mapping[str, Rhythm]:
        """Return the rhythm by source for a device of a kind; ``expected_every`` is its own entry's, if any."""
        key = kind, expected_every
        if key not in self._made:
            every = expected_every or self.ingest.expected_every.get(kind, timedelta(minutes=5))
            self._made[key] = _OfDevice(every, self.ingest.patience, self.asked)
        return self._made[key]


class _OfDevice(dict[str, Rhythm]):
    def __init__(self, every: timedelta, patience: float, asked: Mapping[str, timedelta]) -> None:
        super().__init__()
        self._every = every
        self._patience = patience
        self._asked = asked

    def __missing__(self, source: str) -> Rhythm:
        every = self._asked.get(source, self._every)
        self[source] = made = Rhythm(every, every * self._patience)
        return made


def rhythms(link: Link) -> Rhythms:
    """Return the rhythms as the running configuration declared them."""
    row = link.execute("select value from store_meta where key = 'ingest'").fetchone()
    asked: dict[str, timedelta] = dict(link.execute(QUERIES["paces"]).fetchall())
    return Rhythms(Ingest.model_validate_json(row[0]) if row else Ingest(), asked)
