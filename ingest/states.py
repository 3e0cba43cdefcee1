"""Device states in the database: lock, let the state machine decide, write states and spans."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

import orjson

from connectors.contract import DeviceId, DeviceReport, Message
from ingest.evidence import Fact, fuse
from ingest.reports import Row
from ingest.sql import QUERIES
from ingest.state import Evidence, Known, Span, follow, silent
from ingest.store import Link

_EVER = datetime(1, 1, 1, tzinfo=UTC)


class Before(NamedTuple):
    """What the database knows of a device: its state, its last source, each source's word where there are several."""

    state: Known
    source: str
    facts: Mapping[str, Fact]


def lock(link: Link, devices: Collection[DeviceId]) -> dict[DeviceId, Before]:
    """Return what is known of these devices, and keep other writers off them until the transaction ends."""
    columns = _columns(sorted(devices))
    return {
        DeviceId(unit, kind, name): Before(Known(at, state, reported, since, reason), source, _facts(facts))
        for unit, kind, name, at, state, reported, since, reason, source, facts in link.execute(
            QUERIES["lock_states"], columns
        )
    }


def advance(link: Link, known: Mapping[DeviceId, Before], rows: Iterable[Row]) -> list[DeviceId]:
    """Follow the reports that were new; returns the devices that were heard."""
    heard: dict[DeviceId, _Heard] = {}
    for r in rows:
        its = heard.get(r.report.device)
        if its is None:
            its = heard[r.report.device] = _Heard()
        its.add(r.report, r.message)
    if not heard:
        return []
    strangers = sorted(d for d in heard if d not in known)
    if strangers:
        link.execute(QUERIES["register_devices"], _columns(strangers))
    put: list[dict[str, object]] = []
    spans: list[tuple[DeviceId, Span]] = []
    for device, its in sorted(heard.items(), key=itemgetter(0)):
        before = known.get(device)
        facts = its.facts(before)
        after, begun = follow(before.state if before else None, its.fused(facts) if facts else its.evidence())
        if after is None:
            continue
        spans += ((device, span) for span in begun)
        state: dict[str, object] = {
            "unit": device.unit, "kind": device.kind, "name": device.name, "at": after.at, "state": after.state,
            "reported": after.reported, "since": after.since, "reason": after.reason,
            "seen_at": its.seen_at, "source": its.source,
            "facts": {source: list(fact) for source, fact in facts.items()},
        }  # fmt: skip
        if facts:
            state |= its.readings()
        elif its.told is not None and its.told.at >= after.at:
            state |= {"readings": its.told.values, "labels": its.told.labels}
        put.append(state)
    link.execute(QUERIES["put_states"], (orjson.dumps(put).decode(),))
    _write_spans(link, spans)
    return list(heard)


