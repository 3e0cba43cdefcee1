"""The API as its users meet it: uvicorn on a free port, a database of the test's own."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
import pytest

from api import accounts, tokens
from api.accounts import Role
from api.app import create_app
from api.server import Server
from ingest.config import Settings
from ingest.store import Store
from tests.servers import await_that, free_port

PASSWORD = "mat khau that dai"


@dataclass
class Api:
    """A running API; ``client(role)`` speaks to it with a token of that role."""

    settings: Settings
    store: Store
    _clients: list[httpx.Client] = field(default_factory=list)
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.http.port}"

    def __enter__(self) -> Self:
        self.app = create_app(self.settings)
        self.server = Server(self.app, host="127.0.0.1", port=self.settings.http.port)
        self._thread = threading.Thread(target=self.server.run)
        self._thread.start()
        await_that(lambda: self.server.started, "the API")
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.close()
        self.stop()

    def stop(self) -> float:
        """Stop it; returns the seconds it took."""
        began = time.monotonic()
        self.server.should_exit = True
        assert self._thread is not None
        self._thread.join(20)
        assert not self._thread.is_alive()
        return time.monotonic() - began

    def anonymous(self, **options: Any) -> httpx.Client:
        client = httpx.Client(base_url=self.url, timeout=30, **options)
        self._clients.append(client)
        return client

    def client(self, role: Role = "viewer") -> httpx.Client:
        _, secret = tokens.create(self.store, f"test-{role}", role, actor="test")
        return self.anonymous(headers={"Authorization": f"Bearer {secret}"})

    def person(self, role: Role = "viewer", name: str = "lan") -> httpx.Client:
        accounts.create(self.store, name, PASSWORD, role, actor="test")
        client = self.anonymous()
        answer = client.post("/api/v1/session", json={"username": name, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return client


SOURCES = {
    "loudspeakers": {"connector": "loudspeaker_mqtt"},
    "cameras": {"connector": "camera_mqtt"},
    "reports": {"connector": "field_reports", "unit": "00004"},
}


@pytest.fixture
def configured(database_url: str) -> Callable[..., Settings]:
    """Makes settings for the test's own database and a free port."""

    def make(**http: Any) -> Settings:
        tables = {
            "commune": {"unit": "00004"},
            "database": {"url": database_url, "pool": 4},
            "http": {"port": free_port(), **http},
            "sources": SOURCES,
        }
        return Settings.model_validate(tables)

    return make


@pytest.fixture
def api(configured: Callable[..., Settings], store: Store) -> Iterator[Api]:
    """A running API on a migrated database of its own."""
    with Api(configured(), store) as api:
        yield api
