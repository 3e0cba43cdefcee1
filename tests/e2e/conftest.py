import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.servers import free_port
from tests.simulators.conftest import steady_seeds

IOC = [sys.executable, "-m", "ioc"]


class Demo:
    """`ioc demo` as a user starts it, on free ports and a data folder of its own."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.data = data
        self.port, self.mqtt_port = free_port(), free_port()
        self._arguments = arguments
        self._process: subprocess.Popen[str] | None = None
        self.ready_line = ""
        self.green_when_ready: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def password(self) -> str:
        return self.ready_line.split()[-1]

    def start(self, within: float = 60) -> None:
        """Start it; returns when it says that it is ready."""
        began = time.monotonic()
        self._process = subprocess.Popen(
            [*IOC, "demo", "--data", str(self.data), "--port", str(self.port), "--mqtt-port", str(self.mqtt_port),
             "--headless", *self._arguments],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            said.append(line)
            if line.startswith("ready http"):
                self.ready_line = line.strip()
                online = self.get("devices?state=online&limit=1000")["items"]
                self.green_when_ready = [device["ref"] for device in online]
                return
            assert time.monotonic() - began < within, "".join(said)
        self.close()
        raise AssertionError(f"it ended: {''.join(said)}")

    def children(self) -> dict[str, psutil.Process]:
        """Return its child processes by what they do."""
        assert self._process is not None
        found = {}
        for child in psutil.Process(self._process.pid).children():
            words = child.cmdline()
            name = "postgres" if "postgres" in words[0] else "broker" if "ioc.broker" in words else words[-1]
            for part in ("api", "ingest", "simulate"):
                if part in words:
                    name = part
            found[name] = child
        return found

    def interrupt(self) -> int:
        """Press Ctrl-C; returns the exit status when everything is over."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        status = self._process.wait(60)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None
        return status

    def close(self) -> None:
        if self._process is not None:
            self.interrupt()

    def get(self, path: str) -> Any:
        """Ask the API with the demo's token."""
        token = json.loads((self.data / "secrets.json").read_text())["token"]
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def device(self, name: str) -> dict[str, Any]:
        """Return one device, or nothing."""
        with contextlib.suppress(OSError):
            return dict(self.get(f"devices/{name}"))
        return {}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One running demo for the tests of a module."""
    made = Demo(tmp_path_factory.mktemp("demo"))
    try:
        made.start()
        yield made
    finally:
        made.close()


def eventually(holds: Any, what: str, within: float = 90.0) -> None:
    """Return when it holds; fails naming what did not come."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, f"{what} did not come within {within:g} s"
        time.sleep(0.1)


@contextlib.contextmanager
def simulated_camera(demo: Demo, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one more simulated camera, as a process of its own that can die."""
    process = subprocess.Popen(
        [*IOC, "simulate", "--config", str(demo.data / "ioc.toml"), "--only", f"camera.{name}", "--rate", "2",
         "--seed", str(next(steady_seeds(name)))],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ),
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)
