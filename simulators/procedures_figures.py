"""What one-stop statistics amount to: figures, percentages, and what does not add up; told apart from any decoder."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connectors.contract import Observation, Period, Quality

COUNTS: Mapping[str, str] = {
    "dossiers_total": "TongSo",
    "dossiers_carried_over": "TiepNhanKyTruoc",
    "dossiers_received": "TiepNhanTrongKy",
    "dossiers_received_direct": "TiepNhanTrucTiep",
    "dossiers_received_online": "TiepNhanQuaMang",
    "dossiers_received_postal": "TiepNhanQuaBCCI",
    "dossiers_resolved_early": "DaXuLyTruocHan",
    "dossiers_resolved_on_time": "DaXuLyDungHan",
    "dossiers_resolved_overdue": "DaXuLyQuaHan",
    "dossiers_pending_in_time": "DangXuLyTrongHan",
    "dossiers_pending_overdue": "DangXuLyQuaHan",
    "dossiers_sent_back": "TongTraLai",
    "dossiers_supplement_required": "TongBoSung",
    "dossiers_stopped": "TrangThaiDungXuLy",
    "services_total": "TongDVC",
    "services_level3": "DVCMuc3",
    "services_level4": "DVCMuc4",
}
RATES: Mapping[str, str] = {
    "on_time_rate": "TyLeDungHan",
    "online_rate": "TyLeTrucTuyen",
    "services_online_rate": "TyLeDVCTrucTuyen",
    "online_level3_rate": "TyLeMuc3",
    "online_level4_rate": "TyLeMuc4",
    "result_postal_rate": "TyLeTraKetQuaBCCI",
    "one_stop_rate": "TyLeMotCua",
}
_FATES = ("DaXuLyTruocHan", "DaXuLyDungHan", "DaXuLyQuaHan", "DangXuLyTrongHan", "DangXuLyQuaHan", "TongTraLai",
          "TongBoSung", "TrangThaiDungXuLy")  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """Of whom and when a row speaks; ``about`` holds its tier and its scope."""

    unit: str
    period: Period
    about: Mapping[str, str]


def figures(rows: Sequence[tuple[Subject, Mapping[str, Any]]]) -> tuple[Observation, ...]:
    """Return all that rows of statistics amount to, in the order of the rows."""
    return tuple(one for its, fields in rows for one in _row(its, fields, rows))


def _row(
    its: Subject, fields: Mapping[str, Any], rows: Sequence[tuple[Subject, Mapping[str, Any]]]
) -> Iterator[Observation]:
    n = {field: Decimal(value) for field, value in fields.items() if isinstance(value, int)}
    total, received = n.get("TongSo"), n.get("TiepNhanTrongKy")
    fates = [n[field] for field in _FATES if field in n]
    left = None if not fates else (total if total is not None else received or Decimal(0)) - sum(fates)
    tiers = [
        f["TiepNhanTrongKy"]
        for other, f in rows
        if (other.unit, other.period) == (its.unit, its.period) and "tier" in other.about and "TiepNhanTrongKy" in f
    ]
    gap = received - sum(tiers) if received is not None and tiers and "tier" not in its.about else Decimal(0)
    base = "TongSo" if total is not None else "TiepNhanTrongKy"
    for indicator, field in COUNTS.items():
        if field in n:
            wrong = (field == base and left) or (field == "TiepNhanTrongKy" and gap)
            yield _said(its, indicator, n[field], quality="sum_mismatch" if wrong else "")
    if left is not None:
        yield _said(its, "dossiers_unclassified", left, quality="sum_mismatch" if left else "")
    if gap:
        yield _said(its, "dossiers_unclassified", gap, quality="sum_mismatch", by="tier")
    in_time = [n[field] for field in ("DaXuLyTruocHan", "DaXuLyDungHan") if field in n]
    services = [n[field] for field in ("DVCMuc3", "DVCMuc4") if field in n]
    fractions = {
        "TyLeDungHan": (sum(in_time, Decimal(0)), sum(in_time, n["DaXuLyQuaHan"])) if in_time else (None, None),
        "TyLeTrucTuyen": (n.get("TiepNhanQuaMang"), received),
        "TyLeDVCTrucTuyen": (sum(services, Decimal(0)), n["TongDVC"]) if services else (None, None),
    }
    for indicator, field in RATES.items():
        yield from _rate(its, indicator, *fractions.get(field, (None, None)), fields.get(field))
    if in_time:
        yield from _rate(its, "on_time_of_received_rate", sum(in_time, Decimal(0)), n[base], None)


def _rate(
    its: Subject, indicator: str, numerator: Decimal | None, denominator: Decimal | None, stated: str | None
) -> Iterator[Observation]:
    if numerator is not None and denominator:
        value = (numerator * 100 / denominator).quantize(Decimal("0.0001"))
        printed = Decimal(stated) if stated else None
        far = printed is not None and abs(value - printed) > Decimal("0.1")
        quality: Quality = "stated_mismatch" if far else ""
        yield _said(its, indicator, value, numerator, denominator, stated=printed, quality=quality)
    elif stated and "-" in stated:
        low, high = map(Decimal, stated.split("-"))
        yield _said(its, indicator, None, numerator, denominator, bound="range", low=low, high=high, quality="range")
    elif stated:
        yield _said(its, indicator, Decimal(stated), numerator, denominator, stated=Decimal(stated))


def _said(
    its: Subject,
    indicator: str,
    value: Decimal | None,
    numerator: Decimal | None = None,
    denominator: Decimal | None = None,
    *,
    by: str = "",
    **more: Any,
) -> Observation:
    tier = its.about.get("tier", "")
    dims = ({"tier": tier} if tier else {}) | ({"by": by} if by else {})
    level = tier or ("district_legacy" if len(its.unit) == 3 else "")
    more |= {"scope": its.about.get("scope", ""), "dims": dims, "level": level}
    return Observation(its.unit, indicator, its.period, value, numerator, denominator, **more)
