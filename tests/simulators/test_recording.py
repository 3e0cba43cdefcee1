"""What was recorded comes back: the same topics, the same bodies, the same pace, the instants moved or not."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulators.publish import Ear
from simulators.recording import BadRecording, read, record, replay
from tests.bench.flood import Sender
from tests.servers import Mosquitto, await_that

FILTER = "ioc/+/+/+/+"


def say(mosquitto: Mosquitto, *said: tuple[str, bytes]) -> None:
    sender = Sender(mosquitto.port)
    sender.send(said)
    sender.close()


@pytest.fixture
def recording(mosquitto: Mosquitto, tmp_path: Path) -> Path:
    file = tmp_path / "day.ndjson"
    stopping = threading.Event()
    thread = threading.Thread(target=record, args=(mosquitto.url, [FILTER], file, stopping, float("inf")))
    thread.start()
    time.sleep(0.5)
    at = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    say(mosquitto, ("ioc/05068/camera/c-1/status", json.dumps({"at": at, "state": "online"}).encode()))
    time.sleep(0.6)
    say(mosquitto, ("ioc/05068/camera/c-2/status", b"\xff\xfe"), ("ioc/05068/camera/c-1/connection", b"offline"))
    await_that(lambda: len(read(file)[1]) == 3, "three messages")
    stopping.set()
    thread.join(10)
    return file


@pytest.mark.parametrize("now", [True, False])
def test_a_recording_comes_back_through_the_broker(recording: Path, mosquitto: Mosquitto, now: bool) -> None:
    heard: list[tuple[float, str, bytes]] = []
    stopping = threading.Event()
    ear = Ear(mosquitto.url, [FILTER], lambda topic, body, _: heard.append((time.monotonic(), topic, body)))
    thread = threading.Thread(target=ear.listen, args=(stopping, float("inf")))
    thread.start()
    time.sleep(0.3)
    assert replay(mosquitto.url, recording, threading.Event(), speed=2, now=now) == 3
    await_that(lambda: len(heard) == 3, "the replay")
    stopping.set()
    thread.join(10)
    _, recorded = read(recording)
    assert [topic for _, topic, _ in heard] == [h.topic for h in recorded]
    assert [body for _, _, body in heard][1:] == [h.body for h in recorded][1:]
    before, after = json.loads(recorded[0].body), json.loads(heard[0][2])
    moved = datetime.fromisoformat(after["at"]) - datetime.fromisoformat(before["at"])
    assert (moved > timedelta()) is now
    assert after["state"] == "online"
    assert heard[1][0] - heard[0][0] == pytest.approx((recorded[1].t - recorded[0].t) / 2, abs=0.3)


def test_a_file_that_is_no_recording_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_text('{"ioc-recording": 1, "started": "2026-11-21T00:00:00+00:00"}\n{"t": 0}\n')
    with pytest.raises(BadRecording, match=f"{file}:2: not a line of a recording"):
        read(file)
    file.write_text("")
    with pytest.raises(BadRecording, match="empty; `ioc record` writes one"):
        read(file)
