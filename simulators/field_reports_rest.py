"""A simulated 1022 system of a province (mô phỏng): the citizens' reports as a list by last change, in pages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import ClassVar

import orjson

from connectors.contract import CaseReport, Message, Record, Simulator
from simulators.field_reports import CitizenSimulator
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
        rows = [orjson.loads(message.body) for message in self.citizens.encode(records, at)]
        return tuple(
            Message(
                self.connector,
                f"/reports?page={first // self.rows + 1}&size={self.rows}",
                _page(rows[first : first + self.rows], len(rows)),
                at.astimezone(UTC),
            )
            for first in range(0, len(rows), self.rows)
        )

    def answer(self, asked: Asked, now: datetime) -> Told:
        """Answer ``GET /reports?updated_since&page&size``; 304 for a page that is known."""
        if self.token and asked.headers.get("authorization") != f"Bearer {self.token}":
            return Told(b'{"error": "who are you?"}', 401)
        if (asked.method, asked.path) != ("GET", "/reports"):
            return Told(b'{"error": "no such list"}', 404)
        try:
            since = datetime.fromisoformat(asked.query.get("updated_since", "2020-01-01T00:00:00+07:00"))
            page, size = int(asked.query.get("page", "1")), int(asked.query.get("size", str(self.rows)))
            changed = tuple(one for one in self.measure(now) if isinstance(one, CaseReport) and one.at >= since)
        except (ValueError, TypeError):
            return Told(b'{"error": "updated_since with a zone, page and size as numbers"}', 400)
        rows = [orjson.loads(one.body) for one in self.citizens.encode(changed[(page - 1) * size : page * size], now)]
        body = _page(rows, len(changed))
        headers = {"Content-Type": "application/json", "ETag": f'"{blake2b(body, digest_size=8).hexdigest()}"'}
        if asked.headers.get("if-none-match") == headers["ETag"]:
            return Told(b"", 304, headers)
        return Told(body, 200, headers)


def desk(unit: str, seed: int, history: timedelta = timedelta(days=30), token: str = "") -> CitizenDesk:
    """Return the desk of one commune with its reports of ``history``."""
    return CitizenDesk(CitizenSimulator(unit, seed, history), token=token)


def _page(rows: list[object], total: int) -> bytes:
    return orjson.dumps({"data": rows, "total": total})
