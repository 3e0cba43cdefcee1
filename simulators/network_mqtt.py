"""Simulated routers and lines (mô phỏng): busy by day, lossy now and then."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from connectors.contract import LOCAL
from simulators.device import DeviceSimulator
from simulators.signals import between, smooth, uptime

_OFFICE_HOURS = range(7, 18)


class NetworkSimulator(DeviceSimulator):
    """One router; a congested line makes it ``degraded``, a broken port ``fault``."""

    connector: ClassVar[str] = "network_mqtt"

    def state(self, at: datetime) -> tuple[str, Mapping[str, float], Mapping[str, str]]:
        """Return what the router finds at the instant."""
        name = str(self.device)
        broken = self.fault("port", at, every=timedelta(days=14), lasting=timedelta(hours=1), odds=0.3)
        congested = self.fault("line", at, every=timedelta(days=1), lasting=timedelta(minutes=20), odds=0.4)
        busy = at.astimezone(LOCAL).hour in _OFFICE_HOURS
        flow = smooth(self.seed, f"{name} flow", at, timedelta(seconds=90))
        values = {
            "latency_ms": between(180, 650, flow) if congested else between(4, 22, flow),
            "loss_pct": between(6, 30, flow) if congested else between(0, 0.8, flow),
            "load_pct": between(35, 75, flow) if busy else between(5, 25, flow),
            "uptime_s": uptime(self.seed, name, at, timedelta(days=45)),
        }
        state = "fault" if broken else "degraded" if congested else "online"
        return state, values, {"firmware": "7.15.3"}
