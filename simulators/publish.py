"""Simulated devices on a real broker: each its own connection and last will while they are few, gateways when many.

One thread serves all connections (paho's documented external loop): a hundred network threads would cost more than
what they simulate.
"""

import logging
import queue
import selectors
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from connectors.contract import DeviceId, Message

log = logging.getLogger(__name__)

ALONE = 200
"""Up to so many devices each has a connection of its own."""
_GATEWAYS = 20
_PATIENCE_S = 10
"""Seconds in which a broker answers."""


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or (8883 if parts.scheme == "mqtts" else 1883)


def _sign_in(client: paho.Client, url: str) -> None:
    """Give a client what the URL says of user and TLS; ``mqtts`` trusts this machine's authorities (SSL_CERT_FILE)."""
    parts = urlsplit(url)
    if parts.username:
        client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
    if parts.scheme == "mqtts":
        client.tls_set()


class Line:
    """One connection, of a device or of a gateway; connects again by itself, and keeps what it could not send."""

    def __init__(self, url: str, name: str, device: DeviceId | None) -> None:
        self._address = _address(url)
        self._device = device
        self._retry_at = 0.0
        self._pause = 0.5
        self.waiting: set[int] = set()
        """What the broker hasn't acknowledged yet; it goes out again after each new connection."""
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
        self.client.max_inflight_messages_set(1000)
        _sign_in(self.client, url)
        if device is not None:
            self.client.will_set(self._connection, b"offline", qos=1, retain=True)
        self.client.on_connect = self._on_connect
        self.client.on_publish = lambda _client, _data, mid, *_: self.waiting.discard(mid)

    @property
    def _connection(self) -> str:
        assert self._device is not None  # noqa: S101 - a gateway has no last will
        return f"ioc/{self._device.unit}/{self._device.kind}/{self._device.name}/connection"

    def turn(self, now: float) -> None:
        """Keep the connection alive, or try again when it is time to."""
        if self.client.socket() is not None:
            self.client.loop_misc()
        elif now >= self._retry_at:
            try:
                self.client.connect(*self._address, keepalive=30)
                self._pause = 0.5
            except OSError as error:
                log.debug("broker away error=%s", error)
                self._pause = min(self._pause * 2, 10)
            self._retry_at = now + self._pause

    def say_goodbye(self, *, off: bool = True) -> None:
        """Leave as a device that is switched off on purpose: say so, then disconnect; else without a word."""
        if self.client.socket() is None:
            return
        if self._device is not None and off:
            self.client.publish(self._connection, b"offline", qos=1, retain=True)
        self.client.loop_write()
        self.client.disconnect()

    def _on_connect(self, client: paho.Client, *_: object) -> None:
        if self._device is not None:
            client.publish(self._connection, b"online", qos=1, retain=True)


class Fleet:
    """The connections of all simulated devices."""

    def __init__(self, url: str, devices: Iterable[DeviceId], name: str = "sim", *, wills: bool = True) -> None:
        devices = list(devices)
        if not wills:
            one = Line(url, name, None)
            self._lines = dict.fromkeys(devices, one)
        elif len(devices) <= ALONE:
            self._lines = {device: Line(url, f"{name}-{device}", device) for device in devices}
        else:
            gateways = [Line(url, f"{name}-gateway-{n}", None) for n in range(_GATEWAYS)]
            self._lines = {device: gateways[n % _GATEWAYS] for n, device in enumerate(devices)}
            log.info("devices=%d share gateways=%d; last wills need at most %d", len(devices), _GATEWAYS, ALONE)
        self._all = list(dict.fromkeys(self._lines.values()))
        self._turned_at = 0.0

    def send(self, device: DeviceId, message: Message, *, retain: bool = False) -> None:
        """Hand a message over, QoS 1; it waits where the broker is away."""
        line = self._lines[device]
        line.waiting.add(line.client.publish(message.address, message.body, qos=1, retain=retain).mid)

    def drain(self, seconds: float) -> None:
        """Serve until the broker has everything, or for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and any(line.waiting for line in self._all):
            self.serve(0.05)

    def serve(self, seconds: float) -> None:
        """Serve every connection for so long."""
        stop = time.monotonic() + seconds
        while True:
            now = time.monotonic()
            if now - self._turned_at > 0.5:
                self._turned_at = now
                for line in self._all:
                    line.turn(now)
            with selectors.DefaultSelector() as waiting:
                for line in self._all:
                    sock = line.client.socket()
                    if sock is not None:
                        write = selectors.EVENT_WRITE if line.client.want_write() else 0
                        waiting.register(sock, selectors.EVENT_READ | write, line)
                left = max(0.0, min(stop - now, 0.5))
                if not waiting.get_map():
                    time.sleep(left)
                ready = waiting.select(left) if waiting.get_map() else []
            for key, events in ready:
                if events & selectors.EVENT_READ:
                    key.data.client.loop_read()
                if events & selectors.EVENT_WRITE:
                    key.data.client.loop_write()
            if time.monotonic() >= stop:
                return

    @property
    def untaken(self) -> int:
        """How many messages the broker has not acknowledged."""
        return sum(len(line.waiting) for line in self._all)

    def close(self, *, off: bool = True) -> None:
        """Switch every device off; or end their connections in order, so that not even a last will speaks of it."""
        for line in self._all:
            line.say_goodbye(off=off)


class Ear:
    """Hears what devices publish, beside whoever else listens; its session ends with it.

    Raises :class:`OSError` where the broker is away or refuses.
    """

    def __init__(self, url: str, filters: Iterable[str], heard: Callable[[str, bytes, bool], None]) -> None:
        self._client = paho.Client(CallbackAPIVersion.VERSION2, clean_session=True)
        _sign_in(self._client, url)
        self._topics = [(topic, 1) for topic in filters]
        self._listening = False
        answers: queue.SimpleQueue[ReasonCode] = queue.SimpleQueue()

        def connected(client: paho.Client, _data: object, _flags: object, reason: ReasonCode, *_: object) -> None:
            answers.put(reason)
            if self._listening:
                client.subscribe(self._topics)

        self._client.on_connect = connected
        self._client.on_message = lambda _client, _data, m: heard(m.topic, bytes(m.payload), m.retain)
        self._client.connect(*_address(url))
        self._client.loop_start()
        refusal = "no answer"
        with suppress(queue.Empty):
            answer = answers.get(timeout=_PATIENCE_S)
            refusal = str(answer) if answer.is_failure else ""
        if refusal:
            self._leave()
            raise ConnectionRefusedError("{}:{}: {}".format(*_address(url), refusal))

    def listen(self, stopping: threading.Event, seconds: float) -> None:
        """Listen until told to stop, or for so long; connects again by itself."""
        self._listening = True
        self._client.subscribe(self._topics)
        stopping.wait(None if seconds == float("inf") else seconds)
        self._leave()

    def _leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
