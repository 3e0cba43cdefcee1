"""Security cameras, pinged: *connected*, the first of the three facts; nothing of picture and recording."""

from typing import ClassVar

from connectors.reachability import Reachability


class CameraIcmp(Reachability):
    """Cameras that answer ICMP echoes."""

    feed: ClassVar[str] = "camera_status"
    title: ClassVar[str] = "Camera an ninh (ICMP)"
    kind: ClassVar[str] = "camera"
