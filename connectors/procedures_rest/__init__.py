"""One-stop procedures (TTHC, một cửa): statistics by unit and period, and the list of dossiers with their status."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Literal, get_args
from urllib.parse import parse_qsl

from pydantic import Field, field_validator, model_validator

from connectors.contract import LOCAL, CaseReport, Message, Observation, Period, Undecodable
from connectors.json_door import kept
from connectors.json_fields import Json
from connectors.named_fields import NamedFields
from connectors.office_figures import TIERS, Grain, Subject, level_of, period_at, period_of, word
from connectors.paging import page_of
from connectors.procedures_rest.dossiers import CHANNELS, FIELDS, STATUSES, dossier
from connectors.procedures_rest.statistics import BALANCE, COUNTS, RATES, SCOPES, Row, figures, row_of
from connectors.talk import Talk

_PERIOD = ("TuNgay", "DenNgay", "Ky", "LuyKe")
_NAMES = ("MaDonVi", "Cap", "PhamVi", *_PERIOD, *COUNTS, *RATES, *FIELDS)

Channel = Literal["direct", "online", "postal"]
Status = Literal[
    "submitted", "accepted", "rejected", "processing", "supplement_required", "payment_required", "withdrawn",
    "stopped", "processed", "returned",
]  # fmt: skip


class ProceduresRest(NamedFields):
    """A one-stop system's interface: ``statistics`` by period, and ``dossiers`` that changed; no applicant."""

    feed: ClassVar[str] = "admin_procedures"
    title: ClassVar[str] = "Thủ tục hành chính (một cửa)"
    usual: ClassVar[Mapping[str, str]] = {name: name for name in _NAMES}

    statistics: str = Field(default="", pattern=r"^(/[^\s?#]+)?$")
    """Path of the statistics, below ``url``; empty: they are not asked for."""
    dossiers: str = Field(default="", pattern=r"^(/[^\s?#]+)?$")
    """Path of the list of dossiers, below ``url``; empty: it is not asked for."""
    periods: tuple[Grain, ...] = ("month",)
    """Which periods are asked for; none: the interface gives the whole list, and its rows say their period."""
    earlier: int = Field(default=1, ge=0, le=60)
    """How many periods before this one are asked for again, because offices correct them."""
    start: str = "tuNgay"
    """Parameter of a period's first day (``2026-11-01``)."""
    stop: str = "denNgay"
    """Parameter of its last day."""
    since: str = "capNhatTu"
    """Parameter that asks for dossiers that changed from an instant on, that instant included."""
    statuses: Mapping[str, Status] = Field(default_factory=dict)
    """The vendor's status codes, beside or instead of the usual ones."""
    channels: Mapping[str, Channel] = Field(default_factory=dict)
    """The vendor's codes of channels, beside or instead of 1, 2 and 3."""
    balance: tuple[str, ...] = BALANCE
    """Fields that add up to TongSo, as this vendor counts; empty: not checked."""
    local_times: bool = False
    """Whether instants without a zone are the commune's time; else they are refused."""
    every: timedelta = timedelta(minutes=15)
    """Pause between two looks."""
    stale_after: timedelta = timedelta(hours=24)
    """Silence after which the feed counts as stale."""
    largest_body: int = Field(default=4 * 1024 * 1024, gt=0)
    """Bytes; a larger page is refused."""

    @field_validator("balance")
    @classmethod
    def _are_counts(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(names) - set(COUNTS)):
            raise ValueError(f"{', '.join(unknown)}: no such figure; there are {', '.join(COUNTS)}")
        return names

    @model_validator(mode="after")
    def _asks_something(self) -> "ProceduresRest":
        if not (self.statistics or self.dossiers):
            raise ValueError("set `statistics`, `dossiers` or both: the paths to ask")
        if self.statistics == self.dossiers:
            raise ValueError("`statistics` and `dossiers` are one path; they are two lists")
        return self

    def talks(self) -> tuple[str, ...]:
        """Return one conversation a kind of period and look back, and one of the dossiers."""
        back = [f"statistics:{grain}:{n}" for grain in self.periods for n in range(self.earlier + 1)]
        return (*((back or ["statistics"]) if self.statistics else ()), *(("dossiers",) if self.dossiers else ()))

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Ask for one period's statistics, or for the dossiers that changed since the cursor."""
        if name == "dossiers":
            changed_at = (self.names["CapNhat"],)
            return self.follow(self.dossiers, self.since, changed_at, cursor, now, local=self.local_times)
        params: dict[str, str] = {}
        if name != "statistics":
            _, grain, back = name.split(":")
            first, last = period_at(now.astimezone(LOCAL).date(), grain, int(back))
            params = {self.start: first.isoformat(), self.stop: last.isoformat()}
        return self.walk(self.statistics, params, cursor)

    def cleanse(self, body: bytes) -> bytes:
        """Return the page with the fields that are read only: no applicant, telephone, address or content."""
        return kept(body, self.wanted)

    def decode(self, message: Message) -> Iterable[Observation | CaseReport]:
        """Give the page's figures or dossiers; raises :class:`Undecodable` with a place as ``data[3].TongSo``."""
        path, _, query = message.address.partition("?")
        if not path or path not in (self.statistics, self.dossiers):
            raise Undecodable(f"{path!r:.80} is neither `statistics` nor `dossiers` of the source", place="address")
        page = page_of(message.body, self.largest_body)
        rows = page.at(self.paging.list).rows()
        if path == self.dossiers:
            return tuple(self._dossiers(rows, message.received_at))
        asked = dict(parse_qsl(query))
        days = {self.names["TuNgay"]: asked.get(self.start), self.names["DenNgay"]: asked.get(self.stop)}
        said = [self._row(row, page, Json(days, "address"), message.received_at) for row in rows]
        return tuple(figures([row for row in said if row is not None], self.balance))

    def _dossiers(self, rows: Iterator[Json], received_at: datetime) -> Iterator[CaseReport]:
        words = {"statuses": {**STATUSES, **self.statuses}, "channels": {**CHANNELS, **self.channels}}
        for row in rows:
            unit = self.unit_of(row.at(self.names["MaDonVi"]))
            if unit is not None:
                yield dossier(row, unit, received_at, names=self.names, local=self.local_times, **words)

    def _row(self, row: Json, page: Json, asked: Json, received_at: datetime) -> Row | None:
        names = self.names
        agency = row.at(names["MaDonVi"])
        unit = self.unit_of(page.at(names["MaDonVi"]) if agency.absent else agency)
        if unit is None:
            return None
        tier = word(row.at(names["Cap"]), TIERS)
        level, dims = level_of(unit, tier)
        scope = word(row.at(names["PhamVi"]), SCOPES)
        period: Period = period_of((row, page, asked), received_at, names)
        return row_of(row, Subject(unit, period, scope, dims, level), names)


assert set(STATUSES.values()) == set(get_args(Status))  # noqa: S101 - the two tables are one
