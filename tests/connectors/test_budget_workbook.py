"""The budget workbook as accountants vary it: title, unit of money and total, wherever and however they are written."""

from datetime import UTC, date, datetime

import pytest

from connectors.contract import Message, Observation, Undecodable
from tests.connectors.golden import configured
from tests.connectors.sheet_files import Rows, xlsx

NOW = datetime(2026, 11, 21, tzinfo=UTC)
HEAD: list[object] = ["TT", "Nội dung", "Dự toán năm", "Chi ngân sách"]
THU: Rows = [
    ["Lũy kế đến 25/8/2026"], ["ĐVT: đồng"],
    ["TT", "Nội dung", "TP giao", "Xã giao", "Thu NSNN", "Thu xã hưởng"], ["", "Tổng số", 4, 3, 2, 1],
]  # fmt: skip


def said(*titles: list[object], head: list[object] = HEAD, total: object = 5) -> Observation:
    """Return the estimate of expenditure of a workbook with these lines above its table."""
    chi = [*titles, head, ["", "Tổng số", total, 4]]
    connector = configured("budget_workbook")
    records = connector.decode(Message("budget", "so.xlsx", xlsx({"Chi": chi, "Thu": THU}), NOW))
    (estimate,) = [o for o in records if isinstance(o, Observation) and o.indicator == "expenditure_estimate"]
    return estimate


@pytest.mark.parametrize(
    ("title", "end"),
    [
        (["Lũy kế đến ngày 25 tháng 8 năm 2026"], date(2026, 8, 25)),
        (["Lũy kế đến ngày:", date(2026, 8, 25)], date(2026, 8, 25)),
        (["Luỹ kế đến hết ngày", "25/8/2026"], date(2026, 8, 25)),
        (["Lũy kế từ 01/01/2026 đến 25/8/2026"], date(2026, 8, 25)),
        (["Lũy kế đến hết tháng 8/2026"], date(2026, 8, 31)),
        (["Lũy kế đến tháng Chín năm 2026"], date(2026, 9, 30)),
        (["Lũy kế đến hết quý III năm 2026"], date(2026, 9, 30)),
    ],
)
def test_the_day_that_the_figures_run_to(title: list[object], end: date) -> None:
    period = said(title, ["ĐVT: đồng"]).period
    assert (period.start, period.end, period.cumulative) == (date(2026, 1, 1), end, True)


@pytest.mark.parametrize("title", ["Lũy kế đến tháng 12/2026", "Lũy kế đến 31/6/2026", "Lũy kế đến kỳ báo cáo"])
def test_a_day_that_is_none_or_has_not_come(title: str) -> None:
    with pytest.raises(Undecodable) as refused:
        said([title], ["ĐVT: đồng"])
    assert [(fault.place, title in fault.vi) for fault in refused.value.faults] == [("Chi!A1", True)]


def test_a_column_that_speaks_of_the_period_is_no_second_title() -> None:
    head: list[object] = ["TT", "Nội dung", "Dự toán năm", "Chi ngân sách lũy kế đến kỳ báo cáo"]
    assert said(["Lũy kế đến 25/8/2026"], ["ĐVT: đồng"], head=head).period.end == date(2026, 8, 25)


@pytest.mark.parametrize(
    ("written", "dong"),
    [
        ("Đơn vị tính: Triệu đồng", 5_000_000), ("(ĐVT: Tr.đ)", 5_000_000), ("ĐVT: tr. đồng", 5_000_000),
        ("ĐVT: 1.000 đ", 5_000), ("Đơn vị: nghìn đồng", 5_000), ("ĐVT: VNĐ", 5), ("Đơn vị tính: đồng Việt Nam", 5),
        ("Biểu số 2 - Đơn vị tính: tỷ đồng", 5_000_000_000),
    ],
)  # fmt: skip
def test_the_unit_of_money(written: str, dong: int) -> None:
    assert said(["Lũy kế đến 25/8/2026"], [written]).value == dong
    assert said(["Lũy kế đến 25/8/2026"], [written], ["Các số theo đơn vị tính của biểu 02"]).value == dong


def test_a_total_that_can_t_be_read_is_one_fault_and_not_also_missing() -> None:
    with pytest.raises(Undecodable) as refused:
        said(["Lũy kế đến 25/8/2026"], ["ĐVT: đồng"], total="3,794,740.5")
    assert [fault.place for fault in refused.value.faults] == ["Chi!C4"]
