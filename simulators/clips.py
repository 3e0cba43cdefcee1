"""A coded scene as it is streamed; coded in a process that ends with it: the coder is larger than all the rest."""

import pickle
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache

FPS = 10


@dataclass(frozen=True, slots=True)
class Clip:
    """A coded scene: the payloads of every frame, and what SDP must say of it."""

    frames: tuple[tuple[bytes, ...], ...]
    parameter_sets: str
    profile: str


@lru_cache(maxsize=64)
def clip_apart(scene: str, variant: int = 0, width: int = 640, height: int = 360) -> Clip:
    """Return what :func:`simulators.pictures.clip` returns, without its libraries in this process."""
    words = ["-m", "simulators.pictures", scene, str(variant), str(width), str(height)]
    coded = subprocess.run([sys.executable, *words], stdout=subprocess.PIPE, check=True).stdout  # noqa: S603 - ours
    made: Clip = pickle.loads(coded)  # noqa: S301 - our own child's
    return made
