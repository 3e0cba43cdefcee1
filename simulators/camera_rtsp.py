"""Simulated streams (mô phỏng): a street that moves, and now and then a picture that hangs, is black, or is covered."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import orjson

from connectors.contract import DeviceId, DeviceReport, Message, Record, Simulator
from simulators.signals import between, chance, episode, smooth

_STATES = {"moving": "online", "frozen": "fault", "black": "no_signal", "covered": "degraded", "away": "offline"}
_SHOWS: Mapping[str, Mapping[str, float]] = {
    "moving": {"mean": 119.5, "contrast": 45.0, "edges": 2.4, "black_pct": 2.2, "difference": 3.97, "moved_pct": 1.94},
    "frozen": {"mean": 119.5, "contrast": 45.0, "edges": 2.4, "black_pct": 2.2, "difference": 0.0, "moved_pct": 0.0},
    "black": {"mean": 2.53, "contrast": 0.32, "edges": 0.32, "black_pct": 100.0, "difference": 1.17, "moved_pct": 0.0},
    "covered": {"mean": 71.4, "contrast": 2.7, "edges": 0.64, "black_pct": 0.0, "difference": 2.5, "moved_pct": 0.01},
}
"""What a look finds of the scenes of :mod:`simulators.pictures`."""
_HANGS = timedelta(minutes=40)


class RtspCameraSimulator(Simulator):
    """One camera's stream; its power fails as that of its other interfaces does."""

    connector: ClassVar[str] = "camera_rtsp"

    def __init__(self, device: DeviceId, seed: int) -> None:
        self.device = device
        self.seed = seed

    def scene(self, at: datetime) -> tuple[str, int]:
        """Return what is to be seen at the instant (UTC), and of which place: what an ``RtspServer`` serves."""

        def fault(name: str, every: timedelta, lasting: timedelta, odds: float) -> bool:
            return episode(self.seed, f"{self.device} {name}", at, every, lasting, odds)

        hours = timedelta(hours=2)
        scene = (
            "away" if fault("power", timedelta(days=5), timedelta(minutes=40), 0.3)
            else "black" if fault("picture", timedelta(days=6), hours, 0.25)
            else "covered" if fault("cover", timedelta(days=9), hours, 0.25)
            else "frozen" if fault("hang", timedelta(days=7), _HANGS, 0.25)
            else "moving"
        )  # fmt: skip
        return scene, int(chance(self.seed, self.device, "place") * 4)

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return what a look that ends at the instant finds out; a frozen picture has hung for a while."""
        now = at.astimezone(UTC)
        scene, _ = self.scene(now)
        if scene == "away":
            gone = {"picture": "no answer within 10 s"}
            return (DeviceReport(self.device, now, "offline", {"decodable": 0.0}, gone),)
        shown = _SHOWS[scene]
        flow = smooth(self.seed, f"{self.device} flow", now, timedelta(seconds=50))
        values = {
            "decodable": 1.0,
            "fps": between(9.8, 10, flow, 2),
            "bitrate_kbps": between(900, 1_900, flow),
            "describe_ms": between(3, 40, flow),
            "picture_ms": between(300, 900, flow),
            "width": 640.0,
            "height": 360.0,
            **{f"picture_{name}": number for name, number in shown.items()},
            "picture_still_s": 900.0 if scene == "frozen" else 0.0,
        }
        seen = {
            "moving": "ok",
            "frozen": "frozen: the same picture for 900 s",
            "black": "black: 100 % of the picture",
            "covered": "covered: edges 0.64, contrast 2.7",
        }
        return (DeviceReport(self.device, now, _STATES[scene], values, {"codec": "h264", "picture": seen[scene]}),)

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return one message a camera."""
        return tuple(self._message(record) for record in records if isinstance(record, DeviceReport))

    def _message(self, report: DeviceReport) -> Message:
        said: dict[str, object] = {"camera": self.device.name, "at": report.at.isoformat()}
        if report.state == "offline":
            said["error"] = report.labels["picture"]
        else:
            still_s = report.values["picture_still_s"]
            if still_s:
                said["still_since"] = (report.at - timedelta(seconds=still_s)).isoformat()
            numbers = {name.removeprefix("picture_") if name != "picture_ms" else name: number
                       for name, number in report.values.items()
                       if name not in ("decodable", "picture_still_s", "width", "height")}  # fmt: skip
            size = {name: int(report.values[name]) for name in ("width", "height")}
            mean = round(report.values["picture_mean"])
            said["look"] = {"status": 200, "codec": report.labels["codec"], **numbers, **size,
                            "fingerprint": bytes([mean] * 64).hex()}  # fmt: skip
        return Message(self.connector, f"rtsp://192.0.2.7/{self.device.name}", orjson.dumps(said), report.at)
