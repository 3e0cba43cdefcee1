"""Citizens' field reports (phản ánh hiện trường), pushed as JSON; persons are dropped at the door."""

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar

import orjson
from pydantic import Field

from connectors.citizen_report import report
from connectors.citizen_report.door import cleansed
from connectors.contract import CaseReport, Message, Received, Undecodable


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
        if len(message.body) > self.largest_body:
            raise Undecodable(f"{len(message.body)} bytes, at most {self.largest_body} are read", place="body")
        try:
            said = orjson.loads(message.body)
        except orjson.JSONDecodeError as error:
            raise Undecodable(f"not JSON in UTF-8: {error}", place="body") from error
        if type(said) is not dict:
            raise Undecodable(f"one JSON object is one report, not {type(said).__name__}", place="body")
        return (report(said, message.received_at, self.unit),)
