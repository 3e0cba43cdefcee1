"""Daily partitions of ``device_report``: made ahead, made on demand for late data, dropped when old.

Native partitions on plain PostgreSQL; where the table is a hypertable its chunks are the days, and make themselves.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from psycopg import sql

from ingest import timescale
from ingest.store import Link

AHEAD = 7
"""Days made ahead."""

_NAMES = """
select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'device_report'::regclass and c.relname ~ '^device_report_[0-9]{8}$'
"""


def existing(link: Link) -> set[date]:
    """Return the days (UTC) that have a partition."""
    if timescale.is_hypertable(link):
        return set(timescale.chunks(link))
    return {datetime.strptime(name[-8:], "%Y%m%d").replace(tzinfo=UTC).date() for (name,) in link.execute(_NAMES)}


def make(link: Link, days: Iterable[date]) -> None:
    """Make the partitions of these days where they are missing; two writers at once are harmless."""
    wanted = sorted(days)
    if not wanted or timescale.is_hypertable(link):
        return
    for day in wanted:
        link.execute("select pg_advisory_xact_lock(hashtext('device_report'), %s)", (day.toordinal(),))
        link.execute(
            sql.SQL("create table if not exists {} partition of device_report for values from ({}) to ({})").format(
                sql.Identifier(f"device_report_{day:%Y%m%d}"),
                sql.Literal(_midnight(day)),
                sql.Literal(_midnight(day + timedelta(days=1))),
            )
        )


def make_ahead(link: Link, today: date | None = None) -> None:
    """Make yesterday's partition and those of the coming days."""
    start = today or datetime.now(UTC).date()
    have = existing(link)
    make(link, {start + timedelta(days=n) for n in range(-1, AHEAD + 1)} - have)


def drop_old(link: Link, keep_days: int, today: date | None = None) -> list[date]:
    """Drop reports older than ``keep_days``, and what was kept of them; returns the days that went.

    Where TimescaleDB drops by its own policy, only the policy is kept to ``keep_days``, and nothing goes here.
    """
    oldest = (today or datetime.now(UTC).date()) - timedelta(days=keep_days)
    link.execute("select forget_readings(%s)", (_midnight(oldest),))
    old = sorted(day for day in existing(link) if day < oldest)
    if timescale.is_hypertable(link):
        if timescale.retain(link, keep_days):
            return []
        timescale.drop_before(link, _midnight(oldest))
        return old
    for day in old:
        link.execute(sql.SQL("drop table {}").format(sql.Identifier(f"device_report_{day:%Y%m%d}")))
    # The default partition holds what was too old for a day of its own when it came.
    link.execute("delete from device_report_default where at < %s", (_midnight(oldest),))
    return old


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
