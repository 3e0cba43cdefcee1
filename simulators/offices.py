"""Simulated offices at work: the accountant drops workbooks into a folder, citizens push their reports."""

import http.client
import itertools
import logging
import os
import threading
import urllib.request
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from connectors.contract import LOCAL
from simulators.budget_workbook import BudgetSimulator
from simulators.field_reports import CitizenSimulator

log = logging.getLogger(__name__)

_SAMPLE = (8, 25)
"""Month and day of the real workbook whose figures the office reaches; it has sent nothing newer."""
_PAST = timedelta(days=9)
_EVERY = timedelta(seconds=20)


def drop_workbooks(inbox: Path, unit: str, seed: int) -> None:
    """Write the workbook of each month's begin, and the real one; what lies there already stays as it is."""
    inbox.mkdir(parents=True, exist_ok=True)
    today = datetime.now(LOCAL).date()
    last = min(today, date(today.year, *_SAMPLE))
    days = [date(today.year, month, 1) for month in range(2, last.month + 1)] + [last]
    office = BudgetSimulator(unit, seed)
    for day in days:
        at = datetime(day.year, day.month, day.day, 10, tzinfo=LOCAL)
        for message in office.encode(office.measure(at), at):
            path = inbox / message.address
            if not path.exists():
                # Under another name, then renamed: nobody reads half a workbook.
                half = path.with_suffix(".part")
                half.write_bytes(message.body)
                half.rename(path)


def report_as_citizens(
    api: str,
    unit: str,
    seed: int,
    centre: tuple[float, float],
    hamlets: Sequence[str],
    stopping: threading.Event,
) -> None:
    """Push what happened in the last days, then what changed since; a push that failed is made again."""
    token = os.environ.get("IOC_CITIZEN_TOKEN", "")
    since = datetime.now(UTC) - _PAST
    for _ in itertools.count():
        now = datetime.now(UTC)
        people = CitizenSimulator(unit, seed, now - since, centre=centre, hamlets=hamlets)
        body = b"\n".join(message.body for message in people.encode(people.measure(now), now))
        done = not body or _push(f"{api}/api/v1/messages/field_reports", body, token)
        if done:
            since = now
        if stopping.wait(_EVERY.total_seconds() if done else 1):
            return


def _push(url: str, body: bytes, token: str) -> bool:
    headers = {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(url, body, headers)  # noqa: S310 - our own service's address
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the same
            log.info("citizens reported answer=%s", answer.read().decode())
    except (OSError, http.client.HTTPException) as error:
        log.debug("citizens wait error=%s", error)
        return False
    return True
