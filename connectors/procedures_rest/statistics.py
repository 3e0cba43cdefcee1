"""Statistics of one-stop offices: dossiers by how they came and what became of them, and whether they add up."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from connectors.contract import Observation, Quality
from connectors.json_fields import Json, Share
from connectors.office_figures import Subject

COUNTS: Mapping[str, str] = {
    "TongSo": "dossiers_total",
    "TiepNhanKyTruoc": "dossiers_carried_over",
    "TiepNhanTrongKy": "dossiers_received",
    "TiepNhanTrucTiep": "dossiers_received_direct",
    "TiepNhanQuaMang": "dossiers_received_online",
    "TiepNhanQuaBCCI": "dossiers_received_postal",
    "DaXuLyTruocHan": "dossiers_resolved_early",
    "DaXuLyDungHan": "dossiers_resolved_on_time",
    "DaXuLyQuaHan": "dossiers_resolved_overdue",
    "DangXuLyTrongHan": "dossiers_pending_in_time",
    "DangXuLyQuaHan": "dossiers_pending_overdue",
    "TongTraLai": "dossiers_sent_back",
    "TongBoSung": "dossiers_supplement_required",
    "TrangThaiDungXuLy": "dossiers_stopped",
    "TongDVC": "services_total",
    "DVCToanTrinh": "services_end_to_end",
    "DVCMotPhan": "services_partial",
    "DVCMuc3": "services_level3",
    "DVCMuc4": "services_level4",
}
"""Our indicator by the field of statistics; levels 3 and 4 are the terms of before 2024."""

RATES: Mapping[str, str] = {
    "TyLeDungHan": "on_time_rate",
    "TyLeTrucTuyen": "online_rate",
    "TyLeDVCTrucTuyen": "services_online_rate",
    "TyLeMuc3": "online_level3_rate",
    "TyLeMuc4": "online_level4_rate",
    "TyLeTraKetQuaBCCI": "result_postal_rate",
    "TyLeThanhToanTrucTuyen": "fee_online_rate",
    "TyLeSoHoa": "result_digitised_rate",
    "TyLeHaiLong": "satisfaction_rate",
    "TyLeMotCua": "one_stop_rate",
}
"""Percentages that an office states."""

BALANCE = (
    "DaXuLyTruocHan", "DaXuLyDungHan", "DaXuLyQuaHan", "DangXuLyTrongHan", "DangXuLyQuaHan", "TongTraLai",
    "TongBoSung", "TrangThaiDungXuLy",
)  # fmt: skip
"""What all dossiers of a period have become, as most vendors count."""

SCOPES: Mapping[str, str] = {
    "excl_notarisation_civil_status": "excl_notarisation_civil_status",
    "khong_gom_chung_thuc,_ho_tich": "excl_notarisation_civil_status",
    "khong_gom_chung_thuc_ho_tich": "excl_notarisation_civil_status",
    "pilot_units": "pilot_units",
    "don_vi_thi_diem": "pilot_units",
}
_CHANNELS = ("TiepNhanTrucTiep", "TiepNhanQuaMang", "TiepNhanQuaBCCI")

Counts = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of statistics: what is counted, what is stated, and ``said``, the fields that stand there at all."""

    subject: Subject
    counts: Counts
    stated: Mapping[str, Share]
    said: frozenset[str]


def row_of(row: Json, subject: Subject, names: Mapping[str, str]) -> Row:
    """Read a row; ``names`` gives the vendor's name of each field."""
    counts = {ours: row.at(names[ours]).count() for ours in COUNTS}
    shares = {ours: row.at(names[ours]).share() for ours in RATES}
    said = frozenset(ours for ours in COUNTS if row.has(names[ours]))
    return Row(subject, counts, {ours: share for ours, share in shares.items() if share is not None}, said)


