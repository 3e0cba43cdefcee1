"""A simulated 1022 system of a province (mô phỏng): the citizens' reports as a list by last change, in pages."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

import orjson

from connectors.contract import CaseReport, Message, Record, Simulator
from simulators.field_reports import CitizenSimulator
from simulators.gateway import messages, refused, told
from simulators.office import Asked, Told


class CitizenDesk(Simulator):
    """The desk that takes the reports of ``citizens``; also its web server.

    The list holds each report once, as of its last change within ``citizens.interval``; ``token`` is asked for where
    it is set.
    """

    connector: ClassVar[str] = "field_reports_rest"

    def __init__(self, citizens: CitizenSimulator, prefix: str = "/1022", token: str = "", rows: int = 50) -> None:
        self.citizens = citizens
        self.prefix = prefix
        self.token = token
        self.rows = rows

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the reports as they are at the instant, by their last change."""
        changes = (one for one in self.citizens.measure(at) if isinstance(one, CaseReport))
        # Numbers of its own: what the same people push to the commune are other reports.
        last = {one.id: replace(one, id=one.id.replace("PA-", "1022-"), channel="1022") for one in changes}
        return tuple(sorted(last.values(), key=lambda report: (report.at, report.id)))

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return the pages of the list, with the persons who sent the reports."""
        return messages(self.connector, "/reports", self._rows(records, at), at, self.rows)

    def answer(self, asked: Asked, now: datetime) -> Told:
        """Answer ``GET /reports?updated_since&page&size``; 304 for a page that is known."""
        if refusal := refused(asked, self.token):
            return refusal
        if (asked.method, asked.path) != ("GET", "/reports"):
            return Told(b'{"error": "no such list"}', 404)
        try:
            since = datetime.fromisoformat(asked.query.get("updated_since", "2020-01-01T00:00:00+07:00"))
            changed = tuple(one for one in self.measure(now) if isinstance(one, CaseReport) and one.at >= since)
        except (ValueError, TypeError):
            return Told(b'{"error": "updated_since with a zone"}', 400)
        return told(asked, self._rows(changed, now), self.rows)

    def _rows(self, records: tuple[Record, ...], at: datetime) -> list[dict[str, Any]]:
        return [orjson.loads(message.body) for message in self.citizens.encode(records, at)]


def desk(unit: str, seed: int, history: timedelta = timedelta(days=30), token: str = "") -> CitizenDesk:
    """Return the desk of one commune with its reports of ``history``."""
    return CitizenDesk(CitizenSimulator(unit, seed, history), token=token)
