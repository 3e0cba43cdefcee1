"""Simulated routers of the government network (mô phỏng): lines with a daily rhythm, restarts, counters that turn over.

A line's load is a sum of waves, so that what it carried between any two instants is known without counting.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, NamedTuple

import orjson

from connectors.contract import LOCAL, DeviceId, DeviceReport, Message, Record, Simulator
from simulators.ber import COUNTER32, COUNTER64, GAUGE32, INTEGER, OCTETS, Name, Value
from simulators.signals import chance, episode
from simulators.snmp import booted, system, written

_SAMPLE = timedelta(minutes=5)
_STARTS = timedelta(days=20)
_CUTS = timedelta(days=3)
_NOON = datetime(2020, 1, 1, 14, 30, tzinfo=LOCAL)
"""When the waves of a day are highest."""
_WAVES = ((86_400, 0.33), (43_200, 0.07), (3_180, 0.05), (1_020, 0.03))
"""Period in seconds, amplitude as a part of the line's peak; with the middle 0.5 the load never falls to 0."""
_MIDDLE = 0.5
_ERROR_EVERY_S = 41
_TURNOVER = 2**64
_IF: Name = (1, 3, 6, 1, 2, 1, 2, 2, 1)
_IFX: Name = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
_DESCR = "RouterOS RB5009 (mo phong)"
"""A DisplayString is ASCII (RFC 2579)."""
_SILENCE = "no answer from {host}:161 within 3 s: look at its power and line"


@dataclass(frozen=True)
class Line:
    """A router with one line; ``peak_pct`` is its highest load in, out is four tenths of that."""

    name: str
    host: str = "127.0.0.1"
    interface: str = "ether1"
    index: int = 2
    capacity_mbps: int = 100
    peak_pct: float = 60
    near_turnover: bool = False
    """Whether its counters begin shortly before they turn over."""


class _Count(NamedTuple):
    boot: datetime
    octets_in: int
    octets_out: int
    errors: int


