"""Bring the database's schema to this version: ordered files, one advisory lock, never backwards."""

import hashlib
import logging

import psycopg

from ingest import reading, timescale
from ingest.errors import ConfigError
from ingest.partitions import make_ahead
from ingest.sql import migrations
from ingest.store import Link, Store
from ingest.units import load_units

log = logging.getLogger(__name__)

_LOCK = 0x494F43  # "IOC"
_BOOK = """
create table if not exists migration (
    number integer primary key, name text not null, digest text not null, applied_at timestamptz default now());
create table if not exists store_meta (key text primary key, value text not null)
"""


def migrate(store: Store, *, up_to: int | None = None, keep_days: int = 400) -> list[str]:
    """Apply what is missing, one transaction a file; returns their names.

    A new database that has the extension TimescaleDB keeps device reports in a hypertable; where its edition drops old
    days by itself, it drops those older than ``keep_days``.

    Raises :class:`ConfigError` where the database is newer than this program, a file that was applied has changed, or
    the extension can't be used.
    """
    done: list[str] = []
    with store.transaction() as link:
        link.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        timescale.usable(link)
        try:
            link.execute(_BOOK)
        except psycopg.errors.InsufficientPrivilege as error:
            raise ConfigError(f"database: the user may not create tables: {error.diag.message_primary}") from error
        _check(link)
        for number, name, sql in migrations():
            if up_to is not None and number > up_to:
                break
            if link.execute("select 1 from migration where number = %s", (number,)).fetchone():
                continue
            link.execute(sql)
            if name == "devices":
                timescale.adopt(link)  # while the table is new: what later steps add to it, they add to either kind
            link.execute(
                "insert into migration (number, name, digest) values (%s, %s, %s)", (number, name, _digest(sql))
            )
            done.append(f"{number:04} {name}")
        if up_to is None:
            timescale.settle(link, keep_days)
            load_units(link)
            make_ahead(link)
            reading.prepare(link)
    for name in done:
        log.info("migrated step=%r", name)
    return done


def check(store: Store) -> None:
    """Raise :class:`ConfigError` unless the schema is exactly this version's."""
    with store.transaction() as link:
        if link.execute("select to_regclass('migration')").fetchone() == (None,):
            raise ConfigError("database: it has no schema yet; run `ioc migrate`")
        newest = _check(link)
        last = migrations()[-1][0]
        if newest < last:
            raise ConfigError(f"database: its schema is {newest:04}, this program needs {last:04}; run `ioc migrate`")


def _check(link: Link) -> int:
    known = {number: _digest(sql) for number, _name, sql in migrations()}
    newest = 0
    for number, name, digest in link.execute("select number, name, digest from migration order by number"):
        newest = number
        if number not in known:
            raise ConfigError(
                f"database: it has the newer schema {number:04} {name}; this program knows up to {max(known):04}: "
                "install the version that made it, or restore a backup"
            )
        if digest != known[number]:
            raise ConfigError(f"database: migration {number:04} {name} was applied with another text than this one")
    return newest


def _digest(sql: str) -> str:
    return hashlib.sha256(sql.encode()).hexdigest()[:16]
