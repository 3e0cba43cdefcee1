"""What was due: on time, late, missing, partial or abnormal, by what is stored."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.budget_workbook import BudgetWorkbook
from connectors.contract import LOCAL, Message, Observation, Period
from connectors.due import Due
from ingest import imports
from ingest.batch import Committer
from ingest.due import Owed
from ingest.expected import Came, Facts, Standing, judge, standing, worst
from ingest.health import declare
from ingest.pipeline import Delivery, Rejection, Understood
from ingest.sections import Calendar, Commune
from ingest.store import Store
from tests.ingest.conftest import settings

NOW = datetime(2026, 11, 21, tzinfo=UTC)
QUARTER = Due(every="quarter", day=10, working_days=True, owner="Kế toán")
III = Period(date(2026, 7, 1), date(2026, 9, 30), "quarter")
II = Period(date(2026, 4, 1), date(2026, 6, 30), "quarter")
TO_III = Period(date(2026, 1, 1), date(2026, 9, 30), "nine_months", cumulative=True)
IN_TIME = datetime(2026, 10, 12, 9, 59, tzinfo=UTC)
"""A minute before the hour, which moved from Saturday the 10th to Monday the 12th."""


def local(*at: int) -> datetime:
    return datetime(*at, tzinfo=LOCAL).astimezone(UTC)  # type: ignore[misc]


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Callable[..., Store]:
    """Declares a budget source that owes what it is told."""

    def declared(*rules: Due, **more: Any) -> Store:
        due = None if rules == (None,) else rules
        source = BudgetWorkbook(unit="05068", folder=tmp_path, due=due)
        declare(store, settings(store.url, "mqtt://127.0.0.1:1", sources={"budget": source, "tax": source}, **more))
        store.execute("update due_rule set declared_at = '2020-01-01'")
        return store

    return declared


def said(indicator: str, value: str | None, period: Period = III, *, unit: str = "05068", **more: Any) -> Observation:
    return Observation(unit, indicator, period, None if value is None else Decimal(value), **more)


def bring(store: Store, at: datetime, *figures: Observation, source: str = "budget", file: bytes = b"") -> None:
    message = Message(source, "so.xlsx", file, at)
    delivery = Delivery(uuid4(), sha256(repr(figures).encode()).digest(), "lan")
    Committer(store).commit([Understood(message, figures, delivery=delivery)])


def third(store: Store, now: datetime = NOW, source: str = "budget") -> Standing:
    """Return how the third quarter stands."""
    (found,) = [s for s in standing(store, now, source=source)[source] if s.owed.start == III.start]
    return found


def test_the_custom_of_budgets_is_the_tenth_of_the_month_that_follows(office: Callable[..., Store]) -> None:
    store = office(None)
    missing, open_ = standing(store, NOW, source="budget")["budget"]
    assert (missing.state, missing.owed.at, missing.rule.owner) == ("missing", local(2026, 10, 12, 17), "Kế toán")
    assert missing.rule.units == ("05068",)
    assert missing.missing_units == ("05068",)
    assert (open_.state, open_.owed.start) == ("not_due", date(2026, 10, 1))
    assert "budget" not in standing(office(), NOW), "nothing is owed where the configuration says so"


def test_days_off_by_decision_move_the_hour(office: Callable[..., Store]) -> None:
    store = office(QUARTER, calendar=Calendar(days_off=(date(2026, 10, 12),)))
    assert third(store).owed.at == local(2026, 10, 13, 17)
    store = office(QUARTER, calendar=Calendar(working=(date(2026, 10, 10),)))
    assert third(store).owed.at == local(2026, 10, 10, 17)


@pytest.mark.parametrize(
    ("at", "state"), [(IN_TIME, "on_time"), (IN_TIME + timedelta(minutes=1), "on_time"), (NOW, "late")]
)
@pytest.mark.parametrize("period", [III, TO_III])
def test_the_first_arrival_counts(office: Callable[..., Store], at: datetime, state: str, period: Period) -> None:
    store = office(QUARTER)
    bring(store, at, said("expenditure_actual", "5", period))
    bring(store, NOW, said("expenditure_actual", "6", period))
    found = third(store)
    assert (found.state, found.received_at, found.revision, found.revised_at) == (state, at, 2, NOW)


def test_figures_that_end_before_the_period_does_are_none_of_it(office: Callable[..., Store]) -> None:
    part = Period(date(2026, 1, 1), date(2026, 8, 25), "custom", cumulative=True)
    store = office(QUARTER, QUARTER.model_copy(update={"whole": False}))
    bring(store, IN_TIME, said("expenditure_actual", "5", part))
    whole, any_day = (s for s in standing(store, NOW)["budget"] if s.owed.start == III.start)
    assert (whole.state, any_day.state) == ("missing", "on_time")


def test_part_of_what_is_expected(office: Callable[..., Store]) -> None:
    rule = QUARTER.model_copy(
        update={"indicators": ("revenue_state", "expenditure_actual"), "units": ("05068", "05089")}
    )
    store = office(rule)
    both = [said("revenue_state", "5", unit=unit) for unit in rule.units]
    bring(store, IN_TIME, *both, said("expenditure_actual", "4"))
    found = third(store)
    assert (found.state, found.missing_indicators, found.missing_units) == (
        "partial", ("expenditure_actual",), ("05089",),
    )  # fmt: skip
    assert third(store, IN_TIME).state == "not_due"
    bring(store, NOW, said("expenditure_actual", "4", unit="05089"))
    found = third(store)
    assert (found.state, found.received_at, found.complete_at) == ("late", IN_TIME, NOW)


def test_what_was_refused_and_never_mended_is_abnormal(office: Callable[..., Store]) -> None:
    store = office(QUARTER)
    message = Message("budget", "so.xlsx", b"?", IN_TIME)
    Committer(store).commit([Understood(message, (), Rejection(message, "understand", "Chi!D7", "no number"))])
    assert (third(store, IN_TIME).state, third(store).why) == ("abnormal", ("refused",))
    bring(store, NOW, said("expenditure_actual", "5"))
    assert third(store).state == "late"


def test_figures_that_contradict_themselves_are_abnormal_until_corrected(office: Callable[..., Store]) -> None:
    store = office(QUARTER)
    bring(store, IN_TIME, said("expenditure_rate", "98.07", stated=Decimal("99.5"), quality="stated_mismatch"))
    assert (third(store).state, third(store).why) == ("abnormal", ("mismatch",))
    bring(store, NOW, said("expenditure_rate", "98.07", stated=Decimal("98.1")))
    assert third(store).state == "on_time"


def test_a_mistaken_unit_of_money_is_seen_against_the_last_period(office: Callable[..., Store]) -> None:
    store = office(QUARTER)
    bring(store, IN_TIME - timedelta(days=90), said("expenditure_actual", "4000000", II))
    bring(store, IN_TIME, said("expenditure_actual", "5", III), said("expenditure_actual", "5", dims={"item": "A"}))
    assert third(store).why == ("leap",)
    bring(store, NOW, said("expenditure_actual", "5000000", III))
    assert third(store).state == "on_time"
    office(QUARTER.model_copy(update={"factor": 0}))
    bring(store, NOW, said("expenditure_actual", "5", III))
    assert third(store).state == "on_time"


def test_cumulative_figures_begin_anew_each_year(office: Callable[..., Store]) -> None:
    store = office(QUARTER)
    year = Period(date(2025, 1, 1), date(2025, 12, 31), "year", cumulative=True)
    first = Period(date(2026, 1, 1), date(2026, 3, 31), "quarter", cumulative=True)
    bring(store, IN_TIME, said("revenue_state", "9000", year), said("revenue_state", "80", first))
    (found,) = standing(store, NOW, start=date(2026, 1, 1), stop=date(2026, 1, 2))["budget"]
    assert found.state == "late"


def test_an_undone_import_never_came(office: Callable[..., Store]) -> None:
    store = office(QUARTER)
    bring(store, IN_TIME, said("expenditure_actual", "5"))
    with store.transaction() as link:
        imports.undo(link, 1, by="hoa")
    assert third(store).state == "missing"


def test_two_offices_may_state_the_same(office: Callable[..., Store]) -> None:
    store = office(QUARTER)
    bring(store, IN_TIME, said("expenditure_actual", "5"), source="tax")
    assert third(store).state == "missing"
    bring(store, IN_TIME, said("expenditure_actual", "5"))
    assert third(store).state == "on_time"
    assert third(store, source="tax").state == "on_time"


def test_the_history_of_a_year(office: Callable[..., Store]) -> None:
    store = office(QUARTER, commune=Commune(unit="05068"))
    bring(store, IN_TIME, said("expenditure_actual", "5"))
    found = standing(store, NOW, source="budget", start=date(2026, 1, 1), stop=date(2027, 1, 1))["budget"]
    assert [s.state for s in found] == ["missing", "missing", "on_time", "not_due"]


T0 = datetime(2026, 10, 1, tzinfo=UTC)
HOURS = st.integers(0, 1000).map(lambda n: T0 + timedelta(hours=n))
KEYS = st.tuples(st.sampled_from(["05068", "05089"]), st.sampled_from(["a", "b"]))
CAME = st.builds(Came, HOURS, st.integers(1, 3), st.none(), st.booleans(), st.booleans())
FACTS = st.builds(Facts, st.dictionaries(KEYS, CAME, max_size=4), st.integers(0, 2))
RULES = st.builds(
    Due, every=st.just("quarter"), indicators=st.sampled_from([(), ("a",), ("a", "b")]),
    units=st.sampled_from([(), ("05068",), ("05068", "05089")]),
)  # fmt: skip
OWED = HOURS.map(lambda at: Owed(III.start, III.end, at))


@given(RULES, OWED, FACTS, st.lists(HOURS, min_size=2))
def test_time_alone_only_turns_what_is_open_into_what_lacks(
    rule: Due, one: Owed, facts: Facts, hours: Sequence[datetime]
) -> None:
    states = [judge(rule, one, facts, now).state for now in sorted(hours)]
    for before, after in pairwise(states):
        assert before == after or (before, after) in {("not_due", "missing"), ("not_due", "partial")}
    if not any(c.mismatched or c.leapt for c in facts.came.values()) and not facts.refused:
        assert "abnormal" not in states


@given(RULES, OWED, FACTS, KEYS, CAME, HOURS)
def test_one_more_arrival_never_makes_a_period_lack_more(
    rule: Due, one: Owed, facts: Facts, key: tuple[str, str], came: Came, now: datetime
) -> None:
    before = judge(rule, one, facts, now)
    after = judge(rule, one, Facts({key: came, **facts.came}, facts.refused), now)
    assert set(after.missing_units) <= set(before.missing_units)
    assert set(after.missing_indicators) <= set(before.missing_indicators)
    if before.state in ("on_time", "late"):
        assert after.state in (before.state, "on_time", "abnormal")
    assert (after.complete_at is not None) >= (before.complete_at is not None)


def test_what_was_due_before_the_centre_began_is_nobodys_debt(office: Callable[..., Store]) -> None:
    store = office(None)
    now = datetime(2026, 11, 21, 3, tzinfo=UTC)
    assert worst(standing(store, now)["budget"])
    store.execute("update due_rule set declared_at = %s", (now - timedelta(hours=1),))
    assert not worst(standing(store, now)["budget"])
    year = standing(store, now, start=date(2026, 1, 1), stop=date(2026, 12, 31))["budget"]
    assert {s.state for s in year if s.owed.at < now - timedelta(hours=1)} == {"not_owed"}
    assert {s.state for s in year if s.owed.at > now} == {"not_due"}
    assert not worst(year)
