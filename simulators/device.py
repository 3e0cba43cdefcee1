"""How a simulated device of the house's own format writes: ``…/status`` as JSON, ``…/connection`` as last will."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import orjson

from connectors.contract import LOCAL, DeviceId, DeviceReport, Message, Record, Simulator
from simulators.signals import episode


class DeviceSimulator(Simulator):
    """One device; while its power is off the broker speaks for it (last will ``offline``)."""

    connector: ClassVar[str]
    flags: ClassVar[frozenset[str]] = frozenset()
    """Facts that are written as true and false."""

    def __init__(self, device: DeviceId, seed: int) -> None:
        self.device = device
        self.seed = seed

    @abstractmethod
    def state(self, at: datetime) -> tuple[str, Mapping[str, float], Mapping[str, str]]:
        """Return what the device finds at the instant: state, numbers and texts."""

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the report of the device at the instant (UTC)."""
        if self.fault("power", at, every=timedelta(days=5), lasting=timedelta(minutes=40), odds=0.3):
            return (DeviceReport(self.device, at.astimezone(UTC), "offline", {}, {"evidence": "connection"}),)
        state, values, labels = self.state(at)
        return (DeviceReport(self.device, at.astimezone(UTC), state, values, labels),)

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return one message a report."""
        return tuple(self._message(record, at) for record in records if isinstance(record, DeviceReport))

    def fault(self, name: str, at: datetime, every: timedelta, lasting: timedelta, odds: float) -> bool:
        """Tell whether a fault of this device is on."""
        return episode(self.seed, f"{self.device} {name}", at, every, lasting, odds)

    def _message(self, report: DeviceReport, at: datetime) -> Message:
        topic = "/".join(("ioc", *report.device))
        if report.state == "offline":
            return Message(self.connector, f"{topic}/connection", b"offline", at.astimezone(UTC), retained=True)
        body = {
            "at": report.at.astimezone(LOCAL).isoformat(),
            "state": report.state,
            **{key: bool(value) if key in self.flags else value for key, value in report.values.items()},
            **report.labels,
        }
        return Message(self.connector, f"{topic}/status", orjson.dumps(body), at.astimezone(UTC))
