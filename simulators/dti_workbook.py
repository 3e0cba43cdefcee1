"""A simulated digital-transformation office: the quarter's statement (mô phỏng), and the figures that were published.

``stated_figures.csv`` holds what Như Cố, Yên Mô, Bình Lục, Vũ Bản, Đà Nẵng, Nam Thượng and Liên Sơn said of the years
2020 to 2024: these are real, cell by cell as printed, with the record that each must become.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from io import StringIO
from typing import ClassVar

from connectors.contract import Message, Observation, Period, Record, Simulator
from simulators.statements import Line, Rows, cell, quarter_before, saved, told, vietnamese, words

LINES = (
    Line("online_rate", "Tỷ lệ hồ sơ trực tuyến", "%", 640, (0.55, 0.9), 80),
    Line("on_time_rate", "Tỷ lệ giải quyết trước và đúng hạn", "%", 610, (0.95, 0.999), 100),
    Line("fee_online_rate", "Tỷ lệ thanh toán trực tuyến", "%", 420, (0.35, 0.7), 60),
    Line("result_digitised_rate", "Tỷ lệ số hóa kết quả", "%", 600, (0.7, 1.0), 100),
    Line("online_report_rate", "Tỷ lệ báo cáo trực tuyến", "%", 48, (0.8, 1.0), 100),
    Line("smartphone_adult_rate", "Tỷ lệ người trưởng thành có điện thoại thông minh", "%", 5_900, (0.82, 0.95), 100),
    Line("fibre_household_rate", "Tỷ lệ hộ có cáp quang", "%", 2_310, (0.62, 0.88), 100),
    Line("digital_address_rate", "Tỷ lệ hộ có địa chỉ số", "%", 2_310, (0.5, 0.98), 100),
    Line("bank_account_rate", "Tỷ lệ người từ 15 tuổi trở lên có tài khoản ngân hàng", "%", 6_400, (0.55, 0.85), 100),
    Line("digital_id_rate", "Tỷ lệ định danh điện tử", "%", 5_900, (0.6, 0.92), 30),
    Line("personal_signature_rate", "Tỷ lệ chữ ký số cá nhân", "%", 5_900, (0.05, 0.3), 20),
    Line("digital_team_count", "Tổ công nghệ số cộng đồng", "tổ", 14),
    Line("digital_team_members", "Thành viên tổ công nghệ số cộng đồng", "người", 98),
    Line("ecommerce_products", "Sản phẩm trên sàn thương mại điện tử", "sản phẩm", 26),
)
_HEADING = ("STT", "Chỉ tiêu", "Đơn vị tính", "Tử số", "Mẫu số", "Kết quả", "Mục tiêu")


class DtiSimulator(Simulator):
    """One commune's office; every quarter it states what the quarter before reached."""

    connector: ClassVar[str] = "dti_workbook"

    def __init__(self, unit: str, seed: int) -> None:
        self.unit = unit
        self.seed = seed

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the figures of the last quarter that is over, each followed by its target."""
        return tuple(told(LINES, self.unit, self.seed, quarter_before(at)))

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return one workbook."""
        said = [record for record in records if isinstance(record, Observation)]
        if not said:
            return ()
        body = saved({"Chuyển đổi số": list(self._rows(said))}, at)
        name = f"chuyen-doi-so-{said[0].period.end.isoformat()}.xlsx"
        return (Message(self.connector, name, body, at.astimezone(UTC)),)

    def _rows(self, said: list[Observation]) -> Iterator[tuple[object, ...]]:
        figures = {(one.indicator, one.scope): one for one in said}
        yield ("", "BIỂU CHỈ SỐ CHUYỂN ĐỔI SỐ CẤP XÃ")
        yield ("", f"Kỳ báo cáo: {words(said[0].period)}")
        yield _HEADING
        for n, line in enumerate((line for line in LINES if (line.indicator, "") in figures), start=1):
            one, target = figures[line.indicator, ""], figures.get((line.indicator, "target"))
            above, below = cell(one.numerator), cell(one.denominator)
            shown = cell(one.value) if one.stated is None else vietnamese(one.stated, " %")
            yield n, line.name, line.measure, above, below, shown, None if target is None else cell(target.value)
        yield ("", "Người lập biểu", "", "", "", "CHỦ TỊCH")


class StatedFigures(Simulator):
    """The published figures of seven places, 2020 to 2024, in one workbook; the same at every instant."""

    connector: ClassVar[str] = "dti_workbook"

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return what was stated."""
        return tuple(_observation(row) for row in stated())

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return the workbook of those that are among the records."""
        asked = set(map(repr, records))
        rows = [row for row in stated() if repr(_observation(row)) in asked]
        body = saved({"Số liệu công bố": _sheet(rows)}, at) if rows else b""
        return (Message(self.connector, "so-lieu-cong-bo.xlsx", body, at.astimezone(UTC)),) if rows else ()


@cache
def stated() -> tuple[Mapping[str, str], ...]:
    """Return the lines of ``stated_figures.csv``: cells as printed, and the fields of the record."""
    text = (resources.files("simulators") / "stated_figures.csv").read_text("utf-8")
    return tuple(csv.DictReader(StringIO(text)))


def _sheet(rows: list[Mapping[str, str]]) -> Rows:
    heading = ("STT", "Mã đơn vị", "Cấp", "Thôn", "Kỳ", "Chỉ tiêu", "Đơn vị tính", "Phân tổ", "Phạm vi", "Tử số",
               "Mẫu số", "Kết quả", "Mục tiêu")  # fmt: skip
    columns = ("unit", "level_name", "hamlet", "period_name", "name", "measure", "breakdown", "scope_name",
               "numerator_cell", "denominator_cell", "value_cell", "target_cell")  # fmt: skip
    printed = [{**row, "hamlet": _dims(row).get("hamlet", "")} for row in rows if row["name"]]
    return [
        ("SỐ LIỆU CÔNG BỐ",),
        heading,
        *((n, *(_typed(column, row[column]) for column in columns)) for n, row in enumerate(printed, start=1)),
    ]


def _typed(column: str, text: str) -> object:
    return int(text) if column.endswith("_cell") and text.isdecimal() else text


def _observation(row: Mapping[str, str]) -> Observation:
    numbers = {
        name: Decimal(row[name]) if row[name] else None
        for name in ("value", "numerator", "denominator", "low", "high", "stated")
    }
    period = Period(date.fromisoformat(row["start"]), date.fromisoformat(row["end"]), row["kind"])  # type: ignore[arg-type]
    return Observation(
        row["unit"], row["indicator"], period, bound=row["bound"], quality=row["quality"], scope=row["scope"],  # type: ignore[arg-type]
        dims=_dims(row), level=row["level"], **numbers,
    )  # fmt: skip


def _dims(row: Mapping[str, str]) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in row["dims"].split(";") if pair)
