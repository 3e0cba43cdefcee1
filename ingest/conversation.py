"""One conversation with a source, held to its end: questions out, answers in, what arrived stored before it goes on."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connectors.contract import Message, Polled, SourceDown
from connectors.talk import Answer, Arrived
from ingest.batch import Outcome
from ingest.envelope import Envelope
from ingest.fetch import Fetcher, Stopped
from ingest.pipeline import Cursor
from ingest.writer import Writer

log = logging.getLogger(__name__)

_FULL = 0.05
"""Seconds until a full queue is tried again."""


@dataclass(eq=False)
class _Ticket:
    """What the writer gives back when a message is stored."""

    stored: threading.Event = field(default_factory=threading.Event)
    outcome: Outcome | None = None


@dataclass
class Said:
    """What conversations brought; ``fault`` says why one broke off, in the operator's words."""

    outcomes: list[Outcome] = field(default_factory=list)
    fault: str = ""


class Conversations:
    """Holds conversations; the writer's door for what they bring. One page is in memory at a time."""

    def __init__(self, writer: Writer, stopping: threading.Event) -> None:
        self._writer = writer
        self._stopping = stopping

    def hold(self, name: str, source: Polled, talk: str, cursor: str, fetcher: Fetcher) -> Said:
        """Hold one conversation to its end; never raises but for :class:`Stopped`."""
        said = Said()
        nothing = Answer(b"", datetime.now(UTC), datetime.now(UTC))
        conversation = source.talk(talk, cursor, datetime.now(UTC))
        try:
            step = next(conversation)
            while True:
                if isinstance(step, Arrived):
                    said.outcomes.append(self._keep(name, source, talk, step))
                    step = conversation.send(nothing)
                else:
                    step = conversation.send(fetcher.fetch(step))
        except StopIteration:
            pass
        except SourceDown as down:
            said.fault = str(down)
        except Stopped:
            raise
        except Exception as fault:  # a connector's bug costs one conversation, not the service
            log.exception("connector broke source=%s talk=%s", name, talk)
            said.fault = f"the connector broke ({type(fault).__name__}: {fault}); a bug of ours, please report it"
        finally:
            conversation.close()
        return said

    def settle(self, tickets: Sequence[object], outcomes: Sequence[Outcome]) -> None:
        """Let the conversations go on."""
        for ticket, outcome in zip(tickets, outcomes, strict=True):
            assert isinstance(ticket, _Ticket)  # noqa: S101 - ours
            ticket.outcome = outcome
            ticket.stored.set()

    def _keep(self, name: str, source: Polled, talk: str, arrived: Arrived) -> Outcome:
        message = Message(name, arrived.address, arrived.body, datetime.now(UTC), arrived.error)
        cursor = Cursor(talk, arrived.cursor) if arrived.cursor is not None else None
        ticket = _Ticket()
        envelope = Envelope(message, source, self, ticket, cursor=cursor)
        while not self._writer.offer([envelope]):
            if self._stopping.wait(_FULL):
                raise Stopped
        while not ticket.stored.wait(0.5):
            if self._stopping.is_set():
                raise Stopped  # the writer stores it still, with its cursor
        assert ticket.outcome is not None  # noqa: S101 - set before the event
        return ticket.outcome