class NetworkSnmpSimulator(Simulator):
    """The routers of one commune; ``community`` is what their agents want to hear."""

    connector: ClassVar[str] = "network_snmp"

    def __init__(self, unit: str, seed: int, lines: Sequence[Line], community: str = "mo-phong") -> None:
        self.unit = unit
        self.seed = seed
        self.lines = {line.name: line for line in lines}
        self.community = community

    def agents(self) -> tuple["LineAgent", ...]:
        """Return the agents of the routers, to be served."""
        return tuple(LineAgent(self, line) for line in self.lines.values())

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return what the routers are found to do at the instant (UTC), load over the five minutes before."""
        return tuple(self._report(line, at.astimezone(UTC)) for line in self.lines.values())

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return the samples that give these reports, each with the one of five minutes before."""
        return tuple(self._message(record, at) for record in records if isinstance(record, DeviceReport))

    def objects(self, line: Line, at: datetime) -> dict[Name, Value]:
        """Return all that a router's agent has at the instant; nothing while it is out of reach."""
        if episode(self.seed, f"{line.name} way", at, timedelta(days=4), timedelta(minutes=30), 0.3):
            return {}
        count = self._count(line, at)
        row = (line.index,)
        return {
            **system(_DESCR, count.boot, at),
            (*_IF, 2, *row): (OCTETS, line.interface),
            (*_IF, 5, *row): (GAUGE32, line.capacity_mbps * 1_000_000),
            (*_IF, 8, *row): (INTEGER, 2 if self._cut(line, at) else 1),
            (*_IF, 14, *row): (COUNTER32, count.errors),
            (*_IFX, 1, *row): (OCTETS, line.interface),
            (*_IFX, 6, *row): (COUNTER64, count.octets_in),
            (*_IFX, 10, *row): (COUNTER64, count.octets_out),
            (*_IFX, 15, *row): (GAUGE32, line.capacity_mbps),
        }

    def _report(self, line: Line, at: datetime) -> DeviceReport:
        device = DeviceId(self.unit, "network", line.name)
        if not self.objects(line, at):
            return DeviceReport(device, at, "offline")
        now, before = self._count(line, at), self._count(line, at - _SAMPLE)
        values: dict[str, float] = {"uptime_s": (at - now.boot) // timedelta(seconds=1)}
        carried = (now.octets_in - before.octets_in, now.octets_out - before.octets_out)
        if now.boot == before.boot:
            if min(carried) >= 0:
                rates = [8 * octets / _SAMPLE.total_seconds() / 1_000_000 for octets in carried]
                loads = [round(100 * rate / line.capacity_mbps, 2) for rate in rates]
                values |= {"load_in_pct": loads[0], "load_out_pct": loads[1], "load_pct": max(loads)}
            values["errors"] = now.errors - before.errors
        state = "fault" if self._cut(line, at) else "online"
        return DeviceReport(device, at, state, values, {"descr": _DESCR})

    def _message(self, report: DeviceReport, at: datetime) -> Message:
        line = self.lines[report.device.name]
        body: dict[str, object] = {"at": report.at.isoformat()}
        if report.state == "offline":
            body["error"] = _SILENCE.format(host=line.host)
        else:
            then = report.at - _SAMPLE
            count = self._count(line, then)
            ticks = (then - count.boot) // timedelta(milliseconds=10)
            body["index"] = line.index
            body["before"] = {
                "at": then.isoformat(), "index": line.index, "uptime": ticks, "octets_in": count.octets_in,
                "octets_out": count.octets_out, "errors": count.errors,
            }  # fmt: skip
            body["values"] = written(self.objects(line, report.at))
        return Message(self.connector, f"snmp://{line.host}/{line.name}", orjson.dumps(body), at.astimezone(UTC))

    def _count(self, line: Line, at: datetime) -> _Count:
        boot = booted(self.seed, line.name, at, _STARTS)
        # Two hours at the line's full speed.
        start = _TURNOVER - line.capacity_mbps * 900_000_000 if line.near_turnover else 0
        octets = [
            (start + int(line.capacity_mbps * 1_250 * share * self._carried(line, way, boot, at))) % _TURNOVER
            for way, share in (("in", line.peak_pct), ("out", 0.4 * line.peak_pct))
        ]
        return _Count(boot, octets[0], octets[1], int((at - boot).total_seconds() / _ERROR_EVERY_S))

    def _carried(self, line: Line, way: str, boot: datetime, at: datetime) -> float:
        """Return the integral of the line's load since the start, in parts of its peak times seconds."""
        pieces = [boot, *(edge for cut in self._cuts(line, boot, at) for edge in cut), at]
        integrals = [self._integral(line, way, boot, edge) for edge in pieces]
        return sum(stop - start for start, stop in zip(integrals[::2], integrals[1::2], strict=True))

    def _integral(self, line: Line, way: str, boot: datetime, at: datetime) -> float:
        total = _MIDDLE * (at - boot).total_seconds()
        for period, height in _WAVES:
            pace = 2 * math.pi / period
            # The rhythm of a day is that of all offices, the short waves are each line's own.
            shift = chance(self.seed, line.name, way, period) * (3_600 if period > 10_000 else period)
            total += height / pace * (
                math.sin(pace * ((at - _NOON).total_seconds() - shift))
                - math.sin(pace * ((boot - _NOON).total_seconds() - shift))
            )  # fmt: skip
        return total

    def _cuts(self, line: Line, start: datetime, stop: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Give the times from start to stop when the line was cut: nothing is carried then."""
        for stretch in range((start - _NOON) // _CUTS, (stop - _NOON) // _CUTS + 1):
            if chance(self.seed, line.name, "cut", stretch) < 0.25:
                begins = _NOON + stretch * _CUTS + _CUTS * (0.9 * chance(self.seed, line.name, "cut at", stretch))
                ends = begins + timedelta(minutes=45)
                if begins < stop and ends > start:
                    yield max(begins, start), min(ends, stop)

    def _cut(self, line: Line, at: datetime) -> bool:
        return any(True for _ in self._cuts(line, at - timedelta(microseconds=1), at))


@dataclass(frozen=True)
class LineAgent:
    """The agent of one router."""

    simulator: NetworkSnmpSimulator
    line: Line

    @property
    def name(self) -> str:
        """The router's name."""
        return self.line.name

    @property
    def community(self) -> str:
        """What it wants to hear."""
        return self.simulator.community

    def objects(self, now: datetime) -> Mapping[Name, Value]:
        """Return all that it has."""
        return self.simulator.objects(self.line, now)
