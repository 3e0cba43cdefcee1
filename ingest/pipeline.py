"""From a message to records or a rejection: pure, the same for every transport, for `ioc explain` and for replay."""

import logging
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple, NoReturn
from uuid import UUID

from connectors.contract import (
    Broadcast,
    CaseReport,
    Connector,
    DeviceReport,
    Fault,
    Message,
    Record,
    Undecodable,
)

log = logging.getLogger(__name__)

_EPOCH, _NEVER = datetime.fromtimestamp(0, UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""What a clock says that was never set, and what no plan reaches: beyond lie the zeroes and sentinels of programs."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A message that was refused, whole, with the stage and the place that refused it and why; replayable."""

    message: Message
    stage: str
    place: str
    reason: str
    faults: tuple[Fault, ...] = ()


class Delivery(NamedTuple):
    """What somebody brought in one piece, a file or a push of many lines: its figures are one import.

    ``digest`` is the SHA-256 of all of it; ``actor`` an account, a token, the command line or a watched folder.
    ``after`` is the source's last import when its difference was looked at (0: none); None: nobody looked.
    """

    key: UUID
    digest: bytes
    actor: str
    after: int | None = None


class Cursor(NamedTuple):
    """Where a conversation of a source goes on next time; kept in the transaction of what it brought."""

    talk: str
    value: str


class Understood(NamedTuple):
    """What one message gave: records, or a rejection, or (an operator's choice) the good part beside the rejection.

    ``content`` is the digest to remember where the message is a file that is taken once, ``cursor`` where the
    conversation goes on that brought it, ``delivery`` what it came in.
    """

    message: Message
    records: tuple[Record, ...]
    rejection: Rejection | None = None
    content: bytes | None = None
    cursor: Cursor | None = None
    delivery: Delivery | None = None


def understand(
    connector: Connector,
    message: Message,
    units: Container[str],
    content: bytes | None = None,
    cursor: Cursor | None = None,
) -> Understood:
    """Drop persons first, for every transport; then decode wholly before anything is taken.

    ``units`` are the codes that exist. A page of a conversation may be empty; what a device sends may not.
    """
    body = connector.cleanse(message.body)
    if body is not message.body:
        message = replace(message, body=body)
    try:
        records = tuple(map(_ended, connector.decode(message)))
        if not records and cursor is None:
            raise Undecodable("it says nothing that could be kept")
        for record in records:
            if record.unit not in units:
                fault = _no_unit(record.unit)
                raise Undecodable(fault.reason, place=fault.place, faults=(fault,))
            if type(record) is DeviceReport:
                if record.at < _EPOCH:
                    _no_time("at", record.at)
            elif type(record) is CaseReport or type(record) is Broadcast:
                _timely(record)
    except Undecodable as refusal:
        rejection = Rejection(message, "understand", refusal.place, refusal.reason, refusal.faults)
        return Understood(message, refusal.taken, rejection, content, cursor)
    except Exception as bug:  # it costs one message, not the service
        log.exception("connector broke source=%s address=%s", message.source, message.address)
        reason = f"the connector broke ({type(bug).__name__}: {bug}); a bug of ours, please report it"
        return Understood(message, (), Rejection(message, "understand", "connector", reason), content, cursor)
    return Understood(message, records, None, content, cursor)


def _ended(record: Record) -> Record:
    """Return a case without a deadline that no calendar reaches: 9999-12-31 is how systems write that there is none."""
    if type(record) is CaseReport and record.due is not None and record.due >= _NEVER:
        return replace(record, due=None)
    return record


def _timely(record: CaseReport | Broadcast) -> None:
    for name in record.__dataclass_fields__:
        value = getattr(record, name)
        if isinstance(value, datetime) and not _EPOCH <= value < _NEVER:
            _no_time(name, value)


def _no_time(place: str, at: datetime) -> NoReturn:
    reason = f"{at.isoformat()} is said by no clock and no calendar; correct it, or leave {place} out"
    raise Undecodable(reason, place=place)


def _no_unit(code: str) -> Fault:
    vi = f"{code} không phải là mã của đơn vị hành chính nào, trước đây hay hiện nay; sửa lại mã trong tệp hoặc bản tin"
    reason = f"{code} is the code of no unit, now or before 2025; correct the sender's topic or file"
    return Fault("unit", reason, vi)


def refuse(understood: Understood, reason: str, *, stage: str, place: str = "") -> Understood:
    """Return a message as something after the connector refused it."""
    message = understood.message
    return Understood(message, (), Rejection(message, stage, place, reason), understood.content, understood.cursor)
