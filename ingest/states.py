"""Device states in the database: lock, move on with what was heard, compute the past anew where it changed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import orjson

from connectors.contract import DeviceId
from ingest.hearing import Before, Hearings
from ingest.live import Live
from ingest.rhythm import Rhythms
from ingest.spans import Begun, append, replace_from
from ingest.sql import QUERIES
from ingest.state import OFFLINE, UNKNOWN, means
from ingest.store import Link
from ingest.timeline import SILENT, UNSEEN, Heard, Interval, Rhythm, Span, Word, timeline

_SOON = timedelta(microseconds=1)
_EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_DAY = timedelta(days=1)
"""So far a clock may be behind for its reports to be found by their own instant."""
_BACKLOG = 100
"""More late words than these in one batch are a backlog, which goes on: what they change is computed when it ends."""
_STRANGERS = 0x535452
_MOST = 1_000
"""Devices judged in one transaction: a whole province may fall silent at once."""


def lock(link: Link, devices: Collection[DeviceId]) -> dict[DeviceId, Before]:
    """Return what is known of these devices, and keep other writers off them until the transaction ends."""
    return dict(map(_known, link.execute(QUERIES["lock_states"], _columns(sorted(devices)))))


def meet(link: Link, devices: Collection[DeviceId]) -> dict[DeviceId, Before]:
    """Lock these devices; of two writers who hear of one for the first time the second waits, and sees what came."""
    known = lock(link, devices)
    if len(known) < len(devices):
        link.execute("select pg_advisory_xact_lock(%s)", (_STRANGERS,))
        known = lock(link, devices)
    return known


def dark_now(link: Link, said: Iterable[tuple[str, str]]) -> dict[str, list[Interval]]:
    """Return since when sources can't see that call a device gone, of what was said as (source, state)."""
    gone = sorted({source for source, state in set(said) if means(state) == OFFLINE})
    return {source: [(since, _EVER[1])] for source, since in link.execute(QUERIES["dark_now"], (gone,))} if gone else {}


def advance(link: Link, heard: Hearings) -> list[DeviceId]:
    """Write how devices moved on by reports that are stored already; returns the devices that were heard.

    States now are so at the commit. A past that late words change is computed anew at once, or, where a backlog brings
    them, by the renewal that is asked for here: else each batch of it would read all those before it again.
    """
    if not heard:
        return []
    if strangers := heard.strangers:
        since_when: list[object] = [heard[device].first_at for device in strangers]
        link.execute(QUERIES["register_devices"], [*_columns(strangers), since_when])
    devices = sorted(heard)
    late = {device: its.late for device in devices if (its := heard[device]).late is not None}
    backlog = sum(len(heard[device]) for device in late) > _BACKLOG
    put: list[dict[str, object]] = []
    begun: list[Begun] = []
    for device in devices:
        its = heard[device]
        if its.late is not None and backlog:
            its.follow()
        elif its.late is not None:
            # One that was heard for the first time has no row yet that others could wait for.
            now = max(datetime.now(UTC), its.seen_at)
            its.live = renew(link, device, its.live, its.late, now, its.rhythm)
        begun += ((device, span) for span in its.live.begun)
        put.append(_row(device, its.live, its.rhythm) | its.told())
    link.execute(QUERIES["put_states"], (orjson.dumps(put).decode(),))
    append(link, begun)
    if late and backlog:
        asked = [device._asdict() | {"since": since} for device, since in late.items()]
        link.execute(QUERIES["ask_renewals"], (orjson.dumps(asked).decode(),))
    return devices


def renew(
    link: Link,
    device: DeviceId,
    live: Live,
    since: datetime,
    now: datetime,
    rhythm: Mapping[str, Rhythm],
) -> Live:
    """Compute the spans of a device anew from its reports, as far back as a word at ``since`` can matter.

    Writes the spans; returns what is known now, to be put by the caller, who holds the device's lock. Of reports from
    clocks more than a day behind only the last sign of life is found.
    """
    # A silence that nobody has judged yet begins there, too.
    since = min(since, _overdue(live, rhythm, now))
    limit = max((rhythm[source].limit for source in live.facts), default=_DAY)
    start = since - limit
    key = {"unit": device.unit, "kind": device.kind, "name": device.name}
    window = key | {"start": start - limit, "far": start - limit - _DAY, "now": now}
    heard = [Heard(*row) for row in link.execute(QUERIES["heard_since"], window)]
    # Where the reports are gone or too old to be found, what we knew stands for them.
    heard += [
        Heard(source, fact.at, fact.at, "online" if fact.word in (SILENT, UNSEEN) else fact.word, fact.connection)
        for source, fact in live.facts.items()
        if not any(one.source == source for one in heard)
    ]
    blind: defaultdict[str, list[Interval]] = defaultdict(list)
    sources = sorted({one.source for one in heard})
    for source, starts_at, ends_at in link.execute(QUERIES["blind_since"], (sources, start - limit)):
        blind[source].append((starts_at, ends_at or now + _SOON))
    windows = link.execute("select * from maintenance_of(%(unit)s, %(kind)s, %(name)s)", key).fetchall()
    absence = [
        (starts_at or _EVER[0], ends_at or _EVER[1], state)
        for starts_at, ends_at, state in link.execute("select * from absence_of(%(unit)s, %(kind)s, %(name)s)", key)
    ]
    known_since = link.execute(QUERIES["registered_at"], key).fetchone()
    whole = timeline(
        heard,
        rhythm,
        now + _SOON,
        blind=blind,
        maintenance=windows,
        absence=absence,
        known_since=known_since[0] if known_since else None,
    )
    if not whole.spans:
        if not heard:
            return live
        # Nobody ever saw it: who called it gone could not see.
        begin = min(min(one.at, one.received_at) for one in heard)
        return Live(replace_from(link, device, begin, [Span(begin, UNKNOWN, "blind")]), {}, begin)
    open_span = replace_from(link, device, start, whole.spans)
    return Live(open_span, whole.facts, max(fact.at for fact in whole.facts.values()))


