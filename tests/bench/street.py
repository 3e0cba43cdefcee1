"""``python -m tests.bench.street ALIVE``: so many simulated cameras over ONVIF and RTSP, and three kinds of dead ones.

Writes one line of JSON: the ports ``onvif`` and ``rtsp``, and of the dead: ``closed`` (nobody listens), ``silent``
(connections are taken, nothing is said) and ``away`` (a connection is never made, as to a host that is off).
"""

import contextlib
import json
import socket
import sys
import threading
from datetime import datetime

from connectors.contract import DeviceId
from simulators.camera_onvif import OnvifCameraSimulator, OnvifOffice
from simulators.office import Offices
from simulators.pictures import clip
from simulators.rtsp_server import RtspServer
from tests.servers import free_port

UNIT, USER, PASSWORD = "20791", "giamsat", "mo phong"


class Steady(OnvifCameraSimulator):
    """A camera whose power never fails."""

    def away(self, now: datetime) -> bool:
        return False


def name(number: int) -> str:
    """Return a camera's name."""
    return f"cam-{number:03d}"


def main() -> None:
    """Serve until terminated."""
    alive = int(sys.argv[1])
    cameras = [Steady(DeviceId(UNIT, "camera", name(number)), number) for number in range(alive)]
    streams = {name(number): (lambda _, place=number % 4: ("moving", place)) for number in range(alive)}
    for place in range(4):
        clip("moving", place)
    with (
        Offices([OnvifOffice(cameras, USER, PASSWORD)]) as office,
        RtspServer(streams, USER, PASSWORD) as rtsp,
        socket.create_server(("127.0.0.1", 0), backlog=512) as silent,
        socket.create_server(("127.0.0.1", 0), backlog=0) as away,
    ):
        queue = [socket.socket() for _ in range(3)]  # who comes after them is not even refused
        for stranger in queue:
            stranger.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                stranger.connect(away.getsockname())
        held: list[socket.socket] = []
        threading.Thread(target=lambda: [held.append(silent.accept()[0]) for _ in range(10_000)], daemon=True).start()
        ports = {"onvif": office.url, "rtsp": rtsp.url, "silent": f":{silent.getsockname()[1]}",
                 "away": f":{away.getsockname()[1]}", "closed": f":{free_port()}"}  # fmt: skip
        print(json.dumps({kind: int(url.rpartition(":")[2]) for kind, url in ports.items()}), flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
