"""GStreamer's RTSP server (Debian's gst-rtsp-server) as a camera that shows what it is told; ffprobe as a viewer."""

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers import ServerMissing

PACKAGES = "gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good" \
    " gstreamer1.0-plugins-ugly ffmpeg"  # fmt: skip


class GstCamera:
    """A running server; H.264 at ``/live``, motion JPEG at ``/mjpeg``."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self._process = process
        self.port = port

    def url(self, path: str = "/live") -> str:
        """Return the address of a stream."""
        return f"rtsp://127.0.0.1:{self.port}{path}"

    def show(self, scene: str) -> None:
        """Show ``moving``, ``frozen``, ``black`` or ``covered`` from now on."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{scene}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline().strip() == scene

    def hang(self) -> None:
        """Stand still, so that connections are taken and nobody answers."""
        self._process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Go on."""
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def serving(user: str = "", password: str = "") -> Iterator[GstCamera]:
    """Run the server in a process of its own; asks for HTTP-like digest where there is a user."""
    script = Path(__file__).with_name("gst_rtsp.py")
    try:
        process = subprocess.Popen(["/usr/bin/python3", str(script), user, password], text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    except OSError as error:
        raise ServerMissing(f"Debian's python3 is missing: apt-get install {PACKAGES}") from error
    with process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            line = process.stdout.readline()
            if not line:
                raise ServerMissing(f"the RTSP server does not start: {process.stderr.read()[-2000:]}\n"
                                    f"apt-get install {PACKAGES}")  # fmt: skip
            yield GstCamera(process, int(line))
        finally:
            process.kill()


def probed(url: str) -> dict[str, Any]:
    """Return what ffprobe finds of a stream's video."""
    program = shutil.which("ffprobe")
    if program is None:
        raise ServerMissing("ffprobe is missing: apt-get install ffmpeg")
    words = [program, "-v", "error", "-rtsp_transport", "tcp", "-of", "json", "-count_frames",
             "-read_intervals", "%+1", "-show_streams", url]  # fmt: skip
    said = subprocess.run(words, check=True, capture_output=True, text=True, timeout=30)
    assert said.stderr == "", said.stderr
    (stream,) = json.loads(said.stdout)["streams"]
    return dict(stream)
