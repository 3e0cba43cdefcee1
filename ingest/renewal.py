"""Devices whose states must be computed anew: asked for in the transaction that changes the past, done in pieces."""

from datetime import datetime

from connectors.contract import DeviceId
from ingest import states
from ingest.rhythm import Rhythms
from ingest.sql import QUERIES
from ingest.store import Link

MOST = 20
"""Devices of one transaction: others wait for their locks, some 30 ms each with a report a minute."""


def ask(link: Link, device: DeviceId, since: datetime) -> None:
    """Ask that a device's states be computed anew from ``since`` (UTC) on; done within seconds, restarts included."""
    link.execute(QUERIES["ask_renewal"], (*device, since))


def perform(link: Link, now: datetime, rhythms: Rhythms, *, most: int = MOST) -> tuple[int, list[DeviceId]]:
    """Compute some of them anew; returns how many were asked for, and those whose state is another now."""
    due = [DeviceId(*row) for row in link.execute(QUERIES["due_renewals"], (most,))]
    if not due:
        return 0, []
    states.lock(link, due)  # first: who stores a batch holds its states, and asks then
    rows = link.execute(QUERIES["take_renewals"], [list(column) for column in zip(*due, strict=True)]).fetchall()
    wanted = {DeviceId(unit, kind, name): since for unit, kind, name, since in rows}
    return len(due), states.compute_anew(link, wanted, now, rhythms)
