"""A simulated reporting system of a province (mô phỏng): a commune's figures by quarter and year, drafts first."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import ClassVar, NamedTuple

from connectors.contract import LOCAL, Message, Observation, Period, PeriodKind, Record, Simulator
from simulators.gateway import messages, refused, told
from simulators.office import Asked, Told
from simulators.signals import chance

_DRAFTED = timedelta(days=3)
_APPROVED = timedelta(days=20)
"""How long after its period a figure is entered, and approved."""


class Line(NamedTuple):
    """One line of the system: its code, our indicator, its unit and ours, how often, and about how much."""

    code: str
    indicator: str
    written: str
    measure: str
    kind: PeriodKind
    usual: Decimal
    times: Decimal = Decimal(1)


LINES = (
    # Population, households and income are what the press gives of Yên Hòa (Yên Mô); the others are invented.
    Line("T0201", "population", "người", "person", "quarter", Decimal(7557)),
    Line("T0202", "households", "hộ", "household", "quarter", Decimal(2301)),
    Line("T0301", "poor_households", "hộ", "household", "quarter", Decimal(61)),
    Line("T0302", "near_poor_households", "hộ", "household", "quarter", Decimal(84)),
    Line("T0303", "health_insurance_rate", "%", "percent", "quarter", Decimal("95.2")),
    Line("T0401", "income_per_capita", "nghìn đồng/người/năm", "million_vnd_per_person_year", "year", Decimal("48.12"),
         Decimal(1000)),
    Line("T0402", "ntm_criteria_met", "tiêu chí", "criterion", "year", Decimal(8)),
    Line("T0403", "business_households", "hộ", "household", "year", Decimal(312)),
)  # fmt: skip
CATALOGUE = {line.code: {"indicator": line.indicator, "measure": line.measure} for line in LINES}
"""What an operator writes of this system."""


class ReportingSystem(Simulator):
    """The system with the figures of one commune; also its web server, which asks for ``token`` where it is set."""

    connector: ClassVar[str] = "socio_rest"

    def __init__(
        self,
        unit: str,
        seed: int,
        prefix: str = "/reporting",
        token: str = "",
        agency: str = "H28.24.7",
        rows: int = 20,
    ) -> None:
        self.unit = unit
        self.seed = seed
        self.prefix = prefix
        self.token = token
        self.agency = agency
        self.rows = rows

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the figures of the last year and its quarters, by their last change; drafts without their value."""
        figures: list[Record] = []
        for _, line, period in self._changed(at):
            approved = at >= _end(period) + _APPROVED
            if approved:
                figures.append(self._figure(line, period))
            dims = {"indicator": line.indicator}
            figures.append(Observation(self.unit, "figures_draft", period, Decimal(not approved), dims=dims))
        return tuple(figures)

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return the pages of the list, with the officer who entered each figure."""
        return messages(self.connector, "/figures", list(self._rows(records, at)), at, self.rows)

    def answer(self, asked: Asked, now: datetime) -> Told:
        """Answer ``GET /figures?capNhatTu&page&size``; 304 for a page that is known."""
        if refusal := refused(asked, self.token):
            return refusal
        if (asked.method, asked.path) != ("GET", "/figures"):
            return Told(b'{"error": "no such list"}', 404)
        try:
            since = datetime.fromisoformat(asked.query.get("capNhatTu", "2020-01-01T00:00:00+07:00"))
            rows = [
                row for row in self._rows(self.measure(now), now) if datetime.fromisoformat(row["capNhat"]) >= since
            ]
        except (ValueError, TypeError):
            return Told(b'{"error": "capNhatTu with a zone"}', 400)
        return told(asked, rows, self.rows)

    def _changed(self, at: datetime) -> list[tuple[datetime, Line, Period]]:
        """Return what was entered or approved up to the instant, the oldest change first."""
        year = at.astimezone(LOCAL).year
        found: list[tuple[datetime, Line, Period]] = []
        for line in LINES:
            for period in _periods(line.kind, year):
                changes = [at_ for at_ in (_end(period) + _DRAFTED, _end(period) + _APPROVED) if at_ <= at]
                if changes:
                    found.append((changes[-1], line, period))
        return sorted(found, key=lambda one: (one[0], one[1].code, one[2].start))

    def _figure(self, line: Line, period: Period) -> Observation:
        lot = chance(self.seed, self.unit, line.code, period.start)
        value = (line.usual * Decimal(round(0.97 + 0.06 * lot, 3))).quantize(
            Decimal("0.01") if line.measure == "million_vnd_per_person_year" else Decimal(1)
        )
        if line.measure != "percent":
            return Observation(self.unit, line.indicator, period, value)
        population = Decimal(7557)
        insured = (population * (line.usual - 1 + Decimal(round(2 * lot, 3))) / 100).quantize(Decimal(1))
        rate = (insured * 100 / population).quantize(Decimal("0.0001"))
        return Observation(
            self.unit, line.indicator, period, rate, numerator=insured, denominator=population, stated=round(rate, 1)
        )

    def _rows(self, records: tuple[Record, ...], at: datetime) -> Iterator[dict[str, str]]:
        """Give a row a figure: of an approved one from its value, of a draft with a value that counts for nothing."""
        lines = {line.indicator: line for line in LINES}
        for record in records:
            if not isinstance(record, Observation):
                continue
            draft = record.indicator == "figures_draft"
            if draft and not record.value:
                continue  # stands beside the approved figure
            line = lines[record.dims["indicator"] if draft else record.indicator]
            changed = _end(record.period) + (_DRAFTED if draft else _APPROVED)
            yield {
                "maDonVi": self.agency,
                "maChiTieu": line.code,
                "kySoLieu": _code(record.period),
                "donViTinh": line.written,
                "trangThai": "Chờ duyệt" if draft else "Đã duyệt",
                "capNhat": changed.astimezone(LOCAL).isoformat(),
                "nguoiNhap": "Phạm Văn Ví Dụ",
                **_said(line, record, draft=draft),
            }


def _said(line: Line, figure: Observation, *, draft: bool) -> dict[str, str]:
    if draft:
        return {"giaTri": "0"}
    if figure.numerator is not None and figure.denominator is not None and figure.stated is not None:
        return {"tuSo": f"{figure.numerator}", "mauSo": f"{figure.denominator}", "tyLeCongBo": f"{figure.stated}"}
    return {"giaTri": f"{(figure.value or Decimal(0)) * line.times:f}".removesuffix(".00")}


def _periods(kind: PeriodKind, year: int) -> Iterator[Period]:
    """Give the periods of last year and this one."""
    if kind == "year":
        yield Period(date(year - 1, 1, 1), date(year - 1, 12, 31), "year")
        return
    for its in (year - 1, year):
        for first in (1, 4, 7, 10):
            following = date(its + first // 10, (first + 2) % 12 + 1, 1)
            yield Period(date(its, first, 1), following - timedelta(days=1), "quarter")


def _end(period: Period) -> datetime:
    return datetime.combine(period.end, time(9), LOCAL)


def _code(period: Period) -> str:
    if period.kind == "year":
        return f"{period.start.year}"
    return f"{period.start.year}Q{(period.start.month + 2) // 3}"
