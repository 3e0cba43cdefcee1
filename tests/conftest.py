"""Real servers, once a session; a database of one's own for every test, cloned from a migrated template."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pandas  # noqa: F401 - where it is loaded, workbooks are read in this process, not each in one of its own
import pytest

from ingest import migrate
from ingest.store import Store
from tests import servers, timescale

_COUNT = itertools.count(1)
_TEMPLATE = "ioc_template"

# Its servers are fetched by `make test-timescale`, which runs it.
collect_ignore = [] if timescale.CHOSEN else ["ingest/test_timescale.py"]


def pytest_report_header() -> str:
    return servers.versions() + (f", TimescaleDB of {timescale.TRIXIE.name}" if timescale.CHOSEN else "")


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Postgres]:
    """One PostgreSQL for all tests, plain or with TimescaleDB; who stops it starts it again."""
    server = timescale.Apache() if timescale.CHOSEN else servers.Postgres()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def template(postgres: servers.Postgres) -> str:
    """The name of a migrated database that nobody is connected to."""
    postgres.execute(f"create database {_TEMPLATE}")
    with Store(postgres.url(_TEMPLATE), pool=2, wait=servers.STARTS_WITHIN) as store:
        migrate.migrate(store)
    return _TEMPLATE


@pytest.fixture
def database_url(postgres: servers.Postgres, template: str) -> Iterator[str]:
    """A migrated database of the test's own."""
    name = f"ioc_{next(_COUNT)}"
    postgres.execute(f"create database {name} template {template} strategy file_copy")
    yield postgres.url(name)
    postgres.execute(f"drop database if exists {name} with (force)")


@pytest.fixture
def empty_database_url(postgres: servers.Postgres) -> Iterator[str]:
    """A database without a schema."""
    name = f"ioc_{next(_COUNT)}"
    postgres.execute(f"create database {name}")
    yield postgres.url(name)
    postgres.execute(f"drop database if exists {name} with (force)")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store on the test's own database."""
    with Store(database_url, name="test") as store:
        yield store


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    """The URL of the embedded broker; sessions and topics are shared, so tests use names of their own."""
    with servers.iotcore() as url:
        yield url


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[servers.Mosquitto]:
    """A mosquitto of the test's own, running, with persistence; a test may stop and start it."""
    server = servers.Mosquitto(tmp_path)
    server.start()
    yield server
    server.stop()
