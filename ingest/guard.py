"""The blind-spot guard: keeps the canaries, tells which sources can't see; their devices are unknown, not offline."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from connectors.contract import Connector, Polled
from connectors.gateway import Gateway
from ingest import canary, sight
from ingest.canary import Canary, Sighting
from ingest.config import Settings
from ingest.poll import Poller
from ingest.sight import Look, Lookout
from ingest.sql import QUERIES
from ingest.store import Link, Store

log = logging.getLogger(__name__)

NETWORK_DOWN, POLL_NOT_RUN, SOURCE_DOWN = "network_down", "poll_not_run", "source_down"
_DEVICES = frozenset({"camera_status", "loudspeaker_status", "network_status"})
_SOONEST = timedelta(seconds=5)


def hidden(connectors: Mapping[str, Connector], name: str) -> tuple[str, ...]:
    """Return the sources that can't see while a canary fails: all that ask, or those that ask across the uplink."""
    asked = {n: c for n, c in connectors.items() if isinstance(c, Polled) and c.feed in _DEVICES}
    if name == "gateway":
        return tuple(sorted(asked))
    return tuple(sorted(n for n, c in asked.items() if isinstance(c, Gateway))) if name == "uplink" else ()


class Guard:
    """Looks at the canaries of a configuration; ``broker`` tells of the connection, where there is one."""

    def __init__(
        self, settings: Settings, store: Store, poller: Poller, broker: Callable[[], Sighting] | None = None
    ) -> None:
        self._settings = settings
        self._store = store
        self._poller = poller
        self._broker = broker
        self._lookout = Lookout()
        self._known: dict[str, Canary] = {}
        self._light: dict[str, datetime] = {}
        self._down: dict[str, datetime] = {}

    def remember(self) -> None:
        """Take up what was known before a restart: a blindness goes on until we know better."""
        now = datetime.now(UTC)
        for row in self._store.rows(QUERIES["known_canaries"]):
            noticed_at = now if row["state"] == "failing" else None
            self._known[row["name"]] = Canary(row["state"], row["since"], row["reason"], row["good_at"], noticed_at)
            self._down |= {source: row["since"] for source in row["hides"] if row["state"] == "failing"}

    def look(self) -> None:
        """Look once at every canary and write what is known; raises :class:`StoreDown`."""
        its = self._settings.canary
        ways = self._ways()
        asked = {key: one for way in ways.values() for key, one in way.items()}
        found = self._lookout.look(asked, its.timeout.total_seconds())
        seen = {name: canary.any_of(found[key] for key in way) for name, way in ways.items()}
        if self._broker is not None:
            seen["broker"] = self._broker()
        now = datetime.now(UTC)
        known = {
            name: canary.judge(
                self._known.get(name),
                one,
                now,
                failures=its.failures,
                proven=name == "gateway" and its.gateway == "auto",
            )
            for name, one in seen.items()
        }
        with self._store.transaction() as link:
            down = self._blinded(link, known)
            for name, one in known.items():
                self._put(
                    link, name, one, seen[name].measured, [n for n in hidden(self._settings.sources, name) if n in down]
                )
            link.execute(QUERIES["forget_canaries"], (list(known),))
        self._say(self._known, known)
        self._light |= {name: now for name in self._down if name not in down}
        self._known, self._down = known, down

    def blindness(self, name: str, now: datetime) -> tuple[datetime, str] | None:
        """Return since when a polled source can't see and why, or ``None``."""
        source = self._settings.sources[name]
        if name in self._down:
            return self._down[name], NETWORK_DOWN
        if not isinstance(source, Polled) or source.cron:
            return None
        light = self._light.get(name)
        if light is not None and now < light + source.timeout * (source.retries + 1):
            return light, NETWORK_DOWN  # a question that was put in the dark may fail for some time yet
        saw_at, began_at = self._poller.saw_at(name), self._poller.began_at(name)
        # Before the patience of its devices ends, or they would be silent first.
        patience = max(source.every * max(self._settings.ingest.patience - 0.5, 2), _SOONEST)
        if now - saw_at <= patience:
            return None
        return saw_at, POLL_NOT_RUN if now - began_at > patience else SOURCE_DOWN

    def _ways(self) -> dict[str, dict[str, Look]]:
        its = self._settings.canary
        ways: dict[str, dict[str, Look]] = {}
        if its.gateway == "auto":
            ways["gateway"] = {"gateway": sight.own_gateway}
        elif its.gateway:
            ways["gateway"] = {"gateway": partial(sight.reach, its.gateway)}
        if its.uplink:
            ways["uplink"] = {f"uplink {host}": partial(sight.reach, host) for host in its.uplink}
        if its.dns:
            ways["dns"] = {f"dns {name}": partial(sight.resolve, name) for name in its.dns}
        largest = its.largest_skew.total_seconds()
        if its.clock == "database":
            ways["clock"] = {"clock": sight.clock(self._store, largest)}
        elif its.clock:
            ways["clock"] = {"clock": sight.ntp_clock(its.clock.removeprefix("ntp://"), largest)}
        return ways

    def _blinded(self, link: Link, known: Mapping[str, Canary]) -> dict[str, datetime]:
        """Return since when which sources can't see; none where a device was heard after the failure was noticed."""
        down: dict[str, datetime] = {}
        for name in ("uplink", "gateway"):
            one = known.get(name)
            if one is None or one.state != "failing" or one.noticed_at is None:
                continue
            sources = hidden(self._settings.sources, name)
            (alive,) = link.execute(QUERIES["last_alive"], (list(sources),)).fetchone() or (None,)
            if alive is None or alive <= one.noticed_at:
                down |= {source: min(one.since, down.get(source, one.since)) for source in sources}
        return down

    def _put(self, link: Link, name: str, one: Canary, measured: float | None, hides: list[str]) -> None:
        link.execute(
            QUERIES["put_canary"],
            {
                "name": name, "state": one.state, "since": one.since, "reason": one.reason, "good_at": one.good_at,
                "checked_at": datetime.now(UTC), "every": self._settings.canary.every, "measured": measured,
                "hides": hides,
            },
        )  # fmt: skip

    @staticmethod
    def _say(before: Mapping[str, Canary], known: Mapping[str, Canary]) -> None:
        for name, one in known.items():
            was = before[name].state if name in before else "unknown"
            if one.state == was:
                continue
            if one.state == "ok":
                log.info("canary well name=%s", name)
            else:
                log.warning("canary %s name=%s since=%s reason=%r", one.state, name, one.since.isoformat(), one.reason)
