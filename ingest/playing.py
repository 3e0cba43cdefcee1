"""A loudspeaker that says that it plays is a broadcast, where no log of its source tells of it."""

from datetime import datetime

from ingest.broadcasts import Key
from ingest.sql import QUERIES
from ingest.store import Link


def hear(link: Link, now: datetime) -> list[Key]:
    """Write the broadcasts that began or ended by the word of the loudspeakers themselves; returns their keys.

    One begins with the first report of ``playing`` and ends with the first other one (UTC, the device's instants).
    """
    ended = link.execute(QUERIES["end_playing"], {"now": now}).fetchall()
    begun = link.execute(QUERIES["begin_playing"], {"now": now}).fetchall()
    return [*ended, *begun]
