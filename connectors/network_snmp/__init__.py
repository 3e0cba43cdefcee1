"""Routers, switches and lines of the government network over SNMP: state, uptime, errors, load of both directions."""

from collections.abc import Generator, Iterable
from datetime import datetime, timedelta
from typing import ClassVar

import orjson
from pydantic import Field

from connectors.contract import DeviceId, DeviceReport, Message, Quantity, SourceDown, Undecodable
from connectors.network_snmp import line
from connectors.probe import whole
from connectors.snmp_agents import SYS_DESCR, SYS_UPTIME, Agent, Sample, SnmpAgents, body
from connectors.talk import NO_ANSWER, Answer, Arrived, Question, Talk

_LONGEST_LABEL = 200


class Device(Agent):
    """A device, and the interface of it that is the line."""

    interface: int | str | None = None
    """Index (ifIndex) or name (ifName, ifDescr) of the line's interface; none: the device itself only."""
    capacity_mbps: float = Field(default=0, ge=0, le=1e6, allow_inf_nan=False)
    """What the line is rented for; 0: the port's own speed."""


class NetworkSnmp(SnmpAgents):
    """Network devices that are asked over SNMP every five minutes (TT 06/2026/TT-BKHCN)."""

    feed: ClassVar[str] = "network_status"
    title: ClassVar[str] = "Thiết bị mạng (SNMP)"
    quantities: ClassVar[tuple[Quantity, ...]] = (
        Quantity("load_in_pct", "percent", 0),
        Quantity("load_out_pct", "percent", 0),
        Quantity("load_pct", "percent", 0),
        Quantity("uptime_s", "second", 0, 2**32 / 100),
        Quantity("errors", "packet", 0, 2**32),
    )

    devices: tuple[Device, ...] = Field(min_length=1)
    every: timedelta = timedelta(minutes=5)
    """Pause between two samples; the regulation's 95th percentile is of 5-minute samples."""
    stale_after: timedelta = timedelta(minutes=20)
    """Silence after which the feed counts as stale."""

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Ask one device; the counters of a sample are the cursor of the next."""
        device = self._device(name)
        index, fault = yield from self._index(device)
        columns = [f"{column}.{index}" for column in line.COLUMNS] if index is not None else []
        answer = yield self.question(device, get=(SYS_DESCR, SYS_UPTIME, *columns))
        if answer.error and NO_ANSWER not in answer.error:
            raise SourceDown(f"{name}: {answer.error}")
        beside: dict[str, object] = {} if index is None else {"index": index}
        before = _before(cursor)
        if before is not None and index is not None:
            beside["before"] = before.cursor()
        told = body(answer, **beside)
        yield Arrived(self.address(name), told, cursor=self._next(name, told, answer))
        if fault:
            raise SourceDown(fault)

    def decode(self, message: Message) -> Iterable[DeviceReport]:
        """Give one report; raises :class:`Undecodable` naming the object and what it should be."""
        device = self._device(self.addressed(message))
        sample = self.sample(message)
        identity = DeviceId(self.unit, "network", device.name)
        if sample.error:
            return (DeviceReport(identity, sample.at, "offline"),)
        ticks = sample.number(SYS_UPTIME, highest=2**32 - 1)
        values: dict[str, float] = {} if ticks is None else {"uptime_s": ticks // 100}
        state = "online"
        if sample.rest.get("index") is not None:
            index = whole(sample.rest["index"], "index", highest=2**31 - 1)
            state = _state(sample, index)
            values |= self._line(device, sample, line.Counters.of(sample, index, ticks))
        descr = sample.text(SYS_DESCR)[:_LONGEST_LABEL]
        return (DeviceReport(identity, sample.at, state, values, {"descr": descr} if descr else {}),)

    def _device(self, name: str) -> Device:
        return next(device for device in self.devices if device.name == name)

    def _line(self, device: Device, sample: Sample, now: line.Counters) -> dict[str, float]:
        port_mbps = float(sample.number(f"{line.IF_HIGH_SPEED}.{now.index}", highest=2**32 - 1) or 0)
        port_mbps = port_mbps or (sample.number(f"{line.IF_SPEED}.{now.index}", highest=2**32 - 1) or 0) / 1e6
        if sample.rest.get("before") is None:
            return {}
        before = line.Counters.before(sample.rest["before"])
        longest = max(3 * self.every, timedelta(minutes=15))
        values: dict[str, float] = {}
        found = line.loads(before, now, device.capacity_mbps or port_mbps, port_mbps, longest)
        if found is not None:
            values = {"load_in_pct": found[0], "load_out_pct": found[1], "load_pct": max(found)}
        errors = line.errors(before, now, longest)
        return values if errors is None else values | {"errors": errors}

    def _index(self, device: Device) -> Generator[Question | Arrived, Answer, tuple[int | None, str]]:
        """Return the index of the line's interface: a name's may change whenever the device starts; or the fault."""
        wanted = device.interface
        if not isinstance(wanted, str):
            return wanted, ""
        answer = yield self.question(device, walk=(line.IF_NAME, line.IF_DESCR))
        if answer.error:
            return None, ""  # the sample says the same, as a result
        names: dict[str, object] = orjson.loads(answer.body)
        for oid, name in names.items():
            if name == wanted:
                return int(oid.rpartition(".")[2]), ""
        there = ", ".join(sorted({str(name) for name in names.values()}))
        return None, f"{device.name} has no interface {wanted!r}; correct `interface`: it has {there[:500]}"

    def _next(self, name: str, told: bytes, answer: Answer) -> str | None:
        """Return the cursor after a sample; none where it tells no counters, so that the last ones stay."""
        try:
            sample = self.sample(Message("", self.address(name), told, answer.answered_at))
            if sample.error or "index" not in sample.rest:
                return None
            ticks = sample.number(SYS_UPTIME, highest=2**32 - 1)
            return line.Counters.of(sample, whole(sample.rest["index"], "index"), ticks).text()
        except Undecodable:
            return None  # the message will be refused, and says why


def _before(cursor: str) -> line.Counters | None:
    """Read the cursor; an unreadable one is none, and the next sample gives no load."""
    try:
        return line.Counters.before(orjson.loads(cursor)) if cursor else None
    except (orjson.JSONDecodeError, Undecodable):
        return None


def _state(sample: Sample, index: int) -> str:
    oid = f"{line.IF_OPER_STATUS}.{index}"
    status = sample.number(oid)
    if status is None:
        return "online"
    if status not in line.STATES:
        raise Undecodable(f"{status} is no ifOperStatus (1 to 7, RFC 2863)", place=oid)
    return line.STATES[status]
