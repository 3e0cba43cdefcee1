"""MQTT in: a persistent session, QoS 1, each message acknowledged only when it is stored.

The network loop is ours (paho's documented external loop), for three reasons: it never waits for the database, so the
keep-alive holds; acknowledgements leave in one piece a turn; and bytes are read in large pieces, which halves the cost
of a message. While the queue is full we read no further; when that lasts (the database is away), we read on for the
keep-alive's sake, forget what finds no room unacknowledged, and ask the broker for it again once there is room.
"""

import contextlib
import logging
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from connectors.contract import Message, Subscribed
from ingest.batch import Outcome
from ingest.canary import Sighting
from ingest.envelope import Envelope
from ingest.errors import pauses
from ingest.sections import Broker
from ingest.wire import BufferedSocket
from ingest.writer import Writer

log = logging.getLogger(__name__)

_TURN = 2_000
"""Messages read at most before the others get their turn."""
_BRIEF = timedelta(seconds=10)
_OFTEN = 3
"""So many connections in a row that ended so soon are no accident."""


class _Client(paho.Client):
    """paho's client on a buffered socket, its messages handed over without the locks of callbacks per topic.

    The two private hooks of paho that we use; the transport's tests prove them on every upgrade.
    """

    buffered: BufferedSocket | None = None
    heard: Callable[[paho.MQTTMessage], None]

    def _create_socket(self) -> Any:
        self.buffered = BufferedSocket(cast("socket.socket", super()._create_socket()))
        return self.buffered

    def _handle_on_message(self, message: paho.MQTTMessage) -> None:
        self.heard(message)


