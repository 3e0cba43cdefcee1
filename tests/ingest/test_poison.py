"""One message that nobody foresaw costs itself, never the service: what came with it is stored, what follows too."""

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.contract import CaseReport, DeviceId, DeviceReport, Message
from connectors.field_reports import FieldReports
from connectors.loudspeaker_mqtt import LoudspeakerMqtt
from ingest import batch, states
from ingest.batch import Committer
from ingest.pipeline import Understood, understand
from ingest.store import Store
from tests.ingest.conftest import Publisher, counters, eventually, serving, settings
from tests.ingest.test_delivery import TOPIC, listening, status
from tests.servers import Mosquitto

ZERO = "0001-01-01T00:00:00Z"
"""What Go, and devices written in it, call no time at all."""


def word(at: str, name: str = "ls-1") -> Understood:
    body = json.dumps({"at": at, "state": "idle"}).encode()
    message = Message("loudspeakers", TOPIC.format(name), body, datetime.now(UTC))
    return understand(LoudspeakerMqtt(), message, {"05068"})


@pytest.mark.parametrize("at", [ZERO, "1969-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"])
def test_an_instant_that_no_clock_says_is_refused_with_its_place(at: str) -> None:
    refused = word(at).rejection
    assert refused is not None
    assert (refused.stage, refused.place) == ("understand", "at")


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00Z", "2000-01-01T00:00:00Z", "2025-12-05T03:15:00+07:00"])
def test_a_clock_that_was_never_set_is_late_and_stored(store: Store, at: str) -> None:
    now = datetime.now(UTC).isoformat()
    assert Committer(store).commit([word(at), word(now), word(at, "ls-2")]) == ["stored"] * 3
    assert {row["state"] for row in store.rows("select state from device_state")} == {"online"}


def test_a_clock_that_runs_ahead_hides_nothing_that_is_said_later(store: Store) -> None:
    def said(volume: int, ahead: timedelta, received_at: datetime) -> Understood:
        body = json.dumps({"at": (received_at + ahead).isoformat(), "state": "idle", "volume_pct": volume}).encode()
        message = Message("loudspeakers", TOPIC.format("ls-1"), body, received_at)
        return understand(LoudspeakerMqtt(), message, {"05068"})

    began = datetime.now(UTC) - timedelta(minutes=2)
    Committer(store).commit([said(23, timedelta(hours=23), began)])
    Committer(store).commit([said(50, timedelta(), began + timedelta(minutes=1))])
    assert store.row("select readings ->> 'volume_pct' as volume from device_state") == {"volume": "50"}
    late = [said(40, timedelta(hours=-2), began + timedelta(minutes=2))]
    Committer(store).commit(late)
    assert store.row("select readings ->> 'volume_pct' as volume from device_state") == {"volume": "50"}


def reported(**fields: str) -> Understood:
    at = "2026-11-20T08:00:00+07:00"
    body = {"id": "PA-1", "unit": "05068", "at": at, "opened_at": at, "status": "new", "category": "environment"}
    message = Message("reports", "/x", json.dumps(body | fields).encode(), datetime.now(UTC))
    return understand(FieldReports(unit="05068"), message, {"05068"})


@pytest.mark.parametrize("due", ["9999-12-31T23:59:59Z", "2999-01-01T00:00:00+07:00"])
def test_a_deadline_that_no_calendar_reaches_is_none(due: str) -> None:
    understood = reported(due=due)
    assert understood.rejection is None
    (case,) = understood.records
    assert isinstance(case, CaseReport)
    assert case.due is None


def test_a_case_of_no_time_is_refused_with_its_place() -> None:
    refused = reported(opened_at=ZERO).rejection
    assert refused is not None
    assert refused.place == "opened_at"


def test_the_service_goes_on_after_a_device_without_a_clock(
    store: Store, mosquitto: Mosquitto, publisher: Publisher
) -> None:
    with serving(settings(store.url, mosquitto.url)):
        eventually(lambda: listening(store), "the subscription")
        publisher.say(TOPIC.format("ls-1"), status(1))
        publisher.say(TOPIC.format("ls-2"), json.dumps({"at": ZERO, "state": "idle"}))
        publisher.say(TOPIC.format("ls-1"), status(2))
        eventually(lambda: counters(store)["received"] == 3, "all of it", within=60)
    assert counters(store) == {"received": 3, "stored": 2, "duplicate": 0, "rejected": 1, "queued": 0}


def test_a_bug_of_ours_costs_the_message_that_meets_it(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = states.advance

    def advance(link: Any, heard: Any) -> list[DeviceId]:
        if any(device.name == "ls-3" for device in heard):
            raise OverflowError("date value out of range")
        return before(link, heard)

    monkeypatch.setattr(states, "advance", advance)
    now = datetime.now(UTC).isoformat()
    with caplog.at_level(logging.ERROR):
        outcomes = Committer(store).commit([word(now, f"ls-{n}") for n in range(6)])
    assert outcomes == ["stored", "stored", "stored", "rejected", "stored", "stored"]
    (kept,) = store.rows("select stage, reason, address from rejection")
    assert (kept["stage"], kept["address"]) == ("store", TOPIC.format("ls-3"))
    assert "a bug of ours" in kept["reason"]
    assert "date value out of range" in caplog.text


def test_what_the_database_refuses_costs_itself_too(store: Store) -> None:
    now = datetime.now(UTC)
    nul = DeviceReport(DeviceId("05068", "loudspeaker", "ls-2"), now, "idle", {}, {"x": "a\0b"})
    refused = Understood(Message("loudspeakers", "x", b"nul", now), (nul,))
    assert Committer(store).commit([word(now.isoformat()), refused]) == ["stored", "rejected"]
    (kept,) = store.rows("select stage, reason from rejection")
    assert kept["stage"] == "store"
    assert kept["reason"].startswith("the database refused it: ")


def test_what_can_not_even_be_refused_is_not_hidden(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(batch, "count", broken)
    report = DeviceReport(DeviceId("05068", "loudspeaker", "ls-1"), datetime.now(UTC), "idle")
    with pytest.raises(ZeroDivisionError):
        Committer(store).commit([Understood(Message("loudspeakers", "x", b"", datetime.now(UTC)), (report,))])
