"""A look at a stream: never longer than it may take, whatever the other side does; the numbers of known pictures."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from connectors.camera_rtsp.look import Look
from connectors.talk import Picture
from ingest.fetch import picture, rtsp
from ingest.fetch.rtsp_session import NoRtsp, described
from simulators.pictures import clip
from simulators.rtsp_server import RtspServer

SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={clip('black').parameter_sets}\r\na=control:t\r\n"
)


@contextmanager
def stopping_at(method: str, answer: bytes = b"", sdp: str = SDP, *, hangs_up: bool = False) -> Iterator[str]:
    """A server that answers as it should until ``method`` comes; then it gives ``answer``, and nothing any more."""
    said = {"DESCRIBE": sdp}
    heads = {
        "OPTIONS": "Public: DESCRIBE, SETUP, PLAY\r\n",
        "DESCRIBE": "Content-Type: application/sdp\r\n",
        "SETUP": "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n",
        "PLAY": "Session: 1\r\n",
    }
    held: list[socket.socket] = []

    def serve(link: socket.socket) -> None:
        held.append(link)
        with link.makefile("rb") as lines:
            while line := lines.readline():
                asked = line.split(b" ")[0].decode()
                number = ""
                while (line := lines.readline().strip()) != b"":
                    if line.lower().startswith(b"cseq:"):
                        number = line.decode()
                if asked == method:
                    link.sendall(answer)
                    if hangs_up:
                        link.shutdown(socket.SHUT_RDWR)
                    return
                text = said.get(asked, "")
                head = f"RTSP/1.0 200 OK\r\n{number}\r\n{heads.get(asked, '')}Content-Length: {len(text)}\r\n\r\n"
                link.sendall((head + text).encode())

    def accept(server: socket.socket) -> None:
        while True:
            try:
                link, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=[link], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, args=[server], daemon=True).start()
        yield f"rtsp://127.0.0.1:{server.getsockname()[1]}/x"
        server.shutdown(socket.SHUT_RDWR)
    for link in held:
        link.close()


@pytest.mark.parametrize("method", ["OPTIONS", "DESCRIBE"])
def test_who_falls_silent_before_it_described_its_stream_does_not_answer(method: str) -> None:
    began = time.monotonic()
    with stopping_at(method) as url, pytest.raises(TimeoutError, match=r"no answer within 1 s"):
        rtsp.fetch(Picture(url), 1)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("method", ["SETUP", "PLAY", "TEARDOWN"])
def test_who_falls_silent_later_shows_no_picture(method: str) -> None:
    began = time.monotonic()
    with stopping_at(method) as url:
        said = json.loads(rtsp.fetch(Picture(url), 2))
    assert time.monotonic() - began < 8
    assert said["status"] == 200
    assert said["fault"].startswith("no picture: ")
    assert Look.said(json.dumps(said).encode()) is not None


@pytest.mark.parametrize(
    ("sdp", "fault"),
    [
        (SDP.replace("H264", "SMART265"), "no decoder knows"),
        (SDP.replace("video 0", "audio 0").replace("H264", "PCMU"), "no video"),
        ("", ""),
        ("v=0\r\n\xff\x00 no session", ""),
    ],
)
def test_an_odd_description_of_a_stream_is_a_result(sdp: str, fault: str) -> None:
    playing = b"RTSP/1.0 200 OK\r\nSession: 1\r\n\r\n"
    with stopping_at("PLAY", playing, sdp, hangs_up=True) as url:
        said = json.loads(rtsp.fetch(Picture(url), 4))
    assert (said["status"], said["fault"].startswith("no picture: "), fault in said["fault"]) == (200, True, True)
    assert Look.said(json.dumps(said).encode()) is not None


def test_a_stream_that_goes_on_is_left_in_time() -> None:
    with RtspServer({"x": lambda _: ("moving", 0)}) as server:
        clip("moving", 0)
        began = time.monotonic()
        said = json.loads(rtsp.fetch(Picture(f"{server.url}/x"), 3))
        assert time.monotonic() - began < 30
    assert said["status"] == 200


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 100_000 + b"\r\n\r\n", b"RTSP/1.0 abc\r\n\r\n"]
)
def test_what_is_no_rtsp_is_a_result(answer: bytes) -> None:
    with stopping_at("OPTIONS", answer) as url:
        said = json.loads(rtsp.fetch(Picture(url), 2))
    assert said["status"] == 0
    assert "RTSP" in said["fault"] or "longer" in said["fault"]


@pytest.mark.parametrize("url", ["rtsp://[::1", "rtsp://a..b/", "rtsp://127.0.0.1:99999/x", "rtsp:///x"])
def test_an_impossible_address_is_a_fault_in_words(url: str) -> None:
    with pytest.raises(OSError, match=r".+"):
        rtsp.fetch(Picture(url), 1)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with ExitStack() as held, pytest.raises(NoRtsp, match=r"nothing listens"):
        described(f"rtsp://127.0.0.1:{port}/x", "", None, time.monotonic() + 1, held)


@pytest.mark.parametrize("user", ["u", 'q"u\\x', "quốc"])
def test_any_user_name_signs_in(user: str) -> None:
    with RtspServer({"x": lambda _: ("black", 0)}, "u", "mật khẩu /:@") as server:
        look = Picture(f"{server.url}/x", user, SecretStr("mật khẩu /:@"))
        assert json.loads(rtsp.fetch(look, 4))["status"] == (200 if user == "u" else 401)


def look(scene: str, size: tuple[int, int] = (640, 360)) -> dict[str, Any]:
    def show(what: str, _now: object) -> tuple[str, int]:
        return what, 3

    with RtspServer({"x": partial(show, scene)}, size=size) as server:
        said: dict[str, Any] = json.loads(rtsp.fetch(Picture(f"{server.url}/x"), 8))
    return said


def test_scenes_tell_themselves_apart_by_their_numbers() -> None:
    moving, frozen, black, covered = (look(scene) for scene in ("moving", "frozen", "black", "covered"))
    assert moving["difference"] > 1
    assert (frozen["difference"], frozen["moved_pct"]) == (0, 0)
    assert (black["black_pct"], moving["black_pct"] < 20, covered["black_pct"]) == (100, True, 0)
    assert covered["edges"] < 1 < moving["edges"]
    assert covered["contrast"] < 20 < moving["contrast"]
    assert {one["fps"] for one in (moving, frozen, black, covered)} == {10}


def test_the_size_of_a_stream_changes_little_of_its_numbers() -> None:
    small, large = look("moving", (320, 180)), look("moving", (1280, 720))
    assert (large["width"], large["height"]) == (1280, 720)
    for name, within in (("mean", 4), ("contrast", 6), ("black_pct", 3)):
        assert abs(small[name] - large[name]) < within


def test_statistics_of_plain_pictures() -> None:
    flat = np.full((360, 640), 128, np.uint8)
    assert picture.statistics(flat) == {"mean": 128, "contrast": 0, "edges": 0, "black_pct": 0}
    assert picture.fingerprint(flat) == "80" * 64
    half = flat.copy()
    half[:, :320] = 0
    assert picture.statistics(half) == {"mean": 64, "contrast": 64, "edges": pytest.approx(128 / 159 / 2, abs=1e-3),
                                        "black_pct": 50}  # fmt: skip
    assert picture.difference(flat, half) == {"difference": 64, "moved_pct": 50}
    assert picture.difference(flat, flat + np.uint8(1)) == {"difference": 1, "moved_pct": 0}
    for size in ((1, 1), (7, 3), (9, 160), (2160, 1)):
        tiny = np.zeros(size, np.uint8)
        assert picture.statistics(tiny)["black_pct"] == 100
        assert len(picture.fingerprint(tiny)) == 128
