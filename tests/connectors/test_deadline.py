"""The deadline class of a dossier: days of the commune, at the edges of midnight too."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import LOCAL
from connectors.procedures_rest.deadline import Deadline, deadline_class

instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("due", "closed", "now", "said"),
    [
        ("2026-11-23T17:00:00", "2026-11-22T23:59:59", None, "early"),
        ("2026-11-23T17:00:00", "2026-11-23T00:00:00", None, "on_time"),
        ("2026-11-23T08:00:00", "2026-11-23T23:59:59", None, "on_time"),  # after the hour, on the day
        ("2026-11-23T23:59:59", "2026-11-24T00:00:00", None, "overdue"),
        ("2026-11-23T00:00:00", "2026-11-22T23:59:59", None, "early"),  # a day is promised, not its first second
        (None, "2026-11-24T00:00:00", None, "on_time"),
        (None, None, "2026-11-24T00:00:00", "no_due_date"),
        ("2026-11-23T17:00:00", None, "2026-11-22T16:59:59", "in_time"),
        ("2026-11-23T17:00:00", None, "2026-11-22T17:00:00", "due_soon"),
        ("2026-11-23T08:00:00", None, "2026-11-23T23:59:59", "due_soon"),  # still that day
        ("2026-11-23T08:00:00", None, "2026-11-24T00:00:00", "overdue"),
        # 17:00 UTC is midnight in the commune: a UTC calendar would judge these otherwise.
        ("2026-11-24T01:00:00", None, "2026-11-24T06:30:00", "due_soon"),
        ("2026-11-23T06:00:00", None, "2026-11-24T00:30:00", "overdue"),
    ],
)
def test_days_of_the_commune_decide(due: str | None, closed: str | None, now: str | None, said: Deadline) -> None:
    moment = local(now or "2027-01-01T00:00:00")
    assert deadline_class(local(due) if due else None, local(closed) if closed else None, moment) == said


@given(due=instants, closed=instants, now=instants)
def test_what_is_done_is_judged_for_good(due: datetime, closed: datetime, now: datetime) -> None:
    assert deadline_class(due, closed, now) == deadline_class(due, closed, now + timedelta(days=400))


@given(due=instants, now=instants, step=st.timedeltas(timedelta(0), timedelta(days=40)))
def test_what_is_open_only_gets_later(due: datetime, now: datetime, step: timedelta) -> None:
    order = ["in_time", "due_soon", "overdue"]
    assert order.index(deadline_class(due, None, now)) <= order.index(deadline_class(due, None, now + step))
