"""`ioc simulate`: simulators only."""

import signal
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from connectors.contract import DeviceId
from ingest.config import Settings
from simulators.commune import ASKED, ROUTERS
from simulators.hamlets import Hamlet
from simulators.recording import BrokerAway
from simulators.scene import Play, Scene


def simulated_devices(settings: Settings, count: int) -> list[DeviceId]:
    """Return the register's installed devices, and invented ones up to ``count`` (three cameras to a loudspeaker)."""
    devices = [DeviceId(d.unit, d.kind, d.name) for d in settings.devices if d.lifecycle == "installed"]
    for n in range(len(devices) + 1, count + 1):
        kind, name = ("loudspeaker", f"loa-{n:04}") if n % 4 == 0 else ("camera", f"cam-{n:04}")
        devices.append(DeviceId(settings.commune.unit, kind, name))
    return devices[:count]


def simulate(
    settings: Settings,
    count: int,
    rate: float | None,
    faults: Collection[str],
    seed: int,
    speed: float,
    only: str,
    inbox: Path | None,
    api: str,
    town: int,
    seconds: float | None,
    *,
    stay: bool = False,
) -> None:
    """Play until a signal comes, or for so many seconds; raises :class:`BrokerAway` where the broker took nothing."""
    devices = simulated_devices(settings, count)
    if town:  # those are asked there, and don't speak by themselves, but for one router that does both
        devices = [device for device in devices if device.kind != "network" and device.name not in ASKED]
        devices.append(DeviceId(settings.commune.unit, "network", ROUTERS[0]))
    if only:
        kind, _, name = only.partition(".")
        devices = [DeviceId(settings.commune.unit, kind, name)]
    every = timedelta(seconds=len(devices) / rate if rate else 30)
    play = Play(
        Scene(
            unit=settings.commune.unit,
            devices=devices,
            broker=settings.broker.url,
            seed=seed,
            every=every,
            speed=speed,
            faults=faults,
            inbox=inbox,
            api=api,
            town=town,
            hamlets=[Hamlet(hamlet.name, hamlet.outline) for hamlet in settings.hamlets],
            name=f"sim-{only or settings.commune.unit}",
            stay=stay,
        )
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: play.stop())
    play.run(seconds if seconds is not None else float("inf"))
    if play.sent and not play.taken:
        raise BrokerAway(f"the broker took none of {play.sent} messages; see `ioc doctor`")
