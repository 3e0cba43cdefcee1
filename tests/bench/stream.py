"""From a message's publication until a reader of the live stream has it."""

import time
from collections.abc import Iterator
from datetime import datetime

import httpx
import orjson

from tests.bench.table import Line, Target, centile
from tests.bench.watched import Watched, watched

_DEVICES = 1_000
_QUIET_S = 4.0
"""Silence after which nothing more is expected; the generator needs a moment to start."""


def figure(*, quick: bool) -> list[Line]:
    """Take the delay at a trickle, then at the full rate."""
    seconds = 5 if quick else 30
    with watched(_DEVICES) as system:
        calm, calm_sent = _delays(system, 10, seconds)
        busy, sent = _delays(system, 1_000, seconds)
    here = f"stream, 1,000 messages/s, {seconds} s"
    return [
        Line(f"{here}: p50", "ms", [centile(busy, 0.5)], [centile(calm, 0.5)], "10 messages/s"),
        Line("  p99", "ms", [centile(busy, 0.99)], [centile(calm, 0.99)], "10 messages/s",
             Target("<", 1_000, "measured")),
        Line("  seen", "messages", [len(busy)], [sent], "sent"),
        Line("  seen at 10 messages/s", "messages", [len(calm)], [calm_sent], "sent"),
    ]  # fmt: skip


def _delays(system: Watched, rate: int, seconds: int) -> tuple[list[float], int]:
    """Return the milliseconds that each message took, and how many were sent."""
    delays: list[float] = []
    known: set[tuple[str, float]] = set()
    with system.client.stream("GET", "/stream", timeout=httpx.Timeout(10, read=_QUIET_S)) as answer:
        answer.raise_for_status()
        began = time.time()
        with system.site.generator(system.broker, rate, seconds, _DEVICES) as generator:
            for now, data in _events(answer):
                said = orjson.loads(data)
                at = datetime.fromisoformat(said["last_seen"]).timestamp()
                key = (said["ref"], at)
                # What was said before is still being told, and some is told again.
                if at >= began and key not in known:
                    known.add(key)
                    delays.append(1000 * (now - at))
                if len(delays) == rate * seconds:
                    break
            sent, _ = generator.finish()
    return delays, sent


def _events(answer: httpx.Response) -> Iterator[tuple[float, bytes]]:
    """Yield when a device's event came, and its data; ends when it is quiet."""
    held = b""
    try:
        for piece in answer.iter_bytes():
            now = time.time()
            *events, held = (held + piece).split(b"\n\n")
            for event in events:
                if b"event: device\n" in event:
                    yield now, event.partition(b"\ndata: ")[2]
    except httpx.ReadTimeout:
        return
