"""What a batch says of one device: it moves the device's state on, and shows its newest numbers."""

from collections.abc import Mapping
from datetime import UTC, datetime

from connectors.contract import DeviceReport, Message
from ingest.live import Live
from ingest.timeline import Heard, Rhythm


def word_of(report: DeviceReport, message: Message) -> Heard:
    """Return what of a report its device's state is made of."""
    link = report.labels.get("evidence") == "connection"
    return Heard(message.source, report.at, message.received_at, report.state, link)


class Hearing:
    """What a batch says of one device."""

    __slots__ = ("_said", "seen_at")

    def __init__(self) -> None:
        self._said: list[tuple[DeviceReport, Message]] = []
        self.seen_at = datetime.min.replace(tzinfo=UTC)

    @property
    def first_at(self) -> datetime:
        """When the first of it reached us."""
        return min(message.received_at for _, message in self._said)

    def add(self, report: DeviceReport, message: Message) -> None:
        """Take the next report of a batch."""
        self._said.append((report, message))
        if message.received_at > self.seen_at:
            self.seen_at = message.received_at

    def move(self, live: Live, rhythm: Mapping[str, Rhythm]) -> datetime | None:
        """Move on by all that was said; returns from when the past must be computed anew, if it must."""
        since: datetime | None = None
        for report, message in self._said:
            one = word_of(report, message)
            # What follows a word that repairs is in the reports: only how far back it reaches matters.
            since = live.hear(one, rhythm) if since is None else min(since, one.at, one.received_at)
        return min(since, *(span.started_at for span in live.begun)) if since and live.begun else since

    def told(self, *, several: bool) -> dict[str, object]:
        """Return the newest numbers and texts: a last will says nothing of the volume, several sources add up."""
        told = [report for report, _ in self._said if report.labels.get("evidence") != "connection"]
        row: dict[str, object] = {"seen_at": self.seen_at, "source": self._said[-1][1].source, "several": several}
        if several:
            row["readings"] = {key: value for report in told for key, value in report.values.items()}
            row["labels"] = {key: text for report in told for key, text in report.labels.items()}
        elif told:
            newest = max(told, key=lambda report: report.at)
            row |= {"told_at": newest.at, "readings": newest.values, "labels": newest.labels}
        return row
