"""An installation as the operator makes it, and the broker that it configures."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import broker as rules
from deploy.__main__ import main
from tests.deploy.stack import Stack
from tests.servers import ServerMissing, await_that, free_port, listens

ROOT = Path(__file__).parents[2]
DEVICES = """
[[devices]]
unit = "05068"
kind = "camera"
name = "cam-01"

[[devices]]
unit = "05068"
kind = "loudspeaker"
name = "loa-01"

[[devices]]
unit = "05068"
kind = "camera"
name = "cam-cu"
lifecycle = "retired"
"""
REGISTER = "id,unit,kind,name,lifecycle\ncam-01,05068,camera,Cổng xã,installed\ncam-01,05071,camera,Xã bên,installed\n"


@pytest.fixture(scope="session")
def commune() -> Iterator[Path]:
    """The folder that `python3 -m deploy` makes, with devices from the configuration and from an exported register."""
    with tempfile.TemporaryDirectory(prefix="ioc-deploy-") as name:
        above = Path(name)
        above.chmod(0o755)  # the broker's account must reach its own folder
        folder, register = above / "commune", above / "register.csv"
        owner = ["--broker-owner", "mosquitto"] if os.geteuid() == 0 else []
        where = ["--into", str(folder), *owner]
        assert main(["init", "--unit", "05068", "--host", "ioc.hopkim.vn", "--host", "10.0.0.5", "--demo", *where]) == 0
        with (folder / "ioc.toml").open("a", encoding="utf-8") as file:
            file.write(DEVICES)
        register.write_text(REGISTER, "utf-8")
        assert main(["devices", "--register", str(register), *where]) == 0
        yield folder


@pytest.fixture(scope="session")
def stack() -> Stack:
    """The production stack as docker-compose.yml describes it."""
    return Stack.read(ROOT / "docker-compose.yml")


class ShippedBroker:
    """Debian's mosquitto with the shipped configuration, on a free port; ``lines`` replace some of its own."""

    def __init__(self, commune: Path, **lines: str) -> None:
        program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if program is None:
            raise ServerMissing("mosquitto is missing: apt-get install mosquitto")
        self.port = free_port()
        self.commune = commune
        self._folder = Path(tempfile.mkdtemp(prefix="ioc-broker-"))
        self._folder.chmod(0o755)
        data = self._folder / "data"
        data.mkdir()
        if os.geteuid() == 0:
            shutil.chown(data, "mosquitto", "mosquitto")
        text = rules.configuration(str(commune / "broker"), str(data))
        for key, value in {"listener": f"{self.port} 127.0.0.1", **lines}.items():
            (old,) = [line for line in text.splitlines() if line.startswith(f"{key} ")]
            text = text.replace(old, f"{key} {value}")
        self._config = self._folder / "mosquitto.conf"
        self._config.write_text(text, "utf-8")
        self._command = [program, "-c", str(self._config)]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """What it has said."""
        return (self._folder / "log").read_text(errors="replace")

    def add(self, line: str) -> None:
        """Bring a line into force that the shipped file holds behind a #; before the start."""
        text = self._config.read_text("utf-8")
        assert f"\n#{line}\n" in text
        self._config.write_text(text.replace(f"\n#{line}\n", f"\n{line}\n"), "utf-8")

    def start(self) -> None:
        """Start it and wait until it listens."""
        with (self._folder / "log").open("ab") as sink:
            self._process = subprocess.Popen(self._command, stdout=sink, stderr=sink)
        try:
            await_that(lambda: listens(self.port), "mosquitto")
        except TimeoutError as error:
            raise ServerMissing(f"mosquitto does not start: {self.log[-2000:]}") from error

    def stop(self) -> None:
        """Stop it in order, so that it saves what it keeps."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)
            self._process = None

    def remove(self) -> None:
        """Stop it and remove its data."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def reload(self) -> None:
        """Let it read its accounts again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)


@pytest.fixture
def shipped_broker(commune: Path) -> Iterator[ShippedBroker]:
    """A running broker of the test's own."""
    server = ShippedBroker(commune)
    server.start()
    yield server
    server.remove()
