"""Windows of maintenance begin and end by themselves and repair the past; spans are those of the pure timeline."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connectors.contract import DeviceId, DeviceReport, Message
from ingest import maintenance, renewal
from ingest.batch import Committer
from ingest.health import declare
from ingest.maintenance import CannotChange, CannotPlan, Window
from ingest.pipeline import Understood
from ingest.rhythm import rhythms
from ingest.states import sweep
from ingest.store import Store
from ingest.timeline import Heard, Rhythm, timeline
from tests.ingest.conftest import Publisher, eventually, serving, settings
from tests.ingest.test_delivery import listening
from tests.servers import Mosquitto

UNIT = "05068"
DEVICE = DeviceId(UNIT, "loudspeaker", "ls-1")
MINUTE = timedelta(minutes=1)
NOW = T0 = datetime.min.replace(tzinfo=UTC)
"""The minute in which a test begins, and three hours before: states are judged by the clock."""
RHYTHM = {"loa": Rhythm(MINUTE, 3 * MINUTE)}


def begin() -> None:
    """Set the clock; the suite takes longer than a device's patience."""
    global NOW, T0
    NOW = datetime.now(UTC).replace(second=0, microsecond=0)
    T0 = NOW - timedelta(hours=3)


@pytest.fixture(autouse=True)
def _now() -> None:
    begin()


@pytest.fixture
def declared(store: Store) -> Store:
    declare(store, settings(store.url, "mqtt://127.0.0.1:1", sources={}, ingest={}))
    return store


def hear(store: Store, minutes: Iterable[int], device: DeviceId = DEVICE, word: str = "idle") -> list[Heard]:
    """Store a report of each of these minutes after :data:`T0`, one batch each, as they came."""
    committer = Committer(store)
    heard = []
    for n in minutes:
        at = T0 + n * MINUTE
        report = DeviceReport(device, at, word)
        committer.commit([Understood(Message("loa", "", b"", at), (report,))])
        heard.append(Heard("loa", at, at, word))
    return heard


def plan(store: Store, start: float, stop: float, **narrowed: str) -> int:
    """Plan a window by minutes after :data:`T0`."""
    window = Window(UNIT, T0 + start * MINUTE, T0 + stop * MINUTE, "thay pin", **narrowed)
    with store.transaction() as link:
        return maintenance.plan(link, window, by="lan", now=NOW)


def follow(store: Store, now: datetime | None = None) -> int:
    """Do what the service does each second; returns the devices that were computed anew."""
    now = now or NOW
    with store.transaction() as link:
        maintenance.follow(link, now)
    done = 0
    while True:
        with store.transaction() as link:
            some, _ = renewal.perform(link, now, rhythms(link))
        done += some
        if some == 0:
            return done


def spans(store: Store, device: DeviceId = DEVICE) -> list[tuple[float, str]]:
    rows = store.rows(
        "select started_at, ended_at, state from state_span where (unit, kind, name) = (%s, %s, %s)"
        " order by started_at", device
    )  # fmt: skip
    assert [row["ended_at"] for row in rows] == [*(row["started_at"] for row in rows[1:]), None]
    return [((row["started_at"] - T0) / MINUTE, row["state"]) for row in rows]


def test_a_window_of_the_past_repairs_the_spans_and_its_end_returns_what_was_before(declared: Store) -> None:
    hear(declared, [*range(30), *range(60, 180)])
    with declared.transaction() as link:
        sweep(link, NOW, rhythms(link))
    assert spans(declared) == [(0, "online"), (30, "offline"), (60, "online")]
    plan(declared, 25, 50, name="ls-1", kind="loudspeaker")
    assert follow(declared) == 1
    assert spans(declared) == [(0, "online"), (25, "maintenance"), (50, "offline"), (60, "online")]
    assert follow(declared) == 0, "what was followed is not looked at again"


def test_overlapping_windows_are_one_and_a_cancelled_one_was_never_there(declared: Store) -> None:
    hear(declared, range(180))
    first = plan(declared, 20, 60)
    plan(declared, 40, 90, kind="loudspeaker")
    follow(declared)
    assert spans(declared) == [(0, "online"), (20, "maintenance"), (90, "online")]
    with declared.transaction() as link:
        assert maintenance.cancel(link, first, by="lan")
        assert not maintenance.cancel(link, first, by="lan")
    follow(declared)
    assert spans(declared) == [(0, "online"), (40, "maintenance"), (90, "online")]


