"""A device that comes and goes is one incident meanwhile; its own outages are told before and after, not between."""

import pytest

from dashboards import indicators
from ingest.handling import act
from ingest.incidents import Key
from ingest.rules import load
from ingest.store import Store
from tests.ingest.test_watch import UNIT, Commune, at

LOA = "loa-4g"


class Night(Commune):
    """A commune whose devices leave their spans behind as the timeline writes them."""

    def turn(self, name: str, state: str, minutes: float, kind: str = "loudspeaker") -> None:
        """Change a device's state at a minute."""
        self.store.execute(
            "update state_span set ended_at = %s where name = %s and ended_at is null", (at(minutes), name)
        )
        self.store.execute(
            "insert into state_span (unit, kind, name, started_at, state) values (%s, %s, %s, %s, %s)",
            (self.unit, kind, name, at(minutes), state),
        )
        self.state([name], state, minutes)

    def flap(self, name: str, first: int, last: int, every: int, away: int, kind: str = "loudspeaker") -> None:
        """Go away and come back, looking as often as the service would see a difference."""
        for minute in range(first, last, every):
            self.turn(name, "offline", minute, kind)
            self.look(minute + 0.6, *([minute + away - 0.5] if away > 1 else []))
            self.turn(name, "online", minute + away, kind)
            self.look(minute + away + 0.6)

    def told(self, *rules: str) -> int:
        """Return how many messages the incidents would make: steps that people are told of."""
        ids = [one["id"] for one in self.incidents(*rules)]
        news = {"opened", "reopened", "returned", "cleared", "escalated"}
        return sum(step in news for id_ in ids for step in self.steps(id_))


@pytest.fixture
def night(store: Store) -> Night:
    indicators.install(store)
    return Night(store)


def test_a_4g_loudspeaker_that_flaps_all_night_is_one_incident_that_ends_when_it_is_calm(night: Night) -> None:
    night.devices([LOA], "loudspeaker", hamlet="Nà Mười")
    night.flap(LOA, 0, 480, every=14, away=11)  # away for longer than its own rule waits, again and again
    flapping, *others = sorted(night.incidents(), key=lambda one: one["rule"])
    assert (flapping["rule"], flapping["subject"], flapping["subject_kind"], flapping["severity"]) == (
        "flapping", f"loudspeaker/{LOA}", "device", "warning"
    )  # fmt: skip
    assert (flapping["state"], flapping["opened_at"], flapping["owner"]) == ("open", at(0), "technician")
    assert flapping["evidence"]["hamlet"] == "Nà Mười"
    # Before it was known to flap it was away for ten minutes: told once, and ended without a second word.
    assert [one["rule"] for one in others] == ["loudspeaker_offline"]
    assert others[0]["state"] == "resolved"
    assert night.told() <= 3, "in eight hours"
    last = 480 // 14 * 14 + 11
    night.look(last + 29, last + 31)
    flapping = night.incidents("flapping")[0]
    assert (flapping["state"], flapping["cleared_at"]) == ("resolved", at(last))


def test_short_falls_make_one_incident_and_none_of_its_own(night: Night) -> None:
    night.devices([LOA], "loudspeaker")
    night.flap(LOA, 0, 45, every=15, away=1)
    assert night.incidents() == [], "three times in an hour happens"
    night.flap(LOA, 45, 200, every=15, away=1)
    assert [one["rule"] for one in night.incidents()] == ["flapping"]
    assert night.told() == 1


def test_what_is_away_for_good_after_it_flapped_is_an_outage_of_its_own(night: Night) -> None:
    night.devices([LOA], "loudspeaker")
    night.flap(LOA, 0, 60, every=12, away=2)
    night.turn(LOA, "offline", 60)
    night.look(61, 75, 89)
    assert [one["rule"] for one in night.incidents()] == ["flapping"], "it may come back any minute"
    night.look(91, 92)
    flapping, outage = sorted(night.incidents(), key=lambda one: one["opened_at"])
    assert (flapping["rule"], flapping["state"]) == ("flapping", "resolved")
    assert (outage["rule"], outage["state"], outage["opened_at"]) == ("loudspeaker_offline", "open", at(60))


