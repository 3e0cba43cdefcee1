"""Tell the screens what changed: ``NOTIFY ioc`` in the transaction of the rows, in pieces that PostgreSQL accepts."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict

import orjson

from connectors.contract import CaseReport, DeviceId
from ingest.sql import QUERIES
from ingest.store import Link

CHANNEL = "ioc"
_DEVICE = ("unit", "kind", "name", "state", "reported", "since", "at", "reason", "changed_at", "readings", "labels")
_BROADCAST = ("unit", "kind", "source", "id")
_LARGEST = 7_900
"""Bytes of one payload; PostgreSQL refuses 8,000 and more."""


def notify(
    link: Link,
    devices: Sequence[DeviceId],
    events: Iterable[CaseReport],
    sources: Collection[str],
    broadcasts: Iterable[tuple[str, str, str, str]] = (),
    incidents: Iterable[int] = (),
) -> None:
    """Announce devices, cases, sources, the keys of broadcasts and the ids of incidents; heard at commit, or never."""
    pieces: list[str] = []
    if devices:
        columns = [[d.unit for d in devices], [d.kind for d in devices], [d.name for d in devices]]
        for row in link.execute(QUERIES["changed_devices"], columns):
            piece = _said("device", dict(zip(_DEVICE, row, strict=True)))
            if len(piece) > _LARGEST // 4:
                # Too large to travel (very long labels): only that it changed; the reader asks for the rest.
                piece = _said("device", dict(zip(_DEVICE[:-2], row, strict=False)))
            pieces.append(piece)
    pieces += (_said("case", asdict(event)) for event in events)
    pieces += (_said("broadcast", dict(zip(_BROADCAST, key, strict=True))) for key in broadcasts)
    pieces += (_said("incident", {"id": id_}) for id_ in incidents)
    pieces += (_said("source", {"name": name}) for name in sorted(sources))
    payloads = [[payload] for payload in _packed(pieces)]
    if payloads:
        with link.cursor() as cursor:
            cursor.executemany(f"select pg_notify('{CHANNEL}', %s)", payloads)


def _said(type_: str, item: dict[str, object]) -> str:
    return orjson.dumps({"type": type_, "item": item}).decode()


def _packed(pieces: Iterable[str]) -> Iterator[str]:
    held: list[str] = []
    size = 0
    for piece in pieces:
        bytes_ = len(piece.encode())
        if held and size + bytes_ > _LARGEST:
            yield "\n".join(held)
            held, size = [], 0
        held.append(piece)
        size += bytes_ + 1
    if held:
        yield "\n".join(held)
