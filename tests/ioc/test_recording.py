"""`ioc record`, `ioc replay` and `ioc simulate` beside a broker: what it did not take is a failure that is told."""

import json
from pathlib import Path

import pytest

from tests.ioc.conftest import Desk
from tests.servers import Mosquitto, free_port

SOURCE = '[sources.loa]\nconnector = "loudspeaker_mqtt"\n'
RECORDING = (
    '{"ioc-recording": 1, "started": "2026-11-21T00:00:00+00:00"}\n'
    '{"t": 0, "topic": "ioc/05068/loudspeaker/loa-1/status", "retained": false, "text": "{}"}\n'
)
SECRET = "mat-khau-cua-broker"


@pytest.fixture
def alone(desk: Desk) -> Desk:
    """A desk whose broker is away, with a password in its address."""
    desk.configure(SOURCE)
    desk.environment["IOC_BROKER__URL"] = f"mqtt://ioc:{SECRET}@127.0.0.1:{free_port()}"
    (desk.folder / "day.ndjson").write_text(RECORDING)
    return desk


def test_a_broker_that_is_away_is_a_failure_told_without_its_password(alone: Desk) -> None:
    for words in (["record", "new.ndjson", "--for", "1"], ["replay", "day.ndjson"], ["simulate", "--for", "1"]):
        failed = alone.ioc(*words)
        assert failed.status == 1, words
        assert "see `ioc doctor`" in failed.err
        assert SECRET not in failed.out + failed.err
        assert words[0] != "replay" or "the broker took 0 of 1 messages" in failed.err
    assert (alone.folder / "day.ndjson").read_text() == RECORDING


def test_a_recording_stays_where_a_new_one_can_not_begin(alone: Desk) -> None:
    assert alone.ioc("record", "day.ndjson", "--for", "1").status == 1
    assert (alone.folder / "day.ndjson").read_text() == RECORDING


def test_a_broker_that_refuses_is_a_failure_that_says_so(alone: Desk, tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    passwords.touch()
    strict = Mosquitto(tmp_path, "allow_anonymous false", f"password_file {passwords}")
    strict.start()
    try:
        alone.environment["IOC_BROKER__URL"] = f"mqtt://ioc:{SECRET}@127.0.0.1:{strict.port}"
        refused = alone.ioc("record", "new.ndjson", "--for", "20")
        assert refused.status == 1
        assert "Not authorized" in refused.err
        assert SECRET not in refused.out + refused.err
    finally:
        strict.stop()


def test_what_was_recorded_and_replayed_is_told_as_json(alone: Desk, mosquitto: Mosquitto) -> None:
    alone.environment["IOC_BROKER__URL"] = mosquitto.url
    recorded = alone.ioc("record", "new.ndjson", "--for", "0.5", "--json")
    assert (recorded.status, json.loads(recorded.out)) == (0, {"recorded": 0, "file": "new.ndjson"})
    replayed = alone.ioc("replay", "day.ndjson", "--json")
    assert (replayed.status, json.loads(replayed.out)) == (0, {"replayed": 1})
    assert alone.ioc("simulate", "--devices", "2", "--for", "1").status == 0


def test_a_file_that_can_not_be_written_is_the_operators_mistake(alone: Desk, mosquitto: Mosquitto) -> None:
    alone.environment["IOC_BROKER__URL"] = mosquitto.url
    refused = alone.ioc("record", "none/new.ndjson", "--for", "1")
    assert refused.status == 2
    assert "none/new.ndjson" in refused.err
