"""`ioc run`: what it refuses to start with, what it waits for, and how it ends."""

import signal
import socket
import urllib.request
from collections.abc import Iterator

import pytest

from ingest.store import Store
from tests.ioc.conftest import Desk, Running
from tests.servers import Mosquitto, Postgres, await_that, free_port, listens

SOURCES = '[sources.loudspeakers]\nconnector = "loudspeaker_mqtt"\n'


@pytest.mark.parametrize("only", [[], ["--only", "ingest"], ["--only", "api"]], ids=lambda only: " ".join(only) or "both")
def test_a_database_of_a_newer_schema_is_left_alone(office: Desk, store: Store, only: list[str]) -> None:
    store.execute("insert into migration (number, name, digest) values (9999, 'tomorrow', 'x')")
    refused = office.ioc("run", *only)
    assert refused.status == 2
    assert "database: it has the newer schema 9999 tomorrow" in refused.err
    assert "install the version that made it, or restore a backup" in refused.err


@pytest.mark.parametrize("only", [[], ["--only", "ingest"], ["--only", "api"]], ids=lambda only: " ".join(only) or "both")
def test_a_database_without_schema_is_sent_to_migrate(desk: Desk, empty_database_url: str, only: list[str]) -> None:
    desk.environment["IOC_DATABASE__URL"] = empty_database_url
    refused = desk.ioc("run", *only)
    assert refused.status == 2
    assert "database: it has no schema yet; run `ioc migrate`" in refused.err
