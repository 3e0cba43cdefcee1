"""A scene: which devices and offices are simulated, how often they speak, and where to."""

import heapq
import itertools
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.contract import DeviceId, DeviceReport, Message, Simulator
from simulators.camera_mqtt import CameraSimulator
from simulators.citizens import report_as_citizens
from simulators.commune import NEIGHBOUR
from simulators.faults import through
from simulators.hamlets import Hamlet
from simulators.loudspeaker_mqtt import LoudspeakerSimulator
from simulators.network_mqtt import NetworkSimulator
from simulators.publish import Fleet
from simulators.signals import chance
from simulators.town import Town

log = logging.getLogger(__name__)

_KINDS: dict[str, Callable[[DeviceId, int], Simulator]] = {
    "loudspeaker": LoudspeakerSimulator,
    "camera": CameraSimulator,
    "network": NetworkSimulator,
}


@dataclass(frozen=True)
class Scene:
    """What is simulated; ``every`` is a device's interval, ``speed`` how many times faster the simulated day runs."""

    unit: str
    devices: Sequence[DeviceId]
    broker: str
    seed: int = 1
    every: timedelta = timedelta(seconds=30)
    speed: float = 1.0
    faults: Collection[str] = ()
    inbox: Path | None = None
    """Folder in which every office that sends files has one of its own."""
    town: int = 0
    """First port of the offices and devices that are asked; 0: none."""
    api: str = ""
    """Base URL that citizens report to; their token comes in IOC_CITIZEN_TOKEN."""
    centre: tuple[float, float] = (20.6523, 105.589)
    hamlets: Sequence[Hamlet] = ()
    name: str = "sim"
    """Begin of the MQTT client ids."""
    stay: bool = False
    """Whether the devices outlive the play: a centre that is stopped and started again switches no device off."""


@dataclass(order=True)
class _Due:
    at: float
    order: int
    act: Callable[[], None] = field(compare=False)


class Play:
    """Plays a scene until told to stop: one clock, one heap of what is due; offices have threads of their own."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._fleet = Fleet(scene.broker, scene.devices, name=scene.name)
        self._due: list[_Due] = []
        self._order = itertools.count()
        self._began = time.time()
        self._stopping = threading.Event()
        self.sent = 0
        self.taken = 0
        """Of what was sent, what the broker acknowledged; known at the end."""

    def stop(self) -> None:
        """Ask it to stop."""
        self._stopping.set()

    def run(self, seconds: float = float("inf")) -> None:
        """Play until told to stop, or for so many seconds; then switch the devices off, unless they stay."""
        scene = self._scene
        pause = scene.every.total_seconds() / scene.speed
        for device in scene.devices:
            # The first word of all comes within two seconds, the following ones keep that phase.
            first = chance(scene.seed, *device, "first") * min(2.0, pause)
            self._in(first, self._speaker(device, _KINDS[device.kind](device, scene.seed), pause))
        offices: list[threading.Thread] = []
        if scene.inbox is not None:
            # A process that ends with its work: the library that writes workbooks is as large as all the rest.
            words = ["-m", "simulators.files", str(scene.inbox), scene.unit, NEIGHBOUR, str(scene.seed)]
            files = subprocess.Popen([sys.executable, *words])  # noqa: S603 - our own program
            offices.append(threading.Thread(target=files.wait, daemon=True))
        if scene.api:
            people = (scene.api, scene.unit, scene.seed, scene.centre, tuple(scene.hamlets), self._stopping)
            offices.append(threading.Thread(target=report_as_citizens, args=people, daemon=True))
        for office in offices:
            office.start()
        town = Town(scene.unit, scene.town, scene.seed, scene.centre, scene.hamlets)
        with town.open() if scene.town else nullcontext():
            self._play(time.monotonic() + seconds)
        self._stopping.set()
        self._fleet.drain(2)
        self.taken = max(self.sent - self._fleet.untaken, 0)
        self._fleet.close(off=not scene.stay)
        log.info("simulation over sent=%d taken=%d", self.sent, self.taken)

    def _play(self, end: float) -> None:
        while not self._stopping.is_set() and time.monotonic() < end:
            while self._due and self._due[0].at <= time.monotonic():
                heapq.heappop(self._due).act()
            wait = self._due[0].at - time.monotonic() if self._due else 0.2
            self._fleet.serve(max(0.0, min(wait, 0.2)))

    def _in(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._due, _Due(time.monotonic() + seconds, next(self._order), act))

    def _speaker(self, device: DeviceId, simulator: Simulator, pause: float) -> Callable[[], None]:
        def speak() -> None:
            self._in(pause, speak)
            now = datetime.now(UTC)
            # The simulated day runs faster than the clock, the stamps don't: nobody reports from tomorrow.
            simulated = datetime.fromtimestamp(self._began + (time.time() - self._began) * self._scene.speed, UTC)
            measured = simulator.measure(simulated)
            stamped = tuple(replace(record, at=now) for record in measured if isinstance(record, DeviceReport))
            for message in simulator.encode(stamped, now):
                for after, piece in through(message, self._scene.faults, self._scene.seed):
                    self._send(device, piece, after.total_seconds())

        return speak

    def _send(self, device: DeviceId, message: Message, after: float) -> None:
        def send() -> None:
            self.sent += 1
            self._fleet.send(device, message)

        if after:
            self._in(after, send)
        else:
            send()
