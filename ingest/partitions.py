"""Daily partitions of ``device_report`` in mode *plain*: made ahead, made on demand for late data, dropped when old."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from psycopg import sql

from ingest.store import Link

AHEAD = 7
"""Days made ahead."""

_NAMES = """
select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'device_report'::regclass and c.relname ~ '^device_report_[0-9]{8}$'
"""


def existing(link: Link) -> set[date]:
    """Return the days (UTC) that have a partition."""
    return {datetime.strptime(name[-8:], "%Y%m%d").replace(tzinfo=UTC).date() for (name,) in link.execute(_NAMES)}


def make(link: Link, days: Iterable[date]) -> None:
    """Make the partitions of these days where they are missing; two writers at once are harmless."""
    for day in sorted(days):
        link.execute("select pg_advisory_xact_lock(hashtext('device_report'), %s)", (day.toordinal(),))
        link.execute(
            sql.SQL("create table if not exists {} partition of device_report for values from ({}) to ({})").format(
                sql.Identifier(f"device_report_{day:%Y%m%d}"),
                sql.Literal(datetime(day.year, day.month, day.day, tzinfo=UTC)),
                sql.Literal(datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)),
            )
        )


def make_ahead(link: Link, today: date | None = None) -> None:
    """Make yesterday's partition and those of the coming days."""
    start = today or datetime.now(UTC).date()
    have = existing(link)
    make(link, {start + timedelta(days=n) for n in range(-1, AHEAD + 1)} - have)


def drop_old(link: Link, keep_days: int, today: date | None = None) -> list[date]:
    """Drop the partitions older than ``keep_days``; returns their days."""
    oldest = (today or datetime.now(UTC).date()) - timedelta(days=keep_days)
    old = sorted(day for day in existing(link) if day < oldest)
    for day in old:
        link.execute(sql.SQL("drop table {}").format(sql.Identifier(f"device_report_{day:%Y%m%d}")))
    return old
