"""From a message to records or a rejection: pure, the same for every transport, for `ioc explain` and for replay."""

import logging
from collections.abc import Container
from dataclasses import dataclass, replace
from typing import NamedTuple

from connectors.contract import Connector, Message, Record, Undecodable

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A message that was refused, whole, with the stage and the place that refused it and why; replayable."""

    message: Message
    stage: str
    place: str
    reason: str


class Understood(NamedTuple):
    """What one message gave: records, or a rejection, or (an operator's choice) the good part beside the rejection."""

    message: Message
    records: tuple[Record, ...]
    rejection: Rejection | None


def understand(connector: Connector, message: Message, units: Container[str]) -> Understood:
    """Decode wholly before anything is taken; ``units`` are the commune codes that exist."""
    try:
        records = tuple(connector.decode(message))
        if not records:
            raise Undecodable("it says nothing that could be kept")
        for record in records:
            unit = record.device.unit if hasattr(record, "device") else record.unit
            if unit not in units:
                raise Undecodable(
                    f"{unit} is the code of no commune, now or before 2025; correct the sender's topic or file",
                    place="unit",
                )
    except Undecodable as refusal:
        return Understood(message, refusal.taken, Rejection(message, "understand", refusal.place, refusal.reason))
    except Exception as fault:
        log.exception("connector broke source=%s address=%s", message.source, message.address)
        reason = f"the connector broke ({type(fault).__name__}: {fault}); a bug of ours, please report it"
        return Understood(message, (), Rejection(message, "understand", "connector", reason))
    return Understood(message, records, None)


def refuse(message: Message, reason: str, *, stage: str, place: str = "") -> Understood:
    """Return the outcome of a message that something after the connector refused."""
    return Understood(message, (), Rejection(message, stage, place, reason))


def cleansed(connector: Connector, message: Message) -> Message:
    """Return the message without persons, before anything else sees it."""
    body = connector.cleanse(message.body)
    return message if body is message.body else replace(message, body=body)
