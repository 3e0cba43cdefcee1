"""One look at an RTSP stream: does it answer, can it be decoded, and what is to be seen, in numbers; no frame is kept.

Only key frames are decoded: each of them is coded anew from what the sensor sees, so two of them tell a dead picture
from a quiet street; the frames between may just repeat. They cost a hundredth of a stream.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import quote

import av
import orjson

from connectors.talk import Picture
from ingest.fetch import picture
from ingest.fetch.rtsp_session import NoRtsp, described

_APART_S = 0.3
"""Two key frames nearer to each other than this are one moment."""
_PATIENCE_S = 4.5
"""Seconds to wait for the second key frame; a stream that sends them more seldom shows one picture only."""


def fetch(question: Picture, timeout: float) -> bytes:
    """Look once; returns JSON as the README of ``camera_rtsp`` describes, within ``timeout`` seconds.

    Raises ``OSError`` in words where nobody answers; who answers wrongly, or without a picture, is a result.
    """
    with ExitStack() as held:
        return orjson.dumps(_looked(question, timeout, held))


def _looked(question: Picture, timeout: float, held: ExitStack) -> dict[str, object]:
    began = time.monotonic()
    deadline = began + timeout
    password = question.password.get_secret_value() if question.password else None
    try:
        options, reply = described(question.url, question.username, password, deadline, held)
    except NoRtsp as error:
        return {"status": 0, "fault": str(error)}
    except TimeoutError as error:
        raise TimeoutError(f"no answer within {timeout:g} s") from error
    except (UnicodeError, ValueError) as error:
        raise OSError(f"{error}: correct the url") from error
    except OSError as error:
        raise ConnectionError(error.strerror or str(error)) from error
    said: dict[str, object] = {"status": reply.status, "options_ms": options.took_ms, "describe_ms": reply.took_ms}
    if reply.status != 200:
        return said | {"fault": f"DESCRIBE is answered by {reply.status}"}
    seen = _Seen()
    try:
        _watch(_signed(question.url, question.username, password), seen, deadline)
    except av.FFmpegError as error:
        seen.fault = error.strerror or type(error).__name__  # its text would hold the address with our password
    except TimeoutError as error:
        seen.fault = str(error)
    return said | seen.told(began)


@dataclass
class _Seen:
    """What was seen of a stream until now."""

    codec: str = ""
    width: int = 0
    height: int = 0
    pictures: list[picture.Grey] = field(default_factory=list)
    first_at: float = 0.0
    fps: float | None = None
    bitrate_kbps: float | None = None
    fault: str = ""

    def told(self, began: float) -> dict[str, object]:
        """Return it as the answer has it."""
        if not self.pictures:
            return {"codec": self.codec, "fault": f"no picture: {self.fault or 'no key frame came'}"[:200]}
        first, *more = self.pictures
        return {
            "codec": self.codec, "width": self.width, "height": self.height, "fps": self.fps,
            "bitrate_kbps": self.bitrate_kbps, "picture_ms": round(1000 * (self.first_at - began), 1),
            **picture.statistics(first), "fingerprint": picture.fingerprint(first),
            **(picture.difference(first, more[0]) if more else {}),
        }  # fmt: skip


def _watch(url: str, seen: _Seen, deadline: float) -> None:
    """Decode two key frames, or one where the second does not come in time."""
    options = {"rtsp_transport": "tcp", "allowed_media_types": "video", "fpsprobesize": "0",
               "analyzeduration": "0", "probesize": "32",
               "skip_frame": "nokey", "skip_loop_filter": "all", "threads": "1"}  # fmt: skip
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("no time was left for the picture")
    # Time is taken from three sides: opening (two steps, each with its own clock), one read, and all of them together.
    stall = left / 4
    deadline -= stall
    with av.open(url, format="rtsp", options=options, timeout=(1.5 * stall, stall)) as stream:
        video = stream.streams.video[0] if stream.streams.video else None
        if video is None:
            seen.fault = "the stream has no video"
            return
        context: av.VideoCodecContext | None = video.codec_context  # its types know of none
        if context is None:
            seen.fault = "no decoder knows how it is coded; set the camera to H.264 or H.265"
            return
        context.thread_count = 1
        seen.codec = context.name
        first = span = None
        size = count = 0
        for packet in _packets(stream, video, deadline):
            at = None if packet.pts is None or packet.time_base is None else float(packet.pts * packet.time_base)
            if first is not None and at is not None:
                span = at - first
            if packet.is_keyframe and (span is None or span >= _APART_S):
                frame = _decoded(context, packet)
                if frame is not None:
                    seen.pictures.append(picture.grey(frame))
                if frame is not None and first is None:
                    first, seen.first_at, seen.width, seen.height = at, time.monotonic(), frame.width, frame.height
                    deadline = min(deadline, seen.first_at + _PATIENCE_S)
                elif frame is not None and span:
                    seen.fps, seen.bitrate_kbps = round(count / span, 2), round(size * 8 / span / 1000, 1)
                    return
            if first is not None:
                size, count = size + packet.size, count + 1
        if span and count > 1:
            seen.fps = round((count - 1) / span, 2)


def _packets(
    stream: "av.container.InputContainer", video: "av.VideoStream", deadline: float
) -> Iterator["av.Packet[av.VideoStream]"]:
    """Yield packets until the deadline (of ``time.monotonic()``); raises ``FFmpegError`` for a stream that breaks."""
    for packet in stream.demux(video):
        if packet.size == 0 or time.monotonic() > deadline:
            return
        yield packet


def _decoded(context: "av.VideoCodecContext", packet: "av.Packet[av.VideoStream]") -> av.VideoFrame | None:
    """Return the key frame, at once: the decoder is emptied instead of waiting for frames that may come before it."""
    try:
        frames = context.decode(packet) or context.decode(None)
    except av.InvalidDataError:
        frames = []
    context.flush_buffers()
    return next((frame for frame in frames if not frame.is_corrupt), None)


def _signed(url: str, username: str, password: str | None) -> str:
    if password is None:
        return url
    scheme, rest = url.split("://", 1)
    return f"{scheme}://{quote(username, safe='')}:{quote(password, safe='')}@{rest}"
