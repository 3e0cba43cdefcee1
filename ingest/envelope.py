"""A message on its way to the database, and the door it came in by."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from connectors.contract import Connector, Message
from ingest.batch import Outcome
from ingest.pipeline import Cursor


class Door(Protocol):
    """Where a message came in, and where its acknowledgement goes out."""

    def settle(self, tickets: Sequence[object], outcomes: Sequence[Outcome]) -> None:
        """Acknowledge messages that are stored; called from the writer's thread after the commit."""


class Envelope(NamedTuple):
    """A message under way; ``ticket`` is the door's own word for it.

    ``content`` is the digest of a file that is taken once, ``cursor`` where the conversation goes on that brought it.
    """

    message: Message
    connector: Connector
    door: Door
    ticket: object = None
    content: bytes | None = None
    cursor: Cursor | None = None
