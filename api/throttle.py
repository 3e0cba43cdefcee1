"""Guessing passwords is slow: a few failures, then a wait."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable


class Throttle:
    """Counts attempts by key within a window of seconds; thread-safe, bounded in memory, per process."""

    def __init__(
        self,
        *,
        attempts: int = 5,
        window: float = 300.0,
        keys: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._attempts = attempts
        self._window = window
        self._keys = keys
        self._clock = clock
        self._made: OrderedDict[Hashable, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def attempt(self, key: Hashable) -> float:
        """Count an attempt before it is judged, so that many at once don't slip through; returns seconds to wait."""
        now = self._clock()
        with self._lock:
            made = self._made.setdefault(key, deque())
            self._made.move_to_end(key)
            while made and made[0] <= now - self._window:
                made.popleft()
            if len(made) >= self._attempts:
                return made[0] + self._window - now
            made.append(now)
            while len(self._made) > self._keys:
                self._made.popitem(last=False)
        return 0.0

    def forgive(self, key: Hashable) -> None:
        """Forget the attempts of a key: one succeeded."""
        with self._lock:
            self._made.pop(key, None)

    def withdraw(self, key: Hashable) -> None:
        """Forget the last attempt: it could not be judged."""
        with self._lock:
            if made := self._made.get(key):
                made.pop()
