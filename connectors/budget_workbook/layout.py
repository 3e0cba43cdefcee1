"""What the two sheets of the workbook mean: which columns they have, by their headings, and what is computed of them.

The headings are those of the communes' workbook of budget year 2026 (TT 26/2026/TT-BTC); the heads of estimates differ
from province to province, so they are matched by meaning.
"""

import re
from dataclasses import dataclass

from connectors.sheets.grid import Grid, word
from connectors.sheets.heading import Column, Layout
from connectors.spelling import plain

_UPPER = r"(tp|thanh pho|tinh|cap tren)"
_COMMUNE = r"(xa|phuong|dac khu|hdnd)"


_LABEL = Column("label", "TT", re.compile(r"tt|stt|so tt"), anchor=True)
_NAME_OF_LINE = Column("name", "Nội dung", re.compile(r"noi dung.*|chi tieu"), anchor=True)
# Percentages are recomputed, and what the sheet says of them is kept beside.
_PERCENT = Column(
    "percent",
    "So sánh (%)",
    re.compile(r"%|\bso sanh\b|\bt[yi] le\b|\bth/dt\b|\bphan tram\b"),
    required=False,
    lone=True,
)


@dataclass(frozen=True, slots=True)
class Flow:
    """One sheet: its columns, which of them are estimates, and the rate ``actual`` / ``estimate`` in percent."""

    sheet: str
    columns: tuple[Column, ...]
    estimates: frozenset[str]
    rate: str
    actual: str
    estimate: str

    @property
    def layout(self) -> Layout:
        """The table of the sheet."""
        return Layout(self.sheet, (_PERCENT, _LABEL, _NAME_OF_LINE, *self.columns))


EXPENDITURE = Flow(
    sheet="Chi",
    columns=(
        Column("expenditure_estimate", "Dự toán năm", re.compile(r"\bdu toan\b")),
        Column(
            "expenditure_actual",
            "Chi ngân sách",
            re.compile(r"\bchi (ngan sach|ns[a-z]*)\b|\bthuc (hien|chi)\b|\bda chi\b"),
        ),
    ),
    estimates=frozenset({"expenditure_estimate"}),
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
        ),
        Column(
            "revenue_estimate_commune",
            "Dự toán xã giao",
            re.compile(rf"\b{_COMMUNE}\b.*\b(giao|quyet dinh)\b|\bdu toan\b.*\b{_COMMUNE}\b"),
        ),
        Column("revenue_commune_share", "Thu xã hưởng", re.compile(r"\bhuong\b")),
        Column("revenue_state", "Thu NSNN", re.compile(r"\bthu (nsnn|ngan sach nha nuoc)\b")),
    ),
    estimates=frozenset({"revenue_estimate_assigned", "revenue_estimate_commune"}),
    rate="revenue_rate",
    actual="revenue_state",
    estimate="revenue_estimate_commune",
)

FLOWS = (EXPENDITURE, REVENUE)

_SHEET = re.compile(r"(chi|thu)(ns[a-z]*|ngansach[a-z]*)?")
_OTHER_WORDS = re.compile(r"\bchi (tiet|tieu|so)\b")


def flow_of(sheet: str) -> Flow | None:
    """Return what a sheet of this name is, as ``CHI`` or ``Thu NS``; ``None`` for any other, or for both."""
    words = re.sub(r"[^a-z]+", " ", plain(sheet)).strip()
    if _OTHER_WORDS.search(words):
        return None
    flows = {match[1] for word in words.split() if (match := _SHEET.fullmatch(word))}
    return next((flow for flow in FLOWS if {plain(flow.sheet)} == flows), None)


def flow_of_table(grid: Grid) -> Flow | None:
    """Return what a table without a name is, by its headings; ``None`` where they are of neither, or of both."""
    for line, values in enumerate(grid.values):
        words = [word(value) for value in values if isinstance(value, str) and value]
        if any(_LABEL.meaning.fullmatch(text) for text in words):
            words += [
                word(value) for value in next(iter(grid.values[line + 1 : line + 2]), []) if isinstance(value, str)
            ]
            flows = [f for f in FLOWS if all(any(c.meaning.search(text) for text in words) for c in f.columns)]
            return flows[0] if len(flows) == 1 else None
    return None
