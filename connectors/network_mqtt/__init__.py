"""Routers, switches and lines over MQTT."""

from typing import ClassVar

from connectors.contract import Quantity
from connectors.status_topic import LATENCY, UPTIME, StatusTopic


class NetworkMqtt(StatusTopic):
    """Network devices that publish ``ioc/<unit>/network/<device>/status``."""

    feed: ClassVar[str] = "network_status"
    title: ClassVar[str] = "Thiết bị mạng (MQTT)"
    kind: ClassVar[str] = "network"
    states: ClassVar[frozenset[str]] = frozenset({"online", "degraded", "fault"})
    quantities: ClassVar[tuple[Quantity, ...]] = (
        LATENCY,
        Quantity("loss_pct", "percent", 0, 100),
        Quantity("load_pct", "percent", 0, 100),
        UPTIME,
    )
