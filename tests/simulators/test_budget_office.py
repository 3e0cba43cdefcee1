"""The budget office: it reaches the published figures on 25 August, grows towards them before, and adds up always."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest

from connectors.contract import LOCAL, Observation
from simulators.budget_workbook import BudgetSimulator

UNIT = "05068"
MILLION = Decimal(1_000_000)
PUBLISHED = {
    "expenditure_estimate": Decimal(3794740),
    "expenditure_actual": Decimal("3463459.2"),
    "revenue_estimate_assigned": Decimal(3993010),
    "revenue_estimate_commune": Decimal(4681290),
    "revenue_state": Decimal("4316764.3"),
    "revenue_commune_share": Decimal("3300800.5"),
}
"""Triệu đồng."""


def noon(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 12, tzinfo=LOCAL)


def figures(at: datetime, seed: int = 1) -> list[Observation]:
    return [record for record in BudgetSimulator(UNIT, seed).measure(at) if isinstance(record, Observation)]


def totals(at: datetime, seed: int = 1) -> dict[str, Decimal]:
    said = {figure.indicator: figure for figure in figures(at, seed) if not figure.dims}
    return {name: said[name].value / MILLION for name in PUBLISHED if said[name].value is not None}  # type: ignore[operator]


@pytest.mark.parametrize("day", [(8, 25), (8, 26), (10, 1), (12, 31)])
@pytest.mark.parametrize("seed", [1, 2, 99])
def test_from_25_august_the_totals_are_the_published_ones(day: tuple[int, int], seed: int) -> None:
    assert totals(noon(*day), seed) == PUBLISHED


@pytest.mark.parametrize("seed", [1, 2])
def test_before_it_the_estimates_stand_and_the_figures_grow(seed: int) -> None:
    days = [totals(noon(1, 1) + timedelta(days=7 * week), seed) for week in range(34)]
    for name, last in PUBLISHED.items():
        values = [day[name] for day in days]
        if "estimate" in name:
            assert set(values) == {last}
        else:
            assert values == sorted(values)
            assert values[0] < last / 50
            assert values[-1] < last


def test_the_rates_are_computed_and_printed_with_one_digit() -> None:
    rates = {figure.indicator: figure for figure in figures(noon(8, 25)) if not figure.dims}
    assert rates["revenue_rate"].value == Decimal("92.2131")
    assert rates["revenue_rate"].stated == Decimal("92.2")
    assert rates["expenditure_rate"].value == Decimal("91.2700")
    assert rates["expenditure_rate"].numerator == PUBLISHED["expenditure_actual"] * MILLION
    assert rates["expenditure_rate"].denominator == PUBLISHED["expenditure_estimate"] * MILLION


def test_every_line_above_others_is_their_sum() -> None:
    said = figures(noon(5, 12), seed=4)
    for above, below in (
        ("", ("A", "B")),
        ("A", ("A/I", "A/II", "A/III")),
        ("A/II", ("A/II/1", "A/II/2", "A/II/3", "A/II/4", "A/II/5")),
        ("A/II/1", ("A/II/1.1", "A/II/1.2")),
        ("A/II/1.1", ("A/II/1.1/-1", "A/II/1.1/-2")),
    ):
        line = {f.dims.get("item", ""): f.value for f in said if f.indicator == "expenditure_actual"}
        assert line[above] == sum((line[item] or 0 for item in below), Decimal(0))


def test_a_dash_is_a_figure_that_is_missing_and_no_zero() -> None:
    dash = [f for f in figures(noon(8, 25)) if f.dims.get("item") == "B" and f.indicator == "expenditure_actual"]
    assert [(f.value, f.quality) for f in dash] == [(None, "missing")]


def test_a_day_is_a_local_day() -> None:
    late = datetime(2026, 8, 24, 17, 30, tzinfo=UTC)  # half past midnight of the 25th in the commune
    assert {figure.period.end for figure in figures(late)} == {date(2026, 8, 25)}
    assert {figure.period.start for figure in figures(late)} == {date(2026, 1, 1)}
    assert totals(late) == PUBLISHED


def test_the_workbook_is_one_that_people_can_open_and_read() -> None:
    office = BudgetSimulator(UNIT, 1)
    (message,) = office.encode(office.measure(noon(8, 25)), noon(8, 25))
    assert message.address == "thu-chi-2026-08-25.xlsx"
    book = openpyxl.load_workbook(BytesIO(message.body))
    assert book.sheetnames == ["Chi", "Thu"]
    rows = {
        name: next([cell.value for cell in row] for row in book[name].iter_rows() if row[1].value == "Tổng số")
        for name in book.sheetnames
    }
    assert rows["Chi"] == [None, "Tổng số", 3794740, 3463459.2, 91.3]
    assert rows["Thu"] == [None, "Tổng số", 3993010, 4681290, 4316764.3, 3300800.5, 92.2]
    assert "25/8/2026" in str(book["Thu"].cell(2, 1).value)
    assert book["Chi"].cell(3, 5).value == "Đơn vị tính: Triệu đồng"


def test_there_is_no_workbook_of_nothing() -> None:
    assert BudgetSimulator(UNIT, 1).encode((), noon(8, 25)) == ()
