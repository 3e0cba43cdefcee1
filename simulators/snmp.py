"""Simulated SNMP agents on the loopback: SNMPv2c, read only, a port for each."""

import logging
import selectors
import socket
import threading
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from simulators.ber import (
    END_OF_MIB,
    GET,
    GET_BULK,
    NO_SUCH_OBJECT,
    OCTETS,
    TICKS,
    Asked,
    Binding,
    Name,
    Value,
    read,
    response,
)
from simulators.signals import chance

log = logging.getLogger(__name__)

_LARGEST = 1_400
"""Octets of an answer: a datagram that no line takes apart."""
_MOST = 64
"""Repetitions of a GETBULK."""
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_HUNDREDTH = timedelta(milliseconds=10)
SYS_DESCR: Name = (1, 3, 6, 1, 2, 1, 1, 1, 0)
SYS_UPTIME: Name = (1, 3, 6, 1, 2, 1, 1, 3, 0)


class Agent(Protocol):
    """One device; pure in its seed and the instant."""

    @property
    def name(self) -> str:
        """The device's name."""

    @property
    def community(self) -> str:
        """What it wants to hear."""

    def objects(self, now: datetime) -> Mapping[Name, Value]:
        """Return all that it has at the instant (UTC), in any order; nothing: it is off, and does not answer."""


def booted(seed: int, name: str, at: datetime, every: timedelta) -> datetime:
    """Return when a device last started (UTC), which it does once in each stretch ``every``."""
    first = _EPOCH - every * chance(seed, name, "boot")
    return first + (at - first) // every * every


def system(descr: str, boot: datetime, at: datetime) -> dict[Name, Value]:
    """Return the objects that every agent has."""
    return {SYS_DESCR: (OCTETS, descr), SYS_UPTIME: (TICKS, (at - boot) // _HUNDREDTH)}


def written(objects: Mapping[Name, Value]) -> dict[str, int | str]:
    """Return objects as a collector writes them down, in the order of their names."""
    return {
        ".".join(map(str, name)): value[1] for name, value in sorted(objects.items()) if isinstance(value[1], int | str)
    }


def answer(datagram: bytes, agent: Agent, now: datetime) -> bytes | None:
    """Return an agent's answer to a datagram; none where it is off, or doesn't know who asks."""
    try:
        asked = read(datagram)
    except ValueError as error:
        log.debug("not answered name=%s reason=%s", agent.name, error)
        return None
    objects = agent.objects(now)
    if not objects or asked.community != agent.community.encode():
        return None
    if asked.kind == GET:
        return response(asked, [(name, objects.get(name, (NO_SUCH_OBJECT, None))) for name in asked.names])
    return response(asked, _following(asked, objects))


def _following(asked: Asked, objects: Mapping[Name, Value]) -> list[Binding]:
    names = sorted(objects)

    def after(name: Name) -> Binding:
        place = bisect_right(names, name)
        return (names[place], objects[names[place]]) if place < len(names) else (name, (END_OF_MIB, None))

    bulk = asked.kind == GET_BULK
    plain = max(asked.plain, 0) if bulk else len(asked.names)
    found = [after(name) for name in asked.names[:plain]]
    row = list(asked.names[plain:])
    for _ in range(min(asked.repeated, _MOST) if bulk else 0):
        bindings = [after(name) for name in row]
        if found and len(response(asked, [*found, *bindings])) > _LARGEST:
            break
        found += bindings
        row = [name for name, _ in bindings]
        if all(value[0] == END_OF_MIB for _, value in bindings):
            break
    return found


class Agents:
    """Serves agents on the loopback until closed: on ``port`` and those that follow it, or on free ones (0);
    :attr:`ports` says which, by name.
    """

    def __init__(
        self, agents: Sequence[Agent], port: int = 0, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._clock = clock
        self._selector = selectors.DefaultSelector()
        self._stopping = threading.Event()
        self.ports: dict[str, int] = {}
        for place, agent in enumerate(agents):
            door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            door.bind(("127.0.0.1", port + place if port else 0))
            self.ports[agent.name] = door.getsockname()[1]
            self._selector.register(door, selectors.EVENT_READ, agent)
        self._thread = threading.Thread(target=self._serve, name="agents", daemon=True)

    def __enter__(self) -> "Agents":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            self._selector.unregister(key.fileobj)
            assert isinstance(key.fileobj, socket.socket)  # noqa: S101 - ours
            key.fileobj.close()
        self._selector.close()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            for key, _ in self._selector.select(0.1):
                door = key.fileobj
                assert isinstance(door, socket.socket)  # noqa: S101 - ours
                datagram, asker = door.recvfrom(65_535)
                told = answer(datagram, key.data, self._clock())
                if told is not None:
                    door.sendto(told, asker)
