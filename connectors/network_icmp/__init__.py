"""Routers, switches and lines, pinged: latency, loss and jitter of the way to them."""

from typing import ClassVar

from connectors.reachability import Reachability


class NetworkIcmp(Reachability):
    """Network devices that answer ICMP echoes."""

    feed: ClassVar[str] = "network_status"
    title: ClassVar[str] = "Thiết bị mạng (ICMP)"
    kind: ClassVar[str] = "network"
