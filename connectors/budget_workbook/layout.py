"""What the two sheets of the workbook mean: which columns they have, by their headings, and what is computed of them.

The headings are those of the communes' workbook of budget year 2026 (TT 26/2026/TT-BTC); the heads of estimates differ
from province to province, so they are matched by meaning.
"""

import re
from dataclasses import dataclass

from connectors.spelling import plain

PERCENT = re.compile(r"%|\bso sanh\b|\bt[yi] le\b|\bth/dt\b|\bphan tram\b")
"""Headings of percentages, which are recomputed and never read; compared with the plain heading, like all below."""

_UPPER = r"(tp|thanh pho|tinh|cap tren)"
_COMMUNE = r"(xa|phuong|dac khu|hdnd)"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of figures: the indicator it carries, the heading of the form, and what its heading may say."""

    indicator: str
    title: str
    meaning: re.Pattern[str]
    estimate: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """One sheet: its columns, and the rate ``actual`` / ``estimate`` in percent."""

    sheet: str
    columns: tuple[Column, ...]
    rate: str
    actual: str
    estimate: str


EXPENDITURE = Flow(
    sheet="Chi",
    columns=(
        Column("expenditure_estimate", "Dự toán năm", re.compile(r"\bdu toan\b"), estimate=True),
        Column(
            "expenditure_actual",
            "Chi ngân sách",
            re.compile(r"\bchi (ngan sach|ns[a-z]*)\b|\bthuc (hien|chi)\b|\bda chi\b"),
        ),
    ),
    rate="expenditure_rate",
    actual="expenditure_actual",
    estimate="expenditure_estimate",
)

REVENUE = Flow(
    sheet="Thu",
    columns=(
        Column(
            "revenue_estimate_assigned",
            "Dự toán TP/tỉnh giao",
            re.compile(rf"\b{_UPPER}\b.*\bgiao\b|\bdu toan\b.*\b{_UPPER}\b"),
            estimate=True,
        ),
        Column(
            "revenue_estimate_commune",
            "Dự toán xã giao",
            re.compile(rf"\b{_COMMUNE}\b.*\b(giao|quyet dinh)\b|\bdu toan\b.*\b{_COMMUNE}\b"),
            estimate=True,
        ),
        Column("revenue_commune_share", "Thu xã hưởng", re.compile(r"\bhuong\b")),
        Column("revenue_state", "Thu NSNN", re.compile(r"\bthu (nsnn|ngan sach nha nuoc)\b")),
    ),
    rate="revenue_rate",
    actual="revenue_state",
    estimate="revenue_estimate_commune",
)

FLOWS = (EXPENDITURE, REVENUE)

_NAME = re.compile(r"(chi|thu)(ns[a-z]*|ngansach[a-z]*)?")
_OTHER_WORDS = re.compile(r"\bchi (tiet|tieu|so)\b")


def flow_of(sheet: str) -> Flow | None:
    """Return what a sheet of this name is, as ``CHI`` or ``Thu NS``; ``None`` for any other, or for both."""
    words = re.sub(r"[^a-z]+", " ", plain(sheet)).strip()
    if _OTHER_WORDS.search(words):
        return None
    flows = {match[1] for word in words.split() if (match := _NAME.fullmatch(word))}
    return next((flow for flow in FLOWS if {plain(flow.sheet)} == flows), None)
