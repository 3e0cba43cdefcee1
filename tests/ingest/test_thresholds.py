"""A threshold set on the screen at work: from its day on, without a restart, and never for what was before."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from connectors.contract import LOCAL, Broadcast
from dashboards import indicators
from ingest import thresholds
from ingest.rules import load, midnight
from ingest.store import Store
from ingest.watch import Watch
from tests.ingest.test_watch import UNIT, Commune

NOW = datetime.min.replace(tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> None:
    """Set the clock; a threshold holds from when it is said."""
    global NOW
    NOW = datetime.now(UTC)


@pytest.fixture
def commune(store: Store) -> Commune:
    indicators.install(store)
    return Commune(store)


def say(store: Store, rule: str, wants: dict[str, Any], day: date | None = None) -> None:
    """Set a rule as an admin does."""
    with store.transaction() as link:
        said = thresholds.history(link, rule, UNIT)
        thresholds.put(
            link, load(), rule, UNIT, wants, valid_from=day or datetime.now(LOCAL).date(), reason="thử",
            actor="lan", version=said[-1].id if said else 0,
        )  # fmt: skip


def fall(store: Store, name: str, minutes: float) -> None:
    """Let a device be offline since so many minutes."""
    since = NOW - timedelta(minutes=minutes)
    store.execute(
        "update device_state set state = 'offline', since = %s, at = %s where name = %s", (since, since, name)
    )


def test_a_shorter_patience_raises_an_incident_without_a_restart(commune: Commune, store: Store) -> None:
    commune.devices(["cam-1", "cam-2", "cam-3"])
    fall(store, "cam-1", 4)
    watch = commune.watch
    assert watch.tick(NOW) == []
    say(store, "camera_offline", {"for": "3m"})
    assert len(watch.tick(NOW + timedelta(seconds=5))) == 1
    say(store, "camera_offline", {"for": "30m"})
    fall(store, "cam-2", 6)
    assert watch.tick(NOW + timedelta(seconds=10)) == []
    say(store, "camera_offline", {})  # again as configured
    watch.tick(NOW + timedelta(seconds=15))
    assert {i["subject"] for i in commune.incidents("camera_offline")} == {"camera/cam-1", "camera/cam-2"}


def test_a_figure_of_the_condition_counts_and_ends_what_it_no_longer_means(commune: Commune, store: Store) -> None:
    commune.devices(["cam-1"])
    store.execute("""update device_state set readings = '{"clock_skew_s": 40}', at = %s, since = %s""", (NOW, NOW))
    watch = commune.watch
    for minutes in (0, 11):
        watch.tick(NOW + timedelta(minutes=minutes))
    (told,) = commune.incidents("camera_clock")
    assert (told["value"], told["threshold"]) == (40, 30)
    clause = {"reading": "clock_skew_s", "absolute": True, "above": 60, "clear": 50}
    say(store, "camera_clock", {"clear_for": "1m", "when": {"any": [clause]}})
    for minutes in (12, 14):
        watch.tick(NOW + timedelta(minutes=minutes))
    (told,) = commune.incidents("camera_clock")
    assert told["state"] == "resolved"


def test_a_rule_that_is_turned_off_from_tomorrow_tells_until_then_and_ends(commune: Commune, store: Store) -> None:
    commune.devices(["cam-1", "cam-2", "cam-3"])
    tomorrow = datetime.now(LOCAL).date() + timedelta(days=1)
    say(store, "camera_offline", {"enabled": False}, tomorrow)
    store.execute("update device_state set state = 'offline', since = %s where name = 'cam-1'", (NOW,))
    midnight_ = midnight(tomorrow)
    watch = commune.watch
    watch.tick(midnight_ - timedelta(seconds=1))
    (told,) = commune.incidents("camera_offline")
    since = told["opened_at"]
    assert told["state"] == "open"
    watch.tick(midnight_ + timedelta(seconds=5))
    (told,) = commune.incidents("camera_offline")
    assert (told["state"], told["opened_at"], told["cleared_at"]) == (
        "resolved", since, midnight_ + timedelta(seconds=5)
    )  # fmt: skip
    steps = store.rows("select action, detail from incident_event where incident = %s order by id", (told["id"],))
    assert (steps[-1]["action"], steps[-1]["detail"]) == ("cleared", {"why": "rule_off"})
    # What was about to be told is not told, also not by a process that starts later.
    store.execute("update device_state set state = 'offline', since = %s where name = 'cam-2'", (midnight_,))
    Watch(store, load(), UNIT).tick(midnight_ + timedelta(hours=1))
    assert len(commune.incidents("camera_offline")) == 1


def play(commune: Commune, id_: str, starts_at: datetime, minutes: float) -> None:
    ends_at = starts_at + timedelta(minutes=minutes)
    commune.say(Broadcast(UNIT, "played", id_, starts_at, ends_at, "Bản tin", "played", "loa-1"), at_=NOW)


def test_what_was_played_before_is_judged_by_the_rule_of_then(commune: Commune, store: Store) -> None:
    commune.source("loa")
    play(commune, "before", NOW - timedelta(hours=3), 50)
    say(store, "broadcast_too_long", {"when": {"longest": "30m"}})
    Watch(store, load(), UNIT).tick(NOW + timedelta(seconds=5))
    assert commune.incidents("broadcast_too_long") == [], "an hour was allowed then"
    play(commune, "after", datetime.now(UTC) + timedelta(minutes=1), 50)
    Watch(store, load(), UNIT).tick(NOW + timedelta(hours=2))
    (told,) = commune.incidents("broadcast_too_long")
    assert (told["value"], told["threshold"]) == (50, 30)


def test_what_fits_its_rule_no_more_counts_for_nothing_and_stops_nobody(commune: Commune, store: Store) -> None:
    commune.devices(["cam-1", "cam-2", "cam-3"])
    fall(store, "cam-1", 6)
    say(store, "camera_offline", {"escalate": [{"after": "10m", "severity": "critical"}]})
    # A newer file says what can't go with it.
    other = load({"camera_offline": [{"severity": "critical", "escalate": []}]})
    assert len(Watch(store, other, UNIT).tick(NOW)) == 1
    (told,) = commune.incidents("camera_offline")
    assert told["severity"] == "critical"
    with store.transaction() as link:
        rules, unfit = thresholds.over(other, thresholds.history(link))
    assert [one.rule for one in unfit] == ["camera_offline"]
    assert rules.of("camera_offline", UNIT, NOW) == other.of("camera_offline", UNIT, NOW)
