"""The outbox in the database: nothing lost, nothing doubled, whatever starts and stops in between."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from ingest.notices import UNACKNOWLEDGED
from ingest.outbox import REFUSED_AFTER, Failure, Outbox
from ingest.receiver import Receiver
from ingest.receivers import receivers_of
from ingest.store import Store
from tests.ingest.incident_rows import opened, step

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
SECRET = {"kind": "webhook", "url": "http://127.0.0.1:9/x", "secret": "x" * 24, "group": "10s"}


def receivers(*tables: dict[str, Any]) -> tuple[Receiver, ...]:
    return receivers_of([SECRET | table for table in tables])


def outbox_of(store: Store, *tables: dict[str, Any], now: datetime = NOON) -> Outbox:
    made = Outbox(store, receivers(*tables), screen="https://ioc.example.vn/")
    made.declare(now)
    return made


def messages(store: Store) -> list[dict[str, Any]]:
    return [dict(row) for row in store.rows(
        "select receiver, state, severity, urgent, content, made_at, attempts, next_try_at, error, key from outbox"
        " order by id")]  # fmt: skip


def told(store: Store) -> list[tuple[str, int, str]]:
    rows = store.rows("select receiver, event, action from notice order by event, receiver, action")
    return [(row["receiver"], row["event"], row["action"]) for row in rows]


def arrive(store: Store, outbox: Outbox, one: Receiver, now: datetime) -> None:
    while (letter := outbox.claim(one, now)) is not None:
        outbox.sent(letter, now)


def test_a_step_is_told_once_to_whom_it_concerns(store: Store) -> None:
    outbox = outbox_of(store, {"name": "police", "actors": ["police_on_duty"]}, {"name": "clerk", "actors": ["clerk"]})
    opened(store, NOON)
    for second in range(40):
        outbox.collect(NOON + second * SECOND)
    (message,) = messages(store)
    assert (message["receiver"], message["made_at"]) == ("police", NOON + 10 * SECOND)
    assert message["content"]["title"] == "[Cảnh báo] Camera mất kết nối: Camera C01"
    assert message["content"]["link"] == "https://ioc.example.vn/?incident=1"
    assert len(told(store)) == 1
    assert store.rows("select * from untold") == []


def test_a_step_that_commits_late_is_told(store: Store) -> None:
    """A cursor over ids would have passed it by."""
    outbox = outbox_of(store, {"name": "police"})
    first = opened(store, NOON)
    outbox.collect(NOON)
    with store.transaction() as late:
        late.execute(
            "insert into incident_event (incident, at, actor, action, to_state)"
            " values (%s, %s, 'ioc', 'escalated', 'open')",
            (first, NOON),
        )
        newer = opened(store, NOON, "camera/cam-02")
        outbox.collect(NOON + SECOND)
    outbox.collect(NOON + 2 * SECOND)
    events = [event for _receiver, event, _action in told(store)]
    assert len(events) == len(set(events)) == 3
    assert newer != first


def test_two_who_collect_tell_once(store: Store, database_url: str) -> None:
    tables = [{"name": "police", "group": "0s"}]
    outbox_of(store, *tables)
    for n in range(60):
        opened(store, NOON + n * SECOND, f"camera/cam-{n:02}")
    with Store(database_url, name="other") as other:
        both = [Outbox(store, receivers(*tables)), Outbox(other, receivers(*tables))]

        def work(one: Outbox) -> None:
            for n in range(30):
                one.collect(NOON + n * MINUTE)

        threads = [threading.Thread(target=work, args=(one,)) for one in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(told(store)) == 60
    assert sum(m["content"]["more"] + len(m["content"]["items"]) for m in messages(store)) == 60


def test_two_who_send_take_a_message_once(store: Store, database_url: str) -> None:
    tables = [{"name": "police", "group": "0s"}]
    outbox = outbox_of(store, *tables)
    (one,) = receivers(*tables)
    opened(store, NOON)
    outbox.collect(NOON)
    with Store(database_url, name="other") as other:
        claimed = [Outbox(place, [one]).claim(one, NOON) for place in (store, other)]
    assert [letter is None for letter in claimed] == [False, True]
    # Who took it and died had twice the time of an attempt.
    again = outbox.claim(one, NOON + 2 * one.timeout)
    assert again is not None
    assert claimed[0] is not None
    assert (again.key, again.text) == (claimed[0].key, claimed[0].text)
    assert messages(store)[0]["attempts"] == 2


TABLES: list[dict[str, Any]] = [
    {"name": "police", "actors": ["police_on_duty"], "quiet": ["22:00-06:00"], "per_hour": 2,
     "escalation": [{"after": "15m", "to": ["chief"]}]},
    {"name": "chief", "actors": [], "severity": "critical", "quiet": ["23:00-05:00"],
     "escalation": [{"after": "30m", "to": ["police"]}]},
    {"name": "everybody", "group": "5m", "steps": ["opened", "escalated", "cleared", "acknowledged"]},
]  # fmt: skip


def play(store: Store, renew: Callable[[Outbox], Outbox]) -> list[Any]:
    """Play half a day and a night of incidents; returns all that was noted and made."""
    outbox = outbox_of(store, *TABLES)
    made = receivers(*TABLES)
    begun: list[int] = []
    for n in range(19 * 20):
        now = NOON + 3 * n * MINUTE
        if n % 7 == 0:
            begun.append(opened(store, now, f"camera/cam-{n:04}", severity="critical" if n % 5 == 0 else "warning"))
        if n % 21 == 3:
            step(store, begun[-1], "escalated", now, "critical")
        if n % 35 == 6:
            step(store, begun[-2 if len(begun) > 1 else -1], "acknowledged", now)
        if n % 14 == 5:
            step(store, begun[-1], "cleared", now)
        outbox = renew(outbox)
        outbox.collect(now)
        outbox = renew(outbox)
        for one in made:
            arrive(store, outbox, one, now)
    said = [{k: v for k, v in message.items() if k != "key"} for message in messages(store)]
    return [told(store), said]


def test_a_restart_in_between_changes_nothing(store: Store, postgres: Any, template: str) -> None:
    postgres.execute(f"create database restarted template {template} strategy file_copy")
    try:
        with Store(postgres.url("restarted"), name="restarted") as other:

            def started_anew(_outbox: Outbox) -> Outbox:
                return outbox_of(other, *TABLES)

            assert play(store, lambda outbox: outbox) == play(other, started_anew)
    finally:
        postgres.execute("drop database if exists restarted with (force)")
    rows = messages(store)
    assert {row["receiver"] for row in rows} == {"police", "chief", "everybody"}
    for one in receivers(*TABLES):
        at = [row["made_at"] for row in rows if row["receiver"] == one.name]
        assert all(sum(a - timedelta(hours=1) < b <= a for b in at) <= one.per_hour for a in at)
        assert all(
            row["urgent"] or one.quiet_until(row["made_at"]) == row["made_at"]
            for row in rows if row["receiver"] == one.name
        )  # fmt: skip
    assert store.rows("select * from notice where message is null and at < %s", (NOON + timedelta(hours=12),)) == []


def test_nobody_acknowledges_and_the_next_are_told_each_once(store: Store) -> None:
    tables: list[dict[str, Any]] = [
        {"name": "police", "escalation": [{"after": "15m", "to": ["chief"]}]},
        {"name": "chief", "actors": [], "escalation": [{"after": "15m", "to": ["chairman", "police"]}]},
        {"name": "chairman", "actors": []},
    ]
    outbox = outbox_of(store, *tables)
    opened(store, NOON)
    when: dict[str, datetime] = {}
    for n in range(0, 90 * 60, 10):
        outbox.collect(NOON + n * SECOND)
        for receiver, _event, action in told(store):
            when.setdefault(f"{receiver} {action}", NOON + n * SECOND)
        for one in receivers(*tables):
            arrive(store, outbox, one, NOON + n * SECOND)
    first = NOON + 10 * SECOND + 15 * MINUTE
    second = first + 10 * SECOND + 15 * MINUTE
    assert when == {
        "police opened": NOON, f"chief {UNACKNOWLEDGED}": first,
        f"chairman {UNACKNOWLEDGED}": second, f"police {UNACKNOWLEDGED}": second,
    }  # fmt: skip
    titles = [row["content"]["title"] for row in messages(store) if row["receiver"] == "chief"]
    assert titles == ["[Cảnh báo, chưa ai tiếp nhận] Camera mất kết nối: Camera C01"]


@pytest.mark.parametrize("done", ["acknowledged", "cleared"])
def test_who_acknowledges_in_time_stops_it(store: Store, done: str) -> None:
    outbox = outbox_of(store, {"name": "police", "escalation": [{"after": "15m", "to": ["chief"]}]},
                       {"name": "chief", "actors": []})  # fmt: skip
    incident = opened(store, NOON)
    outbox.collect(NOON)
    step(store, incident, done, NOON + 14 * MINUTE)
    for n in range(15, 60):
        outbox.collect(NOON + n * MINUTE)
    assert {receiver for receiver, _event, _action in told(store)} == {"police"}


def test_an_incident_that_grows_worse_is_not_escalated_once_more(store: Store) -> None:
    outbox = outbox_of(store, {"name": "police", "escalation": [{"after": "15m", "to": ["chief"]}]},
                       {"name": "chief", "actors": []})  # fmt: skip
    incident = opened(store, NOON)
    outbox.collect(NOON)
    step(store, incident, "escalated", NOON + 5 * MINUTE, "critical")
    for n in range(60):
        outbox.collect(NOON + n * MINUTE)
    assert [action for receiver, _event, action in told(store) if receiver == "chief"] == [UNACKNOWLEDGED]


def test_an_incident_that_returns_escalates_anew(store: Store) -> None:
    outbox = outbox_of(store, {"name": "police", "escalation": [{"after": "15m", "to": ["chief"]}]},
                       {"name": "chief", "actors": []})  # fmt: skip
    incident = opened(store, NOON)
    for n in range(20):
        outbox.collect(NOON + n * MINUTE)
    step(store, incident, "cleared", NOON + 20 * MINUTE)
    step(store, incident, "reopened", NOON + 25 * MINUTE, "warning")
    for n in range(20, 60):
        outbox.collect(NOON + n * MINUTE)
    # Who was told that nobody took it up is told that it ended, and that it is back.
    assert [action for receiver, _event, action in told(store) if receiver == "chief"] == [
        UNACKNOWLEDGED, "cleared", "reopened", UNACKNOWLEDGED,
    ]  # fmt: skip


def test_what_comes_while_a_receiver_is_away_is_one_message(store: Store) -> None:
    tables = [{"name": "police", "per_hour": 100}]
    outbox = outbox_of(store, *tables)
    (one,) = receivers(*tables)
    tries: list[datetime] = []
    for n in range(12 * 60):
        now = NOON + n * MINUTE
        opened(store, now, f"camera/cam-{n:04}")
        outbox.collect(now)
        if letter := outbox.claim(one, now):
            tries.append(now)
            assert not outbox.failed(one, letter, Failure("away"), now, 1.0)
    back = NOON + timedelta(hours=12, minutes=5)
    arrive(store, outbox, one, back)
    outbox.collect(back)
    arrive(store, outbox, one, back)
    sizes = [m["content"]["more"] + len(m["content"]["items"]) for m in messages(store)]
    assert [m["state"] for m in messages(store)] == ["sent", "sent"]
    assert sizes[1] == 12 * 60 - sizes[0]
    text = messages(store)[1]["content"]["text"]
    assert "… và " in text
    assert len(text) <= one.longest
    # Pauses grow to five minutes, and no further.
    assert {b - a for a, b in pairwise(tries)} == {MINUTE, 2 * MINUTE, 3 * MINUTE, 5 * MINUTE}


def test_what_is_never_taken_is_given_up_aloud(store: Store) -> None:
    tables = [{"name": "police", "give_up_after": "3d"}]
    outbox = outbox_of(store, *tables)
    (one,) = receivers(*tables)
    opened(store, NOON)
    outbox.collect(NOON + 10 * SECOND)
    for hours, dead in ((1, False), (71, False), (73, True)):
        now = NOON + timedelta(hours=hours)
        letter = outbox.claim(one, now)
        assert letter is not None
        assert outbox.failed(one, letter, Failure("ConnectError: refused"), now, 1.0) is dead
    assert [(m["state"], m["error"]) for m in messages(store)] == [("dead", "ConnectError: refused")]
    assert outbox.claim(one, NOON + timedelta(days=9)) is None


def test_a_refused_message_holds_up_the_others_for_minutes_only(store: Store) -> None:
    tables = [{"name": "police"}]
    outbox = outbox_of(store, *tables)
    (one,) = receivers(*tables)
    opened(store, NOON)
    outbox.collect(NOON + 10 * SECOND)
    opened(store, NOON + MINUTE, "camera/cam-02")
    for n in range(11):
        now = NOON + n * MINUTE + 20 * SECOND
        outbox.collect(now)
        if letter := outbox.claim(one, now):
            outbox.failed(one, letter, Failure("status 422", refused=True), now, 1.0)
    now = NOON + REFUSED_AFTER + MINUTE * 6
    if letter := outbox.claim(one, now):
        outbox.failed(one, letter, Failure("status 422", refused=True), now, 1.0)
    outbox.collect(now)
    assert [m["state"] for m in messages(store)] == ["dead", "waiting"]


def test_a_failing_message_of_the_day_holds_up_nothing_urgent_at_night(store: Store) -> None:
    tables = [{"name": "police", "quiet": ["22:00-06:00"]}]
    outbox = outbox_of(store, *tables)
    (one,) = receivers(*tables)
    evening = NOON + timedelta(hours=9, minutes=59)  # 21:59 local
    opened(store, evening)
    outbox.collect(evening + 10 * SECOND)
    letter = outbox.claim(one, evening + 11 * SECOND)
    assert letter is not None
    outbox.failed(one, letter, Failure("away"), evening + 20 * SECOND, 1.0)
    night = evening + timedelta(hours=2)
    assert outbox.claim(one, night) is None
    opened(store, night, "camera/cam-02", severity="critical")
    outbox.collect(night + 10 * SECOND)
    urgent = outbox.claim(one, night + 10 * SECOND)
    assert urgent is not None
    assert urgent.urgent
    outbox.sent(urgent, night + 11 * SECOND)
    morning = outbox.claim(one, NOON + timedelta(hours=18))
    assert morning is not None
    assert morning.key == letter.key


def test_a_receiver_that_is_configured_no_longer_keeps_nothing_waiting(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = outbox_of(store, {"name": "police"}, {"name": "clerk"})
    opened(store, NOON)
    outbox.collect(NOON + 10 * SECOND)
    opened(store, NOON + MINUTE, "camera/cam-02")
    outbox.collect(NOON + MINUTE)
    later = outbox_of(store, {"name": "clerk"}, now=NOON + 2 * MINUTE)
    later.collect(NOON + 3 * MINUTE)
    assert [(m["receiver"], m["state"]) for m in messages(store)] == [("police", "dead"), ("clerk", "waiting")]
    assert "messages given up" in caplog.text
    assert store.rows("select * from notice where receiver = 'police' and message is null") == []


def test_without_receivers_steps_pass_by(store: Store) -> None:
    outbox = outbox_of(store)
    opened(store, NOON)
    assert outbox.collect(NOON) == set()
    assert store.rows("select * from untold") == []


def test_old_messages_go_and_what_waits_stays(store: Store) -> None:
    tables = [{"name": "police"}]
    outbox = outbox_of(store, *tables)
    (one,) = receivers(*tables)
    opened(store, NOON)
    outbox.collect(NOON + 10 * SECOND)
    arrive(store, outbox, one, NOON + 11 * SECOND)
    opened(store, NOON + MINUTE, "camera/cam-02")
    outbox.collect(NOON + 2 * MINUTE)
    assert outbox.drop_old(NOON + timedelta(days=1)) == 1
    assert [m["state"] for m in messages(store)] == ["waiting"]
