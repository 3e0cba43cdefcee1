"""Device reports into rows: binary COPY straight into the table, staging only where keys collide."""

import hashlib
import struct
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import orjson

from connectors.contract import DeviceId, DeviceReport, Message
from ingest import partitions
from ingest.sql import QUERIES
from ingest.store import Link

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_TRAILER = struct.pack(">h", -1)
_FIELDS = "unit, kind, name, at, digest, received_at, state, readings, labels, source"
_COPY = f"copy device_report ({_FIELDS}) from stdin (format binary)"
_COPY_STAGED = f"copy staged_report (n, again, {_FIELDS}) from stdin (format binary)"
_TEN = struct.pack(">h", 10)  # fields
_STAGED = struct.Struct(">hiii?")  # twelve fields, and the first two of them
_PIECE = 250
"""Rows of one write."""
_INT = struct.Struct(">i")
_JSON = struct.Struct(">iB")  # length, and the version of jsonb's format
_NULL = struct.pack(">i", -1)
_INSTANT = struct.Struct(">iqi")  # at with its length before it, and the digest's length


class Row(NamedTuple):
    """A report as it will lie in the table; ``n`` is its message's place in the batch.

    ``head`` holds the packed key, ``tail`` the rest of the ten fields.
    """

    n: int
    report: DeviceReport
    message: Message
    digest: bytes
    head: bytes
    tail: bytes

    @property
    def key(self) -> tuple[str, str, datetime, int]:
        """The table's primary key."""
        digest = int.from_bytes(self.digest, "big", signed=True)
        return (self.report.device.unit, self.report.device.name, self.report.at, digest)

    @property
    def by_reception(self) -> bool:
        """Whether it has no instant of its own."""
        return self.report.at == self.message.received_at

    @property
    def again(self) -> bool:
        """Whether it may lie in the table under another instant: a redelivery that has none of its own."""
        return self.message.redelivered and self.by_reception


def row(n: int, message: Message, report: DeviceReport) -> Row:
    """Pack one report for COPY (PostgreSQL's binary format, ten fields)."""
    device, state = report.device, _text(report.state)
    readings = orjson.dumps(report.values) if report.values else b""
    labels = orjson.dumps(report.labels) if report.labels else b""
    source = _text(message.source)  # two that see the same device are two lines of evidence
    said = b"".join((_text(device.kind), source, state, readings, b"\0", labels))
    digest = hashlib.blake2b(said, digest_size=8).digest()
    tail = (
        _received(message.received_at),
        state,
        _JSON.pack(len(readings) + 1, 1) + readings if readings else _NULL,
        _JSON.pack(len(labels) + 1, 1) + labels if labels else _NULL,
        source,
    )
    head = _device(device) + _INSTANT.pack(8, (report.at - _EPOCH) // _MICROSECOND, 8) + digest
    return Row(n, report, message, digest, head, b"".join(tail))


@lru_cache(maxsize=1 << 10)
def _text(text: str) -> bytes:
    raw = text.encode()
    return _INT.pack(len(raw)) + raw


@lru_cache(maxsize=1 << 16)
def _device(device: DeviceId) -> bytes:
    return b"".join(_INT.pack(len(raw)) + raw for raw in (part.encode() for part in device))


@lru_cache(maxsize=1 << 6)
def _received(at: datetime) -> bytes:
    """Pack an instant of reception; a burst of messages shares one."""
    return struct.pack(">iq", 8, (at - _EPOCH) // _MICROSECOND)


def copy(link: Link, rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    """Write the rows into the table itself, each key once; raises ``UniqueViolation`` where one is already there.

    They are made, sent, and yielded again in pieces: the database stores some while others are made and looked at.
    """
    taken: set[bytes] = set()
    with link.cursor() as cursor, cursor.copy(_COPY) as sink:
        sink.write(_HEADER)
        for some in _pieces(rows):
            piece: list[Row] = []
            parts: list[bytes] = []
            for r in some:
                head = r.head
                if head not in taken:
                    taken.add(head)
                    piece.append(r)
                    parts += (_TEN, head, r.tail)
            sink.write(b"".join(parts))
            yield piece
        sink.write(_TRAILER)


def copy_staged(link: Link, rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    """Write the rows by way of a staging table, each key once; yields those that were new, in one piece."""
    unique: dict[bytes, Row] = {}
    link.execute(QUERIES["stage_reports"])
    with link.cursor() as cursor, cursor.copy(_COPY_STAGED) as sink:
        sink.write(_HEADER)
        for r in rows:
            if unique.setdefault(r.head, r) is r:
                sink.write(_STAGED.pack(12, 4, r.n, 1, r.again) + r.head + r.tail)
        sink.write(_TRAILER)
    new = set(link.execute(QUERIES["take_staged"]).fetchall())
    yield [r for r in unique.values() if r.key in new]


def _pieces(rows: Iterable[Row]) -> Iterator[list[Row]]:
    its = iter(rows)
    while piece := list(islice(its, _PIECE)):
        yield piece


def ensure_partitions(link: Link, said: Iterable[DeviceReport], have: set[date], keep_days: int) -> None:
    """Make the partitions that these reports need; ``have`` remembers. Days past keeping lie in the default one."""
    today = datetime.now(UTC).date()
    oldest = today - timedelta(days=keep_days)
    missing = {report.at.astimezone(UTC).date() for report in said} - have
    wanted = {day for day in missing if day >= oldest}
    if wanted:
        have |= partitions.existing(link)
        partitions.make(link, wanted - have)
        have |= wanted
