"""Device states in the database: lock, let the state machine decide, write states and spans."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import orjson

from connectors.contract import DeviceId
from ingest.reports import Row
from ingest.sql import QUERIES
from ingest.state import Evidence, Known, Span, follow, silent
from ingest.store import Link


def lock(link: Link, devices: Collection[DeviceId]) -> dict[DeviceId, Known]:
    """Return what is known of these devices, and keep other writers off them until the transaction ends."""
    columns = _columns(sorted(devices))
    return {
        DeviceId(unit, kind, name): Known(at, state, reported, since, reason)
        for unit, kind, name, at, state, reported, since, reason in link.execute(QUERIES["lock_states"], columns)
    }


def advance(link: Link, known: Mapping[DeviceId, Known], rows: Iterable[Row]) -> list[DeviceId]:
    """Follow the reports that were new; returns the devices that were heard."""
    heard: defaultdict[DeviceId, list[Row]] = defaultdict(list)
    for r in rows:
        heard[r.report.device].append(r)
    if not heard:
        return []
    strangers = sorted(d for d in heard if d not in known)
    if strangers:
        link.execute(QUERIES["register_devices"], _columns(strangers))
    put: list[dict[str, object]] = []
    spans: list[tuple[DeviceId, Span]] = []
    for device, its in sorted(heard.items()):
        after, begun = follow(known.get(device), map(_evidence, _telling(its)))
        if after is None:
            continue
        spans += ((device, span) for span in begun)
        state: dict[str, object] = {
            "unit": device.unit, "kind": device.kind, "name": device.name, "at": after.at, "state": after.state,
            "reported": after.reported, "since": after.since, "reason": after.reason,
            "seen_at": max(r.message.received_at for r in its), "source": its[-1].message.source,
        }  # fmt: skip
        # Numbers come from the newest status: a last will says nothing of the volume.
        told = max((r.report for r in its if not _is_connection(r)), key=lambda report: report.at, default=None)
        if told is not None and told.at >= after.at:
            state |= {"readings": told.values, "labels": told.labels}
        put.append(state)
    link.execute(QUERIES["put_states"], (orjson.dumps(put).decode(),))
    _write_spans(link, spans)
    return list(heard)


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


def _telling(rows: Sequence[Row]) -> list[Row]:
    """Leave out what repeats its neighbours: a state machine learns from changes and from the last word."""
    return [
        r
        for r, before, after in zip(rows, (None, *rows), (*rows[1:], None), strict=False)
        if before is None or after is None or r.report.state != before.report.state or _is_connection(r)
    ]


def _is_connection(r: Row) -> bool:
    return r.report.labels.get("evidence") == "connection"


def _evidence(r: Row) -> Evidence:
    return Evidence(r.report.at, r.message.received_at, r.report.state, _is_connection(r))


def _columns(devices: Sequence[DeviceId]) -> list[list[object]]:
    return [[d.unit for d in devices], [d.kind for d in devices], [d.name for d in devices]]
