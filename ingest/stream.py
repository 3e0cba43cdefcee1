"""Tell the screens what changed: ``NOTIFY ioc`` in the transaction of the rows, in pieces that PostgreSQL accepts."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict

import orjson
from psycopg.rows import dict_row

from connectors.contract import CaseReport, DeviceId
from ingest.sql import QUERIES
from ingest.store import Link

CHANNEL = "ioc"
_LARGEST = 7_900
"""Bytes of one payload; PostgreSQL refuses 8,000 and more."""


def notify(link: Link, devices: Sequence[DeviceId], events: Iterable[CaseReport], sources: Collection[str]) -> None:
    """Announce devices, cases and sources; heard at commit, or never."""
    items: list[tuple[str, dict[str, object]]] = []
    if devices:
        columns = [[d.unit for d in devices], [d.kind for d in devices], [d.name for d in devices]]
        with link.cursor(row_factory=dict_row) as cursor:
            items += (("device", row) for row in cursor.execute(QUERIES["changed_devices"], columns))
    items += (("case", asdict(event)) for event in events)
    items += (("source", {"name": name}) for name in sorted(sources))
    payloads = [[payload] for payload in _packed(items)]
    if payloads:
        with link.cursor() as cursor:
            cursor.executemany(f"select pg_notify('{CHANNEL}', %s)", payloads)


def _packed(items: Iterable[tuple[str, dict[str, object]]]) -> Iterator[str]:
    held: list[bytes] = []
    size = 0
    for type_, item in items:
        piece = orjson.dumps({"type": type_, "item": item})
        if len(piece) > _LARGEST:
            # Too large to travel (a device with very long labels): say that it changed; the reader asks for the rest.
            small = {k: v for k, v in item.items() if k not in ("readings", "labels")}
            piece = orjson.dumps({"type": type_, "item": small})
        if held and size + len(piece) > _LARGEST:
            yield b"\n".join(held).decode()
            held, size = [], 0
        held.append(piece)
        size += len(piece) + 1
    if held:
        yield b"\n".join(held).decode()
