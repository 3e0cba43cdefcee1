"""Simulated citizens at work: they push their reports."""

import http.client
import itertools
import logging
import os
import threading
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from simulators.field_reports import CitizenSimulator
from simulators.hamlets import Hamlet

log = logging.getLogger(__name__)

_PAST = timedelta(days=9)
_EVERY = timedelta(seconds=20)


def report_as_citizens(
    api: str,
    unit: str,
    seed: int,
    centre: tuple[float, float],
    hamlets: Sequence[Hamlet],
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
