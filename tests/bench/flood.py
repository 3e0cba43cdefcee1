"""Messages by the hundred thousand: made from a seed, sent by a plain MQTT 3.1.1 sender that costs next to nothing."""

import socket
import struct
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

DEVICES = 300


def messages(
    count: int, devices: int = DEVICES, *, start: datetime | None = None, live: bool = False, named: bool = False
) -> Iterator[tuple[str, bytes]]:
    """Yield (topic, body) of a loudspeaker's status; every instant is its device's own.

    ``live``: the instant is that of the making, else a millisecond after the one before; ``named``: the body repeats
    the device of the topic.
    """
    start = start or datetime.now(UTC) - timedelta(hours=1)
    for n in range(count):
        device = f"ls-{n % devices:05}"
        at = datetime.now(UTC) if live else start + timedelta(milliseconds=n)
        # Not json.dumps: the generator shares the machine with what is measured.
        body = (
            f'{{"at": "{at.isoformat()}", "state": "idle", "volume_pct": 70, "signal_dbm": -71.5, "temperature_c": '
            f'{40 + n % 10 / 10}, "uptime_s": {1000 + n}, "amplifier_w": 3.5, "firmware": "2.4.1"'
        )
        body += f', "device": "{device}"}}' if named else "}"
        yield f"ioc/05068/loudspeaker/{device}/status", body.encode()


def packet(topic: str, body: bytes, number: int) -> bytes:
    """Return one PUBLISH, QoS 1."""
    name = topic.encode()
    rest = struct.pack(">H", len(name)) + name + struct.pack(">H", number % 65535 + 1) + body
    return b"\x32" + _length(len(rest)) + rest


class Sender:
    """One connection that publishes as fast as the broker acknowledges, or at a pace."""

    def __init__(self, port: int, name: str = "flood") -> None:
        self._wire = socket.create_connection(("127.0.0.1", port))
        self._wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client = name.encode()
        rest = b"\x00\x04MQTT\x04\x02\x00\x00" + struct.pack(">H", len(client)) + client
        self._wire.sendall(b"\x10" + _length(len(rest)) + rest)
        self._wire.recv(4)
        self._wire.setblocking(False)
        self.sent = 0
        self._acked = 0.0

    def send(self, said: Iterable[tuple[str, bytes]], *, window: int = 2_000) -> None:
        """Publish all, at most ``window`` unacknowledged; returns when all are acknowledged."""
        held = bytearray()
        for topic, body in said:
            held += packet(topic, body, self.sent)
            self.sent += 1
            if len(held) > 1 << 16:
                self._push(held)
                while self.sent - self._acked > window:
                    self._hear()
        self._push(held)
        while self._acked < self.sent:
            self._hear()

    def pace(self, said: Iterable[tuple[str, bytes]], rate: float, *, tick: float = 0.005) -> float:
        """Publish at ``rate`` a second; returns the rate that was reached."""
        began = time.perf_counter()
        held = bytearray()
        for topic, body in said:
            held += packet(topic, body, self.sent)
            self.sent += 1
            ahead = self.sent / rate - (time.perf_counter() - began)
            if len(held) > 1 << 16:  # behind its pace: it sends all the same
                self._push(held)
                self._hear(wait=False)
            if ahead > 0:
                self._push(held)
                self._hear(wait=False)
                time.sleep(max(tick, ahead))
        self._push(held)
        while self._acked < self.sent:
            self._hear()
        return self.sent / (time.perf_counter() - began)

    def close(self) -> None:
        """Disconnect."""
        self._wire.setblocking(True)
        self._wire.sendall(b"\xe0\x00")
        self._wire.close()

    def _push(self, held: bytearray) -> None:
        while held:
            try:
                del held[: self._wire.send(held)]
            except BlockingIOError:
                self._hear()
                time.sleep(0.0005)

    def _hear(self, *, wait: bool = True) -> None:
        try:
            self._acked += len(self._wire.recv(1 << 16)) / 4  # a PUBACK has four bytes
        except BlockingIOError:
            if wait:
                time.sleep(0.0005)


def _length(size: int) -> bytes:
    out = bytearray()
    while True:
        size, digit = divmod(size, 128)
        out.append(digit | 128 if size else digit)
        if not size:
            return bytes(out)
