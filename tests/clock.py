"""A database whose clock stands where a test sets it: the last minute of an hour, whenever the test runs."""

from datetime import datetime

import psycopg
from psycopg import sql

from ingest.store import Link

_NOW = "create or replace function public.now() returns timestamptz language sql stable parallel safe"


def stand(url: str, now: datetime) -> None:
    """Let the clock of a database stand; sessions that begin afterwards see it, and a schema that is made then."""
    with psycopg.connect(url) as link:
        # Ours goes before the server's.
        path = sql.SQL("alter database {} set search_path = public, pg_catalog")
        link.execute(path.format(sql.Identifier(link.info.dbname)))
        move(link, now)


def move(link: Link, now: datetime) -> None:
    """Let ``now()`` be an instant that is past; of two, so that the planner knows as little of it as ever."""
    link.execute(sql.SQL(_NOW + " as $$ select least({}::timestamptz, pg_catalog.now()) $$").format(sql.Literal(now)))
