"""The database: the only module that opens connections to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import psycopg
from psycopg import Connection
from psycopg.rows import DictRow, TupleRow, dict_row
from psycopg.types.json import set_json_loads
from psycopg_pool import ConnectionPool, PoolTimeout

from ingest.errors import StoreDown

Link = Connection[TupleRow]

_AWAY = ("08", "25006", "40", "53", "55P03", "57", "58", "XX")
"""SQLSTATE classes that time or an operator mends: connection, read-only, deadlock, resources, shutdown, system."""

_OPTIONS = "-c timezone=UTC -c jit=off -c timescaledb.max_tuples_decompressed_per_dml_transaction=0"
"""Compiling our queries costs seconds where they take milliseconds: a device's availability 11 s instead of 0.02 s.

Late reports and corrected names reach into TimescaleDB's columns, however many rows; plain PostgreSQL ignores it.
"""


def away(error: psycopg.Error) -> bool:
    """Tell a database that can't answer now from one that refuses what it was given."""
    if isinstance(error, psycopg.errors.QueryCanceled):
        return True
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return error.sqlstate.startswith(_AWAY)


class Store:
    """A pool of connections; a transaction is one ``with`` block, and raises :class:`StoreDown` when it must wait."""

    def __init__(self, url: str, *, pool: int = 6, name: str = "ioc", wait: float = 5.0) -> None:
        self.url = url
        self._pool = ConnectionPool(
            url,
            min_size=1,
            max_size=pool,
            open=False,
            timeout=wait,
            max_idle=15.0,  # at rest one will do: each costs the database some megabytes
            kwargs={"application_name": name, "connect_timeout": 5, "options": _OPTIONS},
            reconnect_timeout=0,
            check=ConnectionPool.check_connection,
            configure=lambda link: set_json_loads(orjson.loads, link),
        )

    def open(self) -> None:
        """Begin to connect, without waiting for it."""
        self._pool.open(wait=False)

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    def __enter__(self) -> "Store":
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[Link]:
        """Commit at the end of the block, or roll back; raises :class:`StoreDown` where the database is away."""
        try:
            with self._pool.connection() as link:
                yield link
        except PoolTimeout as error:
            raise StoreDown("the database does not answer; see `ioc doctor`") from error
        except psycopg.Error as error:
            if away(error):
                raise StoreDown(str(error).strip().replace("\n", " ") or type(error).__name__) from error
            raise

    def rows(self, sql: Any, arguments: Any = ()) -> list[DictRow]:
        """Return the rows of one query as dictionaries."""
        with self.transaction() as link, link.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(sql, arguments).fetchall()

    def row(self, sql: Any, arguments: Any = ()) -> DictRow | None:
        """Return the first row of one query, or None."""
        with self.transaction() as link, link.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(sql, arguments).fetchone()

    def execute(self, sql: Any, arguments: Any = ()) -> int:
        """Run one statement in a transaction of its own; returns the rows it touched."""
        with self.transaction() as link:
            return link.execute(sql, arguments).rowcount

    def listen(self, channel: str, *, poll: float = 1.0) -> "Listener":
        """Return a connection of its own that hears notifications."""
        return Listener(self.url, channel, poll)


class Listener:
    """Hears ``NOTIFY``: iterate over it for payloads; ``None`` comes after each quiet pause."""

    def __init__(self, url: str, channel: str, poll: float) -> None:
        self._poll = poll
        try:
            # It may hear nothing for hours: keep-alives find out when the line is dead.
            self._link = psycopg.connect(
                url, autocommit=True, application_name="ioc-stream", connect_timeout=5,
                keepalives_idle=30, keepalives_interval=10, keepalives_count=3,
            )  # fmt: skip
            self._link.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))
        except psycopg.Error as error:
            raise StoreDown(str(error).strip()) from error

    def __iter__(self) -> Iterator[str | None]:
        try:
            while True:
                for notice in self._link.notifies(timeout=self._poll, stop_after=1):
                    yield notice.payload
                yield None
        except psycopg.Error as error:
            raise StoreDown(str(error).strip()) from error

    def close(self) -> None:
        """End the connection."""
        self._link.close()
