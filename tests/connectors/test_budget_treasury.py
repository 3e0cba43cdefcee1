"""The treasury's days: the day's own and cumulative apart, never added up, what does not fit is marked."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from connectors.budget_treasury import BudgetTreasury
from connectors.contract import Message, Observation
from ingest.poll import Poller
from ingest.store import Store
from simulators.budget_treasury import BudgetTreasurySimulator, settings
from simulators.office import Offices
from tests.polling import polling

NOW = datetime(2026, 8, 25, 11, tzinfo=UTC)


def figures_of(office: BudgetTreasurySimulator, *instants: datetime) -> list[Observation]:
    connector = BudgetTreasury(url="http://kho-bac.example", **settings(office.units))
    records = [record for at in instants for record in office.measure(at)]
    (message,) = office.encode(tuple(records), instants[-1])
    return list(connector.decode(Message("t", message.address, connector.cleanse(message.body), instants[-1])))


@contextmanager
def asking(store: Store, office: BudgetTreasurySimulator, now: datetime, **fields: Any) -> Iterator[Poller]:
    with Offices([office], clock=lambda: now) as offices:
        source = BudgetTreasury(url=f"{offices.url}/kho-bac", **{**settings(office.units), **fields})
        with polling(store, kho_bac=source) as poller:
            yield poller


@given(seed=st.integers(0, 50), day=st.dates(date(2025, 1, 1), date(2027, 12, 30)))
def test_days_that_follow_each_other_fit_together(seed: int, day: date) -> None:
    office = BudgetTreasurySimulator(["05068"], seed)
    first = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)
    figures = figures_of(office, first, first + timedelta(days=1))
    assert {figure.quality for figure in figures} == {""}
    for figure in figures:
        assert not figure.period.cumulative or figure.period.start == date(figure.period.end.year, 1, 1)


def test_the_published_totals_are_reached_on_their_day() -> None:
    totals = {
        (figure.indicator, figure.period.cumulative): figure.value
        for figure in figures_of(BudgetTreasurySimulator(["05068"], 9), NOW)
        if not figure.dims
    }
    assert totals["treasury_revenue", True] == Decimal(4316764300000)
    assert totals["treasury_expenditure", True] == Decimal(3463459200000)


def test_a_year_comes_in_page_by_page_and_with_nothing_new_it_is_one_question(store: Store) -> None:
    office = BudgetTreasurySimulator(["05068", "20791"], 4, token="mo-phong")
    paging = {"rows": 50}
    with asking(store, office, NOW, token=SecretStr("mo-phong"), paging=paging) as poller:
        assert poller.look("kho_bac").fault == ""
        look = poller.look("kho_bac")
        assert (look.questions, sum(look.outcomes.values()), look.fault) == (1, 0, "")
    assert store.row("select count(*) as n from rejection") == {"n": 0}
    days = store.row("select count(distinct (unit, period_end)) as n from observation where latest")
    assert days == {"n": 2 * NOW.timetuple().tm_yday}
    later = NOW.replace(day=27)
    with asking(store, office, later, token=SecretStr("mo-phong"), paging=paging) as poller:
        assert poller.look("kho_bac").fault == ""
    row = store.row(
        "select count(*) as n, sum(value) filter (where not cumulative) as moved, max(value) filter (where cumulative)"
        " as total from observation where indicator = 'treasury_revenue' and dims = '{}' and unit = '05068' and latest"
    )
    assert row is not None
    assert row["n"] == 2 * later.timetuple().tm_yday
    assert row["moved"] == row["total"]
    assert store.row("select count(*) as n from observation where revision > 1") == {"n": 0}


def test_faults_of_the_settings_name_what_there_is() -> None:
    with pytest.raises(ValidationError, match="no such field; there are agency"):
        BudgetTreasury(url="http://x.example", fields={"sum": "tong"})
    with pytest.raises(ValidationError, match="no such flow"):
        BudgetTreasury(url="http://x.example", parts={"balance": {"fund": "quy"}})
