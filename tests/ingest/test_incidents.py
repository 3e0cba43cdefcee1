"""Laws of incidents: what is told once, what is not told, and that neither order nor restarts matter. No database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.conditions import Bound
from ingest.episodes import collect
from ingest.facts.devices import judge, measured
from ingest.incidents import Board, Fact, Incident, follow
from ingest.outages import gather, places
from ingest.rule import BroadcastRule, DeviceRule, GroupRule, Rule
from ingest.rules import shipped

T0 = datetime(2026, 11, 20, 1, tzinfo=UTC)
UNIT = "05068"
FOR, CLEAR = timedelta(minutes=10), timedelta(minutes=5)
LOUDSPEAKER = shipped()["loudspeaker_offline"]
MASS = shipped()["mass_outage"]
assert isinstance(LOUDSPEAKER, DeviceRule)
assert isinstance(MASS, GroupRule)


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def state(minutes: float, changes: Sequence[tuple[float, str]], subject: str = "loudspeaker/loa-1") -> Fact:
    """Return what is seen at a minute of a device whose state changed at these minutes."""
    since, now = max((c for c in changes if c[0] <= minutes), default=(0.0, "clear"))
    return Fact(UNIT, subject, now, at(since))  # type: ignore[arg-type]  # a verdict


def run(rule: Rule, changes: Sequence[tuple[float, str]], ticks: Sequence[float], *, restart: bool = False) -> Board:
    board = Board()
    for minutes in ticks:
        follow(lambda _: rule, board, [state(minutes, changes)], at(minutes))
        if restart:
            moves = board.moves
            board = Board(dict(board.incidents), dict(board.pending), moves)
    return board


def actions(board: Board) -> list[str]:
    return [move.action for move in board.moves]


def told(board: Board) -> int:
    return sum(action in ("opened", "reopened") for action in actions(board))


def test_it_keeps_when_it_truly_began_and_when_it_was_told() -> None:
    board = run(LOUDSPEAKER, [(3, "fires"), (40, "clear")], range(60))
    (incident,) = board.incidents.values()
    assert actions(board) == ["opened", "cleared"]
    assert (incident.opened_at, incident.announced_at) == (at(3), at(13))
    assert (incident.cleared_at, incident.closed_at, incident.state) == (at(40), at(45), "resolved")


_FLAPS = st.lists(st.tuples(st.floats(0.1, 30), st.floats(0.1, 30)), min_size=1, max_size=40)


def _changes(flaps: Sequence[tuple[float, float]]) -> tuple[list[tuple[float, str]], float]:
    minute, changes = 0.0, [(0.0, "clear")]
    for up, down in flaps:
        changes += [(minute + up, "fires"), (minute + up + down, "clear")]
        minute += up + down
    return changes, minute


@given(_FLAPS)
def test_flapping_is_told_at_most_once_in_the_time_it_takes_to_be_told_and_to_end(
    flaps: list[tuple[float, float]],
) -> None:
    changes, end = _changes(flaps)
    board = run(LOUDSPEAKER, changes, [n / 4 for n in range(int(4 * end) + 80)])
    instants = [m.after.announced_at for m in board.moves if m.action in ("opened", "reopened")]
    assert all(later - earlier >= FOR + CLEAR for earlier, later in pairwise(instants))
    assert len(board.incidents) <= 1
    if all(down < 10 for _, down in flaps):
        assert told(board) == 0, "never away for so long"
    opened = [m.after for m in board.moves if m.action == "opened"]
    for one, following in pairwise(opened):
        assert following.announced_at - one.announced_at > LOUDSPEAKER.reopen_within, "else it is the same one again"


@given(_FLAPS)
def test_a_restart_between_any_two_looks_changes_nothing(flaps: list[tuple[float, float]]) -> None:
    changes, end = _changes(flaps)
    ticks = [n / 2 for n in range(int(2 * end) + 40)]
    assert run(LOUDSPEAKER, changes, ticks, restart=True) == run(LOUDSPEAKER, changes, ticks)


@given(_FLAPS, st.data())
def test_further_looks_at_the_same_change_nothing(flaps: list[tuple[float, float]], data: st.DataObject) -> None:
    changes, end = _changes(flaps)
    ticks = [n / 2 for n in range(int(2 * end) + 40)]
    twice = sorted([*ticks, *data.draw(st.lists(st.sampled_from(ticks)))])
    assert run(LOUDSPEAKER, changes, twice).moves == run(LOUDSPEAKER, changes, ticks).moves


@given(
    st.permutations(
        [
            (f"loudspeaker/loa-{n}", verdict)
            for n, verdict in enumerate(("fires", "clear", "fires", "unseen", "exempt", "fires", "between"))
        ]
    )
)
def test_the_order_of_what_is_seen_is_of_no_matter(seen: list[tuple[str, Any]]) -> None:
    def facts(order: Sequence[tuple[str, Any]]) -> list[Fact]:
        return [Fact(UNIT, subject, verdict, at(0)) for subject, verdict in order]

    board = follow(lambda _: LOUDSPEAKER, Board(), facts(seen), at(20))
    assert board == follow(lambda _: LOUDSPEAKER, Board(), facts(sorted(seen)), at(20))
    assert len(board.incidents) == 3


def test_what_is_not_seen_neither_begins_nor_ends_anything() -> None:
    never = run(LOUDSPEAKER, [(0, "fires"), (5, "unseen")], range(60))
    assert never.moves == []
    held = run(LOUDSPEAKER, [(0, "fires"), (20, "unseen")], range(90))
    assert actions(held) == ["opened"]
    assert run(LOUDSPEAKER, [(0, "fires"), (20, "unseen")], [*range(30)]).incidents == held.incidents


def test_maintenance_ends_an_incident_and_what_is_still_away_after_it_is_told_again() -> None:
    board = run(LOUDSPEAKER, [(0, "fires"), (20, "exempt"), (80, "fires")], range(100))
    assert actions(board) == ["opened", "cleared", "opened"]


def test_what_comes_again_soon_is_the_same_incident() -> None:
    board = run(LOUDSPEAKER, [(0, "fires"), (20, "clear"), (35, "fires")], range(60))
    assert actions(board) == ["opened", "cleared", "reopened"]
    (incident,) = board.incidents.values()
    assert (incident.opened_at, incident.since, incident.state) == (at(0), at(35), "open")


def test_it_grows_louder_once_and_by_its_true_age() -> None:
    camera = shipped()["camera_offline"]
    board = run(camera, [(0, "fires")], range(60))
    assert [(m.action, m.after.severity) for m in board.moves] == [("opened", "warning"), ("escalated", "critical")]
    late = run(camera, [(0, "fires")], range(45, 60))
    assert [(m.action, m.after.severity) for m in late.moves] == [("opened", "critical")]


def by_hand(board: Board, to: str, minutes: float) -> None:
    ((key, incident),) = board.incidents.items()
    closed = replace(incident, state=to, closed_at=at(minutes))  # type: ignore[arg-type]  # a state
    board.incidents[key] = closed


@pytest.mark.parametrize(("to", "then"), [("resolved", ["opened", "reopened"]), ("false_alarm", ["opened"])])
def test_what_a_person_closed_and_is_still_there(to: str, then: list[str]) -> None:
    board = run(LOUDSPEAKER, [(0, "fires")], range(12))
    by_hand(board, to, 12)
    for minutes in range(12, 120):
        follow(lambda _: LOUDSPEAKER, board, [state(minutes, [(0, "fires")])], at(minutes))
    assert actions(board) == then


def test_a_false_alarm_is_one_until_it_ends() -> None:
    board = run(LOUDSPEAKER, [(0, "fires")], range(12))
    by_hand(board, "false_alarm", 12)
    changes = [(0.0, "fires"), (20.0, "clear"), (30.0, "fires")]
    for minutes in range(12, 60):
        follow(lambda _: LOUDSPEAKER, board, [state(minutes, changes)], at(minutes))
    assert actions(board) == ["opened", "cleared", "opened"]


@given(st.lists(st.decimals(0, 60, places=1), max_size=60))
def test_between_its_two_bounds_a_number_moves_nothing(values: list[Decimal]) -> None:
    bound = Bound(above=Decimal(30), clear=Decimal(10))
    rule = replace_rule(shipped()["camera_clock"], for_=timedelta(), clear_for=timedelta(), reopen_within=timedelta())
    board, on = Board(), False
    for n, value in enumerate(values):
        follow(lambda _: rule, board, [Fact(UNIT, "camera/c", measured(bound, value), None, "", value)], at(n))
        on = (value > 30) if not on else not value <= 10
        assert any(one.holds for one in board.incidents.values()) == on


def replace_rule(rule: Rule, **changes: Any) -> Rule:
    return rule.model_copy(update=changes)


# ---- groups


def device(n: int, verdict: str, minutes: float, **where: str) -> Fact:
    shared = {"kind": "camera", "upstream": "", "hamlet": "Nà Mười", **where}
    return Fact(UNIT, f"camera/cam-{n:02}", verdict, at(minutes), places=places(UNIT, **shared))  # type: ignore[arg-type]


def look(board: Board, facts: Sequence[Fact], minutes: float) -> Mapping[Any, Incident | None]:
    return gather(lambda _: MASS, board, facts, at(minutes))  # type: ignore[arg-type, return-value]  # a group's rule


def live(board: Board) -> list[Incident]:
    return [one for one in board.incidents.values() if one.holds]


@given(st.lists(st.floats(0, 9), min_size=3, max_size=60), st.integers(0, 20), st.randoms())
def test_a_group_that_falls_together_is_one_incident(minutes: list[float], up: int, random: Any) -> None:
    facts = [device(n, "fires", minute) for n, minute in enumerate(minutes)]
    facts += [device(100 + n, "clear", 0) for n in range(up)]
    random.shuffle(facts)
    board = Board()
    for tick in range(10, 30):
        held = look(board, facts, tick)
    mass = [m for m in board.moves if m.action == "opened"]
    if len(minutes) > up:
        (incident,) = live(board)
        assert len(mass) == 1
        assert incident.names == {f.subject for f in facts if f.verdict == "fires"}
        assert incident.opened_at == min(map(at, minutes))
        assert set(held) == {(UNIT, name) for name in incident.names}
    else:
        assert mass == []
        assert held == {}


@given(st.lists(st.sampled_from(["fires", "clear", "unseen", "exempt"]), min_size=3, max_size=30), st.randoms())
def test_of_devices_one_after_the_other_no_device_is_told_of_twice(verdicts: list[str], random: Any) -> None:
    board = Board()
    facts: list[Fact] = []
    for tick, verdict in enumerate(verdicts):
        hamlet = random.choice(["Nà Mười", "Bái Tam"])
        facts = [f for f in facts if random.random() > 0.1]
        facts.append(device(tick, verdict, tick, hamlet=hamlet))
        held = look(board, facts, tick)
        names = [name for one in live(board) for name in one.names]
        assert len(names) == len(set(names))
        assert {name for _, name in held} >= set(names)


def test_members_told_singly_are_told_by_the_group_and_stragglers_by_themselves() -> None:
    camera = shipped()["camera_offline"]
    group, singles = Board(), Board()

    def turn(facts: Sequence[Fact], minutes: float) -> None:
        held = {key: 7 if one else None for key, one in look(group, facts, minutes).items()}
        follow(lambda _: camera, singles, facts, at(minutes), held)

    up = [device(n, "clear", 0) for n in range(4, 10)]
    turn([*(device(n, "fires", 0) for n in range(4)), *up], 6)
    assert actions(singles) == ["opened"] * 4, "four of ten: each by itself"
    fallen = [*(device(n, "fires", 0) for n in range(4)), *(device(n, "fires", 7) for n in range(4, 9)), up[-1]]
    turn(fallen, 9)
    assert actions(group) == ["opened"]
    assert len(live(group)[0].members) == 9
    assert actions(singles)[4:] == ["folded"] * 4
    turn([device(n, "clear", 20) if n > 1 else device(n, "fires", 0) for n in range(10)], 21)
    turn([device(n, "clear", 20) if n > 1 else device(n, "fires", 0) for n in range(10)], 26)
    assert actions(group) == ["opened", "cleared"]
    assert [(m.action, m.after.subject, m.after.opened_at) for m in singles.moves[8:]] == [
        ("opened", "camera/cam-00", at(0)), ("opened", "camera/cam-01", at(0))
    ]  # fmt: skip


def test_a_hamlet_that_was_only_the_begin_becomes_part_of_the_commune_s_outage() -> None:
    board = Board()
    hamlet = [device(n, "fires", 0) for n in range(5)]
    others = [device(n, "clear", 0, hamlet="Bái Tam", kind="network") for n in range(5, 12)]
    look(board, [*hamlet, *others], 2)
    assert [one.subject for one in live(board)] == ["hamlet/Nà Mười"]
    look(board, [*hamlet, *(device(n, "fires", 4, hamlet="Bái Tam", kind="network") for n in range(5, 12))], 6)
    (whole,) = live(board)
    assert (whole.subject, len(whole.members)) == (f"commune/{UNIT}", 12)
    assert actions(board) == ["opened", "opened", "folded"] or actions(board) == ["opened", "folded", "opened"]


def test_the_line_explains_better_than_the_hamlet_of_the_same_devices() -> None:
    board = Board()
    facts = [device(n, "fires", 0, upstream="olt-1") for n in range(5)] + [device(9, "clear", 0)]
    look(board, facts, 2)
    assert [one.subject for one in live(board)] == ["upstream/olt-1"]


@pytest.mark.parametrize(("fall", "stay", "told"), [(4, 3, 4), (3, 4, 0), (2, 1, 0)])
def test_those_long_gone_did_not_fall_with_the_others(fall: int, stay: int, told: int) -> None:
    board = Board()
    facts = [device(n, "fires", -600 * n) for n in range(1, 6)]
    facts += [device(10 + n, "fires", n) for n in range(fall)]
    facts += [device(20 + n, "clear", 0) for n in range(stay)]
    look(board, facts, 8)
    assert [len(one.members) for one in live(board)] == [told] * bool(told)


# ---- events


def heard(n: int, minutes: float, ended: float | None = None, verdict: str = "fires") -> Fact:
    end = None if ended is None else at(ended)
    return Fact(UNIT, f"played/loa/{n}", verdict, at(minutes), "Tiếp sóng", ended_at=end)  # type: ignore[arg-type]


@settings(max_examples=50)
@given(st.permutations([heard(n, n / 2) for n in range(8)]), st.integers(1, 8))
def test_events_that_begin_together_are_one_whatever_their_order(events: list[Fact], split: int) -> None:
    rule = shipped()["broadcast_out_of_hours"]
    assert isinstance(rule, BroadcastRule)
    board = collect(lambda _: rule, Board(), events[:split], at(5))
    collect(lambda _: rule, board, events, at(6))
    (incident,) = board.incidents.values()
    assert (len(incident.members), incident.opened_at) == (8, at(0))
    collect(lambda _: rule, board, [heard(n, n / 2, 20, "clear") for n in range(8)], at(25))
    (incident,) = board.incidents.values()
    assert (incident.cleared_at, incident.state) == (at(20), "open"), "a person has to close it"


# ---- what is seen of a device


@pytest.mark.parametrize(
    ("rule", "row", "verdict"),
    [
        ("camera_offline", {"state": "offline"}, "fires"),
        ("camera_offline", {"state": "degraded"}, "clear"),
        ("camera_offline", {"state": "unknown"}, "unseen"),
        ("camera_offline", {"state": "maintenance"}, "exempt"),
        ("camera_offline", {"state": "offline", "lifecycle": "retired"}, "exempt"),
        ("camera_clock", {"readings": {"clock_skew_s": -31}}, "fires"),
        ("camera_clock", {"readings": {"clock_skew_s": 20}}, "between"),
        ("camera_clock", {"readings": {"clock_skew_s": 10}}, "clear"),
        ("camera_clock", {}, "unseen"),
        ("camera_clock", {"state": "offline", "readings": {"clock_skew_s": 99}}, "unseen"),
        ("camera_disk", {"readings": {"disk_free_pct": 9.9}}, "fires"),
        ("camera_disk", {"readings": {"disk_free_pct": 10}}, "between"),
        ("recorder_disk", {"readings": {"disk_free_pct": 50, "disks_failed": 1}}, "fires"),
        ("recorder_disk", {"readings": {"disk_free_pct": 50, "disks_failed": 0}}, "clear"),
        ("camera_not_recording", {"state": "degraded", "reported": "not_recording"}, "fires"),
        ("camera_not_recording", {"readings": {"recording": 0}}, "fires"),
        ("camera_not_recording", {"readings": {"recording": 1}}, "clear"),
        ("camera_frozen", {"state": "fault", "reported": "fault", "labels": {"verdict": "frozen"}}, "fires"),
        ("camera_frozen", {"labels": {"verdict": "frozen"}}, "clear"),
        ("camera_fault", {"state": "fault", "reported": "fault", "labels": {"verdict": "frozen"}}, "clear"),
        ("camera_fault", {"state": "fault", "reported": "fault"}, "fires"),
        ("camera_black", {"state": "fault", "reported": "no_signal", "labels": {"verdict": "black"}}, "fires"),
        ("camera_no_picture", {"state": "fault", "reported": "no_signal"}, "fires"),
        ("camera_no_picture", {"state": "fault", "reported": "no_signal", "labels": {"verdict": "black"}}, "clear"),
        ("camera_certificate", {"readings": {"certified": 0}}, "fires"),
        ("camera_certificate", {}, "unseen"),
    ],
)
def test_what_a_rule_makes_of_a_device(rule: str, row: dict[str, Any], verdict: str) -> None:
    seen = {"lifecycle": "installed", "state": "online", "reported": "online", "readings": {}, "labels": {}, **row}
    its = shipped()[rule]
    assert isinstance(its, DeviceRule)
    assert judge(its.when, seen)[0] == verdict
