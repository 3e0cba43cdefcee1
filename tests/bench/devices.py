"""The list of a thousand devices, at rest and while each of them speaks once a second."""

import time

import httpx

from tests.bench.table import Line, Target, centile
from tests.bench.watched import watched

_DEVICES = 1_000
_PAUSE_S = 0.05
"""Between two looks: a few screens, not a siege."""


def figure(*, quick: bool) -> list[Line]:
    """Ask again and again, first at rest, then under load."""
    times = 30 if quick else 200
    with watched(_DEVICES) as system:
        calm = _asked(system.client, times)
        # Long enough for every look; the generator is stopped when the last is done.
        with system.site.generator(system.broker, 1_000, 120, _DEVICES):
            time.sleep(2)
            busy = _asked(system.client, times)
    return [
        Line(f"devices, list of 1,000 at 1,000 messages/s, {times} looks: p50", "ms", [centile(busy, 0.5)],
             [centile(calm, 0.5)], "at rest"),
        Line("  p95", "ms", [centile(busy, 0.95)], [centile(calm, 0.95)], "at rest", Target("<", 50, "measured")),
    ]  # fmt: skip


def _asked(client: httpx.Client, times: int) -> list[float]:
    """Return the milliseconds of each answer, body included."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        answer = client.get("/devices?limit=1000")
        took.append(1000 * (time.perf_counter() - began))
        answer.raise_for_status()
        time.sleep(_PAUSE_S)
    return took
