"""Totals of every device by the local day, so that a year's availability is as fast as an hour's.

Whatever changes a past day takes them back to it in the same
transaction (triggers of ``sql/schema/0017``), and until they are made anew that time is read from the spans. They are
therefore never wrong, only sometimes short.
"""

from datetime import timedelta

from ingest.store import Store

EVERY = timedelta(minutes=2)
MOST = 500
"""Devices in one transaction: writers of spans wait for it."""


def roll_up(store: Store, most: int = MOST) -> int:
    """Bring the totals of all devices up to today; returns how many devices there were to do."""
    done = 0
    while True:
        with store.transaction() as link:
            link.execute("set local lock_timeout = '2s'")  # who can't have the past now comes again
            row = link.execute("select roll_up(%s)", (most,)).fetchone()
        count: int = row[0] if row else 0
        done += count
        if count < most:
            return done
