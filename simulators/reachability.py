"""Simulated echoes (mô phỏng) of cameras and network devices; real ones come from the loopback: 127.0.0.0/8 answers."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import orjson

from connectors.contract import DeviceId, DeviceReport, Message, Record, Simulator
from simulators.signals import between, chance, episode, smooth

_COUNT = 3


class EchoSimulator(Simulator):
    """Devices of a commune, by name and host; they go off, and their lines lose echoes."""

    connector: ClassVar[str]
    kind: ClassVar[str]

    def __init__(self, unit: str, seed: int, hosts: Sequence[tuple[str, str]]) -> None:
        self.unit = unit
        self.seed = seed
        self.hosts = dict(hosts)

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return what three echoes to each device give at the instant (UTC)."""
        return tuple(self._report(name, at.astimezone(UTC)) for name in self.hosts)

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return the echoes that give these reports."""
        return tuple(self._message(record, at) for record in records if isinstance(record, DeviceReport))

    def _report(self, name: str, at: datetime) -> DeviceReport:
        device = DeviceId(self.unit, self.kind, name)
        if episode(self.seed, f"{device} power", at, timedelta(days=5), timedelta(minutes=40), 0.3):
            return DeviceReport(device, at, "offline", {"connected": 0, "loss_pct": 100.0})
        weak = episode(self.seed, f"{device} line", at, timedelta(days=1), timedelta(minutes=20), 0.4)
        flow = smooth(self.seed, f"{device} flow", at, timedelta(seconds=90))
        # One or two of three echoes get through a weak line.
        lost = 1 + int(2 * chance(self.seed, str(device), at.isoformat())) if weak else 0
        values: dict[str, float] = {"connected": 1, "loss_pct": round(100 * lost / _COUNT, 2)}
        values["latency_ms"] = between(180, 650, flow) if weak else between(4, 22, flow)
        if _COUNT - lost > 1:
            values["jitter_ms"] = between(20, 90, flow) if weak else between(0.2, 1.9, flow)
        return DeviceReport(device, at, "degraded" if lost > 1 else "online", values)

    def _message(self, report: DeviceReport, at: datetime) -> Message:
        values = report.values
        received = round(_COUNT * (1 - values["loss_pct"] / 100))
        middle, jitter = values.get("latency_ms", 0.0), values.get("jitter_ms", 0.0)
        # Times whose median and mean difference are those of the report.
        times = {
            0: [],
            1: [middle],
            2: [round(middle - jitter / 2, 3), round(middle + jitter / 2, 3)],
            3: [round(middle - jitter, 3), middle, round(middle + jitter, 3)],
        }[received]
        body = {"at": report.at.isoformat(), "sent": _COUNT, "received": received, "rtt_ms": times}
        address = f"icmp://{self.hosts[report.device.name]}/{report.device.name}"
        return Message(self.connector, address, orjson.dumps(body), at.astimezone(UTC))


class CameraEchoSimulator(EchoSimulator):
    """Cameras."""

    connector: ClassVar[str] = "camera_icmp"
    kind: ClassVar[str] = "camera"


class NetworkEchoSimulator(EchoSimulator):
    """Routers and lines."""

    connector: ClassVar[str] = "network_icmp"
    kind: ClassVar[str] = "network"