class _Heard:
    """What a batch says of one device; leaves out what repeats its neighbours, for a state lives by its changes."""

    __slots__ = ("_last", "_mixed", "_telling", "_words", "seen_at", "source", "told")

    def __init__(self) -> None:
        self._words: list[tuple[DeviceReport, Message]] = []
        self._mixed = False
        self._telling: list[Evidence] = []
        self._last: tuple[DeviceReport, Message, bool] | None = None
        self.seen_at = _EVER
        self.source = ""
        self.told: DeviceReport | None = None
        """The newest status: a last will says nothing of the volume."""

    def add(self, report: DeviceReport, message: Message) -> None:
        """Take the next report of a batch."""
        connection = report.labels.get("evidence") == "connection"
        before = self._last
        self._mixed = self._mixed or (self.source not in ("", message.source))
        self._words.append((report, message))
        self._last = (report, message, connection)
        if before is None or connection or report.state != before[0].state:
            self._telling.append(Evidence(report.at, message.received_at, report.state, connection))
        if not connection and (self.told is None or report.at >= self.told.at):
            self.told = report
        if message.received_at > self.seen_at:
            self.seen_at = message.received_at
        self.source = message.source

    def facts(self, before: Before | None) -> dict[str, Fact]:
        """Return each source's word before this batch, where several sources speak of the device; else nothing."""
        if before is None:
            report, message = self._words[0]
            return {message.source: _fact(report, message)} if self._mixed else {}
        if before.facts:
            return dict(before.facts)
        if not self._mixed and before.source == self.source:
            return {}
        return {before.source: Fact(before.state.reported, before.state.at, before.state.at)}

    def fused(self, facts: dict[str, Fact]) -> list[Evidence]:
        """Add the words of this batch to the facts, and return what they say together after each."""
        said = []
        for report, message in self._words:
            fact = _fact(report, message)
            if message.source in facts and fact.at < facts[message.source].at:
                continue  # late: a row, and no news
            facts[message.source] = fact
            said.append(Evidence(fact.heard_at, fact.heard_at, fuse(facts, fact.heard_at)))
        return said

    def readings(self) -> dict[str, object]:
        """Return the numbers and texts of all sources of this batch; of one key the last word counts."""
        told = [report for report, _ in self._words if report.labels.get("evidence") != "connection"]
        return {
            "readings": {key: value for report in told for key, value in report.values.items()},
            "labels": {key: text for report in told for key, text in report.labels.items()},
        }

    def evidence(self) -> list[Evidence]:
        """Return what tells: the first, the changes, connections, and the last word."""
        assert self._last is not None  # noqa: S101 - it is made when a report comes
        report, message, connection = self._last
        last = Evidence(report.at, message.received_at, report.state, connection)
        return self._telling if self._telling[-1] == last else [*self._telling, last]


def sweep(
    link: Link,
    now: datetime,
    every: Mapping[str, timedelta],
    patience: float,
) -> list[DeviceId]:
    """Judge the devices that should have spoken by now; returns those whose state changed."""
    arguments = {
        "now": now,
        "patience": patience,
        "every": json.dumps({kind: f"{pause.total_seconds()} seconds" for kind, pause in every.items()}),
    }
    quiet = link.execute(QUERIES["silent_devices"], arguments).fetchall()
    if not quiet:
        return []
    blind: defaultdict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for source, started_at, ended_at in link.execute(QUERIES["blind_spans"]):
        blind[source].append((started_at, ended_at))
    spans = [
        (DeviceId(unit, kind, name), span)
        for unit, kind, name, _at, seen_at, state, source, its_every in quiet
        if (span := silent(seen_at, its_every, patience, now, blind[source])) and span.state != state
    ]
    if spans:
        columns = _columns([device for device, _ in spans])
        columns += [[s.state for _, s in spans], [s.started_at for _, s in spans], [s.reason for _, s in spans]]
        link.execute(QUERIES["silence_states"], columns)
        _write_spans(link, spans)
    return [device for device, _ in spans]


def _write_spans(link: Link, spans: Sequence[tuple[DeviceId, Span]]) -> None:
    if not spans:
        return
    first: dict[DeviceId, Span] = {}
    following: dict[int, datetime] = {}
    last: dict[DeviceId, int] = {}
    for n, (device, span) in enumerate(spans):
        first.setdefault(device, span)
        if device in last:
            following[last[device]] = span.started_at
        last[device] = n
    link.execute(QUERIES["close_spans"], [*_columns(list(first)), [span.started_at for span in first.values()]])
    # Two spans that begin at one instant: the later one is the truth, and the key allows only one.
    kept = {(device, span.started_at): n for n, (device, span) in enumerate(spans)}
    rows = [(*spans[n][0], spans[n][1].started_at, following.get(n), spans[n][1].state, spans[n][1].reason)
            for n in kept.values()]  # fmt: skip
    link.execute(QUERIES["open_spans"], [list(column) for column in zip(*rows, strict=True)])


def _fact(report: DeviceReport, message: Message) -> Fact:
    return Fact(report.state, report.at, message.received_at)


def _facts(stored: Mapping[str, Sequence[str]]) -> dict[str, Fact]:
    return {
        source: Fact(reported, datetime.fromisoformat(at), datetime.fromisoformat(heard_at))
        for source, (reported, at, heard_at) in stored.items()
    }


def _columns(devices: Sequence[DeviceId]) -> list[list[object]]:
    return [[d.unit for d in devices], [d.kind for d in devices], [d.name for d in devices]]
