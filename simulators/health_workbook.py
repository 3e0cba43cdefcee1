"""A simulated commune health station (mô phỏng): its monthly form, diseases and indicators in two sheets."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from math import cos, pi
from typing import ClassVar

from connectors.contract import Message, Observation, Period, Record, Simulator
from simulators.signals import chance
from simulators.statements import Line, cell, month_before, saved, told, vietnamese, words

DISEASES = (
    ("dengue", "Sốt xuất huyết Dengue", "A97", 6, 9),
    ("hand_foot_mouth", "Tay chân miệng", "B08.4", 8, 10),
    ("diarrhoea", "Tiêu chảy", "A09", 14, 6),
    ("influenza", "Cúm", "J11", 22, 1),
    ("chickenpox", "Thủy đậu", "B01", 5, 3),
    ("measles", "Sởi", "B05", 1, 4),
    ("rabies", "Dại", "A82", 0, 7),
)
"""Identifier, name, ICD-10, cases of an ordinary month, and the month of the most."""
LINES = (
    Line("visits", "Lượt khám bệnh", "lượt", 920),
    Line("insurance_visits", "Lượt khám bệnh bảo hiểm y tế", "lượt", 790),
    Line("telehealth_visits", "Lượt khám từ xa", "lượt", 36),
    Line("births", "Số trẻ đẻ ra sống", "người", 9),
    Line("immunisation_rate", "Tỷ lệ tiêm chủng đầy đủ", "%", 96, (0.84, 0.96), 95),
    Line("ehr_rate", "Tỷ lệ hồ sơ sức khỏe điện tử", "%", 8_140, (0.55, 0.97), 95),
    Line("health_insurance_rate", "Tỷ lệ bao phủ bảo hiểm y tế", "%", 8_140, (0.9, 0.97), 95),
    Line("hypertension_managed", "Số người tăng huyết áp được quản lý", "người", 410),
    Line("diabetes_managed", "Số người đái tháo đường được quản lý", "người", 130),
)


class HealthStationSimulator(Simulator):
    """One station; cases rise and fall with the season, no year is like the other."""

    connector: ClassVar[str] = "health_workbook"

    def __init__(self, unit: str, seed: int) -> None:
        self.unit = unit
        self.seed = seed

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the figures of the last month that is over: all cases, each disease, then the indicators."""
        period = month_before(at)
        return (*self._cases(period), *told(LINES, self.unit, self.seed, period))

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return one workbook."""
        said = [record for record in records if isinstance(record, Observation)]
        if not said:
            return ()
        sheets = {"Bệnh truyền nhiễm": list(self._diseases(said)), "Chỉ tiêu": list(self._indicators(said))}
        name = f"y-te-{said[0].period.start:%Y-%m}.xlsx"
        return (Message(self.connector, name, saved(sheets, at), at.astimezone(UTC)),)

    def _cases(self, period: Period) -> Iterator[Observation]:
        counts: dict[str, tuple[int, int]] = {}
        for disease, _, _, ordinary, peak in DISEASES:
            luck = chance(self.seed, self.unit, disease, period.start)
            season = 1 + 0.8 * cos(2 * pi * (period.start.month - peak) / 12)
            cases = round(ordinary * season * (0.4 + 1.2 * luck))
            counts[disease] = cases, int(cases > 0 and luck > 0.997)
        for dims, (cases, deaths) in (
            ({}, (sum(c for c, _ in counts.values()), sum(d for _, d in counts.values()))),
            *(({"disease": disease}, count) for disease, count in counts.items()),
        ):
            yield Observation(self.unit, "cases_reported", period, Decimal(cases), dims=dims)
            yield Observation(self.unit, "deaths_reported", period, Decimal(deaths), dims=dims)

    def _diseases(self, said: list[Observation]) -> Iterator[tuple[object, ...]]:
        figures = {(one.indicator, one.dims.get("disease", "")): cell(one.value) for one in said}
        yield ("", "BÁO CÁO BỆNH TRUYỀN NHIỄM CỦA TRẠM Y TẾ XÃ")
        yield ("", words(said[0].period))
        yield ("TT", "Tên bệnh", "Mã ICD-10", "Số ca mắc", "Tử vong")
        for n, (disease, name, code) in enumerate((("", "Tổng số", ""), *(d[:3] for d in DISEASES))):
            if ("cases_reported", disease) in figures:
                yield n or "", name, code, figures["cases_reported", disease], figures.get(("deaths_reported", disease))

    def _indicators(self, said: list[Observation]) -> Iterator[tuple[object, ...]]:
        figures = {(one.indicator, one.scope): one for one in said}
        yield ("", "CHỈ TIÊU HOẠT ĐỘNG CỦA TRẠM Y TẾ XÃ")
        yield ("", words(said[0].period))
        yield ("TT", "Chỉ tiêu", "Đơn vị tính", "Kế hoạch", "Tử số", "Mẫu số", "Thực hiện")
        for n, line in enumerate((line for line in LINES if (line.indicator, "") in figures), start=1):
            one, target = figures[line.indicator, ""], figures.get((line.indicator, "target"))
            shown = cell(one.value) if one.stated is None else vietnamese(one.stated, " %")
            planned = None if target is None else cell(target.value)
            yield n, line.name, line.measure, planned, cell(one.numerator), cell(one.denominator), shown
        yield ("", "Người lập biểu", "", "", "", "", "TRƯỞNG TRẠM")
