"""`ioc run`: what it refuses to start with, what it waits for, and how it ends."""

import contextlib
import re
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator

import psutil
import psycopg
import pytest

from api.accounts import verify
from ingest.store import Store
from tests.ioc.conftest import Desk, Running
from tests.servers import Mosquitto, Postgres, free_port, listens

EVERY_PART = pytest.mark.parametrize("only", [[], ["--only", "ingest"], ["--only", "api"]], ids=str)
SOURCES = '[sources.loudspeakers]\nconnector = "loudspeaker_mqtt"\n'


@pytest.mark.parametrize(
    "only", [[], ["--only", "ingest"], ["--only", "api"]], ids=lambda only: " ".join(only) or "both"
)
def test_a_database_of_a_newer_schema_is_left_alone(office: Desk, store: Store, only: list[str]) -> None:
    store.execute("insert into migration (number, name, digest) values (9999, 'tomorrow', 'x')")
    refused = office.ioc("run", *only)
    assert refused.status == 2
    assert "database: it has the newer schema 9999 tomorrow" in refused.err
    assert "install the version that made it, or restore a backup" in refused.err


@pytest.mark.parametrize(
    "only", [[], ["--only", "ingest"], ["--only", "api"]], ids=lambda only: " ".join(only) or "both"
)
def test_a_database_without_schema_is_sent_to_migrate(desk: Desk, empty_database_url: str, only: list[str]) -> None:
    desk.environment["IOC_DATABASE__URL"] = empty_database_url
    refused = desk.ioc("run", *only)
    assert refused.status == 2
    assert "database: it has no schema yet; run `ioc migrate`" in refused.err


@pytest.fixture
def busy() -> Iterator[int]:
    """A port that another program holds."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]


@pytest.mark.parametrize("only", [[], ["--only", "api"]], ids=str)
def test_a_port_that_another_program_holds(office: Desk, busy: int, only: list[str]) -> None:
    office.configure(http=busy)
    refused = office.ioc("run", *only)
    assert refused.status == 2
    assert refused.err == f"http.port: 127.0.0.1:{busy} can't be had: another program holds it; choose another port\n"


def test_a_database_that_is_away_at_start_is_waited_for(office: Desk, postgres: Postgres, mosquitto: Mosquitto) -> None:
    office.configure(SOURCES, broker=mosquitto.url)
    postgres.stop()
    try:
        with office.running("run", "--only", "ingest") as ingest:
            ingest.says("store away at start")
            time.sleep(5)
            assert ingest.process.poll() is None
            assert "ingest up" not in ingest.said
            postgres.start()
            ingest.says("ingest up sources=loudspeakers", within=40)
            assert ingest.said.count("store away") == 1
            assert ingest.said.count("store back") == 1
            assert "Traceback" not in ingest.said
            assert ingest.end() == 0
    finally:
        if not postgres_runs(postgres):
            postgres.start()


def postgres_runs(postgres: Postgres) -> bool:
    try:
        postgres.execute("select 1")
    except psycopg.OperationalError:
        return False
    return True


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_ingest_ends_within_seconds_when_told_to(office: Desk, mosquitto: Mosquitto, how: signal.Signals) -> None:
    office.configure(SOURCES, broker=mosquitto.url)
    with office.running("run", "--only", "ingest") as ingest:
        ingest.says("broker up")
        assert ingest.end(how) == 0
    assert "ingest down left=0" in ingest.said


def test_ingest_ends_within_seconds_though_nothing_answers(desk: Desk) -> None:
    desk.configure(SOURCES)
    with desk.running("run", "--only", "ingest") as ingest:
        ingest.says("store away at start")
        assert ingest.end() == 0
    assert "Traceback" not in ingest.said


def alive(port: int) -> bool:
    if not listens(port):
        return False
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
        return bool(answer.status == 200)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_api_ends_within_seconds_when_told_to(office: Desk, how: signal.Signals) -> None:
    port = free_port()
    office.configure(http=port)
    with office.running("run", "--only", "api") as api:
        api.until(lambda: alive(port), "the API")
        assert api.end(how) == 0
    assert not listens(port)


def parts(run: Running) -> dict[str, psutil.Process]:
    """Return the processes of ingest and API, by name."""
    found = {}
    for child in psutil.Process(run.process.pid).children():
        with contextlib.suppress(psutil.Error):  # it may end while we look
            words = child.cmdline()
            if "--only" in words:
                found[words[words.index("--only") + 1]] = child
    return found


def test_both_run_as_processes_of_their_own_and_end_together(office: Desk, store: Store, mosquitto: Mosquitto) -> None:
    port = free_port()
    office.configure(SOURCES, http=port, broker=mosquitto.url)
    with office.running("run") as both:
        both.until(lambda: alive(port), "the API")
        both.until(lambda: heard(store), "the collector's heartbeat")
        first = parts(both)
        assert set(first) == {"api", "ingest"}
        first["ingest"].kill()
        both.until(lambda: parts(both).get("ingest", first["ingest"]).pid != first["ingest"].pid, "ingest again")
        assert parts(both)["api"].pid == first["api"].pid
        again = parts(both)
        assert both.end(within=20) == 0
    assert not any(child.is_running() for child in again.values())
    assert not listens(port)
    assert "ingest up" in both.said


def test_the_first_start_ever_makes_an_admin_and_says_the_password_once(office: Desk, store: Store) -> None:
    port = free_port()
    office.configure(http=port)
    with office.running("run", "--only", "api") as api:
        api.says("first start: ")
        api.until(lambda: alive(port), "the API")
        assert api.end() == 0
    found = re.search(r"sign in as admin with the password (\S+) ", api.said)
    assert found is not None
    assert verify(store, "admin", found[1]) == "admin"
    with office.running("run", "--only", "api") as api:
        api.until(lambda: alive(port), "the API")
        assert api.end() == 0
    assert "first start" not in api.said
    assert verify(store, "admin", found[1]) == "admin"


def heard(store: Store) -> bool:
    row = store.row("select heartbeat_at is not null as heard from source where name = 'loudspeakers'")
    return row is not None and bool(row["heard"])
