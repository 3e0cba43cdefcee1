"""A simulated document system: what communes published, this year's months and the last days (mô phỏng)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from connectors.contract import LOCAL, Message, Observation, Period, Quality, Record, Simulator
from simulators.gateway import messages, number, refused, told
from simulators.office import Asked, Told
from simulators.procedures_seed import YEAR
from simulators.signals import chance
from simulators.statistic_rows import agencies, begun, chosen, month

_COUNTS: Mapping[str, str] = {
    "documents_incoming": "VanBanDen",
    "documents_outgoing": "VanBanDi",
    "documents_signed": "VanBanDiKySo",
    "documents_processed": "VanBanDaXuLy",
    "documents_overdue": "VanBanQuaHan",
    "documents_backlog": "VanBanTon",
    "signatures_issued": "ChuKySoCapMoi",
    "document_accounts_issued": "TaiKhoanCapMoi",
    "certificates_expiring": "ChungThuSoSapHetHan",
    "certificates_expired": "ChungThuSoHetHan",
}
_RATES: Mapping[str, str] = {
    "signed_rate": "TyLeKySo",
    "documents_processed_rate": "TyLeXuLy",
    "documents_online_rate": "TyLeTrenMang",
    "staff_signature_rate": "TyLeCanBoKySo",
    "staff_document_system_rate": "TyLeCanBoSuDung",
}
_OF = {"signed_rate": ("VanBanDiKySo", "VanBanDi"), "documents_processed_rate": ("VanBanDaXuLy", "VanBanDen")}

_NEWEST = {"SoKyHieu": "12/UBND-VP", "TrichYeu": "V/v mô phỏng: không được lưu"}

_Row = tuple[str, Period, Mapping[str, str], Mapping[str, Any]]

PUBLISHED: tuple[_Row, ...] = (
    ("05068", YEAR[2020], {}, {"VanBanDen": 1147, "VanBanDi": None, "VanBanDiKySo": None}),
    ("05068", YEAR[2021], {}, {"VanBanDen": 1978, "VanBanDi": 622, "VanBanDiKySo": 610, "TyLeKySo": "99.5"}),
    ("04969", YEAR[2020], {}, {"VanBanDen": 2045, "VanBanDi": 976, "VanBanDiKySo": 972, "TyLeKySo": "99.6"}),
    ("04969", YEAR[2021], {}, {"VanBanDen": 3177, "VanBanDi": 2015, "VanBanDiKySo": 2015, "TyLeKySo": "100"}),
    ("352", YEAR[2023], {}, {"VanBanDen": 78229, "VanBanDiKySo": 7348, "ChuKySoCapMoi": 12, "TaiKhoanCapMoi": 36}),
    ("352", YEAR[2023], {"tier": "district_legacy"}, {"TyLeTrenMang": "99.99"}),
    ("352", YEAR[2023], {"tier": "commune"}, {"TyLeTrenMang": "100"}),
    ("13543", YEAR[2023], {}, {"TyLeKySo": "100"}),
    ("377", YEAR[2022], {"tier": "commune", "scope": "pilot_units"},
     {"VanBanTon": 0, "TyLeXuLy": "100", "TyLeCanBoKySo": "100"}),
    ("02122", YEAR[2023], {}, {"TyLeTrenMang": "> 90 %", "TyLeCanBoSuDung": "100"}),
)  # fmt: skip
"""As published: Hòa Bình (Nam Thượng, Liên Sơn) 2020-2021, Bình Lục and Vũ Bản 2023, Yên Mô 2022, Như Cố 2023; outgoing
documents of Nam Thượng in 2020 were not on the system yet, which is null and not 0."""


class DocumentSystem(Simulator):
    """The document system of a commune; also its web server: ``/thong-ke-van-ban`` below ``prefix``."""

    connector: ClassVar[str] = "documents_rest"

    def __init__(
        self,
        unit: str,
        seed: int,
        agency: str = "",
        prefix: str = "/van-ban",
        token: str = "",
        published: bool = True,
        days: int = 7,
    ) -> None:
        self.unit = unit
        self.seed = seed
        self.prefix = prefix
        self.token = token
        self.published = published
        self.days = days
        self._agencies = agencies(unit, agency)

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the figures of every row, in the order of the rows."""
        return tuple(self._figures(at))

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return the pages of the list, with subjects beside the counts, as such systems give them."""
        rows = self._rows([record for record in records if isinstance(record, Observation)])
        return messages(self.connector, "/thong-ke-van-ban", rows, at)

    def answer(self, asked: Asked, now: datetime) -> Told:
        """Answer ``/thong-ke-van-ban?tuNgay&denNgay``, page by page."""
        if refusal := refused(asked, self.token):
            return refusal
        if asked.path != "/thong-ke-van-ban":
            return Told(b'{"error": "not found"}', 404)
        return told(asked, chosen(asked, self._rows(list(self._figures(now)))))

    def _figures(self, at: datetime) -> Iterator[Observation]:
        for unit, period, about, fields in (*(PUBLISHED if self.published else ()), *self._own(at)):
            tier = about.get("tier", "")
            more = {
                "scope": about.get("scope", ""),
                "dims": {"tier": tier} if tier else {},
                "level": tier or ("district_legacy" if len(unit) == 3 else ""),
            }
            yield from _observed(unit, period, fields, more)

    def _own(self, at: datetime) -> Iterator[_Row]:
        """Give the months of the year so far, and the last days."""
        today = at.astimezone(LOCAL).date()
        for n in range(1, today.month + 1):
            its = month(today.year, n)
            last = min(today, its.end)
            lived = [self._day(its.start + timedelta(days=d)) for d in range((last - its.start).days + 1)]
            yield self.unit, its, {}, {field: sum(day[field] for day in lived) for field in lived[0]}
        for back in range(self.days - 1, -1, -1):
            day = today - timedelta(days=back)
            waiting = int(4 * chance(self.seed, self.unit, day.isoformat(), "waiting"))
            expiring = int(chance(self.seed, self.unit, f"{day:%G-%V}", "certificates") > 0.7)  # noticed for a week
            left = {"VanBanTon": waiting, "ChungThuSoSapHetHan": expiring, "ChungThuSoHetHan": 0}
            yield self.unit, Period(day, day, "day"), {}, {**self._day(day), **left}

    def _day(self, day: date) -> dict[str, int]:
        lot = [chance(self.seed, self.unit, day.isoformat(), n) for n in range(4)]
        if day.weekday() > 4:
            return dict.fromkeys(("VanBanDen", "VanBanDi", "VanBanDiKySo", "VanBanDaXuLy", "VanBanQuaHan"), 0)
        incoming, outgoing = int(6 + 10 * lot[0]), int(3 + 6 * lot[1])
        late = int(lot[2] > 0.95)
        return {
            "VanBanDen": incoming, "VanBanDi": outgoing, "VanBanDiKySo": outgoing - int(lot[3] > 0.97),
            "VanBanDaXuLy": incoming - late, "VanBanQuaHan": late,
        }  # fmt: skip

    def _rows(self, said: Sequence[Observation]) -> list[dict[str, Any]]:
        rows: dict[object, dict[str, Any]] = {}
        for o in said:
            row = rows.setdefault(
                (o.unit, o.period, o.dims.get("tier", ""), o.scope),
                begun(o, self._agencies[o.unit]) | {"VanBanMoiNhat": _NEWEST},
            )
            if o.indicator in _COUNTS:
                row[_COUNTS[o.indicator]] = number(o.value)
            elif o.stated is not None:
                row[_RATES[o.indicator]] = f"> {o.stated} %" if o.bound == "gt" else o.stated
        return list(rows.values())


def _observed(unit: str, period: Period, fields: Mapping[str, Any], more: Mapping[str, Any]) -> Iterator[Observation]:
    for indicator, field in _COUNTS.items():
        if field in fields:
            n = fields[field]
            value = None if n is None else Decimal(n)
            yield Observation(unit, indicator, period, value, quality="missing" if n is None else "", **more)
    for indicator, field in _RATES.items():
        part, whole = (fields.get(name) for name in _OF.get(indicator, ("", "")))
        n, d = (None if one is None else Decimal(one) for one in (part, whole))
        text = fields.get(field, "")
        stated = Decimal(text.strip("> %")) if text else None
        if n is not None and d:
            value = (n * 100 / d).quantize(Decimal("0.0001"))
            far = stated is not None and abs(value - stated) > Decimal("0.1")
            quality: Quality = "stated_mismatch" if far else ""
            yield Observation(unit, indicator, period, value, n, d, stated=stated, quality=quality, **more)
        elif stated is not None and ">" in text:
            yield Observation(unit, indicator, period, stated, n, d, "gt", None, None, stated, "lower_bound", **more)
        elif stated is not None:
            yield Observation(unit, indicator, period, stated, n, d, stated=stated, **more)
