"""A simulated statistics officer of a commune (mô phỏng): the quarter's socio-economic table with its breakdowns."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from typing import ClassVar

from connectors.contract import Message, Observation, Record, Simulator
from simulators.statements import Line, cell, quarter_before, saved, told, words

LINES = (
    Line("population", "Nhân khẩu", "người", 8_140),
    Line("population", "", "", 4_100, dims={"sex": "male"}, part="Nam"),
    Line("population", "", "", 4_040, dims={"sex": "female"}, part="Nữ"),
    Line("households", "Số hộ", "hộ", 2_310),
    Line("poor_households", "Hộ nghèo", "hộ", 96),
    Line("near_poor_households", "Hộ cận nghèo", "hộ", 128),
    Line("income_per_capita", "Thu nhập bình quân đầu người", "triệu đồng/người/năm", 58),
    Line("business_households", "Hộ kinh doanh", "hộ", 174),
    Line("sown_area", "Diện tích gieo trồng", "ha", 640),
    Line("sown_area", "", "", 410, dims={"crop": "rice"}, part="Lúa"),
    Line("sown_area", "", "", 130, dims={"crop": "maize"}, part="Ngô"),
    Line("sown_area", "", "", 100, dims={"crop": "vegetable"}, part="Rau các loại"),
    Line("livestock", "Đàn gia súc", "con", 3_900),
    Line("livestock", "", "", 700, dims={"livestock": "buffalo"}, part="Trâu"),
    Line("livestock", "", "", 1_100, dims={"livestock": "cattle"}, part="Bò"),
    Line("livestock", "", "", 2_100, dims={"livestock": "pig"}, part="Lợn"),
    Line("jobs_created", "Số lao động được tạo việc làm", "người", 42),
    Line("health_insurance_rate", "Tỷ lệ bao phủ bảo hiểm y tế", "%", 8_140, (0.9, 0.97), 95),
    Line("ntm_criteria_met", "Số tiêu chí nông thôn mới đạt", "tiêu chí", 8),
)


class StatisticsSimulator(Simulator):
    """One officer; the parts of every indicator add up to it."""

    connector: ClassVar[str] = "socio_workbook"

    def __init__(self, unit: str, seed: int) -> None:
        self.unit = unit
        self.seed = seed

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the figures of the last quarter that is over, in the order of the table."""
        said = list(told(LINES, self.unit, self.seed, quarter_before(at)))
        whole: list[Observation] = []
        for _, group in groupby(said, key=lambda one: one.indicator):
            first, *rest = group
            parts = [one.value for one in rest if one.dims and one.value is not None]
            whole += [replace(first, value=sum(parts, Decimal(0))) if parts else first, *rest]
        return tuple(whole)

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return one workbook."""
        said = [record for record in records if isinstance(record, Observation)]
        if not said:
            return ()
        body = saved({"Kinh tế - xã hội": list(self._rows(said))}, at)
        name = f"kinh-te-xa-hoi-{said[0].period.end.isoformat()}.xlsx"
        return (Message(self.connector, name, body, at.astimezone(UTC)),)

    def _rows(self, said: list[Observation]) -> Iterator[tuple[object, ...]]:
        figures = {(one.indicator, one.scope, *one.dims.values()): one for one in said}
        yield ("", "TÌNH HÌNH KINH TẾ - XÃ HỘI CỦA XÃ")
        yield ("", f"Kỳ báo cáo: {words(said[0].period)}")
        yield ("STT", "Nhóm, tên chỉ tiêu", "Đơn vị tính", "Kế hoạch", "Tử số", "Mẫu số", "Thực hiện", "Tỷ lệ (%)")
        number = 0
        for line in LINES:
            one = figures.get((line.indicator, "", *line.dims.values()))
            if one is None:
                continue
            target = figures.get((line.indicator, "target"))
            planned = None if target is None else cell(target.value)
            shown = cell(one.value) if one.stated is None else None
            number += not line.part
            yield (
                "" if line.part else number, f"- {line.part}" if line.part else line.name, line.measure, planned,
                cell(one.numerator), cell(one.denominator), shown, cell(one.stated),
            )  # fmt: skip
