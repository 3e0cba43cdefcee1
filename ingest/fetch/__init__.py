"""Questions put to the outside, once for all connectors: one module a protocol, retries and rates here.

A protocol's ``fetch(question, timeout)`` answers, or raises ``OSError`` in the operator's words, and nothing
else.
"""

import importlib
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from connectors.contract import Polled
from connectors.talk import Answer, Picture, Ping, Question, Request, Snmp
from ingest.errors import pauses
from ingest.fetch.http import PASSING, Http

_LONGEST_PAUSE = 120.0
"""Seconds that a server's Retry-After is obeyed at most; a longer one is a fault, and the schedule comes again."""

_PROBES = {Ping: "ingest.fetch.icmp", Snmp: "ingest.fetch.snmp", Picture: "ingest.fetch.rtsp"}
"""Imported when the first such question is put: a commune without cameras needs no decoder of pictures."""


class Stopped(Exception):
    """We were told to stop while waiting."""


class Rate:
    """Lets so many questions a minute pass, evenly; none where there is no limit."""

    def __init__(self, per_minute: int) -> None:
        self._pause = 60 / per_minute if per_minute else 0.0
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> float:
        """Take a turn; returns the seconds until it comes."""
        if not self._pause:
            return 0.0
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._pause
            return turn - now


class Fetcher:
    """Puts the questions of one source; thread-safe."""

    def __init__(self, source: Polled, stopping: threading.Event) -> None:
        self._timeout = source.timeout.total_seconds()
        self._retries = source.retries
        self._rate = Rate(source.per_minute)
        self._stopping = stopping
        self._http = Http(source.parallel, source.largest_body)
        self.asked = 0

    def close(self) -> None:
        """Close what stays open between questions."""
        self._http.close()

    def fetch(self, question: Question) -> Answer:
        """Put a question until it is answered or the retries are used up; raises :class:`Stopped`."""
        for tried, pause in enumerate(pauses(longest=_LONGEST_PAUSE)):
            self._sleep(self._rate.wait())
            answer = self._once(question)
            if not (answer.error or answer.status in PASSING) or tried >= self._retries:
                break
            # Jitter: a thousand communes that lost the same gateway must not come back in one instant.
            wait = max(pause * random.uniform(0.5, 1.5), _retry_after(answer))  # noqa: S311 - no secret
            if wait > _LONGEST_PAUSE:
                break
            self._sleep(wait)
        return answer

    def _once(self, question: Question) -> Answer:
        self.asked += 1
        asked_at = datetime.now(UTC)
        try:
            if isinstance(question, Request):
                return self._http.fetch(question, self._timeout)
            ask: Callable[[Question, float], bytes] = importlib.import_module(_PROBES[type(question)]).fetch
            return Answer(ask(question, self._timeout), asked_at, datetime.now(UTC))
        except OSError as error:
            return Answer(b"", asked_at, datetime.now(UTC), error=str(error) or type(error).__name__)

    def _sleep(self, seconds: float) -> None:
        if self._stopping.wait(seconds) if seconds > 0 else self._stopping.is_set():
            raise Stopped


def _retry_after(answer: Answer) -> float:
    """Return the seconds of a Retry-After; its form as a date is taken for none (RFC 9110, 10.2.3)."""
    try:
        return float(answer.headers.get("retry-after", "0"))
    except ValueError:
        return 0.0
