"""Security cameras over MQTT: three separate facts (connected, decodable, recording), and measurements; no picture."""

from typing import ClassVar

from connectors.contract import Quantity
from connectors.status_topic import LATENCY, UPTIME, StatusTopic


class CameraMqtt(StatusTopic):
    """Cameras, or a gateway for them, that publish ``ioc/<unit>/camera/<device>/status``."""

    feed: ClassVar[str] = "camera_status"
    title: ClassVar[str] = "Camera an ninh (MQTT)"
    kind: ClassVar[str] = "camera"
    states: ClassVar[frozenset[str]] = frozenset({"online", "degraded", "no_signal", "not_recording", "fault"})
    flags: ClassVar[frozenset[str]] = frozenset({"connected", "decodable", "recording"})
    quantities: ClassVar[tuple[Quantity, ...]] = (
        Quantity("fps", "frame/s", 0, 1_000),
        Quantity("bitrate_kbps", "kbit/s", 0, 10_000_000),
        LATENCY,
        Quantity("clock_skew_s", "second", -1e10, 1e10),
        Quantity("disk_free_pct", "percent", 0, 100),
        UPTIME,
    )
