"""Health figures as FHIR MeasureReports: summaries of a measure for a place and period, asked for by what changed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import Field

from connectors import persons
from connectors.contract import FUTURE, LOCAL, Message, Observation, SourceDown
from connectors.health_fhir.door import KNOWN, kept
from connectors.health_fhir.report import Group, Report
from connectors.health_fhir.search import Page, Search
from connectors.health_figures import HealthFigures, UnitCode, Unmapped, understood
from connectors.json_fields import Json, read
from connectors.talk import Arrived, Talk


class HealthFhir(HealthFigures):
    """A FHIR R4 server's MeasureReports of type summary; of reports of persons nothing is kept."""

    title: ClassVar[str] = "Y tế (FHIR)"

    groups: dict[str, Group] = Field(min_length=1)
    """Group code, ``measure#code``, or a measure whose one group has no code → what it is."""
    facilities: dict[str, UnitCode] = Field(default={})
    """``Organization/<id>``, ``Location/<id>`` or identifier → code of the unit, unless the id is one itself."""
    stratifiers: dict[str, str] = Field(default={})
    """Stratifier code → name of a dimension; else the code's own spelling."""
    ignored: tuple[str, ...] = ()
    """Groups that are not wanted; ``*``: all that ``groups`` does not name."""
    page_size: int = Field(default=100, ge=1, le=5000)
    """Reports a page."""
    stale_after: timedelta = timedelta(days=35)
    """Silence after which the feed counts as stale."""

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
        unmapped: dict[str, str] = {}
        for resource in _reports(said):
            try:
                report = Report.read(resource, self)
            except Unmapped as unknown:
                unmapped.setdefault(str(unknown), unknown.place)
                continue
            if report is not None:
                figures += report.figures(self, latest, unmapped)
        return understood(figures, unmapped)


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
