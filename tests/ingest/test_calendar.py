"""Working days and hours by which figures are owed, as law and the lunar calendar have them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.camera_mqtt import CameraMqtt
from connectors.contract import LOCAL
from connectors.documents_rest import DocumentsRest
from connectors.due import Due
from ingest.calendar import Calendar
from ingest.due import due_at, label, owed, pending, period, rules

PLAIN = Calendar()
EVERY = ("day", "week", "month", "quarter", "half_year", "year")


@pytest.mark.parametrize(
    ("day", "what"),
    [
        ("2026-02-16", "the eve of Tết"), ("2026-02-17", "Tết"), ("2026-02-20", "the fourth day of Tết"),
        ("2027-02-05", "the eve of Tết"), ("2027-02-08", "the third day of Tết"),
        ("2026-04-27", "for Giỗ Tổ, a Sunday"), ("2027-04-16", "Giỗ Tổ"),
        ("2026-09-01", "National Day"), ("2026-09-02", "National Day"), ("2027-09-02", "National Day"),
        ("2027-09-03", "National Day"), ("2026-04-30", "the victory"), ("2026-01-01", "New Year"),
        ("2026-11-22", "a Sunday"), ("2026-08-31", "exchanged for Saturday the 22nd"),
    ],
)  # fmt: skip
def test_a_day_off(day: str, what: str) -> None:
    assert not PLAIN.works(date.fromisoformat(day)), what


@pytest.mark.parametrize("day", ["2026-02-13", "2026-02-23", "2026-08-22", "2026-09-03", "2026-11-20", "2027-02-11"])
def test_a_working_day(day: str) -> None:
    assert PLAIN.works(date.fromisoformat(day))


def test_decisions_of_the_place_come_first() -> None:
    there = Calendar(days_off=[date(2026, 11, 20)], working=[date(2026, 11, 22)])
    assert not there.works(date(2026, 11, 20))
    assert there.works(date(2026, 11, 22))
    assert there.next(date(2026, 11, 20)) == date(2026, 11, 22)


def local(*at: int) -> datetime:
    return datetime(*at, tzinfo=LOCAL).astimezone(UTC)  # type: ignore[misc]


def test_a_quarter_is_owed_by_the_tenth_or_the_next_working_day() -> None:
    rule = Due(every="quarter", day=10, working_days=True)
    found = [one.at for one in owed(rule, PLAIN, date(2026, 1, 1), date(2027, 1, 1))]
    assert found == [
        local(2026, 4, 10, 17), local(2026, 7, 10, 17), local(2026, 10, 12, 17), local(2027, 1, 11, 17),
    ]  # fmt: skip


def test_ten_working_days_after_a_month_jump_over_tet() -> None:
    rule = Due(every="month", day=10, days="working", by=time(16, 30))
    assert due_at(rule, PLAIN, date(2027, 1, 31)) == local(2027, 2, 19, 16, 30)


def test_days_off_owe_no_daily_figures() -> None:
    rule = Due(every="day", working_days=True)
    days = [one.start for one in owed(rule, PLAIN, date(2026, 2, 13), date(2026, 2, 24))]
    assert days == [date(2026, 2, 13), date(2026, 2, 23)]


def test_the_last_period_whose_hour_has_passed_is_pending_with_what_follows() -> None:
    quarter = Due(every="quarter", day=10, working_days=True)
    starts = [one.start for one in pending(quarter, PLAIN, local(2026, 10, 5))]
    assert starts == [date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)]
    starts = [one.start for one in pending(quarter, PLAIN, local(2026, 11, 21))]
    assert starts == [date(2026, 7, 1), date(2026, 10, 1)]
    daily = Due(every="day", working_days=True)
    starts = [one.start for one in pending(daily, PLAIN, local(2026, 2, 23, 9))]
    assert starts == [date(2026, 2, 13), date(2026, 2, 23)]
    since = Due(every="quarter", day=10, since=date(2026, 10, 1))
    assert [one.start for one in pending(since, PLAIN, local(2026, 11, 21))] == [date(2026, 10, 1)]


def test_periods_are_called_as_offices_call_them() -> None:
    day = date(2026, 7, 1)
    said = [label(every, period(every, day)[0]) for every in EVERY]
    assert said == [
        "ngày 1/7/2026", "tuần 27/2026", "tháng 7/2026", "quý III/2026", "6 tháng cuối năm 2026", "năm 2026",
    ]  # fmt: skip
    assert label("quarter", day, year=False) == "quý III"


RULES = st.builds(
    Due,
    every=st.sampled_from(EVERY),
    day=st.integers(0, 40),
    days=st.sampled_from(["calendar", "working"]),
    by=st.times().map(lambda t: t.replace(microsecond=0)),
    working_days=st.booleans(),
)
DAYS = st.dates(date(2025, 7, 1), date(2030, 12, 31))


@given(RULES, DAYS, st.integers(1, 500))
def test_periods_follow_each_other_and_so_do_their_hours(rule: Due, start: date, length: int) -> None:
    found = list(owed(rule, PLAIN, start, start + timedelta(days=length)))
    for one, next_ in pairwise(found):
        assert one.at <= next_.at
        gap = (next_.start - one.end).days
        assert gap == 1 or (rule.every == "day" and rule.working_days and gap > 0)
    for one in found:
        assert (one.start, one.end) == period(rule.every, one.end)
        due = one.at.astimezone(LOCAL)
        assert due.date() >= one.end
        if rule.working_days:
            assert PLAIN.works(due.date())


@given(RULES, st.datetimes(datetime(2025, 8, 1), datetime(2030, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_what_is_pending_begins_with_one_whose_hour_has_passed_and_ends_today(rule: Due, now: datetime) -> None:
    found = pending(rule, PLAIN, now)
    assert found[0].at <= now
    assert all(one.at > now for one in found[1:])
    assert found[-1].start <= now.astimezone(LOCAL).date()


def test_a_custom_holds_for_the_periods_that_are_asked_for() -> None:
    asks = {"url": "http://127.0.0.1:9/", "unit": "05068"}
    daily = DocumentsRest.model_construct(**asks, periods=("day", "month"), due=None)
    monthly = DocumentsRest.model_construct(**asks, periods=("month",), due=None)
    assert [rule.every for rule in rules("documents_rest", daily)] == ["day"]
    assert rules("documents_rest", monthly) == ()
    assert rules("documents_rest", daily.model_copy(update={"due": ()})) == ()
    assert rules("camera_mqtt", CameraMqtt()) == ()
