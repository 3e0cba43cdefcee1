"""Faults on the way: what each does to a message, how often, and that a seed repeats them."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract import Message
from simulators.faults import FAULTS, Sent, through

AT = datetime(2026, 5, 12, 3, 20, 7, tzinfo=UTC)
MANY = 6000
FEW, MOST = MANY * 0.04, MANY * 0.06


def message(number: int) -> Message:
    body = {"at": AT.isoformat(), "state": "idle", "volume_pct": number}
    return Message("loudspeakers", "ioc/05068/loudspeaker/ls-1/status", json.dumps(body).replace(" ", "").encode(), AT)


def passed(*faults: str, seed: int = 1) -> list[tuple[Message, list[Sent]]]:
    return [(message(number), list(through(message(number), faults, seed))) for number in range(MANY)]


def untouched(whole: Message, sent: list[Sent]) -> bool:
    return sent == [Sent(timedelta(), whole)]


def hit(*faults: str, seed: int = 1) -> list[tuple[Message, list[Sent]]]:
    """Return what a fault changed, after a look at its odds: five in a hundred."""
    found = [(whole, sent) for whole, sent in passed(*faults, seed=seed) if not untouched(whole, sent)]
    assert FEW < len(found) < MOST
    return found


def test_without_faults_everything_passes_at_once() -> None:
    assert all(untouched(whole, sent) for whole, sent in passed())


def test_what_is_dropped_never_arrives() -> None:
    assert all(sent == [] for _whole, sent in hit("drop"))


def test_what_is_delayed_arrives_whole_within_half_a_minute() -> None:
    waits = []
    for whole, sent in hit("delay"):
        assert [piece.message for piece in sent] == [whole]
        waits.append(sent[0].after)
    assert timedelta(seconds=1) <= min(waits) < timedelta(seconds=5)
    assert timedelta(seconds=26) < max(waits) <= timedelta(seconds=30)


def test_what_is_duplicated_arrives_twice_and_equal() -> None:
    for whole, sent in hit("duplicate"):
        assert sent == [Sent(timedelta(), whole), Sent(timedelta(seconds=1), whole)]


def test_what_is_corrupt_is_cut_in_two_and_no_json_any_more() -> None:
    for whole, sent in hit("corrupt"):
        ((after, piece),) = sent
        assert after == timedelta()
        assert piece.body
        assert whole.body.startswith(piece.body)
        with pytest.raises(json.JSONDecodeError):
            json.loads(piece.body)


def test_a_skewed_clock_is_up_to_two_hours_off_and_nothing_else_changes() -> None:
    shifts = []
    for whole, sent in hit("skew"):
        ((after, piece),) = sent
        assert after == timedelta()
        before, now = json.loads(whole.body), json.loads(piece.body)
        shifts.append(datetime.fromisoformat(now.pop("at")) - datetime.fromisoformat(before.pop("at")))
        assert before == now
    assert timedelta(hours=-2) <= min(shifts) < timedelta(hours=-1)
    assert timedelta(hours=1) < max(shifts) <= timedelta(hours=2)


def test_a_message_without_an_instant_has_no_clock_to_skew() -> None:
    word = Message("loudspeakers", "ioc/05068/loudspeaker/ls-1/connection", b"offline", AT, retained=True)
    assert all(list(through(word, ["skew"], seed)) == [Sent(timedelta(), word)] for seed in range(200))


def test_all_faults_at_once_are_as_often_as_their_odds_say() -> None:
    changed = sum(not untouched(whole, sent) for whole, sent in passed(*FAULTS))
    expected = 1 - 0.95 ** len(FAULTS)
    assert abs(changed / MANY - expected) < 0.02


def test_a_seed_repeats_its_faults_and_another_has_its_own() -> None:
    assert passed(*FAULTS) == passed(*FAULTS)
    dropped = {
        seed: [number for number, (_, sent) in enumerate(passed("drop", seed=seed)) if not sent] for seed in (1, 2)
    }
    assert dropped[1] != dropped[2]


def test_a_fault_is_decided_by_the_message_not_by_its_reception() -> None:
    for number in range(200):
        late = Message("loudspeakers", message(number).address, message(number).body, AT + timedelta(hours=1))
        once, again = (list(through(one, FAULTS, 1)) for one in (message(number), late))
        assert [(after, piece.body) for after, piece in once] == [(after, piece.body) for after, piece in again]
