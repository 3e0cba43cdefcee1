"""State spans in the database: one that begins ends the one before; a past computed anew replaces what stood there."""

from collections.abc import Sequence
from datetime import datetime

from connectors.contract import DeviceId
from ingest.sql import QUERIES
from ingest.store import Link
from ingest.timeline import Span

Begun = tuple[DeviceId, Span]


def append(link: Link, begun: Sequence[Begun]) -> None:
    """Write spans that begin after all that is there, those of one device in their order."""
    if not begun:
        return
    first: dict[DeviceId, datetime] = {}
    ends: dict[int, datetime] = {}
    last: dict[DeviceId, int] = {}
    for n, (device, span) in enumerate(begun):
        first.setdefault(device, span.started_at)
        if device in last:
            ends[last[device]] = span.started_at
        last[device] = n
    devices = list(first)
    keys = [[d.unit for d in devices], [d.kind for d in devices], [d.name for d in devices]]
    link.execute(QUERIES["close_spans"], [*keys, list(first.values())])
    rows = [(*device, span.started_at, ends.get(n), span.state, span.reason, span.source, span.word)
            for n, (device, span) in enumerate(begun)]  # fmt: skip
    link.execute(QUERIES["open_spans"], [list(column) for column in zip(*rows, strict=True)])


def replace_from(link: Link, device: DeviceId, start: datetime, spans: Sequence[Span]) -> Span:
    """Replace a device's spans from ``start`` (UTC) on; returns the one that lasts now.

    ``spans`` may begin earlier: the one that covers ``start`` then tells what stood there.
    """
    covering = max((span for span in spans if span.started_at < start), key=lambda s: s.started_at, default=None)
    following = [span for span in spans if span.started_at >= start]
    there = link.execute(QUERIES["span_at"], (*device, start)).fetchone()
    link.execute(QUERIES["drop_spans"], (*device, start))
    kept = Span(*there) if there else None
    if covering is not None and (kept is None or not covering.continues(kept)):
        begins = start if kept is not None else covering.started_at
        following.insert(0, Span(begins, covering.state, covering.reason, covering.source, covering.word))
    if kept is not None:
        ends = following[0].started_at if following else None
        link.execute(
            "update state_span set ended_at = %s where (unit, kind, name, started_at) = (%s, %s, %s, %s)",
            (ends, *device, kept.started_at),
        )
    if not following:
        assert kept is not None  # noqa: S101 - something covers, or follows
        return kept
    ends_at = [*(span.started_at for span in following[1:]), None]
    rows = [(*device, span.started_at, end, span.state, span.reason, span.source, span.word)
            for span, end in zip(following, ends_at, strict=True)]  # fmt: skip
    link.execute(QUERIES["open_spans"], [list(column) for column in zip(*rows, strict=True)])
    return following[-1]
