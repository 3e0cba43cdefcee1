"""TimescaleDB for tests: its Apache edition as Debian trixie builds it, its community edition compiled for Node.

``make test-timescale`` fetches both into ``.venv``; ``IOC_TEST_POSTGRES=timescale`` lets every test's database be on
the first. Each of its databases has the extension.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

from tests.servers import STARTS_WITHIN, Postgres, ServerMissing, await_that, free_port

CHOSEN = os.environ.get("IOC_TEST_POSTGRES", "") == "timescale"
VENV = Path(__file__).parents[1] / ".venv"
TRIXIE = VENV / "trixie"
_FETCH = "`make test-timescale` (as root) fetches it"


class Apache(Postgres):
    """PostgreSQL 17 with TimescaleDB's Apache edition, in a root of its own; one path leads to its folder from both."""

    settings = ("shared_preload_libraries=timescaledb", "timescaledb.max_background_workers=0")

    def __init__(self) -> None:
        self._new = True
        super().__init__()

    def start(self) -> None:
        """Start it; the first time, give every database to come the extension."""
        super().start()
        if self._new and self.settings:
            with psycopg.connect(self.url("template1"), autocommit=True) as link:
                link.execute("create extension timescaledb")
        self._new = False

    def remove(self) -> None:
        """Stop it and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder.resolve(), ignore_errors=True)
        self.folder.unlink(missing_ok=True)

    def _programs(self) -> Path:
        if os.geteuid() != 0:
            raise ServerMissing("the tests on TimescaleDB run its server in a root of its own: start them as root")
        if not (TRIXIE / "ready").exists():
            raise ServerMissing(f"{TRIXIE} is missing: {_FETCH}")
        self._user = None  # the root's own user postgres, by _command
        return Path("/usr/lib/postgresql/17/bin")

    def _place(self) -> Path:
        inside = Path(tempfile.mkdtemp(prefix="ioc-pg-", dir=TRIXIE / "tmp"))
        owner = (TRIXIE / "var/lib/postgresql").stat()
        os.chown(inside, owner.st_uid, owner.st_gid)
        folder = Path("/tmp") / inside.name  # noqa: S108 - mkdtemp made the name; short enough for a socket
        folder.symlink_to(inside)
        return folder

    def _command(self, program: str) -> list[str]:
        return ["chroot", "--userspec=postgres", str(TRIXIE), str(self._bin / program)]


class Community:
    """One database of the community edition; one connection at a time, and it can't take COPY."""

    def __init__(self, log: Path) -> None:
        self._folder, self._log = VENV / "pglite", log
        if not (self._folder / "ready").exists() or shutil.which("node") is None:
            raise ServerMissing(f"{self._folder} or node is missing: {_FETCH}")
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address; it speaks without TLS and takes any password."""
        return f"postgresql://postgres:any@127.0.0.1:{self._port}/postgres?sslmode=disable"

    def start(self) -> None:
        """Start it and wait until it listens."""
        with self._log.open("wb") as log:
            command = ["node", "server.mjs", str(self._port)]
            process = self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder)

        def ready() -> bool:
            said = self._log.read_text(errors="replace")
            if process.poll() is not None:
                raise ServerMissing(f"TimescaleDB's community edition ended: {said[-2000:]}")
            return "ready" in said

        await_that(ready, "TimescaleDB's community edition", within=3 * STARTS_WITHIN)

    def stop(self) -> None:
        """Stop it; its database is gone."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(STARTS_WITHIN)
            self._process = None
