"""A simulated network of cameras (mô phỏng): one RTSP server, a camera a path, H.264 over interleaved RTP."""

import asyncio
import re
import struct
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from simulators.clips import FPS, Clip, clip_apart
from simulators.onvif_gate import Gate

Scene = Callable[[datetime], tuple[str, int]]
"""What a camera shows at an instant: a scene of :mod:`simulators.pictures`, ``away`` or ``silent``; and its variant."""

_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"
_TICKS = 90_000
"""Of RTP's clock for video, a second."""


class RtspServer:
    """Serves cameras by path on a loopback port until closed; ``port`` 0 takes a free one, which :attr:`url` names."""

    def __init__(
        self,
        cameras: Mapping[str, Scene],
        username: str = "",
        password: str = "",
        *,
        port: int = 0,
        size: tuple[int, int] = (640, 360),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._cameras = {f"/{path.strip('/')}": scene for path, scene in cameras.items()}
        self._gate = Gate(username, password) if username else None
        self._port = port
        self._size = size
        self._clock = clock
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="rtsp", daemon=True)
        self._open: set[asyncio.Task[None]] = set()
        self._coder = ThreadPoolExecutor(1, "coder")
        self._clips: dict[tuple[str, int], Clip] = {}
        self.url = ""

    def __enter__(self) -> "RtspServer":
        self._thread.start()
        listening = asyncio.start_server(self._connected, "127.0.0.1", self._port, backlog=512)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result()
        self.url = f"rtsp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._coder.shutdown(cancel_futures=True)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - we run in it
        self._open.add(task)
        try:
            await _Session(self, reader, writer).serve()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # who looks at a camera goes when he has seen enough
        finally:
            self._open.discard(task)
            writer.close()

    def shown(self, path: str) -> tuple[str, int]:
        """Return what the camera at a path shows now; ``nothing`` where there is none."""
        scene = self._cameras.get(path)
        return scene(self._clock()) if scene else ("nothing", 0)

    async def clip(self, path: str) -> Clip:
        """Return it as a clip; what is coded for one camera keeps no other one waiting."""
        shown = self.shown(path)
        if shown not in self._clips:
            self._clips[shown] = await self._loop.run_in_executor(self._coder, clip_apart, *shown, *self._size)
        return self._clips[shown]

    def knows(self, method: str, authorization: str) -> bool:
        """Tell whether the sender of a request may look."""
        return self._gate is None or self._gate.knows_digest(method, authorization)

    @property
    def challenge(self) -> str:
        """What a stranger is asked."""
        return self._gate.challenge("rtsp") if self._gate else ""


class _Session:
    """One connection: requests and their answers, and the packets between them."""

    def __init__(self, server: RtspServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._playing: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Answer until the other side goes."""
        try:
            while True:
                head = (await self._reader.readuntil(b"\r\n\r\n")).decode("utf-8", "replace")
                if not await self._answer(head.lstrip("\r\n")):
                    return
        finally:
            if self._playing:
                self._playing.cancel()

    async def _answer(self, head: str) -> bool:
        if head.startswith("$"):  # a receiver's report in the stream of packets, glued to the request: not looked at
            return True
        lines = head.split("\r\n")
        method, url, *_ = [*lines[0].split(" "), "", ""]
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        path = re.sub(r"^rtsp://[^/]*", "", url).removesuffix("/").removesuffix("/trackID=0").split("?")[0]
        scene, _ = self._server.shown(path)
        if scene == "away":
            return False
        if scene == "silent":
            await asyncio.sleep(3_600)
        number = f"CSeq: {headers.get('cseq', '0')}"
        if method == "OPTIONS":
            self._say("200 OK", number, f"Public: {_METHODS}")
        elif not self._server.knows(method, headers.get("authorization", "")):
            self._say("401 Unauthorized", number, f"WWW-Authenticate: {self._server.challenge}")
        elif scene == "nothing":
            self._say("404 Stream Not Found", number)
        elif method == "DESCRIBE":
            self._describe(number, url, await self._server.clip(path))
        elif method == "SETUP" and "interleaved" in headers.get("transport", ""):
            self._say("200 OK", number, f"Transport: {headers['transport']};ssrc=1F2E3D4C", "Session: 1;timeout=60")
        elif method == "SETUP":
            self._say("461 Unsupported Transport", number)
        elif method == "PLAY":
            self._say("200 OK", number, "Session: 1", "Range: npt=0.000-")
            self._playing = asyncio.create_task(self._play(path))
        else:
            self._say("200 OK", number, "Session: 1")
            return method != "TEARDOWN"
        return True

    def _describe(self, number: str, url: str, coded: Clip) -> None:
        text = (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=mo phong\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\n"
            "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\n"
            f"a=framerate:{FPS}\r\na=fmtp:96 packetization-mode=1;profile-level-id={coded.profile};"
            f"sprop-parameter-sets={coded.parameter_sets}\r\n"
        )
        self._say(
            "200 OK", number, f"Content-Base: {url.removesuffix('/')}/", "Content-Type: application/sdp", text=text
        )

    def _say(self, status: str, *headers: str, text: str = "") -> None:
        lines = [f"RTSP/1.0 {status}", *headers, f"Content-Length: {len(text)}", "", text]
        self._writer.write("\r\n".join(lines).encode())

    async def _play(self, path: str) -> None:
        began = asyncio.get_running_loop().time()
        number = sequence = 0
        while True:
            frames = (await self._server.clip(path)).frames
            payloads = frames[number % len(frames)]
            stamp = number * _TICKS // FPS & 0xFFFFFFFF
            packets = bytearray()
            for payload in payloads:
                last = payload is payloads[-1]
                packets += struct.pack(">cBHBBHII", b"$", 0, len(payload) + 12, 0x80, last << 7 | 96, sequence, stamp,
                                       0x1F2E3D4C) + payload  # fmt: skip
                sequence = sequence + 1 & 0xFFFF
            self._writer.write(bytes(packets))
            await self._writer.drain()
            number += 1
            await asyncio.sleep(max(0.0, began + number / FPS - asyncio.get_running_loop().time()))
