"""Documents and digital signatures: how many came, went, were signed, and wait; never what they say."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import parse_qsl

from pydantic import Field

from connectors.contract import LOCAL, Message, Observation, Undecodable
from connectors.json_door import kept
from connectors.json_fields import Json
from connectors.named_fields import NamedFields
from connectors.office_figures import TIERS, Grain, Subject, level_of, period_at, period_of, word
from connectors.paging import page_of
from connectors.talk import Talk

COUNTS: Mapping[str, str] = {
    "VanBanDen": "documents_incoming",
    "VanBanDi": "documents_outgoing",
    "VanBanDiKySo": "documents_signed",
    "VanBanDaXuLy": "documents_processed",
    "VanBanQuaHan": "documents_overdue",
    "VanBanTon": "documents_backlog",
    "ChuKySoCapMoi": "signatures_issued",
    "TaiKhoanCapMoi": "document_accounts_issued",
    "ChungThuSoSapHetHan": "certificates_expiring",
    "ChungThuSoHetHan": "certificates_expired",
}
"""Our indicator by the field of a count."""

RATES: Mapping[str, tuple[str, str, str]] = {
    "TyLeKySo": ("signed_rate", "VanBanDiKySo", "VanBanDi"),
    "TyLeXuLy": ("documents_processed_rate", "VanBanDaXuLy", "VanBanDen"),
    "TyLeTrenMang": ("documents_online_rate", "", ""),
    "TyLeCanBoKySo": ("staff_signature_rate", "", ""),
    "TyLeCanBoSuDung": ("staff_document_system_rate", "", ""),
}
"""Our indicator by the field of a percentage, and the counts that it is computed from, where it can be."""

SCOPES: Mapping[str, str] = {"pilot_units": "pilot_units", "don_vi_thi_diem": "pilot_units"}

_NAMES = ("MaDonVi", "Cap", "PhamVi", "TuNgay", "DenNgay", "Ky", "LuyKe", *COUNTS, *RATES)


class DocumentsRest(NamedFields):
    """A document system's counts by agency and period; subjects, senders and files are dropped at the door."""

    feed: ClassVar[str] = "documents"
    title: ClassVar[str] = "Văn bản và chữ ký số"
    usual: ClassVar[Mapping[str, str]] = {name: name for name in _NAMES}

    path: str = Field(default="/thong-ke-van-ban", pattern=r"^/[^\s?#]*$")
    """Path of the counts, below ``url``."""
    periods: tuple[Grain, ...] = ("day", "month")
    """Which periods are asked for; none: the interface gives the whole list, and its rows say their period."""
    earlier: int = Field(default=1, ge=0, le=60)
    """How many periods before this one are asked for again, because offices correct them."""
    start: str = "tuNgay"
    """Parameter of a period's first day (``2026-11-01``)."""
    stop: str = "denNgay"
    """Parameter of its last day."""
    every: timedelta = timedelta(minutes=30)
    """Pause between two looks."""
    stale_after: timedelta = timedelta(hours=24)
    """Silence after which the feed counts as stale."""
    largest_body: int = Field(default=4 * 1024 * 1024, gt=0)
    """Bytes; a larger page is refused."""

    def talks(self) -> tuple[str, ...]:
        """Return one conversation a kind of period and look back."""
        return tuple(f"{grain}:{n}" for grain in self.periods for n in range(self.earlier + 1)) or ("all",)

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Ask for one period's counts."""
        params: dict[str, str] = {}
        if name != "all":
            grain, back = name.split(":")
            first, last = period_at(now.astimezone(LOCAL).date(), grain, int(back))
            params = {self.start: first.isoformat(), self.stop: last.isoformat()}
        return self.walk(self.path, params, cursor)

    def cleanse(self, body: bytes) -> bytes:
        """Return the page with counts only: a document's number, subject or sender may be a secret."""
        return kept(body, self.wanted)

    def decode(self, message: Message) -> Iterable[Observation]:
        """Give the page's counts; raises :class:`Undecodable` with a place as ``data[3].VanBanDen``."""
        path, _, query = message.address.partition("?")
        if path != self.path:
            raise Undecodable(f"{path!r:.80} is not `path` of the source, {self.path}", place="address")
        page = page_of(message.body, self.largest_body)
        asked = dict(parse_qsl(query))
        days = {self.names["TuNgay"]: asked.get(self.start), self.names["DenNgay"]: asked.get(self.stop)}
        rows = page.at(self.paging.list).rows()
        return tuple(o for row in rows for o in self._row(row, page, Json(days, "address"), message.received_at))

    def _row(self, row: Json, page: Json, asked: Json, received_at: datetime) -> Iterator[Observation]:
        names = self.names
        agency = row.at(names["MaDonVi"])
        unit = self.unit_of(page.at(names["MaDonVi"]) if agency.absent else agency)
        if unit is None:
            return
        level, dims = level_of(unit, word(row.at(names["Cap"]), TIERS))
        scope = word(row.at(names["PhamVi"]), SCOPES)
        its = Subject(unit, period_of((row, page, asked), received_at, names), scope, dims, level)
        n = {field: row.at(names[field]).count() for field in COUNTS}
        signed, outgoing = n["VanBanDiKySo"], n["VanBanDi"]
        too_many = signed is not None and outgoing is not None and signed > outgoing
        for field, indicator in COUNTS.items():
            if n[field] is not None or row.has(names[field]):
                wrong = too_many and field == "VanBanDiKySo"
                yield its.figure(indicator, n[field], "sum_mismatch" if wrong else "")
        for field, (indicator, numerator, denominator) in RATES.items():
            rate = its.rate(indicator, n.get(numerator), n.get(denominator), row.at(names[field]).share())
            if rate is not None:
                yield rate
