"""One summary line of a report: whose, of which month, by which codes of the budget's index (MLNSNN), how much."""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element

from connectors.contract import Fault, Period
from connectors.office_figures import kind_of

CODES: Mapping[str, str] = {
    "BudgetChapterCode": "chapter",
    "BudgetKindItemCode": "kind",
    "BudgetSubKindItemCode": "sub_kind",
    "BudgetItemCode": "item",
    "BudgetSubItemCode": "sub_item",
}
"""Element → dimension: Chương, Loại, Khoản, Mục, Tiểu mục."""

_COMMUNE_TIER = "4"
_CODE = re.compile(r"[0-9]{1,6}")
_AMOUNT = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,4}))?")
_FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says, as texts and numbers; ``place`` is its own."""

    place: str
    report: str
    branch: str
    period: Period
    dims: Mapping[str, str]
    amount: Decimal


def line_of(
    element: Element, place: str, latest: date, *, cumulative: bool, blame: Callable[[Fault], None]
) -> Line | None:
    """Read a line; ``None`` with its faults blamed where it says something wrong."""
    said = {_bare(child.tag): " ".join((child.text or "").split()) for child in element if isinstance(child.tag, str)}
    faults: list[Fault] = []

    def wrong(name: str, expected: str, vi: str) -> None:
        en = f"{said[name]!r:.40}" if said.get(name) else "nothing"
        found = f"“{said[name]:.40}”" if said.get(name) else "để trống"
        faults.append(Fault(f"{place}.{name}", f"{expected} is expected, not {en}", f"cần {vi}, không phải {found}"))

    period = _period(said, latest, wrong, cumulative=cumulative)
    dims = {}
    for name, dimension in CODES.items():
        if said.get(name):
            dims[dimension] = said[name]
            if not _CODE.fullmatch(said[name]):
                wrong(name, "a code of 1 to 6 digits", "mã có 1 đến 6 chữ số")
    if not dims:
        wrong("BudgetSubItemCode", "at least one code of the budget's index", "ít nhất một mã mục lục ngân sách")
    if said.get("CAP", "") not in ("", _COMMUNE_TIER):
        wrong("CAP", "the budget tier 4 (commune)", "cấp ngân sách 4 (cấp xã)")
    for name in ("ReportID", "BranchCode"):
        if not said.get(name) or len(said[name]) > 40:
            wrong(name, "a code", "một mã")
    amount = _amount(said.get("Amount", ""))
    if amount is None:
        wrong(
            "Amount",
            "an amount in đồng with a decimal point, as 1500000 or 1500000.5000,",
            "số tiền bằng đồng, không ngăn cách hàng nghìn, dấu thập phân là dấu chấm (1500000 hoặc 1500000.5000)",
        )
    for fault in faults:
        blame(fault)
    if faults or period is None or amount is None:
        return None
    return Line(place, said["ReportID"], said["BranchCode"], period, dims, amount)


def _period(
    said: Mapping[str, str], latest: date, wrong: Callable[[str, str, str], None], *, cumulative: bool
) -> Period | None:
    """Return the month (1 to 12), or the year where ``ReportPeriod`` repeats ``ReportYear``."""
    year, month = said.get("ReportYear", ""), said.get("ReportPeriod", "")
    if not re.fullmatch(r"[0-9]{4}", year) or not _FIRST_YEAR <= int(year) <= latest.year:
        wrong("ReportYear", f"a year from {_FIRST_YEAR} to {latest.year}", f"năm từ {_FIRST_YEAR} đến {latest.year}")
        return None
    if month == year:
        start, end = date(int(year), 1, 1), date(int(year), 12, 31)
    elif re.fullmatch(r"0?[1-9]|1[0-2]", month):
        start = date(int(year), int(month), 1)
        end = start.replace(day=monthrange(start.year, start.month)[1])
    else:
        wrong(
            "ReportPeriod",
            "a month from 1 to 12, or the year again for all of it",
            "tháng từ 1 đến 12, hoặc ghi lại năm nếu là cả năm",
        )
        return None
    if start > latest:
        wrong("ReportPeriod", "a month that has begun", "tháng đã đến")
        return None
    start = date(start.year, 1, 1) if cumulative else start
    return Period(start, end, kind_of(start, end), cumulative=cumulative)


def _amount(text: str) -> Decimal | None:
    said = _AMOUNT.fullmatch(text) if text.isascii() else None
    if said is None or (len(said[2]) <= 3 and len(said[3] or "") == 3):  # 1.234 may be 1234
        return None
    number = Decimal(text)
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]
