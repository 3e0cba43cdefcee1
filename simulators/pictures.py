"""What simulated cameras show (mô phỏng), coded once as H.264 and cut into RTP payloads; no place and no person."""

import base64
import pickle
import random
import sys
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

import av
import numpy as np
from numpy.typing import NDArray

from simulators.clips import FPS, Clip

_GOP = 5
"""Frames from one key frame to the next: half a second, so that a look need not wait long."""
_LENGTH = 20
"""Frames until a clip begins again."""
_LARGEST = 1_400
"""Bytes of an RTP payload, as cameras send them in spite of TCP."""


@lru_cache(maxsize=64)
def clip(scene: str, variant: int = 0, width: int = 640, height: int = 360) -> Clip:
    """Return ``moving``, ``frozen``, ``black`` or ``covered`` as a clip; a variant is another place."""
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)  # noqa: S101 - the codec is one of video
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.framerate, encoder.gop_size, encoder.max_b_frames = Fraction(FPS), _GOP, 0
    encoder.options = {"preset": "veryfast", "tune": "zerolatency", "x264-params": "scenecut=0:repeat-headers=1"}
    units: list[list[bytes]] = []
    for number in range(_LENGTH):
        luma = (16 + _drawn(scene, variant, number, width, height) * (219 / 255)).astype(np.uint8)
        planes = np.vstack((luma, np.full((height // 2, width), 128, np.uint8)))
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts = number
        frame.pict_type = av.video.frame.PictureType.I if number % _GOP == 0 else av.video.frame.PictureType.NONE
        units += [_units(bytes(packet)) for packet in encoder.encode(frame)]
    units += [_units(bytes(packet)) for packet in encoder.encode(None)]
    if scene == "frozen":  # what hangs sends the very same again and again
        units = units[:_GOP] * (_LENGTH // _GOP)
    sets = [unit for unit in units[0] if unit[0] & 31 in (7, 8)]
    return Clip(
        frames=tuple(tuple(payload for unit in frame for payload in _payloads(unit)) for frame in units),
        parameter_sets=",".join(base64.b64encode(one).decode() for one in sets),
        profile=sets[0][1:4].hex(),
    )


def _drawn(scene: str, variant: int, number: int, width: int, height: int) -> NDArray[np.uint8]:
    noise = np.random.default_rng((variant, 0 if scene == "frozen" else number))
    grain = noise.normal(0, 2.5, (height, width))
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    if scene == "black":
        return np.clip(4 + grain / 2, 0, 255).astype(np.uint8)
    if scene == "covered":
        return np.clip(70 + 12 * across * down + grain, 0, 255).astype(np.uint8)
    picture = 60 + 110 * down + grain
    houses = random.Random(variant)  # noqa: S311 - scenery
    for _ in range(9):
        left, top = int(houses.random() * width * 0.9), int((0.25 + 0.4 * houses.random()) * height)
        picture[top : top + height // 5, left : left + width // 9] = houses.randint(25, 230)
    walked = 0 if scene == "frozen" else number
    left = int(width * ((walked / _LENGTH + variant / 7) % 0.9))
    picture[int(height * 0.7) : int(height * 0.85), left : left + width // 16] = 245
    return np.clip(picture, 0, 255).astype(np.uint8)


def _units(coded: bytes) -> list[bytes]:
    """Split a frame at its start codes (Annex B)."""
    return [unit.rstrip(b"\0") for unit in coded.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1") if unit]


def _payloads(unit: bytes) -> Iterator[bytes]:
    """Cut one NAL unit into payloads: whole where it fits, else fragments FU-A (RFC 6184, 5.6 and 5.8)."""
    if len(unit) <= _LARGEST:
        yield unit
        return
    indicator, kind = unit[0] & 0xE0 | 28, unit[0] & 31
    for start in range(1, len(unit), _LARGEST):
        first, last = start == 1, start + _LARGEST >= len(unit)
        yield bytes((indicator, first << 7 | last << 6 | kind)) + unit[start : start + _LARGEST]


if __name__ == "__main__":
    _, its_scene, *numbers = sys.argv
    sys.stdout.buffer.write(pickle.dumps(clip(its_scene, *map(int, numbers))))