def figures(rows: Sequence[Row], balance: Sequence[str]) -> Iterator[Observation]:
    """Return the figures of a page, each row's beside what its own identities and its tiers leave unexplained."""
    tiers: defaultdict[Hashable, list[Decimal]] = defaultdict(list)
    for row in rows:
        if "tier" in row.subject.dims:
            tiers[_whole(row.subject)].append(row.counts["TiepNhanTrongKy"] or Decimal(0))
    for row in rows:
        parts = [] if "tier" in row.subject.dims else tiers.get(_whole(row.subject), [])
        yield from _figures(row, _gaps(row.counts, parts, balance))


def _gaps(n: Counts, tiers: Sequence[Decimal], balance: Sequence[str]) -> dict[str, tuple[str, Decimal]]:
    """Return by kind of check the field that does not add up, and by how much; a check of half-said figures is none.

    ``status`` is checked with what is said of it, because the remainder is what a leader must see.
    """
    gaps: dict[str, tuple[str, Decimal]] = {}
    whole = "TongSo" if n["TongSo"] is not None else "TiepNhanTrongKy"
    known = [amount for field in balance if (amount := n[field]) is not None]
    if (base := n[whole]) is not None and known:
        gaps["status"] = whole, base - sum(known)
    if (total := n["TongSo"]) is not None and (parts := _all(n, "TiepNhanKyTruoc", "TiepNhanTrongKy")):
        gaps["carried_over"] = "TongSo", total - sum(parts)
    received = n["TiepNhanTrongKy"]
    if received is not None and (parts := _all(n, *_CHANNELS)):
        gaps["channel"] = "TiepNhanTrongKy", received - sum(parts)
    if received is not None and len(tiers) > 1:
        gaps["tier"] = "TiepNhanTrongKy", received - sum(tiers)
    return gaps


def _figures(row: Row, gaps: Mapping[str, tuple[str, Decimal]]) -> Iterator[Observation]:
    its, n = row.subject, row.counts
    wrong = {field for field, gap in gaps.values() if gap}
    for field, indicator in COUNTS.items():
        if n[field] is not None or field in row.said:
            yield its.figure(indicator, n[field], _judged(field in wrong))
    for kind, (_, gap) in gaps.items():
        if kind == "status":
            yield its.figure("dossiers_unclassified", gap, _judged(gap))
        elif gap:
            yield its.figure("dossiers_unclassified", gap, "sum_mismatch", by=kind)
    for field, indicator in RATES.items():
        rate = its.rate(indicator, *_fraction(field, n), row.stated.get(field))
        if rate is not None:
            yield rate
    in_time, _ = _fraction("TyLeDungHan", n)
    received = n["TongSo"] if n["TongSo"] is not None else n["TiepNhanTrongKy"]
    of_received = its.rate("on_time_of_received_rate", in_time, received)
    if of_received is not None:
        yield of_received


def _fraction(field: str, n: Counts) -> tuple[Decimal | None, Decimal | None]:
    """Return numerator and denominator of a percentage, as far as they are known."""
    if field == "TyLeTrucTuyen":
        return n["TiepNhanQuaMang"], n["TiepNhanTrongKy"]
    if field == "TyLeDungHan":
        in_time = [a for f in ("DaXuLyTruocHan", "DaXuLyDungHan") if (a := n[f]) is not None]
        late = n["DaXuLyQuaHan"]
        if not in_time:
            return None, None
        return sum(in_time, Decimal(0)), None if late is None else sum(in_time, late)
    if field == "TyLeDVCTrucTuyen":
        online = [a for f in ("DVCToanTrinh", "DVCMotPhan", "DVCMuc3", "DVCMuc4") if (a := n[f]) is not None]
        return sum(online, Decimal(0)) if online else None, n["TongDVC"]
    return None, None


def _whole(its: Subject) -> Hashable:
    dims = frozenset((key, value) for key, value in its.dims.items() if key != "tier")
    return its.unit, its.period, its.scope, dims


def _all(n: Counts, *fields: str) -> list[Decimal]:
    amounts = [amount for field in fields if (amount := n[field]) is not None]
    return amounts if len(amounts) == len(fields) else []


def _judged(wrong: object) -> Quality:
    return "sum_mismatch" if wrong else ""