class Subscriber(threading.Thread):
    """Listens for every subscribed source on one connection, and reconnects for ever with growing pauses."""

    def __init__(self, broker: Broker, sources: Mapping[str, Subscribed], writer: Writer) -> None:
        super().__init__(name="mqtt")
        self._broker = broker
        self._writer = writer
        self.filters = {topic: name for name, source in sources.items() for topic in source.topics()}
        self._sources = sources
        self._source_of = lru_cache(maxsize=1 << 16)(self._match)
        self._stopping = threading.Event()
        self._wake_r, self._wake_w = socket.socketpair()
        self._wake_r.setblocking(False)
        self._wake_w.setblocking(False)
        self._acks: deque[Sequence[object]] = deque()
        self._order: deque[int] = deque()  # tickets as they came; MQTT-4.6.0-2: acknowledged in that order
        self._settled: set[int] = set()
        self._removed: deque[str] = deque()
        self._read: list[Envelope] = []
        self._generation = 0
        self._subscribed = False
        self._heard_at = 0.0
        self._canary_at = 0.0
        self._canary_topic = f"ioc-canary/{broker.client}"
        self._overflowed = False
        self._full_since: float | None = None
        self._brief = 0
        self._now = datetime.now(UTC)
        self.unheard = 0
        self.connected_since: datetime | None = None
        self._seen_at = self._now
        self.sees_since = self._now
        self.fault = "not connected yet"

    @property
    def blind_since(self) -> datetime | None:
        """When we last saw anything, if we can't see now: no connection, or not even our own canary comes through."""
        if self.connected_since is None or (self._overdue() and self._writer.queued == 0):
            return self._seen_at
        return None

    def sighting(self) -> Sighting:
        """Return whether our own message comes back through the broker."""
        blind = self.blind_since is not None
        return Sighting(not blind, (self.fault or "nothing comes through, not even our own message") if blind else "")

    def _overdue(self) -> bool:
        return time.monotonic() - self._heard_at > 2.5 * self._broker.canary

    # What other threads may call

    def settle(self, tickets: Sequence[object], outcomes: Sequence[Outcome]) -> None:
        """Acknowledge stored messages; those of an older connection come again and are known by then."""
        self._acks.append(tickets)
        self._wake()

    def unsubscribe(self, topics: Iterable[str]) -> None:
        """Remove filters that an older configuration left in the persistent session."""
        self._removed.extend(topics)
        self._wake()

    def stop(self) -> None:
        """Send the acknowledgements that are due, then leave; the session stays at the broker."""
        self._stopping.set()
        self._wake()
        self.join()
        self._wake_r.close()
        self._wake_w.close()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # it is being woken already, or has left
            self._wake_w.send(b"!")

    # The thread

    def run(self) -> None:
        """Connect, listen, and again."""
        waits = pauses(first=0.2)
        while not self._stopping.is_set():
            try:
                client = self._connect()
                waits = pauses(first=0.2) if self._listen(client) else waits
            except (OSError, ValueError) as error:
                self._down(f"{type(error).__name__}: {error}")
            self._stopping.wait(next(waits))

    def _connect(self) -> _Client:
        url = urlsplit(self._broker.url)
        five = self._broker.protocol == "5"
        client = _Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._broker.client,
            clean_session=None if five else False,
            protocol=paho.MQTTv5 if five else paho.MQTTv311,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        client.connect_timeout = 5.0
        if url.username:
            client.username_pw_set(unquote(url.username), unquote(url.password or ""))
        if url.scheme == "mqtts":
            client.tls_set(ca_certs=str(self._broker.ca) if self._broker.ca else None)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.heard = self._on_message
        client.on_subscribe = self._on_subscribe
        session: dict[str, Any] = {}
        if five:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's own gap
            properties.SessionExpiryInterval = 7 * 24 * 3600
            properties.ReceiveMaximum = min(65_535, self._writer.bound)
            session = {"clean_start": False, "properties": properties}
        self._generation += 1
        self._acks.clear()
        self._order.clear()
        self._settled.clear()
        self._overflowed = False
        host = url.hostname or "127.0.0.1"
        client.connect(host, url.port or (8883 if url.scheme == "mqtts" else 1883), self._broker.keepalive, **session)
        return client

    def _listen(self, client: _Client) -> bool:
        """Serve one connection until it ends; tells whether it had been accepted."""
        accepted = False
        misc_at = 0.0
        while (wire := client.buffered) is not None and client.socket() is not None:
            blocked = wire.flush()
            heed = self._heed(time.monotonic())
            waiting = heed and wire.pending() > 0
            sources: list[BufferedSocket | socket.socket] = [wire, self._wake_r] if heed else [self._wake_r]
            readable, _, _ = select.select(sources, [wire] if blocked else [], [], 0 if waiting else 0.5)
            self._now = datetime.now(UTC)
            if waiting or wire in readable:
                self._read_turn(client, wire)
            if self._wake_r in readable:
                self._wake_r.recv(4096)
            self._send_acks(client)
            while self._removed and self.connected_since:
                client.unsubscribe(self._removed.popleft())
            now = time.monotonic()
            if now - misc_at > 0.5:
                misc_at = now
                accepted = accepted or self.connected_since is not None
                client.loop_misc()
                self._watch(client, now)
            if self._stopping.is_set() and client.socket() is not None:
                client.disconnect()
                break
        self._down(self.fault)
        return accepted

    def _read_turn(self, client: _Client, wire: BufferedSocket) -> None:
        client.loop_read()
        while client.socket() is not None and len(self._read) < _TURN and wire.pending():
            client.loop_read()
        if self._read:
            read, self._read = self._read, []
            self._hear()
            taken = self._writer.offer(read)
            if taken < len(read):
                if not self._overflowed:
                    log.warning("queue full bound=%d; the broker keeps the rest", self._writer.bound)
                self._overflowed = True

    def _heed(self, now: float) -> bool:
        """Tell whether to read on: not while the queue is full, unless the keep-alive would suffer."""
        if self._writer.queued + _TURN <= self._writer.bound:
            self._full_since = None
            return True
        if self._full_since is None:
            self._full_since = now
        return now - self._full_since > self._broker.keepalive / 3

    def _send_acks(self, client: _Client) -> None:
        order, settled = self._order, self._settled
        while self._acks:
            tickets = cast("Sequence[int]", self._acks.popleft())
            settled.update(ticket for ticket in tickets if ticket >> 16 == self._generation)
        while order and order[0] in settled and client.socket() is not None:
            settled.discard(order[0])
            client.ack(order.popleft() & 0xFFFF, 1)

    def _watch(self, client: _Client, now: float) -> None:
        """Send the canary, notice silence, and fetch again what found no room."""
        if self.connected_since is None:
            return
        if self._overflowed and self._writer.queued < self._writer.bound // 2:
            log.info("queue has room again; asking the broker for what it kept")
            client.disconnect()
            return
        if now - self._canary_at >= self._broker.canary:
            self._canary_at = now
            client.publish(self._canary_topic, b"", qos=1)
            self.unheard = self.unheard + 1 if now - self._heard_at > 1.5 * self._broker.canary else 0
            if self.unheard > 3 and self._writer.queued == 0:
                self.fault = "the connection is up but nothing comes through it, not even our own message"
                log.warning("broker silent for_s=%.0f; connecting anew", now - self._heard_at)
                client.disconnect()

    def _down(self, why: str) -> None:
        if self.connected_since is not None or self.fault != why:
            self.fault = why
            if not self._stopping.is_set():
                log.warning("broker down url=%s fault=%r", _shown(self._broker.url), why)
        self.connected_since = None

    # Called by paho, in this thread

    def _on_connect(self, client: paho.Client, _: Any, flags: paho.ConnectFlags, reason: Any, __: Any) -> None:
        if reason.is_failure:
            self.fault = f"the broker refuses us: {reason}"
            return
        if not (flags.session_present and self._subscribed):
            client.subscribe([(topic, 1) for topic in (*self.filters, self._canary_topic)])
        log.info("broker up url=%s session=%s", _shown(self._broker.url), "kept" if flags.session_present else "new")
        self.fault = ""
        self.unheard = 0
        self._hear()
        self.connected_since = self._now

    def _on_disconnect(self, _: paho.Client, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        since = self.connected_since
        self._brief = self._brief + 1 if since is not None and self._now - since < _BRIEF else 0
        if not self.fault:
            self.fault = f"disconnected: {reason}"
            if self._brief >= _OFTEN:  # what a broker does to the older of two of one name
                name = self._broker.client
                self.fault += f"; does another process sign in as {name!r}? Give each a broker.client of its own"

    def _on_subscribe(self, _: paho.Client, __: Any, ___: int, reasons: list[Any], ____: Any) -> None:
        refused = [t for t, r in zip((*self.filters, self._canary_topic), reasons, strict=False) if r.is_failure]
        if refused:
            self.fault = f"the broker's access list refuses {', '.join(refused)}"
            log.error("subscription refused topics=%s", ",".join(refused))
        self._subscribed = not refused

    def _on_message(self, heard: paho.MQTTMessage) -> None:
        try:
            topic = heard.topic
        except UnicodeDecodeError:
            topic = "(a topic that is not UTF-8)"
        ticket = self._ticket(heard)
        name = self._source_of(topic)
        if name is None:
            # Our own canary, or an old configuration's filter until it is removed.
            self._hear()
            self._settled.add(ticket)
            return
        message = Message(name, topic, bytes(heard.payload), self._now, "", heard.dup, heard.retain)
        self._read.append(Envelope(message, self._sources[name], self, ticket))

    def _ticket(self, heard: paho.MQTTMessage) -> int:
        """Join message id and connection: an id of an older connection may mean another message by now."""
        if heard.qos == 0:
            return 0
        ticket = self._generation << 16 | heard.mid
        self._order.append(ticket)
        return ticket

    def _hear(self) -> None:
        if self.connected_since is None or self._overdue():
            self.sees_since = self._now
        self._heard_at, self._seen_at = time.monotonic(), self._now

    def _match(self, topic: str) -> str | None:
        return next((name for filter_, name in self.filters.items() if paho.topic_matches_sub(filter_, topic)), None)


def _shown(url: str) -> str:
    """Return the URL without its password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or 1883}"