def test_a_window_begins_and_ends_by_itself_at_its_instants(declared: Store) -> None:
    hear(declared, range(100))
    plan(declared, 130, 150)
    assert follow(declared, T0 + 101 * MINUTE) == 0, "nothing to do before it begins"
    assert spans(declared) == [(0, "online")]
    hear(declared, range(100, 135))
    assert follow(declared, T0 + 135 * MINUTE) == 1
    assert spans(declared)[-1] == (130, "maintenance")
    hear(declared, range(135, 151))
    assert spans(declared)[-1] == (130, "maintenance")
    assert follow(declared, T0 + 151 * MINUTE) == 1
    assert spans(declared) == [(0, "online"), (130, "maintenance"), (150, "online")]


def test_a_window_that_nobody_watched_is_made_up_for_after_a_restart(declared: Store) -> None:
    hear(declared, range(100))
    plan(declared, 110, 120)
    follow(declared, T0 + 100 * MINUTE)
    hear(declared, range(100, 180))
    follow(declared)  # a service that was away all the time
    assert spans(declared) == [(0, "online"), (110, "maintenance"), (120, "online")]


def test_a_running_window_is_ended_early(declared: Store) -> None:
    hear(declared, range(180))
    number = plan(declared, 100, 600)
    follow(declared)
    assert spans(declared)[-1] == (100, "maintenance")
    with declared.transaction() as link:
        assert maintenance.end(link, number, by="minh", now=T0 + 140 * MINUTE)
        assert not maintenance.end(link, number, by="minh", now=T0 + 141 * MINUTE)
    follow(declared)
    assert spans(declared) == [(0, "online"), (100, "maintenance"), (140, "online")]
    row = declared.row("select ended_by, planned_until - ends_at as cut from maintenance")
    assert row == {"ended_by": "minh", "cut": 460 * MINUTE}
    later = plan(declared, 200, 300)
    with declared.transaction() as link, pytest.raises(CannotChange, match="cancel it instead"):
        maintenance.end(link, later, by="minh", now=NOW)
    with declared.transaction() as link, pytest.raises(KeyError):
        maintenance.cancel(link, 999, by="minh")


def test_a_window_covers_only_what_it_names(declared: Store) -> None:
    camera = DeviceId(UNIT, "camera", "ls-1")
    there, elsewhere = DeviceId(UNIT, "loudspeaker", "ls-2"), DeviceId("00004", "loudspeaker", "ls-1")
    for device in (DEVICE, camera, there, elsewhere):
        hear(declared, range(60), device)
    declared.execute("update device set hamlet = 'Nà Mười' where name = 'ls-2'")
    plan(declared, 10, 20, hamlet="Nà Mười")
    plan(declared, 30, 40, kind="camera")
    plan(declared, 50, 55)
    follow(declared)

    def covered(device: DeviceId) -> list[float]:
        return [at for at, state in spans(declared, device) if state == "maintenance"]

    assert covered(DEVICE) == [50]
    assert covered(camera) == [30, 50]
    assert covered(there) == [10, 50]
    assert covered(elsewhere) == []


