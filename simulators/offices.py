"""Simulated offices at work: files dropped into folders, citizens that push their reports."""

import http.client
import itertools
import logging
import os
import threading
import urllib.request
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from connectors.contract import LOCAL, Simulator
from simulators.budget_workbook import BudgetSimulator
from simulators.budget_xml import BudgetXmlSimulator
from simulators.dti_workbook import DtiSimulator, StatedFigures
from simulators.field_reports import CitizenSimulator
from simulators.health_workbook import HealthStationSimulator
from simulators.socio_workbook import StatisticsSimulator

log = logging.getLogger(__name__)

_SAMPLE = (8, 25)
"""Month and day of the real workbook whose figures the office reaches; it has sent nothing newer."""
_PAST = timedelta(days=9)
_EVERY = timedelta(seconds=20)


def drop_files(inbox: Path, unit: str, neighbour: str, seed: int) -> None:
    """Write what the offices have sent until today, each into its own folder; what lies there already stays."""
    today = datetime.now(LOCAL).date()
    last = min(today, date(today.year, *_SAMPLE))
    months = [date(today.year, month, 1) for month in range(2, today.month + 1)]
    quarters = [day for day in months if day.month % 3 == 1]
    budget = [day for day in months if day <= last]
    _drop(inbox / "ngan-sach", BudgetSimulator(unit, seed), [*budget, last])
    _drop(inbox / "ngan-sach-xml", BudgetXmlSimulator(neighbour, seed), months)
    _drop(inbox / "y-te", HealthStationSimulator(unit, seed), months)
    _drop(inbox / "kinh-te-xa-hoi", StatisticsSimulator(unit, seed), quarters)
    _drop(inbox / "chuyen-doi-so", DtiSimulator(unit, seed), quarters)
    _drop(inbox / "chuyen-doi-so", StatedFigures(), [today])


def _drop(folder: Path, office: Simulator, days: Sequence[date]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for day in days:
        at = datetime(day.year, day.month, day.day, 10, tzinfo=LOCAL)
        for message in office.encode(office.measure(at), at):
            path = folder / message.address
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
