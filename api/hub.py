"""What changes, told to every screen: one LISTEN connection, a ring to resume from, bounded queues."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString, NamedTuple

import orjson
import psycopg
from psycopg import sql

from api import registry
from api.answer import dumps, passed
from api.registry import Registry
from api.sql import QUERIES
from ingest.errors import StoreDown, pauses
from ingest.store import Store
from ingest.stream import CHANNEL

log = logging.getLogger(__name__)

MARGIN = timedelta(seconds=10)
"""A change is stamped before it is committed; looking back, so much further."""
MOST = 20_000
"""Changes that are told after an absence; more, and the reader has to load its lists again."""

_LISTS: Mapping[str, tuple[str, Mapping[str, LiteralString], Sequence[str]]] = {
    "case": ("cases", dict.fromkeys(("unit", "kind", "id"), "text"), ()),
    "broadcast": ("broadcasts", dict.fromkeys(("unit", "kind", "source", "id"), "text"), ()),
    "incident": ("incidents", {"id": "bigint"}, ("members", "evidence")),
}
"""Kind of event → its list's query, the columns that name one with their types, and those that hold JSON text."""

_REFRESH_S = 60.0
_TICK_S = 1.0


class Event(NamedTuple):
    """One change: ``id`` is ``<epoch ms>-<n>``, ascending; ``unit`` is None where it concerns every commune."""

    id: str
    type: str
    unit: str | None
    data: bytes


