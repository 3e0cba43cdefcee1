"""A backlog tells of the past: states now are so at once, what it changes before is computed when it has ended."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract import DeviceId, DeviceReport, Message
from connectors.loudspeaker_mqtt import LoudspeakerMqtt
from dashboards import indicators
from ingest import renewal
from ingest.batch import Committer
from ingest.health import declare
from ingest.pipeline import Understood, understand
from ingest.rhythm import rhythms
from ingest.rules import load
from ingest.sections import Ingest
from ingest.store import Store
from ingest.watch import Watch
from tests.ingest.conftest import settings

DEVICES = [f"loa-{n}" for n in range(6)]
MINUTES = 60
SPANS = "select name, started_at, ended_at, state, reason from state_span order by name, started_at"


@pytest.fixture
def declared(store: Store) -> Store:
    minutely = Ingest(expected_every={"loudspeaker": timedelta(minutes=1)})
    declare(store, settings(store.url, "mqtt://127.0.0.1:1", sources={"loa": LoudspeakerMqtt()}, ingest=minutely))
    for name in DEVICES:  # else nobody waited for them then
        store.execute(
            "insert into device (unit, kind, name, lifecycle, registered_at)"
            " values ('05068', 'loudspeaker', %s, 'installed', now() - interval '1 day')",
            (name,),
        )
    return store


def said(received_at: datetime) -> list[Understood]:
    """A word a minute of every device, all received at once; they fall silent for a while, one is ill at last."""
    found = []
    for minute in range(MINUTES):
        at = received_at - timedelta(minutes=MINUTES - minute)
        for n, device in enumerate(DEVICES):
            if 20 + n <= minute < 40:
                continue  # longer than its patience
            state = "fault" if n == 1 and minute > 50 else "idle"
            body = json.dumps({"at": at.isoformat(), "state": state, "volume_pct": minute}).encode()
            message = Message("loa", f"ioc/05068/loudspeaker/{device}/status", body, received_at)
            found.append(understand(LoudspeakerMqtt(), message, {"05068"}))
    return found


def pieces(everything: Sequence[Understood], size: int) -> list[Sequence[Understood]]:
    return [everything[n : n + size] for n in range(0, len(everything), size)]


def renew(store: Store) -> int:
    with store.transaction() as link:
        return renewal.perform(link, datetime.now(UTC), rhythms(link))[0]


def test_a_backlog_shows_at_once_what_is_now_and_gives_the_past_that_single_words_give(declared: Store) -> None:
    everything = said(datetime.now(UTC))
    for batch in pieces(everything, 40):
        assert set(Committer(declared).commit(batch)) == {"stored"}
    assert renew(declared) == 0
    single = declared.rows(SPANS)
    assert {row["state"] for row in single} == {"online", "offline", "fault"}
    for table in ("device_report", "device_state", "state_span"):
        declared.execute(f"truncate {table} cascade")

    for batch in pieces(everything, 150):
        assert set(Committer(declared).commit(batch)) == {"stored"}
    now = declared.rows("select name, state, readings ->> 'volume_pct' as volume from device_state order by name")
    assert [(row["state"], row["volume"]) for row in now] == [
        ("fault" if n == 1 else "online", "59") for n in range(len(DEVICES))
    ]
    assert renew(declared) == 0, "it waits for more to come"
    declared.execute("update renewal set due_at = now()")
    assert renew(declared) == len(DEVICES)
    assert declared.rows(SPANS) == single
    # What they say next goes on from there.
    at = datetime.now(UTC)
    body = json.dumps({"at": at.isoformat(), "state": "fault"}).encode()
    following = Message("loa", "ioc/05068/loudspeaker/loa-0/status", body, at)
    Committer(declared).commit([understand(LoudspeakerMqtt(), following, {"05068"})])
    assert declared.rows(SPANS + " desc limit 1") != single[-1:]
    ends = declared.rows("select state, ended_at from state_span where name = 'loa-0' order by started_at desc limit 2")
    assert [(row["state"], row["ended_at"]) for row in ends] == [("fault", None), ("online", at)]


def test_a_device_comes_back_at_once_when_hundreds_do(declared: Store) -> None:
    began = datetime.now(UTC) - timedelta(minutes=MINUTES)
    committer = Committer(declared)
    for state, at in (("offline", began), ("idle", datetime.now(UTC))):
        batch = []
        for n in range(150):
            topic = f"ioc/05068/loudspeaker/loa-{n}/" + ("connection" if state == "offline" else "status")
            body = b"offline" if state == "offline" else json.dumps({"at": began.isoformat(), "state": state}).encode()
            batch.append(understand(LoudspeakerMqtt(), Message("loa", topic, body, at), {"05068"}))
        assert set(committer.commit(batch)) == {"stored"}
        shown = declared.rows("select distinct state from device_state")
        assert shown == [{"state": "offline" if state == "offline" else "online"}]


def test_while_it_goes_on_it_waits_but_not_for_ever(declared: Store) -> None:
    everything = said(datetime.now(UTC))
    committer = Committer(declared)
    committer.commit(everything[:150])
    first = declared.row("select max(due_at) as at from renewal")
    committer.commit(everything[150:])
    later = declared.row("select min(due_at) as at from renewal")
    assert first
    assert later
    assert later["at"] > first["at"]
    declared.execute("update renewal set asked_at = now() - interval '1 minute'")
    committer.commit(said(datetime.now(UTC)))
    assert renew(declared) == len(DEVICES)


FAULTY = "loa-1"
HEALED, ILL = range(10, 30), range(40, MINUTES)
"""Minutes in which every device was ill and got well again, and in which one of them is to this day."""


def said_by(name: str, state: str, at: datetime, received_at: datetime) -> Understood:
    body = json.dumps({"at": at.isoformat(), "state": state}).encode()
    message = Message("loa", f"ioc/05068/loudspeaker/{name}/status", body, received_at)
    return understand(LoudspeakerMqtt(), message, {"05068"})


def kept(received_at: datetime) -> list[Understood]:
    """What devices kept while nobody listened, minute by minute: of all their illnesses one lasts."""
    found = []
    for minute in range(MINUTES):
        for name in DEVICES:
            state = "fault" if minute in HEALED or (name == FAULTY and minute in ILL) else "idle"
            at = received_at - timedelta(minutes=MINUTES - minute)
            found.append(said_by(name, state, at, received_at))
    return found


def look(store: Store, now: datetime) -> list[tuple[str, str, datetime, list[str]]]:
    """Look as the engine does after a restart; returns every incident with its steps."""
    Watch(store, load(), "05068").tick(now)
    rows = store.rows("select id, rule, subject, opened_at from incident order by id")
    steps = "select action from incident_event where incident = %s order by id"
    return [(r["rule"], r["subject"], r["opened_at"], [s["action"] for s in store.rows(steps, (r["id"],))])
            for r in rows]  # fmt: skip


@pytest.mark.parametrize("size", [150, 6], ids=["as a backlog", "minute by minute"])
def test_a_backlog_tells_of_the_illness_that_lasts_and_of_none_that_is_over(declared: Store, size: int) -> None:
    """Wherever the engine looks in between, and the renewal with it."""
    indicators.install(declared)
    committer, now = Committer(declared), datetime.now(UTC)
    lasts = ("device_fault", f"loudspeaker/{FAULTY}", now - timedelta(minutes=MINUTES - ILL.start), ["opened"])
    for batch in pieces(kept(now), size):
        committer.commit(batch)
        assert look(declared, now) in ([], [lasts])
        declared.execute("update renewal set due_at = now()")
        renew(declared)
        assert look(declared, now) in ([], [lasts])
    assert look(declared, now + timedelta(minutes=1)) == [lasts]


def test_an_incident_that_lasts_neither_ends_nor_returns_while_a_backlog_tells_of_before(declared: Store) -> None:
    indicators.install(declared)
    committer, now = Committer(declared), datetime.now(UTC)
    before = now - timedelta(minutes=MINUTES + 30)
    for minute in range(30):
        at = before + timedelta(minutes=minute)
        committer.commit([said_by(FAULTY, "fault", at, at)])
    (told,) = look(declared, now - timedelta(minutes=MINUTES))
    assert told == ("device_fault", f"loudspeaker/{FAULTY}", before, ["opened"])
    for batch in pieces(kept(now), 6):
        committer.commit(batch)
        assert look(declared, now) == [told]


SLOW = "camera_frozen"
"""The rule that waits the least, a minute."""


def frozen(store: Store, at: datetime, received_at: datetime, verdict: str) -> None:
    state = "fault" if verdict == "frozen" else "online"
    report = DeviceReport(DeviceId("05068", "camera", "cam-1"), at, state, {}, {"verdict": verdict})
    Committer(store).commit([Understood(Message("loa", "/cam-1", f"{at}".encode(), received_at), (report,))])


def test_words_that_trickle_in_late_alarm_nobody_of_what_is_over(declared: Store) -> None:
    """A device behind a narrow line takes minutes to tell of hours: longer than some rules wait."""
    indicators.install(declared)
    now = datetime.now(UTC)
    frozen(declared, now - timedelta(hours=3), now - timedelta(hours=3), "")
    for second in range(0, 150, 3):
        received_at = now + timedelta(seconds=second)
        frozen(declared, now - timedelta(minutes=150 - second), received_at, "frozen" if second < 120 else "")
        if second % 15 == 0:
            assert look(declared, received_at) == []


def test_a_clock_that_is_behind_is_no_backlog(declared: Store) -> None:
    indicators.install(declared)
    now = datetime.now(UTC)
    told = []
    for minute in range(4):
        received_at = now + timedelta(minutes=minute)
        frozen(declared, received_at - timedelta(hours=2), received_at, "frozen")
        told += look(declared, received_at + timedelta(seconds=1))
    assert [(rule, subject, steps) for rule, subject, _, steps in told[-1:]] == [(SLOW, "camera/cam-1", ["opened"])]


def test_a_backlog_that_ends_in_the_past_is_believed_when_no_more_of_it_comes(declared: Store) -> None:
    indicators.install(declared)
    now = datetime.now(UTC)
    for minute in range(30):
        frozen(declared, now - timedelta(minutes=60 - minute), now, "frozen")
    assert look(declared, now) == []
    told = [look(declared, now + timedelta(minutes=minute)) for minute in (1, 2, 3)]
    assert [(rule, steps) for rule, _, _, steps in told[-1]] == [(SLOW, ["opened"])]
