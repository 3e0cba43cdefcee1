"""Laws of quiet hours, grouping, the limit and escalation, over simulated clocks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import LOCAL
from ingest.channel import Webhook
from ingest.conditions import SEVERITIES
from ingest.notices import HOUR, UNACKNOWLEDGED, Batch, Notice, concerns, due, gathered, passes, relayed, urgent
from ingest.receiver import Receiver

DAY = datetime(2026, 11, 21, 5, tzinfo=UTC)  # noon, local
SECOND = timedelta(seconds=1)


def receiver(**fields: Any) -> Receiver:
    given = {"name": "bot", "url": "http://127.0.0.1/x", "secret": "x" * 24} | fields
    return Webhook.model_validate(given)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


QUIET = receiver(quiet=["22:00-06:00"], group="30s")


def told(one: Receiver, notices: list[Notice], clock: list[datetime]) -> list[tuple[datetime, Batch]]:
    """Play a receiver whose every message arrives at once; returns the messages with their instants."""
    found: list[tuple[datetime, Batch]] = []
    waiting = sorted(notices, key=lambda n: n.at)
    for now in clock:
        there = [notice for notice in waiting if notice.at <= now]
        batch = gathered(one, there, [at for at, _ in found][-one.per_hour :], now)
        if batch is not None:
            found.append((now, batch))
            waiting = [notice for notice in waiting if notice not in batch.notices]
    return found


receivers = st.builds(
    lambda quiet, group, limit: receiver(quiet=quiet, group=timedelta(seconds=group), per_hour=limit),
    st.sampled_from([[], ["22:00-06:00"], ["11:30-13:30", "22:00-06:00"], ["12:00-12:10"]]),
    st.integers(0, 600),
    st.integers(1, 6),
)
storms = st.lists(
    st.tuples(st.integers(0, 86_400), st.sampled_from(["opened", "cleared"]), st.sampled_from(SEVERITIES)), max_size=60
).map(
    lambda its: [
        Notice(n, n, action, severity, DAY + timedelta(seconds=second))
        for n, (second, action, severity) in enumerate(its)
    ]
)
clocks = st.lists(st.integers(1, 1200), min_size=200, max_size=400).map(
    lambda pauses: (
        [DAY + timedelta(seconds=sum(pauses[:n])) for n in range(len(pauses))]
        + [DAY + timedelta(days=1, hours=2 * n) for n in range(40)]
    )
)


@given(receivers, storms, clocks)
@settings(max_examples=150, deadline=None)
def test_everything_is_told_once_within_the_limit_and_nothing_in_quiet_hours(
    one: Receiver, storm: list[Notice], clock: list[datetime]
) -> None:
    clock = sorted(clock)
    messages = told(one, storm, clock)
    said = [notice for _at, batch in messages for notice in batch.notices]
    assert sorted(said, key=lambda n: n.event) == storm  # all of them, each once
    for n, (at, batch) in enumerate(messages):
        within = [earlier for earlier, _ in messages[: n + 1] if earlier > at - HOUR]
        assert len(within) <= one.per_hour
        assert all(passes(one, at, urgent=urgent(one, notice)) for notice in batch.notices)
        assert (batch.full_until is not None) == (len(within) == one.per_hour)


@given(receivers, storms)
@settings(max_examples=60, deadline=None)
def test_no_message_comes_later_than_it_is_due_but_for_the_limit(one: Receiver, storm: list[Notice]) -> None:
    clock = [DAY + timedelta(seconds=10 * n) for n in range(10_000)]
    for at, batch in told(one, storm, clock):
        # Whoever comes first is not kept waiting by those who join.
        first = min(due(one, notice) for notice in batch.notices)
        if batch.held_since is None:
            assert at - first <= 10 * SECOND
        else:
            assert batch.held_since == first


@given(receivers, storms, clocks)
@settings(max_examples=60, deadline=None)
def test_what_is_seen_twice_is_decided_alike(one: Receiver, storm: list[Notice], clock: list[datetime]) -> None:
    """Nothing but the notices and earlier messages counts: not the order they come in, nor that somebody looked."""
    for now in clock[:50]:
        there = [notice for notice in storm if notice.at <= now]
        assert gathered(one, there, [], now) == gathered(one, reversed(there), [], now)


@pytest.mark.parametrize(
    ("at", "until"),
    [("2026-11-21T22:00", "2026-11-22T06:00"), ("2026-11-22T05:59:59", "2026-11-22T06:00"),
     ("2026-11-22T06:00", "2026-11-22T06:00"), ("2026-11-21T21:59:59", "2026-11-21T21:59:59")],
)  # fmt: skip
def test_quiet_hours_pass_midnight_and_end_to_the_second(at: str, until: str) -> None:
    assert QUIET.quiet_until(local(at)) == local(until)


def test_quiet_hours_that_follow_each_other_are_one() -> None:
    two = receiver(quiet=["21:00-23:00", "23:00-05:00", "04:00-06:30"])
    assert two.quiet_until(local("2026-11-21T21:30")) == local("2026-11-22T06:30")


def test_quiet_hours_hold_warnings_and_let_what_is_critical_through() -> None:
    night = local("2026-11-21T23:00").astimezone(UTC)
    warning = Notice(1, 1, "opened", "warning", night)
    critical = Notice(2, 2, "opened", "critical", night)
    over = Notice(3, 2, "cleared", "critical", night + 5 * SECOND)
    clock = [night + timedelta(seconds=30 * n) for n in range(2000)]
    messages = told(QUIET, [warning, critical, over], clock)
    assert [(at, [n.event for n in batch.notices]) for at, batch in messages] == [
        (night + 30 * SECOND, [2]),
        (local("2026-11-22T06:00"), [1, 3]),
    ]


def test_several_within_the_time_are_one_message() -> None:
    five = [Notice(n, n, "opened", "warning", DAY + n * 5 * SECOND) for n in range(5)]
    ((at, batch),) = told(receiver(group="30s"), five, [DAY + n * SECOND for n in range(100)])
    assert at == DAY + 30 * SECOND
    assert len(batch.notices) == 5


def test_a_storm_is_a_few_messages_and_the_last_says_so() -> None:
    storm = [Notice(n, n, "opened", "warning", DAY + n * 10 * SECOND) for n in range(720)]  # two hours
    messages = told(receiver(group="0s", per_hour=3), storm, [DAY + n * 10 * SECOND for n in range(1500)])
    assert [len(batch.notices) for _at, batch in messages[:3]] == [1, 1, 1]
    assert [batch.full_until for _at, batch in messages[:3]] == [None, None, DAY + HOUR]
    assert len(messages[3][1].notices) == 358
    assert messages[3][1].held_since == DAY + 30 * SECOND


def test_a_clock_set_back_keeps_nothing_waiting() -> None:
    ahead = Notice(1, 1, "opened", "warning", DAY + timedelta(days=1))
    assert gathered(receiver(), [ahead], [DAY + timedelta(days=1)] * 20, DAY) is not None


def test_whom_a_step_concerns() -> None:
    police = receiver(actors=["police_on_duty"], units=["05068"], severity="critical")
    bare = receiver(actors=[])
    assert concerns(police, "opened", "critical", "police_on_duty", "05068", told=False)
    assert not concerns(police, "opened", "warning", "police_on_duty", "05068", told=False)
    assert not concerns(police, "opened", "critical", "technician", "05068", told=False)
    assert not concerns(police, "opened", "critical", "police_on_duty", "00004", told=False)
    assert not concerns(police, "noted", "critical", "police_on_duty", "05068", told=True)
    assert not concerns(bare, "opened", "emergency", "police_on_duty", "05068", told=False)
    # Who was told of the begin hears of the end, whatever it is called by then; nobody else does.
    assert concerns(police, "cleared", "warning", "police_on_duty", "05068", told=True)
    assert not concerns(police, "cleared", "critical", "police_on_duty", "05068", told=False)
    assert concerns(bare, "cleared", "warning", "police_on_duty", "05068", told=True)


@given(st.integers(0, 86_400), st.sampled_from(SEVERITIES), st.integers(0, 200_000))
@settings(max_examples=200, deadline=None)
def test_nobody_comes_next_before_the_first_could_be_told(second: int, severity: Any, later: int) -> None:
    """A warning of the night waits for the morning, and so does who comes after."""
    one = receiver(quiet=["22:00-06:00"], escalation=[{"after": "15m", "to": ["chief"]}])
    notice = Notice(1, 1, "opened", severity, DAY + timedelta(seconds=second))
    now = notice.at + timedelta(seconds=later)
    came = bool(relayed(one, notice, severity, now))
    loud = severity != "info"
    assert came == (loud and now >= due(one, notice) + timedelta(minutes=15))
    if came and severity == "warning":
        assert passes(one, due(one, notice), urgent=False)


def test_what_another_left_unacknowledged_is_urgent_as_it_is_severe() -> None:
    assert urgent(QUIET, Notice(1, 1, UNACKNOWLEDGED, "critical", DAY))
    assert not urgent(QUIET, Notice(1, 1, UNACKNOWLEDGED, "warning", DAY))
    assert Batch((Notice(1, 1, "cleared", "critical", DAY),), urgent=False).severity == "info"
