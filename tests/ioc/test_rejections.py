"""`ioc rejections`: what was refused can be seen whole, and taken after all when its cause is gone."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.contract import Message
from connectors.loudspeaker_mqtt import LoudspeakerMqtt
from ingest.batch import Committer
from ingest.pipeline import understand
from ingest.store import Store
from ingest.units import unit_codes
from tests.ioc.conftest import Desk

NOWHERE = "99998"
TOPIC = f"ioc/{NOWHERE}/loudspeaker/loa-1/status"
BODY = '{"state": "playing", "programme": "Bản tin sáng"}'
NONSENSE = b'{"state": "dancing", \xff'


def hear(store: Store, topic: str, body: bytes) -> str:
    """Take a message as ingest does."""
    message = Message("loudspeakers", topic, body, datetime.now(UTC))
    (outcome,) = Committer(store).commit([understand(LoudspeakerMqtt(), message, unit_codes(store))])
    return outcome


def found_commune(store: Store) -> None:
    """Let the commune exist, as an update of the nation's units does."""
    store.execute(
        "insert into unit (code, valid_from, level, name) values (%s, '2026-01-01', 'commune', 'Xã Mới')", (NOWHERE,)
    )


def listed(desk: Desk, *options: str) -> list[dict[str, Any]]:
    said = desk.ioc("rejections", "list", "--json", *options)
    assert said.status == 0
    return list(json.loads(said.out))


@pytest.fixture
def refused(office: Desk, store: Store) -> Desk:
    """A desk where two messages were refused: one from nowhere, one that makes no sense."""
    office.configure('[sources.loudspeakers]\nconnector = "loudspeaker_mqtt"\n')
    assert hear(store, TOPIC, BODY.encode()) == "rejected"
    assert hear(store, "ioc/05068/loudspeaker/loa-2/status", NONSENSE) == "rejected"
    return office


def test_what_was_refused_is_listed_newest_first(refused: Desk) -> None:
    newest, oldest = listed(refused)
    assert (oldest["source"], oldest["address"], oldest["place"], oldest["times"]) == ("loudspeakers", TOPIC, "unit", 1)
    assert "99998 is the code of no unit" in oldest["reason"]
    assert newest["place"] == "body"
    assert newest["resolved_at"] is oldest["resolved_at"] is None
    assert "body" not in newest
    assert [one["id"] for one in listed(refused, "--limit", "1")] == [newest["id"]]
    assert len(listed(refused, "--source", "loudspeakers")) == 2
    assert listed(refused, "--source", "cameras") == []
    people = refused.ioc("rejections", "list")
    assert people.out.count("\n") == 2
    assert "99998 is the code of no unit" in people.out


def test_one_is_shown_whole(refused: Desk) -> None:
    newest, oldest = (str(one["id"]) for one in listed(refused))
    shown = refused.ioc("rejections", "show", oldest, "--json")
    assert shown.status == 0
    assert json.loads(shown.out)["body"] == BODY
    assert "Bản tin sáng" in refused.ioc("rejections", "show", oldest).out
    assert json.loads(refused.ioc("rejections", "show", newest, "--json").out)["body"].endswith("\\xff")


def test_there_is_none_of_that_number(refused: Desk) -> None:
    missing = refused.ioc("rejections", "show", "12345")
    assert (missing.status, missing.err) == (2, "rejections: there is no 12345\n")
    missing = refused.ioc("rejections", "retry", "--number", "12345")
    assert (missing.status, missing.err) == (2, "rejections: 12345 is none that is still refused\n")


def test_retried_after_the_cause_is_gone_it_is_stored(refused: Desk, store: Store) -> None:
    assert refused.ioc("rejections", "retry").out == "rejected: 2\n"
    assert store.rows("select 1 from device_report") == []
    assert [one["resolved_at"] for one in listed(refused)] == [None, None]
    found_commune(store)
    retried = refused.ioc("rejections", "retry", "--source", "loudspeakers")
    assert retried.status == 0
    assert sorted(retried.out.splitlines()) == ["rejected: 1", "stored: 1"]
    report = store.row("select unit, name, state, labels from device_report")
    assert report == {"unit": NOWHERE, "name": "loa-1", "state": "playing", "labels": {"programme": "Bản tin sáng"}}
    newest, oldest = listed(refused)
    assert newest["resolved_at"] is None
    assert oldest["resolved_at"] is not None
    assert refused.ioc("rejections", "retry").out == "rejected: 1\n"  # what is resolved is not tried again


def test_only_one_is_retried_where_only_one_is_asked_for(refused: Desk, store: Store) -> None:
    found_commune(store)
    newest, oldest = (str(one["id"]) for one in listed(refused))
    assert refused.ioc("rejections", "retry", "--number", newest).out == "rejected: 1\n"
    assert refused.ioc("rejections", "retry", "--number", oldest).out == "stored: 1\n"


def test_what_has_no_source_any_more_stays(refused: Desk, store: Store) -> None:
    found_commune(store)
    refused.configure()
    assert refused.ioc("rejections", "retry").out == "source_gone: 2\n"
    assert store.rows("select 1 from device_report") == []
    assert all(one["resolved_at"] is None for one in listed(refused))
