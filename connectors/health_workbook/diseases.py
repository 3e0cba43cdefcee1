"""The table of diseases: cases and deaths of each in the period, and since 1 January where it has the columns."""

import re
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from connectors.contract import Period
from connectors.sheets import kinds
from connectors.sheets.catalogue import Catalogue, catalogue, key
from connectors.sheets.fault import Slip
from connectors.sheets.grid import Grid
from connectors.sheets.heading import Column, Heading, Layout
from connectors.sheets.statement import Taken
from connectors.sheets.table import Row, rows_of
from connectors.sheets.value import Said, observed

_CASES, _DEATHS = r"\bmac\b|\bso ca\b|\bca benh\b", r"\btu vong\b|\bchet\b"
_CUMULATIVE = r"\b(?:luy ke|cong don)\b"
DISEASES = Layout(
    "diseases",
    (
        Column("label", "TT", re.compile(r"tt|stt|so tt"), required=False, anchor=True),
        Column("name", "Tên bệnh", re.compile(r"(?:ten )?(?:cac )?(?:benh|dich benh|loai benh)\b.*"), anchor=True),
        Column("code", "Mã ICD-10", re.compile(r"\bicd\b|\bma benh\b"), required=False),
        Column("cases_year", "Mắc lũy kế", re.compile(rf"{_CUMULATIVE}.*(?:{_CASES})|(?:{_CASES}).*{_CUMULATIVE}"),
               required=False, above=True),
        Column("deaths_year", "Tử vong lũy kế",
               re.compile(rf"{_CUMULATIVE}.*(?:{_DEATHS})|(?:{_DEATHS}).*{_CUMULATIVE}"), required=False, above=True),
        Column("cases", "Số ca mắc", re.compile(_CASES)),
        Column("deaths", "Tử vong", re.compile(_DEATHS), required=False),
    ),
    needs=1,
)  # fmt: skip
_FIGURES = {
    "cases": ("cases_reported", False),
    "deaths": ("deaths_reported", False),
    "cases_year": ("cases_reported", True),
    "deaths_year": ("deaths_reported", True),
}
_TOTALS = frozenset({"tong", "tong so", "tong cong", "cong"})


def cases_of(
    grid: Grid, heading: Heading, stop: int, period: Period | None, latest: date, unit: str, indicators: Catalogue
) -> list[Taken]:
    """Return cases and deaths by ``disease``, the total without; every fault is noted in the grid."""
    if period is None and not grid.faults:
        grid.blame((heading.top, heading.at["name"]), kinds.PERIOD_MISSING)
    taken: list[Taken] = []
    for row in rows_of(grid, heading, stop):
        if not any(row.filled(column) for column in _FIGURES) and not (row.numbered and _speaks(row)):
            continue
        try:
            dims = _disease(row)
        except Slip as slip:
            grid.note(row.cell("name"), slip)
            continue
        for column, (indicator, cumulative) in _FIGURES.items():
            try:
                figure = row.figure(column, kinds.amount(column))
                if figure is None or period is None:
                    continue
                about = Said(unit, indicators.entries[indicator], period, "", dims, "")
                seen = observed(about.cumulated() if cumulative else about, {"value": figure}, Decimal(1), latest)
            except Slip as slip:
                grid.note(row.cell(column), slip)
                continue
            if seen is not None:
                taken.append(Taken(row.cell(column), seen))
    return taken


def _speaks(row: Row) -> bool:
    return any(row.own(column) != "" for column in _FIGURES)


def _disease(row: Row) -> dict[str, str]:
    name = row.text("name")
    if key(name or row.text("label")) in _TOTALS:
        return {}
    code = row.text("code") if row.has("code") else ""
    entry = (_diseases().coded(code) if code else None) or _diseases().known(name)
    if entry is None:
        raise _diseases().unknown(name, row.grid.faults) if name else Slip(kinds.NAMELESS, title="Tên bệnh")
    return {"disease": entry.id}


@cache
def _diseases() -> Catalogue:
    return catalogue(Path(__file__).parent / "diseases.csv", kinds.DISEASE)
