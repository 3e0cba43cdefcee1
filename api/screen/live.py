"""The picture kept fresh, once for all screens of this process: hub events at once, everything else in its own time."""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence

import orjson

from api.hub import Event, Hub
from api.screen import facts, incidents, language, picture, tiles
from api.screen.facts import Commune, Facts
from api.screen.language import Language
from api.screen.picture import Picture
from dashboards import indicators
from ingest import rules, thresholds
from ingest.config import Settings
from ingest.errors import StoreDown
from ingest.store import Store

log = logging.getLogger(__name__)

_EVERY = {
    "register": 60.0,
    "incidents": 10.0,
    "feeds": 5.0,
    "owing": 30.0,
    "numbers": 10.0,
    "minutes": 60.0,
    "trends": 60.0,
}
"""Seconds after which a part is read again though nobody said that it changed."""
_SHARE = 20.0
"""A part that takes a second is left alone for so many: the screen never burdens the database."""
_BREATH = 5.0
"""Seconds between two signs of life to every screen, which also carry what moves all the time."""
_GATHER = 0.1
_PAUSE = 0.2
_RETRY = 2.0
_BOUND = 20_000

Tell = Callable[[Picture], None]


class Live:
    """Owns the one picture; lives on the event loop, reads in a thread."""

    def __init__(self, settings: Settings, store: Store, hub: Hub) -> None:
        self._settings = settings
        self._store = store
        self._hub = hub
        self._thresholds = thresholds.Followed(rules.load(settings.rules))
        self._facts = Facts(Commune(settings.commune.unit, simulated=settings.commune.simulated))
        self._due = dict.fromkeys(_EVERY, 0.0)
        self._touched: set[str] = set()
        self._changed: Counter[str] = Counter()
        """How often something of a type changed: a page reads its own rows again when the count moves."""
        self._heard: deque[Event] = deque(maxlen=_BOUND)
        self._woken = asyncio.Event()
        self._screens: dict[int, tuple[Tell, Language]] = {}
        self._breathed = 0.0
        self._away: float | None = None
        self._pictures: dict[Language, Picture] = {}
        self._pictures["vi"] = self._drawn("vi", breathe=True)

    @property
    def commune(self) -> Commune:
        """Whose screen this is."""
        return self._facts.commune

    def picture(self, spoken: Language) -> Picture:
        """Return the whole picture in a language; a language that nobody looked at is drawn when it is asked for."""
        if spoken not in self._pictures:
            self._pictures[spoken] = self._drawn(spoken, breathe=True)
        return self._pictures[spoken]

    def watch(self, tell: Tell, spoken: Language = "vi") -> Callable[[], None]:
        """Call ``tell`` with every change from now on; returns how to end it."""
        self._screens[id(tell)] = tell, spoken
        return lambda: self._screens.pop(id(tell), None) and None

    async def run(self) -> None:
        """Keep the picture fresh until cancelled."""
        loop = asyncio.get_running_loop()

        def tell(events: Sequence[Event]) -> None:
            loop.call_soon_threadsafe(self._hear, events)

        leave, _, _ = self._hub.follow(tell)
        try:
            while True:
                try:
                    await self._turn()
                except Exception:
                    log.exception("screen could not be drawn; it stays as it was")
                    await asyncio.sleep(_RETRY)
                await self._wait()
        finally:
            leave()

    def _hear(self, events: Sequence[Event]) -> None:
        unit = self._facts.commune.code
        mine = [event for event in events if event.unit in (None, unit)]
        self._heard.extend(mine)
        if any(event.type != "source" for event in mine):
            self._woken.set()

    async def _wait(self) -> None:
        await asyncio.sleep(_PAUSE)
        soonest = min(*self._due.values(), self._breathed + _BREATH)
        try:
            await asyncio.wait_for(self._woken.wait(), max(0.0, soonest - time.monotonic()))
        except TimeoutError:
            return
        await asyncio.sleep(_GATHER)

    async def _turn(self) -> None:
        self._woken.clear()
        await self._pass_on()
        now = time.monotonic()
        breathe = now >= self._breathed + _BREATH
        parts = [part for part, due in self._due.items() if due <= now]
        try:
            for part in parts:
                await asyncio.to_thread(self._read, part)
                await self._pass_on()
            await asyncio.to_thread(self._read_touched)
            self._away = None if parts else self._away
        except StoreDown as down:
            if self._away is None:
                log.warning("screen stands still error=%r", str(down))
            self._away = self._away or time.time()
            self._due = {part: max(due, now + _RETRY) for part, due in self._due.items()}
        if breathe:
            self._breathed = now
        await self._show(breathe=breathe)
        self._forget()

    async def _pass_on(self) -> None:
        """Show at once what the hub said: a device's change waits for no number that is read."""
        if not self._heard:
            return
        away = self._away
        self._take()
        if self._away == away:  # whether the database is away is known after a look
            await self._show(breathe=False)

    async def _show(self, *, breathe: bool) -> None:
        for spoken, before in list(self._pictures.items()):
            after = await asyncio.to_thread(self._drawn, spoken, breathe=breathe)
            differing = picture.changes(before, after)
            self._pictures[spoken] = after
            if differing or breathe:
                for tell, tongue in list(self._screens.values()):
                    if tongue == spoken:
                        tell({**differing, "now": time.time()})

    def _drawn(self, spoken: Language, *, breathe: bool) -> Picture:
        with language.speaking(spoken):
            drawn = picture.draw(self._facts, self._pictures.get(spoken), breathe=breathe)
        return {**drawn, "away": self._away, "changed": dict(self._changed)}

    def _forget(self) -> None:
        """Draw no longer what nobody looks at; Vietnamese stays."""
        for spoken in set(self._pictures) - {"vi"} - {tongue for _, tongue in self._screens.values()}:
            del self._pictures[spoken]

    def _take(self) -> None:
        """Take what the hub said since the last turn into the facts."""
        while self._heard:
            event = self._heard.popleft()
            if event.type == "device":
                if facts.merge(self._facts.devices, orjson.loads(event.data)):
                    self._touched.update(tiles.keys_touched("device"))
                    self._changed["device"] += 1
            elif event.type == "case":
                self._touched.update(tiles.keys_touched("case"))
                self._changed["case"] += 1
            elif event.type == "incident":
                self._due["incidents"] = 0.0
                self._changed["incident"] += 1
            elif event.type == "broadcast":
                self._changed["broadcast"] += 1
            elif event.type == "hub":
                self._due = dict.fromkeys(_EVERY, 0.0)
                if orjson.loads(event.data)["state"] == "away":
                    self._away = self._away or time.time()

    def _read(self, part: str) -> None:
        begun = time.monotonic()
        getattr(self, f"_read_{part}")()
        took = time.monotonic() - begun
        self._due[part] = time.monotonic() + max(_EVERY[part], took * _SHARE)

    def _read_touched(self) -> None:
        self._read_keys(sorted(self._touched))
        if self._touched.intersection(tiles.keys_touched("case")):
            self._read_overdue()
        self._touched.clear()

    def _read_register(self) -> None:
        s = self._settings.commune
        code = s.unit if s.unit != "00000" else facts.chosen_unit(self._store) or s.unit
        self._facts.commune = facts.commune(self._store, code, simulated=s.simulated)
        self._facts.hamlets = facts.hamlets(self._store, code)
        self._facts.devices = facts.devices(self._store, code)

    def _read_incidents(self) -> None:
        unit = self._facts.commune.code
        self._facts.incidents = incidents.standing(self._store, unit)
        self._facts.told = incidents.told(self._store, unit)
        with self._store.transaction() as link:
            self._facts.patience = incidents.patience(self._thresholds.read(link), unit)

    def _read_feeds(self) -> None:
        self._facts.feeds = facts.feeds(self._store)

    def _read_owing(self) -> None:
        self._facts.owing = facts.owing(self._store, {feed.name: feed.title for feed in self._facts.feeds})

    def _read_numbers(self) -> None:
        self._read_keys(tiles.keys_read())
        self._read_overdue()

    def _read_overdue(self) -> None:
        """Read the list beside its count: a deadline passes without any event."""
        self._facts.overdue = facts.overdue(self._store, self._facts.commune.code)

    def _read_minutes(self) -> None:
        self._read_trends(minutes=True)

    def _read_keys(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._facts.numbers[key] = facts.reading(self._store, key, self._facts.commune.code)

    def _read_trends(self, *, minutes: bool = False) -> None:
        known = indicators.load()
        for key in tiles.keys_drawn():
            if (known[key].grain == "1 minute") == minutes:
                self._facts.trends[key] = facts.trend(self._store, key, self._facts.commune.code)
