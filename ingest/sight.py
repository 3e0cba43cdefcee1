"""Looking whether we can see: an echo or a connection, a name looked up, the clock beside another one."""

import ipaddress
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import orjson

from connectors.talk import Ping
from ingest.canary import Sighting
from ingest.fetch import icmp
from ingest.store import Store

_ROUTES = Path("/proc/net/route")
_GATEWAY = 0x2
"""RTF_GATEWAY of linux/route.h."""
_NTP_EPOCH = 2_208_988_800
"""Seconds from 1900, where NTP begins (RFC 5905), to 1970."""

Look = Callable[[float], Sighting]
"""One look within so many seconds."""


def gateway(routes: Path = _ROUTES) -> str | None:
    """Return the address of the default route's gateway (Linux, IPv4); ``None`` where there is none."""
    try:
        lines = routes.read_text("ascii").splitlines()[1:]
    except OSError:
        return None
    found = []
    for line in lines:
        _, destination, address, flags, _, _, metric, mask, *_ = line.split()
        if destination == mask == "00000000" and int(flags, 16) & _GATEWAY:
            found.append((int(metric), str(ipaddress.IPv4Address(socket.ntohl(int(address, 16))))))
    return min(found)[1] if found else None


def own_gateway(timeout: float) -> Sighting:
    """Look at the gateway of the default route."""
    address = gateway()
    return Sighting(False, "there is no default route") if address is None else reach(address, timeout)


def reach(host: str, timeout: float) -> Sighting:
    """Look whether a host answers: ``host:port`` takes a TCP connection, ``host`` an ICMP echo."""
    began = time.monotonic()
    name, _, port = host.rpartition(":")
    try:
        if name and port.isdecimal():
            socket.create_connection((name.strip("[]"), int(port)), timeout).close()
            return Sighting(True, "", (time.monotonic() - began) * 1000)
        answer = orjson.loads(icmp.fetch(Ping(host, count=1), timeout))
    except PermissionError as error:
        return Sighting(None, str(error))
    except OSError as error:
        return Sighting(False, f"{host}: {error}")
    if not answer["received"]:
        return Sighting(False, f"{host}: no echo within {timeout:g} s")
    return Sighting(True, "", answer["rtt_ms"][0])


def resolve(name: str, timeout: float) -> Sighting:
    """Look a name up, as every other program of this machine does; the resolver has its own patience."""
    began = time.monotonic()
    try:
        socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return Sighting(False, f"{name}: {error}")
    return Sighting(True, "", (time.monotonic() - began) * 1000)


def clock(store: Store, largest: float) -> Look:
    """Return the look at our clock beside the database's, ``largest`` seconds apart at most."""

    def look(_timeout: float) -> Sighting:
        with store.transaction() as link:
            link.execute("select 1")  # a connection that is made first takes no time off the answer
            sent = time.time()
            row = link.execute("select extract(epoch from clock_timestamp())::double precision").fetchone()
            heard = time.time()
        assert row is not None  # noqa: S101 - always one
        return _apart((sent + heard) / 2 - row[0], largest, "the database's")

    return look


def ntp_clock(server: str, largest: float) -> Look:
    """Return the look at our clock beside that of a time server, by SNTP (RFC 4330, UDP)."""
    host, _, port = server.partition(":")

    def look(timeout: float) -> Sighting:
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
                line.settimeout(timeout)
                line.connect((host, int(port or 123)))
                sent = time.time()
                line.send(b"\x23" + bytes(47))  # version 4, client
                answer = line.recv(512)
                heard = time.time()
        except OSError as error:
            return Sighting(None, f"{server}: {error}")
        if len(answer) < 48 or answer[0] & 7 != 4 or not answer[1]:
            return Sighting(None, f"{server}: no answer of a time server that is in step")
        came, left = (_seconds(answer[at : at + 8]) for at in (32, 40))
        return _apart(((sent - came) + (heard - left)) / 2, largest, f"{server}'s")

    return look


def _seconds(stamp: bytes) -> float:
    whole, part = struct.unpack(">II", stamp)
    return float(whole - _NTP_EPOCH + part / 2**32)


def _apart(ahead: float, largest: float, whose: str) -> Sighting:
    if abs(ahead) <= largest:
        return Sighting(True, "", ahead)
    side = "ahead of" if ahead > 0 else "behind"
    return Sighting(False, f"our clock is {abs(ahead):.1f} s {side} {whose}; see that a time service runs", ahead)


class Lookout:
    """Takes looks side by side, none for longer than its time; one that hangs is not begun a second time."""

    def __init__(self) -> None:
        self._out: dict[str, threading.Thread] = {}

    def look(self, looks: Mapping[str, Look], timeout: float) -> dict[str, Sighting]:
        """Return what each look gave within ``timeout`` seconds."""
        found: dict[str, Sighting] = {}

        def run(name: str, one: Look) -> None:
            try:
                found[name] = one(timeout)
            except Exception as error:  # noqa: BLE001 - a look that breaks has not seen
                found[name] = Sighting(None, f"{type(error).__name__}: {error}")

        for name, one in looks.items():
            if name not in self._out or not self._out[name].is_alive():
                # A daemon: the resolver can't be broken off, and must not keep us from leaving.
                self._out[name] = threading.Thread(target=run, args=(name, one), name=f"look-{name}", daemon=True)
                self._out[name].start()
        deadline = time.monotonic() + timeout + 0.5
        for name in looks:
            self._out[name].join(max(deadline - time.monotonic(), 0))
        missing = Sighting(False, f"no answer within {timeout:g} s")
        return {name: found.get(name, missing) for name in looks}
