"""Our two processes as a screen meets them: ingest and API on one database, and a client that may look."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import httpx

from api import tokens
from ingest.store import Store
from tests.bench.flood import Sender, messages
from tests.bench.site import Site, await_process, listening, site
from tests.servers import Mosquitto, await_that, free_port


@dataclass
class Watched:
    """A running system with its devices known."""

    site: Site
    broker: Mosquitto
    store: Store
    client: httpx.Client


@contextmanager
def watched(devices: int) -> Iterator[Watched]:
    """Run it; every device has spoken once."""
    port = free_port()
    with (
        site() as here,
        here.broker() as broker,
        here.store() as store,
        here.ioc("ingest", store.url, broker) as ingest,
        here.ioc("api", store.url, broker, port=port) as api,
    ):
        _, secret = tokens.create(store, "bench", "viewer", actor="bench")
        headers = {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", headers=headers, timeout=10) as client:
            await_process(ingest, lambda: listening(store), "the subscription")
            await_process(api, lambda: _answers(client), "the API")
            sender = Sender(broker.port, "first-words")
            sender.send(messages(devices, devices, live=True))
            sender.close()
            await_that(lambda: len(_devices(client)) == devices, "the devices")
            yield Watched(here, broker, store, client)


def _answers(client: httpx.Client) -> bool:
    with suppress(httpx.TransportError):
        return client.get("/devices?limit=1").is_success
    return False


def _devices(client: httpx.Client) -> list[object]:
    return list(client.get("/devices?limit=1000").json()["items"])
