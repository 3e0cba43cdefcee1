"""A backlog tells of the past: states now are so at once, what it changes before is computed when it has ended."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract import Message
from connectors.loudspeaker_mqtt import LoudspeakerMqtt
from ingest import renewal
from ingest.batch import Committer
from ingest.config import Ingest
from ingest.health import declare
from ingest.pipeline import Understood, understand
from ingest.rhythm import rhythms
from ingest.store import Store
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
