"""The state treasury's daily statement of a commune's budget: balance, revenue and expenditure, from its interface."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from connectors.budget_treasury.day import FIELDS, PARTS, Day, day_of
from connectors.contract import Message, Observation
from connectors.gateway import Gateway
from connectors.json_door import kept
from connectors.json_fields import Json
from connectors.paging import page_of
from connectors.talk import Talk

_MONEY: Mapping[str, Decimal] = {"dong": Decimal(1), "nghin_dong": Decimal(1000), "trieu_dong": Decimal(1_000_000)}


class BudgetTreasury(Gateway):
    """Kho bạc's days by last change; there is no published schema, so the names of all fields are settings."""

    feed: ClassVar[str] = "budget"
    title: ClassVar[str] = "Thu – chi ngân sách qua Kho bạc (ngày)"

    path: str = Field(default="/thu-chi-ngay", pattern=r"^/\S*$")
    """Path of the list, below ``url``."""
    asked_since: str = "capNhatTu"
    """Parameter that asks for days changed from an instant on."""
    fields: Mapping[str, str] = Field(default_factory=dict)
    """The treasury's names of fields where they are others, as ``{cumulative = "soLuyKe"}``; dots go deeper."""
    parts: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    """Flow → dimension → field of a part, instead of the usual ones."""
    money: Literal["dong", "nghin_dong", "trieu_dong"] = "dong"
    """What amounts are counted in."""
    local_times: bool = False
    """Whether instants without a zone are the commune's time; else they are refused."""
    every: timedelta = timedelta(hours=1)
    """Pause between two looks."""
    stale_after: timedelta = timedelta(days=4)
    """Silence after which the feed counts as stale; the treasury rests at weekends."""
    largest_body: int = Field(default=4 * 1024 * 1024, gt=0)
    """Bytes; a larger page is refused."""

    @field_validator("fields")
    @classmethod
    def _are_ours(cls, fields: Mapping[str, str]) -> Mapping[str, str]:
        if unknown := sorted(set(fields) - set(FIELDS)):
            raise ValueError(f"{', '.join(unknown)}: no such field; there are {', '.join(FIELDS)}")
        return fields

    @field_validator("parts")
    @classmethod
    def _are_flows(cls, parts: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
        if unknown := sorted(set(parts) - set(PARTS)):
            raise ValueError(f"{', '.join(unknown)}: no such flow; there are {', '.join(PARTS)}")
        return parts

    def talks(self) -> tuple[str, ...]:
        """Return the one conversation."""
        return ("days",)

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Ask for days that changed since the cursor; with nothing new it is one question, and nothing arrives."""
        field = self._names["changed_at"]

        def changed_at(row: Json) -> datetime:
            instant = row.at(field).instant(now, local=self.local_times)
            if instant is None:
                raise row.at(field).expected("the instant of the last change")
            return instant

        yield from self.follow(self.path, self.asked_since, changed_at, lambda row: row.at(field).text(), cursor)

    def cleanse(self, body: bytes) -> bytes:
        """Return the page with the fields that are read only: nobody who entered or signed a day."""
        names = {part for name in self._names.values() for part in name.split(".")}
        names |= {name for fields in self._parts.values() for name in fields.values()}
        return kept(body, names | self.paging.names())

    def decode(self, message: Message) -> Iterable[Observation]:
        """Give of every day the balance, revenue and expenditure in đồng, the day's own apart from the cumulative ones.

        Raises :class:`Undecodable` with a place as ``data[3].thu.luyKe``.
        """
        page = page_of(message.body, self.largest_body)
        known: dict[str, Day] = {}
        figures: list[Observation] = []
        for row in page.at(self.paging.list).rows():
            unit = self.unit_of(row.at(self._names["agency"]))
            if unit is None:
                continue
            day = day_of(row, unit, message.received_at, self._names, self._parts, _MONEY[self.money])
            figures += day.figures(known.get(unit))
            known[unit] = day
        return tuple(figures)

    @property
    def _names(self) -> Mapping[str, str]:
        return {**FIELDS, **self.fields}

    @property
    def _parts(self) -> Mapping[str, Mapping[str, str]]:
        return {**PARTS, **self.parts}
