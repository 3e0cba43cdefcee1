"""Where a figure is taken: a durable PostgreSQL, mosquitto, and our programs as processes; all gone at the end."""

import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dashboards import indicators
from ingest import migrate
from ingest.store import Store
from tests.servers import Mosquitto, Postgres, await_that, free_port

_ROOT = Path(__file__).parents[2]
_TEMPLATE = "bench_template"


@contextmanager
def program(*words: str, log: Path, environment: Mapping[str, str] | None = None) -> Iterator["subprocess.Popen[str]"]:
    """Run a Python module; its standard output can be read, and it is stopped at the end."""
    with log.open("a") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", *words], cwd=_ROOT, env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE, stderr=sink, text=True,
        )  # fmt: skip
    try:
        yield process
    except Exception as error:
        if process.poll() is not None:
            error.add_note("\n".join(log.read_text("utf-8", "replace").splitlines()[-10:]))
        raise
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


class Site:
    """One figure's servers and folder."""

    def __init__(self, folder: Path, postgres: Postgres) -> None:
        self.folder = folder
        self.postgres = postgres
        self._numbers = itertools.count(1)
        postgres.execute(f"create database {_TEMPLATE}")
        with Store(postgres.url(_TEMPLATE), pool=2, wait=20) as store:
            migrate.migrate(store)
            indicators.install(store)

    def database(self, *, empty: bool = False) -> str:
        """Make a database of one's own, with our schema or without any; returns its name."""
        name = f"bench_{next(self._numbers)}"
        self.postgres.execute(f"create database {name} {'' if empty else f'template {_TEMPLATE}'}")
        # Nobody shall pay for the pages that another left behind.
        self.postgres.execute("checkpoint")
        return name

    def drop(self, database: str) -> None:
        """Remove a database."""
        self.postgres.execute(f"drop database {database} with (force)")

    @contextmanager
    def store(self) -> Iterator[Store]:
        """An open store on a database of one's own."""
        name = self.database()
        with Store(self.postgres.url(name), name="bench", wait=20) as store:
            yield store
        self.drop(name)

    @contextmanager
    def broker(self) -> Iterator[Mosquitto]:
        """A mosquitto that nobody used before."""
        folder = self.folder / f"broker-{next(self._numbers)}"
        folder.mkdir()
        server = Mosquitto(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()

    @contextmanager
    def ioc(self, part: str, url: str, broker: Mosquitto, *, port: int = 0) -> Iterator["subprocess.Popen[str]"]:
        """Run our ingest or API process."""
        config = self.folder / "ioc.toml"
        lines = ["[ingest]", "apart = true", "[broker]", f'url = "{broker.url}"', 'client = "bench"']
        lines += ["[http]", f"port = {port or free_port()}"]
        for kind in ("loudspeaker", "camera", "network"):
            lines += [f"[sources.{kind}s]", f'connector = "{kind}_mqtt"']
        config.write_text("\n".join(lines) + "\n")
        with program("ioc", "run", "--only", part, "--config", str(config), log=self.folder / f"{part}.log",
                     environment={"IOC_DATABASE__URL": url}) as process:  # fmt: skip
            yield process

    @contextmanager
    def generator(self, broker: Mosquitto, rate: float, seconds: float, devices: int) -> Iterator["Generator"]:
        """Run the generator in a process of its own."""
        words = [str(broker.port), str(rate), str(seconds), str(devices)]
        with program("tests.bench.generator", *words, log=self.folder / "generator.log") as process:
            yield Generator(process)


class Generator:
    """A running generator."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.pid = process.pid

    def finish(self) -> tuple[int, float]:
        """Wait until it is done; returns what it sent, and at which rate."""
        assert self._process.stdout is not None
        said = json.loads(self._process.stdout.read())
        return int(said["sent"]), float(said["rate"])


def listening(store: Store) -> bool:
    """Tell whether our ingest process has its subscription."""
    row = store.row("select heartbeat_at, error from source where name = 'loudspeakers'")
    return bool(row and row["heartbeat_at"] and not row["error"])


def await_process(process: "subprocess.Popen[str]", holds: Callable[[], bool], what: str) -> None:
    """Return when it holds; raises ``RuntimeError`` at once where the process ended instead."""

    def check() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"{what} did not come: the process ended with status {process.returncode}")
        return holds()

    await_that(check, what, within=30)


@contextmanager
def site() -> Iterator[Site]:
    """A site of one's own."""
    with tempfile.TemporaryDirectory(prefix="ioc-bench-", ignore_cleanup_errors=True) as folder:
        postgres = Postgres(durable=True)
        try:
            postgres.start()
            yield Site(Path(folder), postgres)
        finally:
            postgres.remove()
