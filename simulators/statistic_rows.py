"""Rows of statistics, as the one-stop and document systems of a province give them: of whom, and of which days."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from connectors.contract import Observation, Period
from simulators.office import Asked
from simulators.procedures_seed import AGENCIES


def agencies(unit: str, agency: str) -> Mapping[str, str]:
    """Return the agency code by unit; ``unit`` has ``agency``, or an invented one where it is in no publication."""
    codes = {its: code for code, its in AGENCIES.items()}
    return codes | ({unit: agency} if agency else {} if unit in codes else {unit: f"H28.{unit}"})


def month(year: int, number: int) -> Period:
    """Return a month's period."""
    start = date(year, number, 1)
    return Period(start, (start + timedelta(days=31)).replace(day=1) - timedelta(days=1), "month")


def begun(figure: Observation, agency: str) -> dict[str, Any]:
    """Return the fields of a figure's row that tell it from others: agency, days, tier and scope."""
    tier, period = figure.dims.get("tier", ""), figure.period
    return {
        "MaDonVi": agency, "TuNgay": period.start.isoformat(), "DenNgay": period.end.isoformat(),
        **({"Cap": tier} if tier else {}), **({"PhamVi": figure.scope} if figure.scope else {}),
    }  # fmt: skip


def chosen(asked: Asked, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the rows of exactly the days ``tuNgay`` to ``denNgay``; all of them where neither is asked for."""
    days = (asked.query.get("tuNgay"), asked.query.get("denNgay"))
    return [row for row in rows if days in ((None, None), (row["TuNgay"], row["DenNgay"]))]
