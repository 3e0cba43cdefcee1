"""Per source: its row, its heartbeat, its error, and the times when it could not see."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
from psycopg.types.json import Jsonb

from connectors.contract import Connector, Polled, Subscribed
from ingest import contracts, expected, register
from ingest.config import Settings
from ingest.sql import QUERIES
from ingest.store import Link, Store

log = logging.getLogger(__name__)


CONNECTION_DOWN, COLLECTOR_STOPPED = "connection_down", "collector_stopped"
"""Reasons of a blindness in which nothing is said; those of sources that ask are the guard's."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """What a transport says of one source now; ``blind_since`` is set while it can't see (UTC), ``reason`` says why."""

    queued: int = 0
    fault: str = ""
    blind_since: datetime | None = None
    sees_since: datetime | None = None
    reason: str = CONNECTION_DOWN


def transport(connector: Connector) -> str:
    """Return how a connector's messages come in."""
    if isinstance(connector, Subscribed):
        return "subscribed"
    return "polled" if isinstance(connector, Polled) else "received"


def declare(store: Store, settings: Settings) -> None:
    """Write sources, devices and hamlets of the configuration into the database."""
    with store.transaction() as link:
        for name, connector in settings.sources.items():
            link.execute(
                QUERIES["declare_source"],
                {
                    "name": name,
                    "connector": type(connector).__module__.removeprefix("connectors."),
                    "feed": connector.feed,
                    "title": connector.title_vi or connector.title,
                    "transport": transport(connector),
                    "stale_after": connector.stale_after,
                    "every": connector.every if isinstance(connector, Polled) and not connector.cron else None,
                },
            )
        link.execute(QUERIES["forget_sources"], (list(settings.sources),))
        expected.declare(link, settings)
        contracts.declare(link, settings.contracts, settings.commune.unit)
        register.declare(link, settings.devices, simulated=settings.commune.simulated)
        for hamlet in settings.hamlets:
            shape = {"type": "Polygon", "coordinates": [hamlet.outline]} if hamlet.outline else None
            outline = Jsonb(shape, dumps=orjson.dumps) if shape else None
            link.execute(QUERIES["declare_hamlet"], (settings.commune.unit, hamlet.name, outline))
        for key, value in (("commune", settings.commune.unit), ("ingest", settings.ingest.model_dump_json())):
            link.execute(
                "insert into store_meta values (%s, %s) on conflict (key) do update set value = excluded.value",
                (key, value),
            )


class Health:
    """Writes the pulse of every source of this process every few seconds."""

    def __init__(self, store: Store, pulses: Mapping[str, Callable[[], Pulse]]) -> None:
        self._store = store
        self._pulses = pulses
        self._blind: dict[str, datetime] = {}
        self._probing: set[str] = set()  # blind sources that go on asking, and may call devices offline
        self._asked: dict[tuple[str, str], dict[str, object]] = {}
        self._began = False

    def begin(self) -> None:
        """Note that nothing was seen since the last heartbeat: our own absence is no device's outage."""
        with self._store.transaction() as link:
            for name in self._pulses:
                row = link.execute("select heartbeat_at from source where name = %s", (name,)).fetchone()
                last = row[0] if row else None
                if last is not None:
                    self._open(link, name, last, COLLECTOR_STOPPED)
        self._began = True

    def beat(self) -> None:
        """Write heartbeats, queues and faults, and open or close blind spans."""
        if not self._began:
            self.begin()
        now = datetime.now(UTC)
        with self._store.transaction() as link:
            for name, ask in sorted(self._pulses.items()):  # the writer's order: two never wait for each other
                pulse = ask()
                link.execute(
                    "update source set heartbeat_at = %(now)s, queued = %(queued)s, error = %(fault)s, error_since ="
                    " case when %(fault)s = '' then null else coalesce(error_since, %(now)s) end where name = %(name)s",
                    {"now": now, "queued": pulse.queued, "fault": pulse.fault, "name": name},
                )
                if pulse.blind_since is not None:
                    self._open(link, name, pulse.blind_since, pulse.reason)
                    if pulse.reason != CONNECTION_DOWN:
                        self._probing.add(name)
                        self._hide(name, now)
                else:
                    self._close(link, name, pulse.sees_since or now)
        self._ask()

    def _open(self, link: Link, name: str, since: datetime, reason: str) -> None:
        if name in self._blind:
            return
        self._blind[name] = since
        link.execute(
            "insert into blind_span (source, started_at, reason) values (%s, %s, %s) on conflict (source, started_at)"
            " do update set ended_at = null, reason = excluded.reason",
            (name, since, reason),
        )
        if reason not in (CONNECTION_DOWN, COLLECTOR_STOPPED):
            self._asked["renew_silent", name] = {"source": name, "since": since}

    def _hide(self, name: str, until: datetime) -> None:
        """Have devices looked at again that a blind source called offline."""
        self._asked["renew_unseen", name] = {"source": name, "since": self._blind[name], "until": until}

    def _ask(self) -> None:
        """Ask for renewals apart from the counters: who computes anew waits for batches, and those for counters."""
        if self._asked:
            with self._store.transaction() as link:
                for (query, _), about in self._asked.items():
                    link.execute(QUERIES[query], about)
            self._asked.clear()

    def _close(self, link: Link, name: str, now: datetime) -> None:
        if name in self._blind:
            if name in self._probing:
                self._probing.remove(name)
                self._hide(name, now)
            del self._blind[name]
            link.execute(
                "update blind_span set ended_at = greatest(started_at, %s) where source = %s and ended_at is null",
                (now, name),
            )


BEAT = timedelta(seconds=1)
