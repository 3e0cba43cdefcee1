"""The state treasury's daily statement of a commune's budget: balance, revenue and expenditure, from its interface."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from connectors.budget_treasury.day import FIELDS, PARTS, Day, day_of
from connectors.contract import Message, Observation
from connectors.json_door import kept
from connectors.named_fields import ChangedList
from connectors.paging import page_of

_MONEY: Mapping[str, Decimal] = {"dong": Decimal(1), "nghin_dong": Decimal(1000), "trieu_dong": Decimal(1_000_000)}


class BudgetTreasury(ChangedList):
    """Kho bạc's days by last change; there is no published schema, so the names of all fields are settings."""

    feed: ClassVar[str] = "budget"
    title: ClassVar[str] = "Thu – chi ngân sách qua Kho bạc (ngày)"
    usual: ClassVar[Mapping[str, str]] = FIELDS

    path: str = Field(default="/thu-chi-ngay", pattern=r"^/\S*$")
    """Path of the list, below ``url``."""
    parts: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    """Flow → dimension → field of a part, instead of the usual ones."""
    money: Literal["dong", "nghin_dong", "trieu_dong"] = "dong"
    """What amounts are counted in."""
    every: timedelta = timedelta(hours=1)
    """Pause between two looks."""
    stale_after: timedelta = timedelta(days=4)
    """Silence after which the feed counts as stale; the treasury rests at weekends."""
    largest_body: int = Field(default=4 * 1024 * 1024, gt=0)
    """Bytes; a larger page is refused."""

    @field_validator("parts")
    @classmethod
    def _are_flows(cls, parts: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
        if unknown := sorted(set(parts) - set(PARTS)):
            raise ValueError(f"{', '.join(unknown)}: no such flow; there are {', '.join(PARTS)}")
        return parts

    def talks(self) -> tuple[str, ...]:
        """Return the one conversation."""
        return ("days",)

    def cleanse(self, body: bytes) -> bytes:
        """Return the page with the fields that are read only: nobody who entered or signed a day."""
        return kept(body, self.wanted | {name for fields in self._parts.values() for name in fields.values()})

    def decode(self, message: Message) -> Iterable[Observation]:
        """Give of every day the balance, revenue and expenditure in đồng, the day's own apart from the cumulative ones.

        Raises :class:`Undecodable` with a place as ``data[3].thu.luyKe``.
        """
        page = page_of(message.body, self.largest_body)
        known: dict[str, Day] = {}
        figures: list[Observation] = []
        for row in page.at(self.paging.list).rows():
            unit = self.unit_of(row.at(self.names["agency"]))
            if unit is None:
                continue
            day = day_of(row, unit, message.received_at, self.names, self._parts, _MONEY[self.money])
            figures += day.figures(known.get(unit))
            known[unit] = day
        return tuple(figures)

    @property
    def _parts(self) -> Mapping[str, Mapping[str, str]]:
        return {**PARTS, **self.parts}
