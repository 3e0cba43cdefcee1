"""A simulated accounting program (mô phỏng): the commune's revenue and expenditure of a month, by codes, as XML."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from xml.sax.saxutils import escape

from connectors.contract import LOCAL, Message, Observation, Period, Record, Simulator
from simulators.signals import chance

BRANCH = "1047585"
"""The commune's code as a unit that uses the budget (ĐVQHNS); invented."""
_REPORTS: Mapping[str, str] = {"B03a-X": "revenue_commune_share", "B03b-X": "expenditure_actual"}
_CODES: Mapping[str, str] = {
    "chapter": "BudgetChapterCode",
    "kind": "BudgetKindItemCode",
    "sub_kind": "BudgetSubKindItemCode",
    "item": "BudgetItemCode",
    "sub_item": "BudgetSubItemCode",
}
_LINES: Mapping[str, tuple[tuple[str, str, str, str, str, int], ...]] = {
    "B03a-X": (
        ("857", "", "", "1000", "1001", 310),
        ("857", "", "", "1600", "1601", 42),
        ("860", "", "", "2700", "2716", 18),
        ("860", "", "", "4650", "4651", 2900),
        ("860", "", "", "4650", "4654", 640),
    ),
    "B03b-X": (
        ("805", "340", "341", "6000", "6001", 880),
        ("805", "340", "341", "6100", "6101", 240),
        ("805", "010", "011", "6750", "6799", 65),
        ("811", "280", "292", "9300", "9349", 1450),
        ("830", "370", "398", "7100", "7149", 210),
    ),
}
"""Codes of the budget's index and the amount of a month, triệu đồng; all invented."""


def settings(unit: str) -> dict[str, Any]:
    """Return what an operator writes to understand this program's files, but for `folder`."""
    return {"branches": {BRANCH: unit}, "revenue_report": "B03a-X"}


class BudgetXmlSimulator(Simulator):
    """One commune's accounting program; a file a month, named after it."""

    connector: ClassVar[str] = "budget_xml"

    def __init__(self, unit: str, seed: int) -> None:
        self.unit = unit
        self.seed = seed

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the last whole local month: of revenue, then of expenditure, the total and its lines, in đồng."""
        last = at.astimezone(LOCAL).date().replace(day=1) - timedelta(days=1)
        period = Period(last.replace(day=1), last, "month")
        return tuple(figure for report in _REPORTS for figure in self._figures(report, period))

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return one file of both reports; totals are not written, as the program writes none."""
        lines = [one for one in records if isinstance(one, Observation) and one.dims]
        if not lines:
            return ()
        start = lines[0].period.start
        body = '<?xml version="1.0" encoding="utf-8"?>\n<Reports>\n' + "".join(map(_line, lines)) + "</Reports>\n"
        name = f"B03-X-{BRANCH}-{start:%Y%m}.xml"
        return (Message(self.connector, name, body.encode(), at.astimezone(UTC)),)

    def _figures(self, report: str, period: Period) -> Iterator[Observation]:
        scope = "tt344_2016" if period.end.year < 2026 else ""
        indicator = _REPORTS[report]
        lines = [
            Observation(self.unit, indicator, period, self._amount(report, line, period.start), scope=scope,
                        dims={name: code for name, code in zip(_CODES, line[:5], strict=True) if code})
            for line in _LINES[report]
        ]  # fmt: skip
        total = sum((line.value for line in lines if line.value is not None), Decimal(0))
        yield Observation(self.unit, indicator, period, total, scope=scope)
        yield from lines

    def _amount(self, report: str, line: tuple[str, str, str, str, str, int], month: date) -> Decimal:
        share = 0.7 + 0.6 * chance(self.seed, self.unit, report, line, month)
        return Decimal(round(line[5] * 1000 * share)) * 1000


def _line(figure: Observation) -> str:
    report = next(report for report, indicator in _REPORTS.items() if indicator == figure.indicator)
    fields = {"ReportID": report, "BranchCode": BRANCH, "BranchName": "UBND xã (mô phỏng)"}
    fields |= {element: figure.dims.get(name, "") for name, element in _CODES.items()}
    fields |= {"Amount": f"{figure.value}.0000", "ReportYear": f"{figure.period.start.year}"}
    fields |= {"ReportPeriod": f"{figure.period.start.month}", "CAP": "4"}
    inner = "".join(f"    <{name}>{escape(text)}</{name}>\n" for name, text in fields.items())
    return f"  <SummaryB03abX>\n{inner}  </SummaryB03abX>\n"
