"""What the simulated cameras stream is coded beside their conversations."""

import socket
import threading
from datetime import datetime

import pytest

from simulators import rtsp_server
from simulators.clips import Clip
from simulators.rtsp_server import RtspServer


def ask(server: RtspServer, method: str, path: str) -> socket.socket:
    """Ask on a connection of its own, and leave the answer to be read."""
    line = socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=20)
    line.sendall(f"{method} {server.url}/{path} RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode())
    return line


def test_a_camera_whose_picture_is_being_coded_keeps_no_other_one_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    coding, go_on = threading.Event(), threading.Event()

    def coded(_scene: str, variant: int, *_size: int) -> Clip:
        if variant:
            coding.set()
            assert go_on.wait(20)
        return Clip(((b"x",),), "", "42e01e")

    monkeypatch.setattr(rtsp_server, "clip_apart", coded)

    def street(_now: datetime) -> tuple[str, int]:
        return "moving", 0

    def yard(_now: datetime) -> tuple[str, int]:
        return "moving", 1

    with RtspServer({"street": street, "yard": yard}) as server:
        with ask(server, "DESCRIBE", "street") as line:
            assert line.recv(4096).startswith(b"RTSP/1.0 200")
        with ask(server, "DESCRIBE", "yard") as slow:
            assert coding.wait(20)
            for method in ("OPTIONS", "DESCRIBE"):
                with ask(server, method, "street") as line:
                    assert line.recv(4096).startswith(b"RTSP/1.0 200"), "while the yard's picture is still coded"
            go_on.set()
            assert slow.recv(4096).startswith(b"RTSP/1.0 200")
