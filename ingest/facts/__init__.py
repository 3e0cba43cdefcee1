"""What rules look at: each subject's rows of the database as facts about it, candidates chosen in SQL."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from psycopg.rows import DictRow, dict_row

from connectors.contract import LOCAL
from ingest.incidents import Board, Key
from ingest.rules import Rules
from ingest.sql import QUERIES
from ingest.store import Link


@dataclass
class View:
    """The database at an instant (UTC), for the rules of one commune's centre."""

    link: Link
    now: datetime
    rules: Rules
    commune: str
    since: datetime | None = None
    """When the rules looked last; None: never before."""
    boards: dict[str, Board] = field(default_factory=dict)

    def rows(self, query: Any, arguments: Any = ()) -> list[DictRow]:
        """Return the rows of one query."""
        with self.link.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, arguments).fetchall()

    @property
    def day(self) -> date:
        """Today, local."""
        return self.now.astimezone(LOCAL).date()

    @cached_property
    def units(self) -> list[str]:
        """Communes of which something is known."""
        return sorted(row["unit"] for row in self.rows(QUERIES["known_communes"]))

    def watched(self, key: str) -> list[Key]:
        """Return what a rule must see again: what it told of and has not ended, and what is about to be told."""
        board = self.boards[key]
        live = [k for k, one in board.incidents.items() if one.holds or one.closed_at is None]
        return sorted({*live, *board.pending})


def decimal(value: object) -> Decimal | None:
    """Return a number of the database, exact as it is written."""
    return None if value is None else Decimal(str(value))
