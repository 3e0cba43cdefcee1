"""A coded scene as it is streamed; coded in a process that ends with it: the coder is larger than all the rest."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
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
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as coder:
        return coder.submit(_clip, scene, variant, width, height).result()


def _clip(scene: str, variant: int, width: int, height: int) -> Clip:
    from simulators.pictures import clip

    return clip(scene, variant, width, height)
