"""A simulator is pure in its seed and the instant: the same story again for the same seed, another for another."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract import LOCAL, DeviceId, DeviceReport, Message, Simulator
from simulators.budget_workbook import BudgetSimulator
from simulators.camera_mqtt import CameraSimulator
from simulators.camera_onvif import OnvifCameraSimulator
from simulators.camera_rtsp import RtspCameraSimulator
from simulators.field_reports import CitizenSimulator
from simulators.loudspeaker_mqtt import BROADCASTS, LoudspeakerSimulator
from simulators.network_mqtt import NetworkSimulator
from simulators.signals import chance, episode, smooth, uptime

UNIT = "05068"
AT = datetime(2026, 5, 12, 3, 20, 7, tzinfo=UTC)
MAKE: dict[str, Callable[[int], Simulator]] = {
    "budget": lambda seed: BudgetSimulator(UNIT, seed),
    "camera": lambda seed: CameraSimulator(DeviceId(UNIT, "camera", "cam-01"), seed),
    "camera_onvif": lambda seed: OnvifCameraSimulator(DeviceId(UNIT, "camera", "cam-01"), seed),
    "camera_rtsp": lambda seed: RtspCameraSimulator(DeviceId(UNIT, "camera", "cam-01"), seed),
    "citizens": lambda seed: CitizenSimulator(UNIT, seed, timedelta(days=2)),
    "loudspeaker": lambda seed: LoudspeakerSimulator(DeviceId(UNIT, "loudspeaker", "loa-01"), seed),
    "network": lambda seed: NetworkSimulator(DeviceId(UNIT, "network", "rt-01"), seed),
}
every_simulator = pytest.mark.parametrize("name", sorted(MAKE))


def told(simulator: Simulator, at: datetime) -> tuple[Message, ...]:
    return simulator.encode(simulator.measure(at), at)


@every_simulator
def test_the_same_seed_and_instant_give_the_same_bytes(name: str) -> None:
    once, again = MAKE[name](7), MAKE[name](7)
    assert told(once, AT)
    told(once, AT + timedelta(hours=5))  # what it said in between changes nothing
    assert told(once, AT) == told(again, AT)


@every_simulator
def test_another_seed_tells_another_story(name: str) -> None:
    stories = {tuple(message.body for message in told(MAKE[name](seed), AT)) for seed in range(5)}
    assert len(stories) == 5


@every_simulator
def test_the_story_goes_on(name: str) -> None:
    simulator = MAKE[name](7)
    assert told(simulator, AT) != told(simulator, AT + timedelta(days=1))


@every_simulator
def test_an_instant_is_one_in_every_zone(name: str) -> None:
    assert told(MAKE[name](7), AT) == told(MAKE[name](7), AT.astimezone(LOCAL))


@pytest.mark.parametrize(("kind", "healthy"), [("camera", "online"), ("loudspeaker", "idle"), ("network", "online")])
def test_devices_are_mostly_well_and_fail_in_every_way_they_can(kind: str, healthy: str) -> None:
    ways = {
        "camera": {"online", "degraded", "no_signal", "not_recording", "offline"},
        "loudspeaker": {"idle", "playing", "muted", "fault", "offline"},
        "network": {"online", "degraded", "fault", "offline"},
    }
    said: list[str] = []
    for seed in range(6):
        for quarter in range(0, 30 * 96, 2):
            (report,) = MAKE[kind](seed).measure(AT + quarter * timedelta(minutes=15))
            assert isinstance(report, DeviceReport)
            said.append(report.state)
    assert set(said) == ways[kind]
    assert said.count(healthy) / len(said) > 0.75


def test_loudspeakers_play_at_the_hours_of_broadcast_local_time() -> None:
    (start, end, programme), _evening = BROADCASTS
    day = AT.astimezone(LOCAL).date()
    playing = []
    for seed in range(10):
        for minutes in (-1, 0, 59, 60):
            at = datetime.combine(day, start, LOCAL) + timedelta(minutes=minutes)
            (report,) = MAKE["loudspeaker"](seed).measure(at)
            assert isinstance(report, DeviceReport)
            if report.state == "playing":
                playing.append(minutes)
                assert report.labels["programme"] == programme
    assert end.hour - start.hour == 1
    assert set(playing) == {0, 59}


def test_chances_are_even_and_signals_stay_in_their_bounds() -> None:
    lots = [chance(3, "a", number) for number in range(4000)]
    assert all(0 <= lot < 1 for lot in lots)
    assert 0.48 < sum(lots) / len(lots) < 0.52
    pace = timedelta(seconds=40)
    waves = [smooth(3, "a", AT + timedelta(seconds=second), pace) for second in range(2000)]
    assert all(0 <= wave <= 1 for wave in waves)
    assert max(abs(after - before) for before, after in itertools.pairwise(waves)) < 0.05


def test_an_episode_lasts_as_long_and_comes_as_often_as_said() -> None:
    every, lasting = timedelta(days=1), timedelta(hours=2)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    on = [episode(5, "a", begin + timedelta(minutes=10 * n), every, lasting, odds=0.5) for n in range(400 * 144)]
    runs = [run for run in "".join("x" if lit else " " for lit in on).split(" ") if run]
    assert {len(run) for run in runs} <= {12, 24}  # two hours, or two that touch at midnight
    assert 150 < len(runs) < 250
    assert not any(episode(5, "a", begin + timedelta(hours=n), every, lasting, odds=0) for n in range(1000))


def test_uptime_counts_seconds_from_a_start_that_comes_once_in_a_stretch() -> None:
    every = timedelta(days=10)
    seconds = [uptime(5, "a", AT + timedelta(hours=hour), every) for hour in range(240)]
    restarts = [after for before, after in itertools.pairwise(seconds) if after < before]
    assert len(restarts) <= 1
    assert all(0 <= second < every.total_seconds() for second in seconds)
    steps = {after - before for before, after in itertools.pairwise(seconds) if after > before}
    assert steps <= {3599, 3600, 3601}