class Hub(threading.Thread):
    """Hears notifications of the database and tells them on; goes on by itself when the database comes back."""

    def __init__(self, store: Store, *, ring: int = 10_000, keep: float = 300.0, poll: float = 0.25) -> None:
        super().__init__(name="hub", daemon=True)
        self._store = store
        self._registry = Registry(store)
        self._ring: deque[tuple[float, Event]] = deque(maxlen=ring)
        self._keep = keep
        self._poll = poll
        self._lock = threading.Lock()
        self._followers: dict[int, Callable[[Sequence[Event]], None]] = {}
        self._count = 0
        self._skew = timedelta(0)
        self._heard_at: datetime | None = None
        self._sources: dict[str, tuple[object, ...]] = {}
        self._dirty: set[str] = set()
        self._stopping = threading.Event()
        self._position = self._next_id()
        self.present = False

    def follow(
        self, tell: Callable[[Sequence[Event]], None], *, after: str | None = None
    ) -> tuple[Callable[[], None], str, list[Event] | None]:
        """Call ``tell`` from the hub's thread with all that comes (it must not wait); an empty piece is the end.

        Returns how to stop it, the id where it begins, and what came after the id ``after``: None where the ring does
        not reach back so far, so that :meth:`since` must be asked.
        """
        key = id(tell)
        with self._lock:
            self._followers[key] = tell
            missed: list[Event] | None = []
            if after is not None and after != self._position:
                events = [event for _, event in self._ring]
                at = next((n for n, event in enumerate(events) if event.id == after), None)
                missed = None if at is None else events[at + 1 :]
            if self._stopping.is_set():
                tell(())
            return lambda: self._leave(key), self._position, missed

    def _leave(self, key: int) -> None:
        with self._lock:
            self._followers.pop(key, None)

    @property
    def followers(self) -> int:
        """How many listen."""
        return len(self._followers)

    def since(self, instant: datetime, unit: str | None) -> list[Event] | None:
        """Return what changed since (with a margin), from the tables; None where it is too much.

        Their events carry no id of their own; raises :class:`StoreDown`.
        """
        arguments = {"since": instant - MARGIN, "unit": unit, "most": MOST + 1}
        events: list[Event] = []
        for kind, query, fields in (
            ("device", "devices", registry.JSON),
            *((kind, query, fields) for kind, (query, _, fields) in _LISTS.items()),
        ):
            changed = sql.SQL(
                "select * from ({}) as item where changed_at >= %(since)s"
                " and (%(unit)s::text is null or unit = %(unit)s) order by changed_at limit %(most)s"
            ).format(sql.SQL(QUERIES[query]))
            rows = self._store.rows(changed, arguments)
            events += (Event("", kind, row["unit"], dumps(passed(row, fields))) for row in rows)
        return events if len(events) <= MOST else None

    def run(self) -> None:
        """Listen until closed."""
        waits = pauses(longest=5.0)
        while not self._stopping.is_set():
            try:
                listener = self._store.listen(CHANNEL, poll=self._poll)
                try:
                    self._arrive()
                    waits = pauses(longest=5.0)
                    self._hear(listener)
                finally:
                    listener.close()
            except (StoreDown, psycopg.Error) as error:
                self._miss(error)
            self._stopping.wait(next(waits))

    def end(self) -> None:
        """Ask it to stop, and end every follower; returns at once."""
        self._stopping.set()
        with self._lock:
            followers = list(self._followers.values())
        for tell in followers:
            tell(())

    def close(self) -> None:
        """End it and wait for it."""
        self.end()
        if self.is_alive():
            self.join(10)

    def _arrive(self) -> None:
        """Note that the database is there, and tell what changed while it was not."""
        self._registry.refresh()
        missed = self.since(self._heard_at, None) if self._heard_at else []
        reload = missed is None or self._heard_at is None
        self._tick()
        self._publish([(e.type, e.unit, e.data) for e in missed or ()])
        self._publish([("hub", None, dumps({"state": "back", "reload": reload}))])
        self.present = True
        log.info("stream up missed=%s", "too many" if missed is None else len(missed))

    def _miss(self, error: Exception) -> None:
        if self.present:
            log.warning("stream away error=%r", str(error))
            self._publish([("hub", None, dumps({"state": "away"}))])
        self.present = False

    def _hear(self, listener: Iterable[str | None]) -> None:
        ticked = refreshed = time.monotonic()
        for payload in listener:
            if self._stopping.is_set():
                return
            if payload:
                self._absorb(payload)
            now = time.monotonic()
            if now - ticked >= _TICK_S:
                self._tick()
                ticked = now
            if now - refreshed >= _REFRESH_S:
                self._registry.refresh()
                refreshed = now

    def _absorb(self, payload: str) -> None:
        said: dict[str, list[dict[str, Any]]] = {kind: [] for kind in ("device", *_LISTS, "source")}
        try:
            for line in payload.split("\n"):
                notice = orjson.loads(line)
                said[notice["type"]].append(notice["item"])
        except (ValueError, LookupError, TypeError):
            log.warning("a notification that is none of ours payload=%.80r", payload)
        changes: list[tuple[str, str | None, bytes]] = [
            ("device", str(item["unit"]), dumps(item)) for item in self._registry.shown(said["device"])
        ]
        for kind in _LISTS:
            changes += ((kind, str(row["unit"]), dumps(row)) for row in self._standing(kind, said[kind]))
        self._dirty.update(item["name"] for item in said["source"])
        self._publish(changes)

    def _standing(self, kind: str, keys: Sequence[Mapping[str, Any]]) -> list[dict[str, object]]:
        """Return what these keys name as it stands: an event that came late does not."""
        if not keys:
            return []
        query, columns, fields = _LISTS[kind]
        asked = sql.SQL("select * from ({}) as item where ({}) in (select * from unnest({}))").format(
            sql.SQL(QUERIES[query]),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(sql.SQL("%s::{}[]").format(sql.SQL(type_)) for type_ in columns.values()),
        )
        rows = self._store.rows(asked, [[key[name] for key in keys] for name in columns])
        return [passed(row, fields) for row in rows]

    def _tick(self) -> None:
        """Once a second: the database's clock, and the sources that did something or fell silent."""
        rows = self._store.rows(QUERIES["sources"])
        clock = self._store.row("select clock_timestamp() as now")
        self._heard_at = clock["now"] if clock else datetime.now(UTC)
        self._skew = self._heard_at - datetime.now(UTC)
        known, self._sources = self._sources, {row["name"]: (row["state"], row["error"]) for row in rows}
        changed = [r for r in rows if r["name"] in self._dirty or known.get(r["name"]) != self._sources[r["name"]]]
        self._dirty.clear()
        self._publish([("source", None, dumps(row)) for row in changed])

    def _next_id(self) -> str:
        at = datetime.now(UTC) + self._skew
        self._count += 1
        return f"{int(at.timestamp() * 1000)}-{self._count}"

    def _publish(self, changes: Sequence[tuple[str, str | None, bytes]]) -> None:
        if not changes:
            return
        now = time.monotonic()
        with self._lock:
            events = [Event(self._next_id(), kind, unit, data) for kind, unit, data in changes]
            self._position = events[-1].id
            self._ring.extend((now, event) for event in events)
            while self._ring and self._ring[0][0] < now - self._keep:
                self._ring.popleft()
            followers = list(self._followers.values())
        for tell in followers:
            tell(events)


def instant_of(event_id: str) -> datetime | None:
    """Return the instant in an event's id, or None where it is none of ours."""
    millis, dash, count = event_id.partition("-")
    if not dash or not millis.isdecimal() or not count.isdecimal() or len(millis) > 14:
        return None
    return datetime.fromtimestamp(int(millis) / 1000, UTC)
