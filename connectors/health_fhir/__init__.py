"""Health figures as FHIR MeasureReports: summaries of a measure for a place and period, asked for by what changed."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import ClassVar

from pydantic import Field, field_validator

from connectors import persons
from connectors.contract import FUTURE, LOCAL, Fault, Message, Observation, SourceDown, Undecodable
from connectors.gateway import Gateway
from connectors.health_fhir.door import KNOWN, kept
from connectors.health_fhir.report import Group, Report, Unmapped
from connectors.health_fhir.search import Page, Search
from connectors.json_fields import Json, read
from connectors.talk import Arrived, Talk

_UNIT = re.compile(r"[0-9]{2}|[0-9]{3}|[0-9]{5}")
_FAULTS_TOLD = 20


class HealthFhir(Gateway):
    """A FHIR R4 server's MeasureReports of type summary; of reports of persons nothing is kept."""

    feed: ClassVar[str] = "health"
    title: ClassVar[str] = "Y tế (FHIR)"

    groups: dict[str, Group] = Field(min_length=1)
    """Group code, ``measure#code``, or a measure whose one group has no code → what it is."""
    facilities: dict[str, str] = Field(default={})
    """``Organization/<id>``, ``Location/<id>`` or identifier → code of the unit, unless the id is one itself."""
    stratifiers: dict[str, str] = Field(default={})
    """Stratifier code → name of a dimension; else the code's own spelling."""
    ignored: tuple[str, ...] = ()
    """Groups that are not wanted; ``*``: all that ``groups`` does not name."""
    since: date = date(2020, 1, 1)
    """Day from which on changes are read the first time."""
    page_size: int = Field(default=100, ge=1, le=5000)
    """Reports a page."""
    overlap: timedelta = timedelta(minutes=10)
    """How long the other side may take to store a change; changes so near to a look are asked for again."""
    every: timedelta = timedelta(hours=1)
    """Pause between two looks."""
    stale_after: timedelta = timedelta(days=35)
    """Silence after which the feed counts as stale."""
    largest_body: int = Field(default=16 * 1024 * 1024, gt=0)
    """Bytes; a larger answer is refused."""

    @field_validator("facilities")
    @classmethod
    def _are_units(cls, facilities: dict[str, str]) -> dict[str, str]:
        for place, unit in facilities.items():
            if not _UNIT.fullmatch(unit):
                raise ValueError(
                    f"{place} = {unit!r}: a unit's code has 5 digits (a province's 2, a former district's 3)"
                )
        return facilities

    def talks(self) -> tuple[str, ...]:
        """Return the one conversation."""
        return ("reports",)

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Read the pages of what changed; raises :class:`SourceDown` where the server gives none."""
        search = Search.read(cursor, self.since)
        begun = 0
        while True:
            path = search.path(self.params, self.page_size)
            headers = {"Accept": "application/fhir+json"} | ({"If-None-Match": search.etag} if search.etag else {})
            try:
                answer = yield from self.ask(path, headers=headers)
            except SourceDown:
                begun += 1
                if not search.following or begun > 1:
                    raise
                search = search.again()  # servers forget the pages of a search after a while
                continue
            if answer.status == 304:
                return
            if "html" in answer.headers.get("content-type", ""):
                raise SourceDown(f"{self.url} answers a page for people, no bundle: check `url` and the credentials")
            page = Page.read(answer.body)
            if search.seen and search.seen == page.seen:
                return
            ended = search.answered(answer, page, self.url, self.overlap)
            if page.link and ended.following in ("", search.following):
                raise SourceDown(
                    f"{self.url}: its next page, {page.link:.200}, is not below `url`; correct one of them"
                )
            if page.entries is None:
                ended = search.again()
            search = ended
            yield Arrived(path.partition("&_sort")[0], answer.body, cursor=search.text())
            if page.entries is None:
                raise SourceDown(f"{self.url}{path}: no bundle, and so no next page; it is kept as a rejection")
            if not page.link:
                return

    def cleanse(self, body: bytes) -> bytes:
        """Return the bundle without narratives and displays; of one with persons only its skeleton."""
        return persons.cleansed(body, KNOWN, kept)

    def decode(self, message: Message) -> Iterable[Observation]:
        """Give every figure of a bundle, or of one report; raises :class:`Undecodable` by place.

        Where only codes are unknown to us the rest is taken, and the bundle is kept beside it until they are known.
        """
        persons.refuse(message.body)
        said = read(message.body, self.largest_body)
        latest = (message.received_at + FUTURE).astimezone(LOCAL).date()
        figures: list[Observation] = []
        unmapped: list[Unmapped] = []
        for resource in _reports(said):
            try:
                report = Report.read(resource, self)
            except Unmapped as unknown:
                unmapped.append(unknown)
                continue
            if report is not None:
                figures += report.figures(self, latest, unmapped)
        if unmapped:
            told: dict[str, str] = {}
            for fault in unmapped:
                told.setdefault(str(fault), fault.place)
            faults = tuple(Fault(place, reason) for reason, place in told.items())
            reasons = "; ".join(list(told)[:_FAULTS_TOLD])
            more = f"; … and {len(faults) - _FAULTS_TOLD} more" if len(faults) > _FAULTS_TOLD else ""
            raise Undecodable(reasons + more, place=faults[0].place, taken=tuple(figures), faults=faults)
        return tuple(figures)


def _reports(said: Json) -> Iterable[Json]:
    """Give the measure reports of a bundle, or the one that is the message."""
    kind = said.at("resourceType")
    if kind.value == "MeasureReport":
        yield said
    elif kind.value != "Bundle":
        raise kind.expected("Bundle or MeasureReport")
    elif said.has("entry"):
        for entry in said.at("entry").rows():
            resource = entry.at("resource")
            if resource.at("resourceType").value == "MeasureReport":
                yield resource
