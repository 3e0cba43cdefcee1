"""A province's DHIS2: figures of health by element, period and organisation unit, asked for by what changed."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Literal
from urllib.parse import urlencode

from pydantic import Field, model_validator

from connectors import persons
from connectors.contract import FUTURE, LOCAL, Message, Observation, SourceDown
from connectors.health_dhis2.door import KNOWN, is_page, kept
from connectors.health_dhis2.run import Page, Run
from connectors.health_dhis2.value import observation_of
from connectors.health_figures import HealthFigures, Meaning, UnitCode, Unmapped, understood
from connectors.json_fields import read
from connectors.talk import Arrived, Talk

_AGAIN = 2
"""Times that a run begins again in one look because the list moved."""


class HealthDhis2(HealthFigures):
    """DHIS2's ``/api/dataValueSets``: what changed since the last look, page by page; identifiers by configuration."""

    title: ClassVar[str] = "Y tế (DHIS2)"

    data_sets: tuple[str, ...] = Field(min_length=1)
    """Data sets to read."""
    org_units: dict[str, UnitCode] = Field(default={})
    """Organisation unit → commune code; one that is a commune code itself needs no line."""
    within: tuple[str, ...] = ()
    """Organisation units whose children are read, instead of those of ``org_units`` one by one."""
    elements: dict[str, Meaning] = Field(min_length=1)
    """Data element, or ``element.categoryOptionCombo`` → what it is."""
    categories: dict[str, dict[str, str]] = Field(default={})
    """Option combo → dims; one without a line stays under its identifier."""
    ignored: tuple[str, ...] = ()
    """Data elements that are not wanted; ``*``: all that ``elements`` does not name."""
    id_scheme: Literal["uid", "code"] = "uid"
    """Which identifiers the other side shall send."""
    page_size: int = Field(default=2000, ge=0, le=50_000)
    """Values an answer; 0: all at once, for versions without ``offset`` (before 2.42)."""
    stale_after: timedelta = timedelta(days=2)
    """Silence after which the feed counts as stale."""

    @model_validator(mode="after")
    def _asks_for_something(self) -> "HealthDhis2":
        if not self.within and not self.org_units:
            raise ValueError(
                "write `within`, or the organisation units in `org_units`: DHIS2 answers for none by itself"
            )
        if self.page_size == 1:
            raise ValueError("page_size is 0, or 2 and more: pages overlap by one value")
        return self

    def talks(self) -> tuple[str, ...]:
        """Return the one conversation: all data sets in one question."""
        return ("values",)

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Read the pages of what changed; raises :class:`SourceDown` where there is no page, or no order in them."""
        run = Run.read(cursor, self.since)
        begun = unread = 0
        while True:
            path = f"/api/dataValueSets?{urlencode(self._asked(run))}"
            answer = yield from self.ask(path, headers={"If-None-Match": run.etag} if run.etag else {})
            if answer.status == 304:
                return
            if "html" in answer.headers.get("content-type", ""):
                raise SourceDown(f"{self.url} answers a page for people, no values: check `url` and the credentials")
            page = Page.read(answer.body)
            if run.seen and run.seen == page.seen:
                return
            run = run.answered(answer)
            if run.moved(page):
                begun += 1
                if begun > _AGAIN:
                    raise SourceDown(
                        f"{self.url}: its list changes while it is read, or its version knows no `offset`;"
                        " set `page_size` = 0, with a `largest_body` that holds everything"
                    )
                run = run.again()
                continue
            unread = unread + 1 if page.values is None else 0
            last = not self.page_size or page.shorter(self.page_size)
            run = run.finished(page, answer, self.overlap) if last else run.after(page, self.page_size)
            yield Arrived(path, answer.body, cursor=run.text())
            if unread > 1:
                raise SourceDown(
                    f"{self.url}: two answers in a row are no pages of values; they are kept as rejections"
                )
            if last:
                return

    def cleanse(self, body: bytes) -> bytes:
        """Return the page without who typed the values and what he remarked; of one with persons only its skeleton."""
        return persons.cleansed(body, KNOWN, kept)

    def decode(self, message: Message) -> Iterable[Observation]:
        """Give every figure of a page; raises :class:`Undecodable` by place.

        Where only identifiers are unknown to us the rest is taken, and the page is kept beside it until they are known.
        """
        persons.refuse(message.body)
        page = read(message.body, self.largest_body)
        if type(page.value) is not dict or not is_page(page.value):
            raise page.expected("an object with dataValues")
        latest = (message.received_at + FUTURE).astimezone(LOCAL).date()
        figures: list[Observation] = []
        unmapped: dict[str, str] = {}
        for row in page.at("dataValues").rows() if page.has("dataValues") else ():
            try:
                figure = observation_of(row, self, latest)
            except Unmapped as unknown:
                unmapped.setdefault(str(unknown), unknown.place)
                continue
            if figure is not None:
                figures.append(figure)
        return understood(figures, unmapped)

    def _asked(self, run: Run) -> list[tuple[str, str]]:
        since = run.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{run.since.microsecond // 1000:03}+0000"
        asked = [("dataSet", one) for one in self.data_sets]
        asked += [("orgUnit", one) for one in self.within or self.org_units]
        asked += [("children", "true")] if self.within else []
        asked += [("idScheme", "code")] if self.id_scheme == "code" else []
        asked += [("includeDeleted", "true"), ("lastUpdated", since)]
        if self.page_size:
            asked += [("limit", str(self.page_size)), ("offset", str(run.offset))]
        return asked
