"""Who empties the same backlog: our ingest process, mq-bridge at two settings, and a bare paho subscriber."""

import json
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import paho.mqtt.client as paho
import psycopg
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ingest.store import Store
from tests.bench import bridge, listener
from tests.bench.site import Site, await_process, listening, program
from tests.servers import Mosquitto

Process = subprocess.Popen[str]
_LOOK_S = 0.2
"""Between two counts; each costs the database."""
_PATIENCE_S = 20.0


class Course(NamedTuple):
    """How a drain went: when the first rows were seen and how many, when the last, how many in all, how many own."""

    first_at: float
    first: int
    last_at: float
    rows: int
    own: int


class Peer(ABC):
    """One of them, for one round: a broker and (but for the bare one) a database of its own."""

    named = False
    """Whether its messages must repeat their device in the body."""

    def __init__(self, site: Site, broker: Mosquitto) -> None:
        self.site = site
        self.broker = broker

    @abstractmethod
    def enlist(self) -> None:
        """Leave a persistent session at the broker."""

    @abstractmethod
    def start(self, count: int) -> AbstractContextManager[Process]:
        """Run it."""

    @abstractmethod
    def follow(self, process: Process, count: int) -> Course:
        """Return when all have come, or no more do."""

    @abstractmethod
    def close(self) -> None:
        """Remove what it stored."""


class _Storing(Peer):
    table: str
    key: str

    def __init__(self, site: Site, broker: Mosquitto, *, empty: bool) -> None:
        super().__init__(site, broker)
        self._database = site.database(empty=empty)
        self.url = site.postgres.url(self._database)

    def follow(self, process: Process, count: int) -> Course:
        first_at, first, last_at, seen = 0.0, 0, time.monotonic(), 0
        all_rows = f"select count(*) from {self.table}"  # noqa: S608 - our own two tables
        own_rows = f"select count(*) from (select distinct {self.key} from {self.table}) as own"  # noqa: S608 - same
        with psycopg.connect(self.url, autocommit=True) as link:
            while seen < count and time.monotonic() - last_at < _PATIENCE_S:
                if process.poll() is not None:
                    raise RuntimeError(f"{type(self).__name__} ended with status {process.returncode}")
                rows = self._one(link, all_rows)
                if rows > seen:
                    seen, last_at = rows, time.monotonic()
                    if not first:
                        first, first_at = rows, last_at
                if seen < count:
                    time.sleep(_LOOK_S)
            own = self._one(link, own_rows)
        return Course(first_at, first, last_at, seen, own)

    @staticmethod
    def _one(link: "psycopg.Connection[Any]", query: str) -> int:
        row = link.execute(query).fetchone()
        assert row is not None
        return int(row[0])

    def close(self) -> None:
        self.site.drop(self._database)


class Ours(_Storing):
    """`ioc run --only ingest`."""

    table = "device_report"
    key = "name, at"

    def __init__(self, site: Site, broker: Mosquitto) -> None:
        super().__init__(site, broker, empty=False)

    def enlist(self) -> None:
        with self.start(0) as process, Store(self.url, pool=2, name="bench") as store:
            await_process(process, lambda: listening(store), "the session")

    def start(self, count: int) -> AbstractContextManager[Process]:
        return self.site.ioc("ingest", self.url, self.broker)


class Bridge(_Storing):
    """mq-bridge, by COPY: without conflict handling, which ours has."""

    table = "bridged"
    key = "device, at"
    named = True
    kind = "default"

    def __init__(self, site: Site, broker: Mosquitto) -> None:
        super().__init__(site, broker, empty=True)
        with psycopg.connect(self.url) as link:
            link.execute(bridge.TABLE)

    def enlist(self) -> None:
        _enlist(self.broker.port, five=True)

    def start(self, count: int) -> AbstractContextManager[Process]:
        url = f"postgresql://postgres@localhost:5432/{self._database}?host={self.site.postgres.folder}"
        words = ("tests.bench.bridge", self.broker.url, "bench", url, self.kind)
        return program(*words, log=self.site.folder / "bridge.log")


class TunedBridge(Bridge):
    """The same with larger batches and queues."""

    kind = "tuned"


class Bare(Peer):
    """A paho subscriber that does nothing with what comes."""

    def enlist(self) -> None:
        _enlist(self.broker.port, five=False)

    def start(self, count: int) -> AbstractContextManager[Process]:
        words = ("tests.bench.listener", str(self.broker.port), "bench", str(count))
        return program(*words, log=self.site.folder / "listener.log")

    def follow(self, process: Process, count: int) -> Course:
        assert process.stdout is not None
        said = json.loads(process.stdout.read())
        return Course(said["first"], 1, said["last"], said["count"], said["own"])

    def close(self) -> None:
        pass  # it keeps nothing


PEERS: dict[str, type[Ours | Bridge | Bare]] = {
    "ours": Ours,
    "mq-bridge, defaults": Bridge,
    "mq-bridge, tuned": TunedBridge,
    "bare paho": Bare,
}


def _enlist(port: int, *, five: bool) -> None:
    """Subscribe under the name that the process will use, and leave."""
    client = paho.Client(
        CallbackAPIVersion.VERSION2,
        client_id="bench",
        clean_session=None if five else False,
        protocol=paho.MQTTv5 if five else paho.MQTTv311,
    )
    session: dict[str, Any] = {}
    if five:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's own gap
        properties.SessionExpiryInterval = 86400
        session = {"clean_start": True, "properties": properties}

    def connected(*_: object) -> None:
        client.subscribe(listener.FILTER, qos=1)

    def subscribed(*_: object) -> None:
        client.disconnect()

    client.on_connect = connected
    client.on_subscribe = subscribed
    client.connect("127.0.0.1", port, **session)
    client.loop_forever()
