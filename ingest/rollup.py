"""Totals of every device by the local day, and what numbers make of reports by the hour: a year as fast as a day.

Whatever changes a past day or hour marks it in the same transaction (triggers of ``sql/schema/0017`` and ``0020``), and
until it is made anew that time is read from spans and reports. What is kept is therefore never wrong, only sometimes
short.
"""

from datetime import timedelta
from typing import LiteralString

from ingest.store import Store

EVERY = timedelta(minutes=2)
MOST = 500
"""Devices in one transaction: writers of spans wait for it."""


def roll_up(store: Store, most: int = MOST) -> int:
    """Bring the totals of all devices, and their sums, up to today; returns how many devices there were to do."""
    done = 0
    while True:
        with store.transaction() as link:
            link.execute("set local lock_timeout = '2s'")  # who can't have the past now comes again
            row = link.execute("select roll_up(%s)", (most,)).fetchone()
        count: int = row[0] if row else 0
        done += count
        if count < most:
            break
    _until_done(store, "select roll_sums(%s)", most)
    return done


HOURS = 100
"""Hours, slots or days of communes in one transaction: a report for one of these that comes meanwhile waits for it."""


def roll_readings(store: Store, most: int = HOURS) -> int:
    """Keep each hour of reports that is over and not kept as it is, then what is made of hours; returns how many.

    Of the hour that runs each five minutes that are over are kept (``sql/schema/0027``).
    """
    hours = _until_done(store, "select roll_hours(%s)", most)
    _until_done(store, "select roll_slots(%s)", most)
    _until_done(store, "select roll_greatest(%s)", most)
    _until_done(store, "select roll_days(%s)", most)
    return hours


def _until_done(store: Store, query: LiteralString, most: int) -> int:
    done = 0
    while True:
        with store.transaction() as link:
            row = link.execute(query, (most,)).fetchone()
        if not row or not row[0]:  # fewer than most may be those that a writer did not hold
            return done
        done += row[0]