def sweep(link: Link, now: datetime, rhythms: Rhythms) -> list[DeviceId]:
    """Judge devices that should have spoken by now; returns those whose state changed, of :data:`_MOST` at most."""
    due = list(map(_known, link.execute(QUERIES["due_devices"], (now, _MOST)).fetchall()))
    if not due:
        return []
    since = min(fact.at for _, before in due for fact in before.live.facts.values())
    dark = {source for (source,) in link.execute(QUERIES["dark_sources"], (since,))}
    kept = {unit for (unit,) in link.execute(QUERIES["kept_units"], (since,))}
    changed: list[DeviceId] = []
    begun: list[Begun] = []
    put: list[dict[str, object]] = []
    for device, before in due:
        rhythm = rhythms.of(device.kind, before.expected_every)
        live, span = before.live, before.live.span
        if not (device.unit in kept or dark & set(live.facts)) and live.expire(rhythm):
            begun += ((device, one) for one in live.begun)
        else:
            live = renew(link, device, live, _overdue(live, rhythm, now), now, rhythm)
        if live.span != span:
            changed.append(device)
        # Who can't be seen is looked at again; once we see, a device gets its whole patience anyway.
        again_at = now + max(rhythm[source].limit for source in live.facts)
        put.append(_row(device, live, rhythm) | {"again_at": again_at})
    link.execute(QUERIES["judge_states"], (orjson.dumps(put).decode(),))
    append(link, begun)
    return changed


def compute_anew(link: Link, wanted: Mapping[DeviceId, datetime], now: datetime, rhythms: Rhythms) -> list[DeviceId]:
    """Compute the states of devices anew, each from its instant (UTC) on; returns those whose state changed."""
    changed: list[DeviceId] = []
    put: list[dict[str, object]] = []
    for device, before in lock(link, wanted).items():
        rhythm = rhythms.of(device.kind, before.expected_every)
        live = renew(link, device, before.live, wanted[device], now, rhythm)
        if live.span != before.live.span:
            changed.append(device)
        put.append(_row(device, live, rhythm) | {"again_at": now})
    if put:
        link.execute(QUERIES["judge_states"], (orjson.dumps(put).decode(),))
    return changed


def _overdue(live: Live, rhythm: Mapping[str, Rhythm], now: datetime) -> datetime:
    """Return the last word of the sources whose patience has ended."""
    return min(
        (
            fact.at
            for source, fact in live.facts.items()
            if fact.word != SILENT and fact.at + rhythm[source].limit < now
        ),
        default=now,
    )


def _known(row: Sequence[object]) -> tuple[DeviceId, Before]:
    unit, kind, name, horizon, state, since, reason, source, word, facts, expected_every = row
    span = Span(since, state, reason, source, word)  # type: ignore[arg-type]  # the query's columns
    words = {
        key: Word(datetime.fromisoformat(at), said, connection)
        for key, (at, said, connection) in facts.items()  # type: ignore[attr-defined]  # jsonb
    }
    live = Live(span, words, horizon if words else None)  # type: ignore[arg-type]  # the same
    return DeviceId(unit, kind, name), Before(live, expected_every)  # type: ignore[arg-type]  # the same


def _row(device: DeviceId, live: Live, rhythm: Mapping[str, Rhythm]) -> dict[str, object]:
    span = live.span
    assert span is not None  # noqa: S101 - something was heard of it
    return {
        "unit": device.unit, "kind": device.kind, "name": device.name, "at": live.horizon, "state": span.state,
        "reported": live.reported, "since": span.started_at, "reason": span.reason, "decided_by": span.source,
        "word": span.word, "facts": {source: list(fact) for source, fact in live.facts.items()},
        "due_at": live.due_at(rhythm),
    }  # fmt: skip


def _columns(devices: Sequence[DeviceId]) -> list[list[object]]:
    return [[d.unit for d in devices], [d.kind for d in devices], [d.name for d in devices]]
