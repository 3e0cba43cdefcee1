"""The live stream: Server-Sent Events with ids to resume from."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api import PREFIX
from api.access import COOKIE, VIEWER, recognise
from api.context import TheHub, TheStore
from api.hub import Event, Hub, instant_of
from api.listing import Asked
from api.problems import Problem
from ingest.errors import StoreDown

router = APIRouter(prefix=PREFIX, tags=["stream"])

HEARTBEAT_S = 15.0
"""Seconds of quiet after which a comment shows that the line is alive."""
BOUND = 5_000
"""Events that wait for one reader at most; a slower one is sent away and resumes from where it was."""
_LOOK_AGAIN_S = 60.0


class Watched(Asked):
    """What to watch."""

    unit: str | None = None
    last_event_id: str | None = None


class _Inbox:
    """Events on their way from the hub's thread to one reader."""

    def __init__(self, unit: str | None) -> None:
        self._unit = unit
        self._loop = asyncio.get_running_loop()
        self._events: deque[Event] = deque()
        self._arrived = asyncio.Event()
        self.slow = False
        self.ended = False

    def tell(self, events: Sequence[Event]) -> None:
        """Take events from the hub's thread; an empty piece is the end."""
        mine = [e for e in events if self._unit is None or e.unit is None or e.unit == self._unit]
        if mine or not events:
            with suppress(RuntimeError):  # the loop ended, and its reader with it
                self._loop.call_soon_threadsafe(self._put, mine)

    def _put(self, events: Sequence[Event]) -> None:
        self.ended = self.ended or not events
        if len(self._events) + len(events) > BOUND:
            self.slow = True
        if not self.slow:
            self._events.extend(events)
        self._arrived.set()

    async def take(self) -> list[Event]:
        """Wait for events, for one heartbeat at most."""
        try:
            await asyncio.wait_for(self._arrived.wait(), HEARTBEAT_S)
        except TimeoutError:
            return []
        self._arrived.clear()
        taken = list(self._events)
        self._events.clear()
        return taken


def _line(event: Event) -> bytes:
    mark = b"id: %b\n" % event.id.encode() if event.id else b""
    return b"%bevent: %b\ndata: %b\n\n" % (mark, event.type.encode(), event.data)


_RESET = b'event: reset\ndata: {"reason": "%b"}\n\n'


@router.get("/stream", response_class=StreamingResponse, dependencies=[VIEWER])
async def stream(
    request: Request,
    asked: Annotated[Watched, Query()],
    hub: TheHub,
    store: TheStore,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> StreamingResponse:
    """Tell what changes, at least once: ``device``, ``incident``, ``case``, ``broadcast``, ``source``, as listed.

    ``hub`` says ``live`` (all that was missed is told), ``away`` or ``back`` (the database); ``reset`` says that the
    lists must be loaded again. ``Last-Event-ID`` or ``?last_event_id`` resumes; a comment comes every 15 s.
    """
    after = last_event_id or asked.last_event_id
    if after is not None and instant_of(after) is None:
        raise Problem(400, "bad-event-id", "Last-Event-ID is the id of an event of this stream, or is left out")
    cookie = request.cookies.get(COOKIE)
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")

    def still() -> bool:
        return recognise(store, cookie, bearer.strip() if scheme.lower() == "bearer" else None) is not None

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(hub, asked.unit, after, still), 200, headers, "text/event-stream")


async def _told(hub: Hub, unit: str | None, after: str | None, still: Callable[[], bool]) -> AsyncIterator[bytes]:
    inbox = _Inbox(unit)
    leave, position, missed = hub.follow(inbox.tell, after=after)
    try:
        yield b"retry: 2000\n\n"
        if missed is None and after is not None:
            missed = await _from_tables(hub, unit, after)
        if missed is None:
            yield _RESET % b"too much changed; load the lists again"
        yield b"".join(_line(e) for e in missed or () if unit is None or e.unit is None or e.unit == unit)
        yield b'id: %b\nevent: hub\ndata: {"state": "%b"}\n\n' % (
            position.encode(),
            b"live" if hub.present else b"away",
        )
        looked = asyncio.get_running_loop().time()
        while not inbox.ended:
            events = await inbox.take()
            if inbox.slow:
                yield b"".join(map(_line, events)) + _RESET % b"too slow; connect again"
                return
            yield b"".join(map(_line, events)) if events else b": alive\n\n"
            now = asyncio.get_running_loop().time()
            if now - looked > _LOOK_AGAIN_S:
                looked = now
                if not await _holds(still):
                    return
    finally:
        leave()


async def _from_tables(hub: Hub, unit: str | None, after: str) -> list[Event] | None:
    instant = instant_of(after)
    try:
        return await run_in_threadpool(hub.since, instant, unit) if instant else None
    except StoreDown:
        return None  # the reader loads its lists when they can be had again


async def _holds(still: Callable[[], bool]) -> bool:
    """Tell whether the reader is still signed in; while nobody can say, yes."""
    try:
        return await run_in_threadpool(still)
    except StoreDown:
        return True
