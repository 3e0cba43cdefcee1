"""The command line as a user runs it: a process of its own, in a folder of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dashboards import indicators
from ingest.store import Store
from tests.servers import STARTS_WITHIN, free_port

IOC = [sys.executable, "-m", "ioc"]
NOBODY = "postgresql://nobody@127.0.0.1:9/nothing"
"""A database that is away."""


@dataclass
class Said:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str


@dataclass
class Desk:
    """A folder with an ``ioc.toml`` where somebody types commands."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        return self.folder / "ioc.toml"

    def configure(self, text: str = "", **ports: Any) -> None:
        """Write the configuration, with ports of one's own."""
        http, broker = ports.get("http") or free_port(), ports.get("broker") or "mqtt://127.0.0.1:9"
        head = f'[commune]\nunit = "05068"\n\n[http]\nport = {http}\n\n[broker]\nurl = "{broker}"\nclient = "desk"\n'
        self.file.write_text(f"{head}\n{text}", "utf-8")

    def ioc(self, *words: str | Path, given: str = "", **environment: str) -> Said:
        """Run a command to its end."""
        done = subprocess.run(
            [*IOC, *map(str, words)], cwd=self.folder, input=given, capture_output=True, text=True, timeout=60,
            check=False, env=self._environment(environment),
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def running(self, *words: str) -> Iterator["Running"]:
        """Run a command that goes on; it is stopped at the end, where it has not ended by itself."""
        log = self.folder / "said.log"
        with log.open("wb") as sink:
            process = subprocess.Popen(
                [*IOC, *words], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT,
                env=self._environment({}), start_new_session=True,
            )  # fmt: skip
        try:
            yield Running(process, log)
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(10)

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("IOC_")}
        return {**inherited, "COLUMNS": "200", **self.environment, **more}


@dataclass
class Running:
    """A command that goes on."""

    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8")

    def until(self, holds: Callable[[], bool], what: str, *, within: float = STARTS_WITHIN) -> None:
        """Return as soon as it holds; fails with what the command said, at once where it has ended."""
        end = time.monotonic() + within
        while not holds():
            assert self.process.poll() is None, f"it ended ({self.process.poll()}):\n{self.said}"
            assert time.monotonic() < end, f"{what} did not come within {within:g} s:\n{self.said}"
            time.sleep(0.05)

    def says(self, text: str, *, within: float = STARTS_WITHIN) -> None:
        """Return as soon as it says so."""
        self.until(lambda: text in self.said, repr(text), within=within)

    def end(self, how: signal.Signals = signal.SIGTERM, within: float = 10) -> int:
        """Ask it to end; returns its status."""
        self.process.send_signal(how)
        return self.process.wait(within)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk whose database and broker are away."""
    folder = tmp_path / "desk"
    folder.mkdir()
    made = Desk(folder, {"IOC_DATABASE__URL": NOBODY})
    made.configure()
    return made


@pytest.fixture
def office(desk: Desk, database_url: str) -> Desk:
    """A desk with a database as `ioc migrate` leaves it."""
    with Store(database_url, pool=2) as store:
        indicators.install(store)
    desk.environment["IOC_DATABASE__URL"] = database_url
    return desk
