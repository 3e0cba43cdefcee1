"""Citizens' field reports (phản ánh hiện trường) asked from a province's system, page by page, as they change."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import ClassVar

import orjson
from pydantic import Field

from connectors.citizen_report import named, report
from connectors.citizen_report.door import cleansed
from connectors.citizen_report.words import KEYS
from connectors.contract import CaseReport, Fault, Message, Undecodable
from connectors.gateway import Gateway
from connectors.json_fields import Json
from connectors.spelling import code
from connectors.talk import Talk

_FAULTS_TOLD = 20


class FieldReportsRest(Gateway):
    """A 1022 system of the province: the reports that changed since the last look, oldest change first."""

    feed: ClassVar[str] = "field_reports"
    title: ClassVar[str] = "Phản ánh hiện trường (hệ thống tỉnh)"

    path: str = Field(default="/reports", pattern=r"^/\S*$")
    """Path of the list of reports."""
    since: str = "updated_since"
    """Parameter that asks for the reports changed from an instant on."""
    all_or_nothing: bool = True
    """Whether a fault in one report refuses the whole page."""
    every: timedelta = timedelta(minutes=2)
    """Pause between two looks."""
    stale_after: timedelta = timedelta(hours=1)
    """Silence after which the feed counts as stale."""
    largest_body: int = Field(default=4 * 1024 * 1024, gt=0)
    """Bytes; a larger page is refused."""

    def talks(self) -> tuple[str, ...]:
        """Return the one conversation."""
        return ("reports",)

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Ask for what changed since the cursor; with nothing new it is one question, and nothing arrives."""
        return self.follow(self.path, self.since, KEYS["at"], cursor, now)

    def cleanse(self, body: bytes) -> bytes:
        """Return the page with the fields of reports only, coordinates to about 100 m: no person is stored."""
        return cleansed(body, self.paging.list.split("."))

    def decode(self, message: Message) -> Iterable[CaseReport]:
        """Give the reports of a page; raises :class:`Undecodable` listing every fault by report and field."""
        if len(message.body) > self.largest_body:
            raise Undecodable(f"{len(message.body)} bytes, at most {self.largest_body} are read", place="body")
        try:
            page = Json(orjson.loads(message.body))
        except orjson.JSONDecodeError as error:
            raise Undecodable(f"not JSON in UTF-8: {error}", place="body") from error
        taken: list[CaseReport] = []
        faults: list[Fault] = []
        for row in page.at(self.paging.list).rows():
            try:
                taken += self._report(row.value, message.received_at)
            except Undecodable as refusal:
                faults.append(Fault(f"{row.place}.{refusal.place}", refusal.reason))
        if not faults:
            return tuple(taken)
        told = "; ".join(f"{place}: {reason}" for place, reason, _ in faults[:_FAULTS_TOLD])
        more = f"; … and {len(faults) - _FAULTS_TOLD} more" if len(faults) > _FAULTS_TOLD else ""
        good = () if self.all_or_nothing else tuple(taken)
        raise Undecodable(told + more, place=faults[0].place, taken=good, faults=tuple(faults))

    def _report(self, spoken: Mapping[str, object], received_at: datetime) -> list[CaseReport]:
        unit = self.unit_of(Json(named(spoken).get("unit"), "unit"))
        its = {key: value for key, value in spoken.items() if code(key) not in KEYS["unit"]}
        return [] if unit is None else [report(its, received_at, unit)]
