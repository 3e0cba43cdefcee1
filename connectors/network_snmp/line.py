"""A line's load from two samples of its counters; pure.

Counters only tell when compared: a device that started again, an interface that got another index, or a counter that
runs backwards give no load, which is not a load of 0.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from connectors.contract import Undecodable
from connectors.probe import instant, whole
from connectors.snmp_agents import Sample

IF_DESCR, IF_NAME = "1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.31.1.1.1.1"
IF_SPEED, IF_HIGH_SPEED = "1.3.6.1.2.1.2.2.1.5", "1.3.6.1.2.1.31.1.1.1.15"
IF_OPER_STATUS, IF_IN_ERRORS = "1.3.6.1.2.1.2.2.1.8", "1.3.6.1.2.1.2.2.1.14"
IF_HC_IN_OCTETS, IF_HC_OUT_OCTETS = "1.3.6.1.2.1.31.1.1.1.6", "1.3.6.1.2.1.31.1.1.1.10"
COLUMNS = (IF_OPER_STATUS, IF_SPEED, IF_HIGH_SPEED, IF_HC_IN_OCTETS, IF_HC_OUT_OCTETS, IF_IN_ERRORS)
"""Of RFC 2863; octets by 64-bit counters only: those of 32 bits turn over within a sample on a line of 115 Mbit/s."""

STATES = {1: "online", 2: "fault", 3: "degraded", 4: "online", 5: "degraded", 6: "fault", 7: "fault"}
"""ifOperStatus: up, down, testing, unknown (the device does not tell), dormant, notPresent, lowerLayerDown."""

_SHORTEST = timedelta(seconds=10)
"""Agents renew their counters every few seconds only."""
_DRIFT = timedelta(seconds=5)
"""How far the device's clock and ours may part between two samples, and 1 % of the time between them."""
_SLACK = 1.1
"""Rates are believed up to this times the port's speed: instants are those of the answer, not of the counter."""


@dataclass(frozen=True, slots=True)
class Counters:
    """One sample: ``uptime`` in hundredths of a second, octets of both directions, errors received."""

    at: datetime
    index: int
    uptime: int | None
    octets_in: int | None
    octets_out: int | None
    errors: int | None

    @classmethod
    def of(cls, sample: Sample, index: int, uptime: int | None) -> "Counters":
        """Take them from what an agent said."""
        return cls(
            sample.at,
            index,
            uptime,
            sample.number(f"{IF_HC_IN_OCTETS}.{index}"),
            sample.number(f"{IF_HC_OUT_OCTETS}.{index}"),
            sample.number(f"{IF_IN_ERRORS}.{index}"),
        )

    @classmethod
    def before(cls, said: object) -> "Counters":
        """Read what :meth:`cursor` wrote; raises :class:`Undecodable`."""
        if type(said) is not dict:
            raise Undecodable(f"an object of the last sample's counters is expected, not {said!r:.60}", place="before")

        def count(key: str) -> int | None:
            return None if said.get(key) is None else whole(said[key], f"before.{key}")

        return cls(
            instant(said.get("at"), "before.at"),
            whole(said.get("index"), "before.index"),
            *(count(key) for key in ("uptime", "octets_in", "octets_out", "errors")),
        )

    def cursor(self) -> Mapping[str, object]:
        """Return them as JSON."""
        return {
            "at": self.at.isoformat(), "index": self.index, "uptime": self.uptime, "octets_in": self.octets_in,
            "octets_out": self.octets_out, "errors": self.errors,
        }  # fmt: skip

    def text(self) -> str:
        """Return them as the conversation's cursor."""
        return orjson.dumps(self.cursor()).decode()


def seconds(before: Counters, now: Counters, longest: timedelta) -> float | None:
    """Return the time between two samples by the device's own clock; none where they can't be compared."""
    elapsed = now.at - before.at
    if before.index != now.index or not _SHORTEST <= elapsed <= longest:
        return None
    if before.uptime is None or now.uptime is None:
        return elapsed.total_seconds()
    ran = timedelta(milliseconds=10 * (now.uptime - before.uptime))
    # A device that started again runs for less than the time between; one that started long ago, for all of it.
    if abs(ran - elapsed) > _DRIFT + elapsed / 100 or ran <= timedelta():
        return None
    return ran.total_seconds()


def loads(
    before: Counters, now: Counters, capacity_mbps: float, port_mbps: float, longest: timedelta
) -> tuple[float, float] | None:
    """Return the load in and out in percent of the capacity, two decimals; none where the samples don't tell it."""
    time = seconds(before, now, longest)
    if time is None or capacity_mbps <= 0:
        return None
    found = []
    for then, since in ((before.octets_in, now.octets_in), (before.octets_out, now.octets_out)):
        # Where one direction ran backwards the counters were cleared, and the other's difference tells nothing.
        if then is None or since is None or since < then:
            return None
        mbps = 8 * (since - then) / time / 1_000_000
        if mbps > _SLACK * max(capacity_mbps, port_mbps) or not math.isfinite(mbps):
            return None
        found.append(round(100 * mbps / capacity_mbps, 2))
    return found[0], found[1]


def errors(before: Counters, now: Counters, longest: timedelta) -> int | None:
    """Return how many packets with errors came between two samples; none where the samples don't tell it."""
    if seconds(before, now, longest) is None or before.errors is None or now.errors is None:
        return None
    return now.errors - before.errors if now.errors >= before.errors else None