def test_an_outage_that_was_told_is_folded_when_it_turns_out_to_flap(night: Night) -> None:
    night.devices(["cam-1"])
    for minute in (0, 2, 4):
        night.turn("cam-1", "offline", minute, "camera")
        night.turn("cam-1", "online", minute + 1, "camera")
    night.turn("cam-1", "offline", 6, "camera")
    night.watch = type(night.watch)(night.store, load({"flapping": [{"when": {"falls": 5}}]}), UNIT)
    night.look(12)
    (own,) = night.incidents()
    assert own["rule"] == "camera_offline"
    night.watch = type(night.watch)(night.store, load(), UNIT)
    night.look(13)
    own, flapping = sorted(night.incidents(), key=lambda one: one["id"])
    assert (own["state"], own["folded_into"]) == ("resolved", flapping["id"])


def test_who_says_that_it_does_not_flap_hears_of_its_outages_again(night: Night) -> None:
    night.devices([LOA], "loudspeaker")
    night.flap(LOA, 0, 60, every=12, away=2)
    (flapping,) = night.incidents()
    with night.store.transaction() as link:
        act(link, flapping["id"], "false_alarm", "lan", note="thử nguồn")
    night.turn(LOA, "offline", 60)
    night.look(71)
    assert [one["rule"] for one in night.incidents() if one["state"] == "open"] == ["loudspeaker_offline"]


def test_a_power_line_that_comes_and_goes_is_its_group_s_matter(night: Night) -> None:
    names = [f"loa-{n}" for n in range(8)]
    night.devices(names, "loudspeaker", hamlet="Bái Tam")
    night.devices(["cam-1"])
    for minute in range(0, 90, 9):
        for name in names:
            night.turn(name, "offline", minute)
        night.look(minute + 1.2, minute + 2.4)
        for name in names:
            night.turn(name, "online", minute + 6)
        night.look(minute + 7)
    assert [(one["rule"], len(one["members"])) for one in night.incidents()] == [("mass_outage", 8)]


def test_our_own_blindness_and_maintenance_are_no_falls(night: Night) -> None:
    night.devices([LOA, "loa-2"], "loudspeaker")
    for minute in range(0, 50, 10):
        night.turn(LOA, "unknown", minute)
        night.turn(LOA, "offline", minute + 4)  # as it was before: nobody saw it come back
        night.turn("loa-2", "maintenance", minute)
        night.turn("loa-2", "offline", minute + 4)
    night.look(50)
    assert night.incidents("flapping") == []


def test_a_restart_between_any_two_looks_changes_nothing(night: Night, store: Store) -> None:
    night.devices([LOA], "loudspeaker")
    for minute in range(0, 120, 12):
        night.turn(LOA, "offline", minute)
        night.look(minute + 1, anew=True)
        night.turn(LOA, "online", minute + 3)
        night.look(minute + 4, anew=True)
    night.look(140, 142, anew=True)
    (flapping,) = night.incidents()
    assert (night.steps(flapping["id"]), flapping["cleared_at"]) == (["opened", "cleared"], at(111))
    key: Key = (flapping["unit"], flapping["subject"])
    assert key == (UNIT, f"loudspeaker/{LOA}")


@pytest.mark.parametrize(("change", "told"), [({"falls": 3}, 1), ({"within": "10m"}, 0), ({"kind": "camera"}, 0)])
def test_a_commune_sets_how_often_is_often(store: Store, change: dict[str, object], told: int) -> None:
    indicators.install(store)
    night = Night(store, load({"flapping": [{"unit": UNIT, "when": change}]}))
    night.devices([LOA], "loudspeaker")
    night.flap(LOA, 0, 45, every=15, away=1)
    assert len(night.incidents("flapping")) == told
