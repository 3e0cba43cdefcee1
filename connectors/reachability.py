"""Reachability by ICMP echo, for whatever kind of device: answered or not, latency, loss, jitter.

A message's body is JSON: ``{"at", "sent", "received", "rtt_ms"}``; its address is ``icmp://host/device``.
"""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import fmean, median
from typing import ClassVar

import orjson
from pydantic import Field

from connectors.contract import DeviceId, DeviceReport, Message, Quantity, SourceDown, Undecodable
from connectors.probe import Probes, Target, whole
from connectors.talk import Arrived, Ping, Talk

_LONGEST_MS = 600_000
_MOST = 20


class Reachability(Probes):
    """Devices of one commune that are pinged."""

    scheme: ClassVar[str] = "icmp"
    kind: ClassVar[str]
    quantities: ClassVar[tuple[Quantity, ...]] = (
        Quantity("connected", "", 0, 1),
        Quantity("latency_ms", "millisecond", 0, _LONGEST_MS),
        Quantity("loss_pct", "percent", 0, 100),
        Quantity("jitter_ms", "millisecond", 0, _LONGEST_MS),
    )

    devices: tuple[Target, ...] = Field(min_length=1)
    count: int = Field(default=3, ge=1, le=_MOST)
    """Echoes a look."""
    degraded_loss_pct: float = Field(default=50, gt=0, le=100)
    """Loss from which a device that answers counts as degraded; one of three echoes is lost by chance."""
    every: timedelta = timedelta(minutes=1)
    """Pause between two looks."""
    timeout: timedelta = timedelta(seconds=3)
    """How long the echoes of a device may take together."""
    retries: int = Field(default=0, ge=0, le=10)
    """What can't be sent now can't be sent a second later."""
    parallel: int = Field(default=64, ge=1, le=256)
    """Devices at a time: 64 and 3 s are 500 devices in 24 s if all of them are dead."""

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Ping one device; silence is a result, a question that could not be put is a fault."""
        device = next(device for device in self.devices if device.name == name)
        answer = yield Ping(device.host, self.count)
        if answer.error:
            raise SourceDown(f"{name}: {answer.error}")
        told = {"at": answer.answered_at.isoformat(), **orjson.loads(answer.body)}
        yield Arrived(self.address(name), orjson.dumps(told))

    def decode(self, message: Message) -> Iterable[DeviceReport]:
        """Give one report; raises :class:`Undecodable` naming the field and what it should be."""
        device = DeviceId(self.unit, self.kind, self.addressed(message))
        at, said = self.found(message)
        sent = whole(said.get("sent"), "sent", lowest=1, highest=_MOST)
        received = whole(said.get("received"), "received", highest=sent)
        times = _times(said.get("rtt_ms"), received)
        loss = round(100 * (sent - received) / sent, 2)
        values: dict[str, float] = {"connected": 1 if received else 0, "loss_pct": loss}
        if times:
            values["latency_ms"] = round(median(times), 3)
        if len(times) > 1:
            # As RFC 3550 has it, without its smoothing: how much one echo's time differs from the next one's.
            values["jitter_ms"] = round(fmean(abs(after - before) for before, after in pairwise(times)), 3)
        state = "offline" if not received else "degraded" if loss >= self.degraded_loss_pct else "online"
        return (DeviceReport(device, at, state, values),)


def _times(value: object, count: int) -> list[float]:
    if type(value) is not list or len(value) != count:
        raise Undecodable(f"a list of {count} times is expected, one for each echo, not {value!r:.60}", place="rtt_ms")
    for time in value:
        if type(time) not in (int, float) or not math.isfinite(time) or not 0 <= time <= _LONGEST_MS:
            raise Undecodable(f"{time!r:.60} is no time from 0 to {_LONGEST_MS} ms", place="rtt_ms")
    return value
