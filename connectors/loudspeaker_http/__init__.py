"""Smart loudspeakers behind a vendor's REST interface: clusters, the schedule, and the log of what was played."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field, field_validator

from connectors.contract import LOCAL, Message, Quantity, Record, Undecodable
from connectors.gateway import Gateway
from connectors.json_door import kept, written
from connectors.json_fields import Json
from connectors.loudspeaker_http import clusters, played, schedule
from connectors.loudspeaker_http.fields import ClusterFields, PlayedFields, ScheduleFields
from connectors.loudspeaker_http.words import PRIORITIES, Priority, masked
from connectors.paging import Page, Paging, addressed, page_of
from connectors.spelling import code
from connectors.talk import Arrived, Talk

_NAME = re.compile(r"[a-z0-9-]{1,64}")
_Path = Annotated[str, Field(pattern=r"^(/[A-Za-z0-9._~/-]+)?$")]


class LoudspeakerHttp(Gateway):
    """A vendor's list of clusters, its schedule of today and tomorrow, and its played log from a cursor on."""

    feed: ClassVar[str] = "loudspeaker_status"
    title: ClassVar[str] = "Truyền thanh thông minh (API nhà cung cấp)"
    quantities: ClassVar[tuple[Quantity, ...]] = clusters.QUANTITIES

    unit: str = Field(pattern=r"^[0-9]{5}$")
    """Commune code of every cluster behind this interface."""
    paging: Paging = Paging(size="limit", rows=100)
    devices: Mapping[str, str] = {}
    """Our names of clusters by the vendor's code; a code that is not here is taken in lower case."""
    priorities: Mapping[str, Priority] = {}
    """What the vendor's words of priority mean, beside the common ones."""
    clusters_path: _Path = "/devices"
    """Empty where the clusters speak for themselves, and only the programme is asked for."""
    schedule_path: _Path = "/schedules"
    """Empty where the vendor has none."""
    played_path: _Path = "/play-logs"
    """Empty where the vendor has none."""
    since: str = Field(default="updated_since", min_length=1)
    """Parameter that asks for the log's entries changed since an instant, that instant included."""
    backfill: timedelta = Field(default=timedelta(days=7), ge=timedelta(), le=timedelta(days=3660))
    """How far the played log is read back the first time."""
    cluster_fields: ClusterFields = ClusterFields()
    schedule_fields: ScheduleFields = ScheduleFields()
    played_fields: PlayedFields = PlayedFields()

    @field_validator("devices")
    @classmethod
    def _are_names(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        for given in value.values():
            if not _NAME.fullmatch(given):
                raise ValueError(f"{given!r} is not 1 to 64 of a-z, 0-9 and '-'")
        if len(set(value.values())) < len(value):
            raise ValueError("two codes have the same name")
        return value

    def talks(self) -> tuple[str, ...]:
        """Return the conversations that the vendor can hold, each with its own cursor."""
        paths = {"clusters": self.clusters_path, "schedule": self.schedule_path, "played": self.played_path}
        return tuple(name for name, path in paths.items() if path)

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Read the clusters, the schedule of today and tomorrow, or the log since the cursor."""
        if name == "clusters":
            return self._clusters()
        if name == "schedule":
            return self._schedule(cursor, now)
        begin = {"since": (now.astimezone(UTC) - self.backfill).isoformat(timespec="seconds")}
        changed_at = (self.played_fields.changed_at,)
        return self.follow(self.played_path, self.since, changed_at, cursor or json.dumps(begin), now)

    def cleanse(self, body: bytes) -> bytes:
        """Return the page with the fields that are read only: who ordered or recorded a programme is not stored."""
        c, s, p = self.cluster_fields, self.schedule_fields, self.played_fields
        names = frozenset().union(*(one.model_dump().values() for one in (c, s, p)), self.paging.names())
        page = kept(body, names | {schedule.FIRST, schedule.LAST}, lists=(s.devices, s.weekdays, s.exceptions))
        return masked(page, {c.name, c.address, c.programme, c.fault, s.programme, p.programme})

    def decode(self, message: Message) -> Iterable[Record]:
        """Give the records of one page; raises :class:`Undecodable` naming row, field and what it should be."""
        path = message.address.partition("?")[0]
        page, at = page_of(message.body, self.largest_body), message.received_at
        if path and path == self.schedule_path:
            return schedule.plan(
                page, self._rows(page), self.schedule_fields, self.unit, self._name, self._priority, at
            )
        if path and path == self.clusters_path:
            return clusters.reports(self._rows(page), self.cluster_fields, self.unit, self._name, self._priority, at)
        if path and path == self.played_path:
            return tuple(
                played.broadcast(row, self.played_fields, self.unit, self._name, self._priority, at)
                for row in self._rows(page)
            )
        raise Undecodable(f"{path[:60]!r} is none of the source's paths", place="address")

    def _rows(self, page: Json) -> Iterator[Json]:
        return page.at(self.paging.list).rows()

    def _clusters(self) -> Talk:
        """Ask for every page, without conditions: that nothing changed must be heard too, or a cluster seems silent."""
        page: Page | None = self.paging.begin()
        unread = False
        while page is not None:
            answer = yield from self.ask(self.clusters_path, {**self.params, **page.params})
            arrived = Arrived(addressed(self.clusters_path, page.params), answer.body)
            try:
                body = page_of(answer.body, self.largest_body)
                following = self.paging.after(page, body)
                says = any(clusters.installed(row, self.cluster_fields) for row in self._rows(body))
            except Undecodable as fault:
                yield arrived
                page, unread = self._past(page, unread, self.clusters_path, fault), True
                continue
            if says:
                yield arrived
            page, unread = following, False

    def _schedule(self, cursor: str, now: datetime) -> Talk:
        """Join the pages: a plan is understood as a whole, because what it does not name is cancelled."""
        today = now.astimezone(LOCAL).date()
        days = {schedule.FIRST: today.isoformat(), schedule.LAST: (today + timedelta(days=1)).isoformat()}
        before = cursor.partition(" ")
        etag = before[2] if before[0] == days[schedule.FIRST] else ""
        rows: list[Any] = []
        page: Page | None = self.paging.begin()
        single = True
        while page is not None:
            asked = {**self.params, **days, **page.params}
            answer = yield from self.ask(
                self.schedule_path, asked, {"If-None-Match": etag} if etag and single else None
            )
            if answer.status == 304:
                return
            try:
                body = page_of(self.cleanse(answer.body), self.largest_body)
                following = self.paging.after(page, body)
            except Undecodable:
                yield Arrived(addressed(self.schedule_path, {**days, **page.params}), answer.body)
                return
            rows += body.at(self.paging.list).value
            single = single and following is None
            page = following
        # The mark of one page says nothing of the others.
        mark = answer.headers.get("etag", "") if single else ""
        whole = written(_nested(self.paging.list, rows) | days).encode()
        yield Arrived(addressed(self.schedule_path, days), whole, cursor=f"{days[schedule.FIRST]} {mark}")

    def _name(self, said: Json) -> str:
        given = said.text()
        ours = self.devices.get(given, given.lower())
        if not _NAME.fullmatch(ours):
            raise said.expected("a code that can be a device's name (else name it in the source's `devices`)")
        return ours

    def _priority(self, said: Json) -> Priority:
        word = said.text()
        meant = self.priorities.get(word) or PRIORITIES.get(code(word)) if word else "normal"
        if meant is None:
            raise said.expected("a known priority (else say in the source's `priorities` what it means)")
        return meant


def _nested(path: str, rows: list[Any]) -> dict[str, Any]:
    said: Any = rows
    for part in reversed(path.split(".")):
        said = {part: said}
    return dict(said)
