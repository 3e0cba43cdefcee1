"""Simulated cameras (mô phỏng): connected, decodable and recording fail apart, as real ones do; no picture."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from simulators.device import DeviceSimulator
from simulators.signals import between, smooth, uptime


class CameraSimulator(DeviceSimulator):
    """One camera with a disk that fills within a month; weak lines, black pictures and stopped recorders happen."""

    connector: ClassVar[str] = "camera_mqtt"
    flags: ClassVar[frozenset[str]] = frozenset({"connected", "decodable", "recording"})

    def state(self, at: datetime) -> tuple[str, Mapping[str, float], Mapping[str, str]]:
        """Return what the camera's gateway finds at the instant."""
        name = str(self.device)
        dark = self.fault("picture", at, every=timedelta(days=6), lasting=timedelta(hours=2), odds=0.25)
        stopped = self.fault("recorder", at, every=timedelta(days=8), lasting=timedelta(hours=9), odds=0.25)
        weak = self.fault("line", at, every=timedelta(days=2), lasting=timedelta(minutes=25), odds=0.4)
        flow = smooth(self.seed, f"{name} flow", at, timedelta(seconds=50))
        clock = smooth(self.seed, f"{name} clock", at, timedelta(days=1))
        filled = uptime(self.seed, f"{name} disk", at, timedelta(days=30)) / timedelta(days=30).total_seconds()
        values = {
            "connected": 1,
            "decodable": 0 if dark else 1,
            "recording": 0 if stopped else 1,
            "fps": 0 if dark else between(6, 14, flow) if weak else between(24, 25, flow),
            "bitrate_kbps": 0 if dark else between(300, 900, flow, 0) if weak else between(1_900, 4_200, flow, 0),
            "latency_ms": between(400, 1_800, flow, 0) if weak else between(18, 60, flow, 0),
            "clock_skew_s": between(-1.5, 1.5, clock, 2),
            "disk_free_pct": between(4, 88, 1 - filled),
            "uptime_s": uptime(self.seed, name, at, timedelta(days=21)),
        }
        state = "no_signal" if dark else "not_recording" if stopped else "degraded" if weak else "online"
        return state, values, {"firmware": "5.7.12"}
