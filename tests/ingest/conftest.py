import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from connectors.camera_mqtt import CameraMqtt
from connectors.contract import Connector
from connectors.loudspeaker_mqtt import LoudspeakerMqtt
from ingest.config import Settings
from ingest.sections import Broker, Database, Ingest
from ingest.service import Service
from ingest.store import Store

SOURCES: Mapping[str, Connector] = {"loudspeakers": LoudspeakerMqtt(), "cameras": CameraMqtt()}


def settings(database_url: str, broker_url: str, **changes: Any) -> Settings:
    """Return a configuration with both MQTT kinds; a device is silent after a second and a half."""
    given = {
        "database": Database(url=database_url),
        "broker": Broker(url=broker_url, client="test", canary=1, keepalive=5),
        "ingest": Ingest(expected_every={k: timedelta(seconds=0.5) for k in ("loudspeaker", "camera", "network")}),
        "sources": SOURCES,
    }
    return Settings(**(given | changes))


@contextmanager
def serving(its: Settings) -> Iterator[Service]:
    """Run the ingest service in a thread."""
    service = Service(its)
    thread = threading.Thread(target=service.run)
    thread.start()
    try:
        yield service
    finally:
        service.stop()
        thread.join(30)
        assert not thread.is_alive(), "the service did not stop"


class Publisher:
    """A plain paho client, as any device has one."""

    def __init__(self, url: str, name: str = "publisher") -> None:
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name)
        self.client.max_inflight_messages_set(500)
        self.client.connect("127.0.0.1", int(url.rsplit(":", 1)[1]))
        self.client.loop_start()

    def say(self, topic: str, body: bytes | str, *, retain: bool = False) -> None:
        """Publish with QoS 1; returns when the broker has it."""
        self.client.publish(topic, body, qos=1, retain=retain).wait_for_publish(10)

    def close(self) -> None:
        """Leave."""
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def publisher(mosquitto: Any) -> Iterator[Publisher]:
    made = Publisher(mosquitto.url)
    yield made
    made.close()


def eventually(holds: Callable[[], object], what: str, within: float = 15.0) -> None:
    """Return when it holds; fails naming what did not come."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, f"{what} did not come within {within:g} s"
        time.sleep(0.05)


def counters(store: Store, source: str = "loudspeakers") -> dict[str, int]:
    """Return a source's counters."""
    row = store.row("select received, stored, duplicate, rejected, queued from source where name = %s", (source,))
    return dict(row or {"received": 0, "stored": 0, "duplicate": 0, "rejected": 0, "queued": 0})
