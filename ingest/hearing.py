"""What a batch says of its devices: it moves the states of devices on, and shows their newest numbers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from connectors.contract import DeviceId, DeviceReport, Message
from ingest.live import Live
from ingest.reports import Row
from ingest.rhythm import Rhythms
from ingest.timeline import Heard, Interval, Rhythm, in_the_dark

_NEVER = datetime.min.replace(tzinfo=UTC)


class Before(NamedTuple):
    """What the database knows of a device, and how often it is expected to speak."""

    live: Live
    expected_every: timedelta | None


def word_of(report: DeviceReport, message: Message) -> Heard:
    """Return what of a report its device's state is made of."""
    link = report.labels.get("evidence") == "connection"
    return Heard(message.source, report.at, message.received_at, report.state, link)


class Hearing:
    """What a batch says of one device; ``late`` is from when (UTC) the past must be computed anew, if it must."""

    __slots__ = ("_said", "late", "live", "rhythm", "seen_at")

    def __init__(self, live: Live, rhythm: Mapping[str, Rhythm]) -> None:
        self.live = live
        self.rhythm = rhythm
        self.seen_at = _NEVER
        self.late: datetime | None = None
        self._said: list[tuple[DeviceReport, Message]] = []

    def __len__(self) -> int:
        return len(self._said)

    @property
    def first_at(self) -> datetime:
        """When the first of it reached us."""
        return min(message.received_at for _, message in self._said)

    def add(self, report: DeviceReport, message: Message) -> None:
        """Move on by the next report of the batch."""
        self._said.append((report, message))
        received_at = message.received_at
        if received_at > self.seen_at:
            self.seen_at = received_at
        if self.late is None:
            self.late = self.live.hear(word_of(report, message), self.rhythm)
            if self.late is not None and self.live.begun:
                self.late = min(self.late, *(span.started_at for span in self.live.begun))
        # What follows a word that repairs is in the reports: only how far back it reaches matters.
        elif report.at < self.late or received_at < self.late:
            self.late = min(report.at, received_at)

    def follow(self) -> None:
        """Move on by the newest that was said, as if it spoke of its reception."""
        newest, message = max(self._said, key=lambda said: (said[1].received_at, said[0].at))
        self.live.follow(word_of(newest, message))

    def told(self) -> dict[str, object]:
        """Return the newest numbers and texts: a last will says nothing of the volume, several sources add up."""
        told = [said for said in self._said if said[0].labels.get("evidence") != "connection"]
        several = len(self.live.facts) > 1
        row: dict[str, object] = {"seen_at": self.seen_at, "source": self._said[-1][1].source, "several": several}
        if several:
            row["readings"] = {key: value for report, _ in told for key, value in report.values.items()}
            row["labels"] = {key: text for report, _ in told for key, text in report.labels.items()}
        elif told:
            # No clock runs ahead: what says it is of tomorrow is of now, and gives way to what is said next.
            newest, message = max(told, key=lambda said: (min(said[0].at, said[1].received_at), said[1].received_at))
            told_at = min(newest.at, message.received_at)
            row |= {"told_at": told_at, "readings": newest.values, "labels": newest.labels}
        return row


class Hearings(dict[DeviceId, Hearing]):
    """What a batch says, by device; who was called gone by a source that could not see then is left out."""

    def __init__(
        self, known: Mapping[DeviceId, Before], rhythms: Rhythms, dark: Mapping[str, Sequence[Interval]]
    ) -> None:
        super().__init__()
        self._known = known
        self._rhythms = rhythms
        self._dark = dark

    def __missing__(self, device: DeviceId) -> Hearing:
        live, expected_every = self._known.get(device) or Before(Live(), None)
        self[device] = made = Hearing(live, self._rhythms.of(device.kind, expected_every))
        return made

    def add(self, rows: Iterable[Row]) -> None:
        """Take the next reports of the batch."""
        dark = self._dark
        for _, report, message, *_ in rows:
            if dark and in_the_dark(word_of(report, message), dark.get(message.source, ())):
                continue
            self[report.device].add(report, message)

    @property
    def strangers(self) -> list[DeviceId]:
        """Those that were never heard before."""
        return sorted(device for device in self if device not in self._known)
