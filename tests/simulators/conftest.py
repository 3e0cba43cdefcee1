"""`ioc simulate` as a user starts it, and a plain MQTT client that hears what comes of it."""

import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import paho.mqtt.client as paho
import psutil
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from connectors.contract import DeviceId
from simulators.camera_mqtt import CameraSimulator
from tests.servers import Mosquitto, await_that

UNIT = "05068"


class Ears:
    """Hears everything that is published below ``ioc/``: topic, body, and whether the broker remembered it."""

    def __init__(self, url: str, name: str = "ears") -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        ready = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name)
        self._client.on_message = lambda _c, _u, m: self.heard.append((m.topic, bytes(m.payload), m.retain))
        self._client.on_subscribe = lambda *_: ready.set()
        self._client.on_connect = lambda client, *_: client.subscribe("ioc/#", 1)
        self._client.connect("127.0.0.1", int(url.rsplit(":", 1)[1]))
        self._client.loop_start()
        assert ready.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def bodies(self, topic: str) -> list[bytes]:
        """Return what came on a topic."""
        return [body for heard, body, _retained in self.heard if heard == topic]

    def status(self) -> dict[str, list[dict[str, object]]]:
        """Return what devices said of themselves, by kind and name."""
        found: dict[str, list[dict[str, object]]] = {}
        for topic, body, _retained in self.heard:
            _ioc, _unit, kind, name, what = topic.split("/")
            if what == "status":
                found.setdefault(f"{kind}.{name}", []).append(json.loads(body))
        return found


def remembered(url: str) -> dict[str, bytes]:
    """Return what the broker tells somebody who only now begins to listen."""
    with Ears(url, "newcomer") as ears:
        await_that(lambda: bool(ears.heard), "what the broker remembers")
        return {topic: body for topic, body, retained in ears.heard if retained}


def configuration(folder: Path, url: str) -> Path:
    """Write a configuration without any device."""
    file = folder / "ioc.toml"
    file.write_text(f'[commune]\nunit = "{UNIT}"\n\n[broker]\nurl = "{url}"\n')
    return file


@contextmanager
def simulating(config: Path, *arguments: str, **environment: str) -> Iterator[psutil.Popen]:
    """Run `ioc simulate`; kills it at the end where it still runs."""
    command = [sys.executable, "-m", "ioc", "simulate", "--config", str(config), *arguments]
    process = psutil.Popen(command, stderr=subprocess.PIPE, env={**os.environ, **environment})
    try:
        yield process
    finally:
        if process.is_running():
            process.kill()
        process.communicate()


def steady_seeds(name: str = "x") -> Iterator[int]:
    """Yield the seeds whose story leaves a camera its power for the next half hour: stories run by the clock."""
    device = DeviceId(UNIT, "camera", name)
    now = datetime.now(UTC)
    for seed in itertools.count(1):
        told = (CameraSimulator(device, seed).measure(now + timedelta(minutes=n)) for n in range(-1, 30))
        if all(report.state != "offline" for (report,) in told):  # type: ignore[union-attr]  # a device's reports
            yield seed


def lines_to(process: psutil.Process, url: str) -> int:
    """Return how many connections a process holds to a broker."""
    port = int(url.rsplit(":", 1)[1])
    return sum(
        bool(link.raddr) and link.raddr.port == port and link.status == psutil.CONN_ESTABLISHED
        for link in process.net_connections("tcp")
    )


@dataclass
class Counter:
    """Where citizens push to: refuses the first ``refusals`` pushes."""

    refusals: int = 0
    url: str = ""
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def accepted(self) -> list[bytes]:
        return [body for _path, _headers, body in self.asked[self.refusals :]]


@pytest.fixture
def counter() -> Iterator[Counter]:
    made = Counter()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.asked.append((self.path, dict(self.headers), body))
            self.send_response(503 if len(made.asked) <= made.refusals else 200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield made
        server.shutdown()
        thread.join()


@pytest.fixture
def config(tmp_path: Path, mosquitto: Mosquitto) -> Path:
    return configuration(tmp_path, mosquitto.url)


@pytest.fixture
def ears(mosquitto: Mosquitto) -> Iterator[Ears]:
    with Ears(mosquitto.url) as ears:
        yield ears
