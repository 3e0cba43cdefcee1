"""Simulated loudspeakers (mô phỏng): two broadcasts a day, 05:30 to 06:30 and 17:00 to 18:00 local time."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import ClassVar

from connectors.contract import LOCAL
from simulators.device import DeviceSimulator
from simulators.signals import between, smooth, uptime

BROADCASTS = (
    (time(5, 30), time(6, 30), "Bản tin sáng"),
    (time(17), time(18), "Bản tin chiều"),
)
"""Start, end (local) and programme of every day."""


class LoudspeakerSimulator(DeviceSimulator):
    """One 4G adapter with two horns; now and then it is muted, or its amplifier fails."""

    connector: ClassVar[str] = "loudspeaker_mqtt"

    def state(self, at: datetime) -> tuple[str, Mapping[str, float], Mapping[str, str]]:
        """Return what the adapter finds at the instant."""
        name = str(self.device)
        clock = at.astimezone(LOCAL).time()
        programme = next((programme for start, end, programme in BROADCASTS if start <= clock < end), None)
        broken = self.fault("amplifier", at, every=timedelta(days=9), lasting=timedelta(hours=3), odds=0.25)
        muted = self.fault("muted", at, every=timedelta(days=3), lasting=timedelta(hours=1), odds=0.2)
        playing = programme is not None and not broken and not muted
        load = smooth(self.seed, f"{name} load", at, timedelta(seconds=40))
        warmth = smooth(self.seed, f"{name} warmth", at, timedelta(hours=2))
        values = {
            "volume_pct": 0 if muted else 80,
            "signal_dbm": between(-98, -62, smooth(self.seed, f"{name} signal", at, timedelta(minutes=7)), 0),
            "temperature_c": between(36, 50, warmth) if playing else between(27, 41, warmth),
            "amplifier_w": between(28, 46, load) if playing else between(2, 4, load),
            "uptime_s": uptime(self.seed, name, at, timedelta(days=13)),
        }
        labels = {"firmware": "2.4.1"}
        if playing and programme is not None:
            labels |= {"programme": programme, "priority": "normal", "schedule": "hằng ngày"}
        state = "fault" if broken else "muted" if muted else "playing" if playing else "idle"
        return state, values, labels
