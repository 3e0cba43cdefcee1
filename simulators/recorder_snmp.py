"""Simulated video recorders (mô phỏng) with Hikvision's objects: disks that fill and fail, channels that stand still.

Which channel is recorded stands in an experimental column (1.3.6.1.3), because no vendor's public MIB has one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import orjson

from connectors.contract import DeviceId, DeviceReport, Message, Record, Simulator
from simulators.ber import INTEGER, OCTETS, Name, Value
from simulators.signals import episode, smooth
from simulators.snmp import booted, system, written

RECORDING: Name = (1, 3, 6, 1, 3, 5068, 1, 1)
_HIKVISION: Name = (1, 3, 6, 1, 4, 1, 50001, 1)
_DISKS: Name = (*_HIKVISION, 241, 1)
_CAPACITY_MB = 3_815_447
_FAILED = 2
_DESCR = "Hikvision NVR (mo phong)"
_SILENCE = "no answer from {host}:161 within 3 s: look at its power and line"


@dataclass(frozen=True)
class Nvr:
    """A recorder with its cameras by channel."""

    name: str
    channels: Mapping[int, str]
    host: str = "127.0.0.1"
    disks: int = 2


class RecorderSnmpSimulator(Simulator):
    """The recorders of one commune; ``community`` is what their agents want to hear."""

    connector: ClassVar[str] = "recorder_snmp"

    def __init__(self, unit: str, seed: int, recorders: Sequence[Nvr], community: str = "mo-phong") -> None:
        self.unit = unit
        self.seed = seed
        self.recorders = {nvr.name: nvr for nvr in recorders}
        self.community = community

    def agents(self) -> tuple["NvrAgent", ...]:
        """Return the agents of the recorders, to be served."""
        return tuple(NvrAgent(self, nvr) for nvr in self.recorders.values())

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return what the recorders tell of themselves and of their cameras at the instant (UTC)."""
        reports: list[Record] = []
        for nvr in self.recorders.values():
            reports += self._reports(nvr, at.astimezone(UTC))
        return tuple(reports)

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return one sample a recorder; what it says of its cameras is in it."""
        return tuple(
            self._message(self.recorders[record.device.name], record.at, at)
            for record in records
            if isinstance(record, DeviceReport) and record.device.kind == "network"
        )

    def objects(self, nvr: Nvr, at: datetime) -> dict[Name, Value]:
        """Return all that a recorder's agent has at the instant; nothing while its power is off."""
        if episode(self.seed, f"{nvr.name} power", at, timedelta(days=9), timedelta(minutes=50), 0.3):
            return {}
        found = system(_DESCR, self._boot(nvr, at), at)
        found[(*_HIKVISION, 102, 0)] = (INTEGER, 1)
        for disk in range(1, nvr.disks + 1):
            status, free = self._disk(nvr, disk, at)
            columns: tuple[Value, ...] = (
                (INTEGER, disk), (OCTETS, f"hdd{disk}"), (INTEGER, status), (INTEGER, free), (INTEGER, _CAPACITY_MB),
            )  # fmt: skip
            found |= {(*_DISKS, column, disk): value for column, value in enumerate(columns, 1)}
        return found | {(*RECORDING, channel): (INTEGER, self._recorded(nvr, channel, at)) for channel in nvr.channels}

    def _reports(self, nvr: Nvr, at: datetime) -> list[DeviceReport]:
        device = DeviceId(self.unit, "network", nvr.name)
        if not self.objects(nvr, at):
            return [DeviceReport(device, at, "offline")]
        disks = [self._disk(nvr, disk, at) for disk in range(1, nvr.disks + 1)]
        working = [free for status, free in disks if status != _FAILED]
        failed = nvr.disks - len(working)
        values: dict[str, float] = {
            "uptime_s": (at - self._boot(nvr, at)) // timedelta(seconds=1), "disks": nvr.disks, "disks_failed": failed,
        }  # fmt: skip
        if working:
            values["disk_free_pct"] = round(100 * sum(working) / (_CAPACITY_MB * len(working)), 2)
        state = "online" if not failed else "degraded" if working else "fault"
        cameras = [
            DeviceReport(
                DeviceId(self.unit, "camera", camera), at, "online" if recorded else "not_recording",
                {"recording": recorded}, {"recorder": nvr.name},
            )
            for channel, camera in sorted(nvr.channels.items())
            for recorded in [self._recorded(nvr, channel, at)]
        ]  # fmt: skip
        return [DeviceReport(device, at, state, values, {"descr": _DESCR}), *cameras]

    def _message(self, nvr: Nvr, said_at: datetime, at: datetime) -> Message:
        objects = self.objects(nvr, said_at)
        body: dict[str, object] = {"at": said_at.isoformat()}
        body |= {"values": written(objects)} if objects else {"error": _SILENCE.format(host=nvr.host)}
        return Message(self.connector, f"snmp://{nvr.host}/{nvr.name}", orjson.dumps(body), at.astimezone(UTC))

    def _boot(self, nvr: Nvr, at: datetime) -> datetime:
        return booted(self.seed, nvr.name, at, timedelta(days=45))

    def _disk(self, nvr: Nvr, disk: int, at: datetime) -> tuple[int, int]:
        """Return a disk's status and what is free on it, in MB."""
        name = f"{nvr.name} disk {disk}"
        failed = episode(self.seed, name, at, timedelta(days=30), timedelta(hours=20), 0.2)
        free = smooth(self.seed, name, at, timedelta(days=2))
        return (_FAILED, 0) if failed else (0, int(_CAPACITY_MB * (0.05 + 0.5 * free)))

    def _recorded(self, nvr: Nvr, channel: int, at: datetime) -> int:
        name = f"{nvr.name} channel {channel}"
        return 0 if episode(self.seed, name, at, timedelta(days=8), timedelta(hours=9), 0.25) else 1


@dataclass(frozen=True)
class NvrAgent:
    """The agent of one recorder."""

    simulator: RecorderSnmpSimulator
    nvr: Nvr

    @property
    def name(self) -> str:
        """The recorder's name."""
        return self.nvr.name

    @property
    def community(self) -> str:
        """What it wants to hear."""
        return self.simulator.community

    def objects(self, now: datetime) -> Mapping[Name, Value]:
        """Return all that it has."""
        return self.simulator.objects(self.nvr, now)
