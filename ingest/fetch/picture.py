"""Statistics of a picture's brightness, so that no picture needs to be kept; levels are 0 (black) to 255 (white)."""

import av
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

_ACROSS = 640
"""Samples in a line at most: points are picked, not averaged, because the sensor's noise must stay."""
_EYE = 160
"""Blocks in a line for contrast and edges: these are averaged, because noise must not look like detail."""
_BLACK = 26
"""Levels up to this are black: 10 % of white, as FFmpeg's ``blackdetect`` has it (``pixel_black_th``)."""
_MOVED = 12
"""A sample has moved where it differs by more levels than this; the noise of a sensor by night stays below."""
_PLANAR = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray"})
"""Formats whose first plane is brightness, a byte a point."""


def grey(frame: av.VideoFrame) -> Grey:
    """Return the frame's brightness, thinned to at most 640 points a line; limited range (16 to 235) is stretched."""
    if frame.format.name not in _PLANAR:
        frame = frame.reformat(format="yuvj420p")
    plane = frame.planes[0]
    lines = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)  # padded to the right
    step = max(1, -(-frame.width // _ACROSS))
    points: Grey = lines[: frame.height : step, : frame.width : step]
    if frame.format.name.startswith("yuvj") or int(frame.color_range) == 2:  # full range: AVCOL_RANGE_JPEG
        return points.copy()
    stretched: Grey = _STRETCHED[points]
    return stretched


_STRETCHED: Grey = np.clip((np.arange(256) - 16) * 255 / 219, 0, 255).astype(np.uint8)


def statistics(points: Grey) -> dict[str, float]:
    """Return ``mean``, ``contrast`` (standard deviation), ``edges`` (mean step to neighbours) and ``black_pct``."""
    blocks = _averaged(points, max(1, points.shape[1] // _EYE))
    steps = [np.abs(np.diff(blocks, axis=axis)).mean() for axis in (0, 1) if blocks.shape[axis] > 1]
    return {
        "mean": round(float(blocks.mean()), 2),
        "contrast": round(float(blocks.std()), 2),
        "edges": round(float(np.mean(steps)) if steps else 0.0, 3),
        "black_pct": round(float((points <= _BLACK).mean() * 100), 2),
    }


def fingerprint(points: Grey) -> str:
    """Return the mean levels of 8 × 8 blocks in hexadecimal: enough to know a picture again, to see none."""
    across = [np.array_split(part, 8, axis=1) for part in np.array_split(points, 8, axis=0)]
    return bytes(round(float(block.mean())) if block.size else 0 for line in across for block in line).hex()


def difference(before: Grey, after: Grey) -> dict[str, float]:
    """Return ``difference`` (mean, in levels) and ``moved_pct``, the share of points that changed visibly."""
    steps = np.abs(before.astype(np.int16) - after)
    return {
        "difference": round(float(steps.mean()), 4),
        "moved_pct": round(float((steps > _MOVED).mean() * 100), 4),
    }


def _averaged(points: Grey, size: int) -> NDArray[np.float32]:
    height, width = (length // size * size for length in points.shape)
    if not height or not width:
        return points.astype(np.float32)
    blocks = points[:height, :width].reshape(height // size, size, width // size, size)
    means: NDArray[np.float32] = blocks.mean(axis=(1, 3), dtype=np.float32)
    return means
