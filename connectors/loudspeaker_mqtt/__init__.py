"""Smart loudspeakers over MQTT: states and measurements of a 4G adapter with its horns."""

from collections.abc import Mapping
from typing import ClassVar

from connectors.contract import Quantity
from connectors.status_topic import UPTIME, StatusTopic


class LoudspeakerMqtt(StatusTopic):
    """Loudspeaker adapters that publish ``ioc/<unit>/loudspeaker/<device>/status``.

    Priorities are those of TT 39/2020/TT-BTTTT: normal < priority < emergency.
    """

    feed: ClassVar[str] = "loudspeaker_status"
    title: ClassVar[str] = "Truyền thanh thông minh (MQTT)"
    kind: ClassVar[str] = "loudspeaker"
    states: ClassVar[frozenset[str]] = frozenset({"idle", "playing", "muted", "fault"})
    texts: ClassVar[Mapping[str, frozenset[str] | None]] = {
        "firmware": None,
        "programme": None,
        "priority": frozenset({"normal", "priority", "emergency"}),
        "schedule": None,
    }
    quantities: ClassVar[tuple[Quantity, ...]] = (
        Quantity("volume_pct", "percent", 0, 100),
        Quantity("signal_dbm", "dBm", -150, 0),
        Quantity("temperature_c", "°C", -40, 125),
        Quantity("amplifier_w", "watt", 0, 5_000),
        UPTIME,
    )