def test_a_hamlet_s_window_covers_who_stood_there_then(declared: Store) -> None:
    hear(declared, range(180))
    declared.execute(
        "insert into device_change (unit, kind, name, field, old, new, valid_from, actor)"
        " values (%s, %s, %s, 'hamlet', 'Nà Mười', 'Nà Rì', %s, 'lan')", (*DEVICE, T0 + 70 * MINUTE)
    )  # fmt: skip
    declared.execute("update device set hamlet = 'Nà Rì'")
    declared.execute("insert into hamlet (unit, name) values (%s, 'Nà Mười')", (UNIT,))
    plan(declared, 60, 80, hamlet="Nà Mười")
    plan(declared, 100, 110, hamlet="Nà Rì")
    plan(declared, 30, 40, hamlet="Nà Rì")
    follow(declared)
    assert spans(declared) == [
        (0, "online"), (60, "maintenance"), (70, "online"), (100, "maintenance"), (110, "online")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "stop", "narrowed", "places"),
    [
        (60, 60, {}, ["ends_at"]),
        (60, 30, {"name": "none"}, ["ends_at", "name"]),
        (0, 60 * 24 * 93, {}, ["ends_at"]),
        (60 * 24 * -70, 60 * 24 * -69, {}, ["starts_at"]),
        (60 * 24 * 400, 60 * 24 * 401, {"hamlet": "Nà Rì"}, ["starts_at", "hamlet"]),
        (0, 1, {"kind": "camera"}, ["kind"]),
        (0, 1, {"kind": "camera", "name": "ls-1"}, ["name"]),
    ],
)
def test_what_can_t_be_is_refused_with_all_reasons(
    declared: Store, start: int, stop: int, narrowed: dict[str, str], places: list[str]
) -> None:
    hear(declared, range(2))
    with pytest.raises(CannotPlan) as caught:
        plan(declared, start, stop, **narrowed)
    assert [fault.place for fault in caught.value.faults] == places
    assert all(fault.vi for fault in caught.value.faults)
    assert not declared.rows("select from maintenance")


windows = st.lists(
    st.tuples(st.integers(0, 170), st.integers(1, 90), st.sampled_from(["stays", "stays", "cancel", "end"])), max_size=5
)


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Patience that ends within this minute or the next may be judged either way: the store reads the clock, the law its
# minute, which is that of the example.
@given(st.sets(st.integers(0, 179).filter(lambda n: n not in (177, 178)), min_size=5), windows, st.integers(0, 179))
def test_spans_in_the_database_are_those_of_the_pure_timeline(
    declared: Store, minutes: set[int], drawn: list[tuple[int, int, str]], when: int
) -> None:
    declared.execute("truncate device_report, device_state, state_span, device, maintenance, renewal cascade")
    begin()
    early = hear(declared, sorted(n for n in minutes if n <= when))
    holds = []
    for start, length, fate in drawn if early else ():
        number = plan(declared, start, start + length)
        follow(declared, T0 + when * MINUTE)
        stop: float = start + length
        with declared.transaction() as link:
            if fate == "cancel":
                maintenance.cancel(link, number, by="lan")
                continue
            if fate == "end" and start < when < stop:
                maintenance.end(link, number, by="lan", now=T0 + when * MINUTE)
                stop = when
        holds.append((T0 + start * MINUTE, T0 + stop * MINUTE))
    heard = [*early, *hear(declared, sorted(n for n in minutes if n > when))]
    follow(declared)
    with declared.transaction() as link:
        sweep(link, NOW, rhythms(link))
    union: list[tuple[datetime, datetime]] = []
    for start_at, stop_at in sorted(holds):
        if union and start_at <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], stop_at))
        else:
            union.append((start_at, stop_at))
    # It was first heard when it was first heard: nobody waited for it before.
    anew = timeline(heard, RHYTHM, NOW, maintenance=union).spans
    # What begins with the running minute is the clock's.
    known = [(since, state) for since, state in spans(declared) if since < 180]
    assert known == [((span.started_at - T0) / MINUTE, span.state) for span in anew if span.started_at < NOW]


def test_the_service_follows_windows_by_itself(store: Store, mosquitto: Mosquitto, publisher: Publisher) -> None:
    def state() -> str:
        return str((store.row("select state from device_now where name = 'ls-1'") or {}).get("state"))

    with serving(settings(store.url, mosquitto.url, ingest={})):
        eventually(lambda: listening(store), "the subscription")
        publisher.say("ioc/05068/loudspeaker/ls-1/status", json.dumps({"state": "idle"}))
        eventually(lambda: state() == "online", "green")
        with store.transaction() as link:
            now = datetime.now(UTC)
            window = Window(UNIT, now + timedelta(seconds=1.5), now + timedelta(seconds=4), "thay pin", name="ls-1")
            maintenance.plan(link, window, by="lan")
        assert state() == "online"
        eventually(lambda: state() == "maintenance", "maintenance", within=5)
        eventually(lambda: state() == "online", "its end", within=6)
    found = store.rows("select state, started_at from state_span order by started_at")
    assert [row["state"] for row in found] == ["online", "maintenance", "online"]
    assert [row["started_at"] for row in found[1:]] == [window.starts_at, window.ends_at]
