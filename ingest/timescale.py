"""TimescaleDB, where the database has the extension: reports of devices as a hypertable, a chunk a day.

Columns, key and queries are those of plain PostgreSQL. The Apache edition has neither policies nor columnstore; the
community edition does the dropping itself, and keeps what is older than two weeks by column.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from psycopg.rows import dict_row

from ingest.errors import ConfigError
from ingest.sql import QUERIES
from ingest.store import Link

log = logging.getLogger(__name__)

Edition = Literal["apache", "community"]
OLDEST = (2, 18)
"""The first version with ``enable_columnstore`` and ``add_columnstore_policy`` (its release notes, 2025-01)."""
COLUMNS_AFTER = timedelta(days=14)
"""Days that late buffers of devices and corrected names have reached: rows are cheaper to write into than columns."""
PRELOAD = "set shared_preload_libraries = 'timescaledb' in postgresql.conf and restart PostgreSQL"


@dataclass(frozen=True)
class Server:
    """What the database's server offers."""

    available: str | None
    """Version that is installed with the server."""
    version: str | None
    """Version of the extension in this database; None: it was not created here."""
    preloaded: bool
    edition: Edition | None
    """By ``timescaledb.license``; None where the library is not loaded."""


@dataclass(frozen=True)
class Policy:
    """What TimescaleDB's own workers do with the reports."""

    after: timedelta
    last: str | None
    """Its last run: ``Success``, ``Failed``; None before the first."""
    last_at: datetime | None


def server(link: Link) -> Server:
    """Ask what the server offers."""
    row = link.execute(QUERIES["timescale_server"]).fetchone()
    assert row is not None  # noqa: S101 - it is one row of constants
    available, version, preloaded, licence = row
    # Before the extension is created the setting is that of the server's file, read by nobody yet.
    edition: Edition | None = None if version is None or licence is None else _EDITIONS.get(licence, "apache")
    return Server(available, version, preloaded or edition is not None, edition)


_EDITIONS: Mapping[str, Edition] = {"timescale": "community", "apache": "apache"}


def is_hypertable(link: Link) -> bool:
    """Tell whether reports lie in a hypertable, rather than in native partitions."""
    return link.execute(QUERIES["reports_are_partitioned"]).fetchone() == (False,)


def usable(link: Link) -> None:
    """Raise :class:`ConfigError` where the database has the extension and the server can't use it, or it is too old."""
    there = server(link)
    if there.version is None:
        return
    if there.edition is None:
        raise ConfigError(f"database: the extension timescaledb is there but its library is not loaded; {PRELOAD}")
    if _number(there.version) < OLDEST:
        raise ConfigError(
            f"database: TimescaleDB {there.version} is too old, {OLDEST[0]}.{OLDEST[1]} is needed; install a newer "
            "one, then `alter extension timescaledb update`"
        )


def adopt(link: Link) -> None:
    """Make the hypertable of the new, still empty table, where the database has the extension."""
    if server(link).version is not None:
        link.execute(QUERIES["adopt_hypertable"])


def settle(link: Link, keep_days: int) -> None:
    """Note how reports are kept and by which edition; set the policies that the edition has."""
    edition, hyper = server(link).edition, is_hypertable(link)
    link.execute(QUERIES["note"], ("mode", "hypertable" if hyper else "plain"))
    link.execute(QUERIES["note"], ("timescaledb", edition or ""))
    if hyper and edition == "community":
        if link.execute(QUERIES["columnstore_enabled"]).fetchone() != (True,):
            link.execute(QUERIES["enable_columnstore"])
        if "columnstore" not in policies(link):
            link.execute(QUERIES["add_columnstore_policy"], (COLUMNS_AFTER,))
        retain(link, keep_days)
    elif edition and not hyper:
        log.warning("timescaledb is there, but this database was made without it: its reports stay in daily partitions")


def retain(link: Link, keep_days: int) -> bool:
    """Let the community edition drop what is older; False: this edition doesn't, somebody else must."""
    if server(link).edition != "community":
        return False
    keep = timedelta(days=keep_days)
    policy = policies(link).get("retention")
    if policy is None or policy.after != keep:
        link.execute(QUERIES["remove_retention_policy"])
        link.execute(QUERIES["add_retention_policy"], (keep,))
        log.info("reports are kept days=%d", keep_days)
    return True


def policies(link: Link) -> dict[str, Policy]:
    """Return the policies there are, of ``columnstore`` and ``retention``."""
    with link.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(QUERIES["policies"]).fetchall()
    return {row["policy"]: Policy(row["after"], row["last"], row["last_at"]) for row in rows}


def chunks(link: Link) -> dict[date, bool]:
    """Return the days (UTC) that have a chunk, oldest first, and whether it is kept by column."""
    return {day: bool(columns) for day, columns in link.execute(QUERIES["chunks"])}


def drop_before(link: Link, oldest: datetime) -> None:
    """Drop the chunks that end at this instant or before; needs no edition."""
    link.execute(QUERIES["drop_chunks"], (oldest,))


def noted(link: Link) -> Edition | None:
    """Return the edition by which the last migration found the database kept."""
    row = link.execute(QUERIES["noted"], ("timescaledb",)).fetchone()
    return row[0] or None if row else None


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])
