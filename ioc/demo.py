"""`ioc demo`: the whole system on one machine, every part a child process under watch.

Started in this order, stopped in reverse: database, schema and accounts, broker, API with the screen, ingest,
simulators. So Ctrl-C silences the devices first, ingest stores and acknowledges what is under way, and the database
goes last.
"""

import fcntl
import json
import logging
import os
import secrets
import signal
import sys
import threading
import time
import tomllib
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import typer

from ingest.errors import ConfigError
from ioc.children import Child, Children
from ioc.ports import claim, in_a_row
from simulators.commune import FOLDERS, PORTS, sources

log = logging.getLogger(__name__)

_HOST = "127.0.0.1"


class Demo:
    """One commune of simulated devices and offices, with all it needs."""

    def __init__(
        self, data: Path, port: int, mqtt_port: int, devices: int, speed: float, seed: int, faults: tuple[str, ...]
    ) -> None:
        self._data = data.resolve()
        self._port = port
        self._mqtt_port = mqtt_port
        self._devices = devices
        self._speed = speed
        self._seed = seed
        self._faults = faults
        self._stopping = threading.Event()

    def run(self, seconds: float | None, *, browser: bool) -> None:
        """Run until Ctrl-C, or for so many seconds; raises :class:`ConfigError` when a port or folder can't be had."""
        from ioc.embedded import broker, postgres

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stopping.set())
        with self._folder():
            claim(_HOST, self._port, "--port")
            claim(_HOST, self._mqtt_port, "--mqtt-port")
            known = self._secrets()
            town = in_a_row(_HOST, PORTS)
            config = self._configuration(town)
            database, url = postgres(self._data)
            children = Children(self._data / "log")
            # glibc's memory: one heap for all threads, and what is freed goes back.
            thrifty = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "65536"}
            environment = {"IOC_DATABASE__URL": url, "PYTHONUNBUFFERED": "1"} | thrifty
            try:
                children.start(database)
                self._prepare(url, known)
                children.start(broker(_HOST, self._mqtt_port))
                for child in self._parts(config, environment, known["token"], town):
                    children.start(child)
                self._serve(children, known, seconds, browser=browser)
            except RuntimeError as error:
                raise ConfigError(f"{self._data}: {error}") from error
            finally:
                children.stop()

    def _serve(self, children: Children, known: dict[str, str], seconds: float | None, *, browser: bool) -> None:
        url = f"http://{_HOST}:{self._port}"
        end = time.monotonic() + seconds if seconds else float("inf")
        ready = False
        while not self._stopping.wait(0.1) and time.monotonic() < end:
            children.watch()
            if not ready and self._seen(url, known["token"]):
                ready = True
                typer.echo(f"ready {url}/ user admin password {known['password']}")
                if browser and os.environ.get("DISPLAY"):
                    webbrowser.open(url)

    def _parts(self, config: Path, environment: dict[str, str], token: str, town: int) -> Iterator[Child]:
        ioc = [sys.executable, "-m", "ioc"]
        yield Child("api", [*ioc, "run", "--only", "api", "--config", str(config)], environment)
        yield Child("ingest", [*ioc, "run", "--only", "ingest", "--config", str(config)], environment)
        play = ["simulate", "--config", str(config), "--devices", str(self._devices), "--seed", str(self._seed)]
        play += ["--speed", str(self._speed), "--faults", ",".join(self._faults)]
        play += ["--inbox", str(self._data / "inbox"), "--api", f"http://{_HOST}:{self._port}"]
        play += ["--town", str(town), "--stay"]  # this is the centre's end, not the commune's
        if self._devices:
            yield Child("simulators", [*ioc, *play], environment | {"IOC_CITIZEN_TOKEN": token}, stop=signal.SIGTERM)

    @contextmanager
    def _folder(self) -> Iterator[None]:
        try:
            self._data.mkdir(parents=True, exist_ok=True)
            for folder in FOLDERS:
                (self._data / "inbox" / folder).mkdir(parents=True, exist_ok=True)
            lock = (self._data / "lock").open("w")
        except OSError as error:
            raise ConfigError(
                f"--data: {self._data} can't be written ({error.strerror}); name another folder"
            ) from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ConfigError(
                    f"--data: another demo runs on {self._data}; stop it, or name another folder"
                ) from error
            yield

    def _secrets(self) -> dict[str, str]:
        """Keep this demo's password and token: started again, it is the same commune."""
        file = self._data / "secrets.json"
        if not file.exists():
            made = {"password": secrets.token_urlsafe(9), "token": f"ioc_{secrets.token_urlsafe(32)}"}
            file.touch(mode=0o600)
            file.write_text(json.dumps(made))
        return dict(json.loads(file.read_text()))

    def _configuration(self, town: int) -> Path:
        commune = resources.files("simulators").joinpath("hop_kim.toml").read_text("utf-8")
        unit = tomllib.loads(commune)["commune"]["unit"]
        inbox = json.dumps(str(self._data / "inbox"))[1:-1]
        own = f"""\
# Written by `ioc demo` at each start; your changes would be lost.
[broker]
url = "mqtt://{_HOST}:{self._mqtt_port}"
client = "ioc-demo"

[database]
pool = 4

[http]
port = {self._port}

[ingest]
expected_every = {{ loudspeaker = 30, camera = 30, network = 30 }}

"""
        file = self._data / "ioc.toml"
        file.write_text(own + commune + sources(unit, town, inbox), "utf-8")
        return file

    def _prepare(self, url: str, known: dict[str, str]) -> None:
        """Make schema, numbers and accounts in a process of its own: this one stays small."""
        import subprocess

        done = subprocess.run(
            [sys.executable, "-m", "ioc.prepare"],
            env={**os.environ, "IOC_DATABASE__URL": url, "IOC_DEMO": json.dumps(known)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ConfigError(done.stderr.strip() or "the database could not be prepared")

    def _seen(self, url: str, token: str) -> bool:
        request = urllib.request.Request(  # noqa: S310 - our own service
            f"{url}/api/v1/devices?state=online&limit=1", headers={"Authorization": f"Bearer {token}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310 - the same
                return bool(json.load(answer)["items"])
        except (OSError, ValueError):
            return False
