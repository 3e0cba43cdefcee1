"""Citizens' field reports (phản ánh hiện trường), pushed as JSON; persons are dropped at the door."""

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from connectors.citizen_report import report
from connectors.citizen_report.door import cleansed
from connectors.contract import CaseReport, Message, Received
from connectors.json_fields import single


class FieldReports(Received):
    """Reports from a 1022 line, an app or a web form: one JSON object is one report as of one instant."""

    feed: ClassVar[str] = "field_reports"
    title: ClassVar[str] = "Phản ánh hiện trường"

    unit: str | None = Field(default=None, pattern=r"^[0-9]{5}$")
    """Commune code of the reports that name none."""
    stale_after: timedelta = timedelta(hours=1)
    """Silence after which the feed counts as stale."""

    def cleanse(self, body: bytes) -> bytes:
        """Return the body with the fields of a report only, coordinates to about 100 m: no person is stored."""
        return cleansed(body)

    def decode(self, message: Message) -> Iterable[CaseReport]:
        """Give one report; raises :class:`Undecodable` naming the field and what it should be."""
        return (report(single(message.body, self.largest_body), message.received_at, self.unit),)
