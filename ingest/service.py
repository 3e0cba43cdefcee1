"""The ingest process: every transport, the writer, and the clock that keeps states, health and partitions."""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from connectors.contract import LOCAL, Polled, Subscribed
from ingest import maintenance, migrate, partitions, renewal, rollup, states
from ingest.batch import Committer
from ingest.config import Settings
from ingest.couriers import Couriers
from ingest.desk import Desk, DeskApart, DeskHere
from ingest.errors import StoreDown, pauses
from ingest.guard import Guard
from ingest.health import BEAT, Health, Pulse, declare
from ingest.mqtt import Subscriber
from ingest.poll import Poller
from ingest.rhythm import rhythms
from ingest.rules import load as load_rules
from ingest.store import Store
from ingest.stream import notify
from ingest.units import unit_codes
from ingest.watch import TICK, Watch
from ingest.writer import Writer

log = logging.getLogger(__name__)


def await_store(store: Store, stopping: threading.Event) -> bool:
    """Wait for the database with growing pauses, saying so once; tells whether it came before we were stopped.

    Raises :class:`ConfigError` where its schema is not this version's.
    """
    said = False
    for pause in pauses():
        try:
            migrate.check(store)
        except StoreDown as down:
            if not said:
                log.warning("store away at start error=%r; waiting", str(down))
                said = True
        else:
            if said:
                log.info("store back")
            return True
        if stopping.wait(pause):
            break
    return False


class Service:
    """Runs until told to stop; then stores what it has, acknowledges it, and leaves."""

    def __init__(self, settings: Settings, units: Mapping[str, str] | None = None) -> None:
        """``units``: of the numbers, for messages about them."""
        self._settings = settings
        self._units = units or {}
        self._store = Store(settings.database.url, pool=settings.database.pool, name="ioc-ingest")
        self._stopping = threading.Event()
        self._down: set[str] = set()

    def stop(self) -> None:
        """Ask it to stop."""
        self._stopping.set()

    def run(self) -> int:
        """Run; returns the exit status (1: the writer died, a bug)."""
        with self._store:
            if not await_store(self._store, self._stopping):
                return 0
            declare(self._store, self._settings)
            return self._run()

    def _run(self) -> int:
        s = self._settings
        writer = Writer(
            self._desk(),
            queue=s.ingest.queue,
            batch_rows=s.ingest.batch_rows,
            batch_age=s.ingest.batch_age,
        )
        subscribed = {name: c for name, c in s.sources.items() if isinstance(c, Subscribed)}
        polled = {name: c for name, c in s.sources.items() if isinstance(c, Polled)}
        subscriber = Subscriber(s.broker, subscribed, writer) if subscribed else None
        poller = Poller(polled, self._store, writer)
        guard = Guard(s, self._store, poller, subscriber.sighting if subscriber else None)
        guard.remember()
        health = Health(self._store, self._pulses(subscriber, poller, writer, guard))
        health.begin()
        # A long look at one source must not keep the others, nor the heartbeat, from their turn.
        threads = {"default": {"type": "threadpool", "max_workers": 6 + len(polled)}}
        scheduler = BackgroundScheduler(timezone=LOCAL, executors=threads)
        self._every(scheduler, BEAT, lambda: self._pulse(health))
        self._every(scheduler, s.canary.every, guard.look)
        self._every(scheduler, BEAT, self._follow)
        watch = Watch(self._store, load_rules(s.rules), s.commune.unit)
        self._every(scheduler, TICK, lambda: watch.tick(datetime.now(UTC)))
        self._every(scheduler, timedelta(hours=1), self._keep_partitions)
        self._every(scheduler, rollup.EVERY, lambda: rollup.roll_up(self._store))
        self._every(scheduler, rollup.EVERY, lambda: rollup.roll_readings(self._store))
        couriers = Couriers(self._store, s, self._units)
        self._every(scheduler, BEAT, couriers.collect)
        poller.schedule(scheduler)
        writer.start()
        if subscriber:
            self._every(scheduler, timedelta(seconds=5), lambda: self._reconcile(subscriber))
            subscriber.start()
        scheduler.start()
        couriers.start()
        log.info("ingest up sources=%s", ",".join(s.sources))
        while not self._stopping.wait(0.5):
            if not writer.is_alive():
                log.critical("the writer ended by itself; stopping, nothing unacknowledged is lost")
                break
        alive = writer.is_alive()
        poller.stop()
        scheduler.shutdown()
        couriers.stop()
        poller.close()
        left = writer.stop()
        if subscriber:
            subscriber.stop()
        self._guarded(health.beat)
        log.info("ingest down left=%d", left)
        return 0 if alive else 1

    def _desk(self) -> Desk:
        s = self._settings
        if s.ingest.apart:
            return DeskApart(s.database.url, s.database.keep_days, s.sources)
        return DeskHere(Committer(self._store, s.database.keep_days), unit_codes(self._store))

    def _pulses(
        self, subscriber: Subscriber | None, poller: Poller, writer: Writer, guard: Guard
    ) -> dict[str, Callable[[], Pulse]]:
        def pulse(name: str) -> Pulse:
            queued = writer.queued_by_source().get(name, 0)
            if isinstance(self._settings.sources[name], Polled):
                blind = guard.blindness(name, datetime.now(UTC))
                since, reason = blind or (None, "")
                return Pulse(queued, poller.fault(name), since, None, reason)
            assert subscriber is not None  # noqa: S101 - a subscribed source made it
            return Pulse(queued, subscriber.fault, subscriber.blind_since, subscriber.sees_since)

        pushed_or_ours = (Subscribed, Polled)
        return {
            name: lambda name=name: pulse(name)  # type: ignore[misc]  # the loop's own name, bound now
            for name, connector in self._settings.sources.items()
            if isinstance(connector, pushed_or_ours)
        }

    def _every(self, scheduler: BackgroundScheduler, pause: timedelta, job: Callable[[], object]) -> None:
        scheduler.add_job(
            lambda: self._guarded(job), "interval", seconds=pause.total_seconds(), max_instances=1, coalesce=True,
            misfire_grace_time=None, next_run_time=datetime.now(UTC),
        )  # fmt: skip

    def _guarded(self, job: Callable[[], object]) -> None:
        """Run a job that the next turn repeats; the writer says that the database is away, once for all."""
        try:
            job()
        except StoreDown as down:
            log.debug("job waits error=%r", str(down))

    def _pulse(self, health: Health) -> None:
        """Note first what we can't see, then judge who is silent: else our blindness would be a device's outage."""
        health.beat()
        with self._store.transaction() as link:
            changed = states.sweep(link, datetime.now(UTC), rhythms(link))
            notify(link, changed, (), ())

    def _follow(self) -> None:
        """Let the states of devices follow their windows of maintenance and other changes of the past."""
        now = datetime.now(UTC)
        with self._store.transaction() as link:
            maintenance.follow(link, now)
        done = renewal.MOST
        while done == renewal.MOST and not self._stopping.is_set():
            with self._store.transaction() as link:
                done, changed = renewal.perform(link, now, rhythms(link))
                notify(link, changed, (), ())

    def _keep_partitions(self) -> None:
        with self._store.transaction() as link:
            partitions.make_ahead(link)
            for day in partitions.drop_old(link, self._settings.database.keep_days):
                log.info("dropped reports day=%s", day)

    def _reconcile(self, subscriber: Subscriber) -> None:
        """Remove from the persistent session what an older configuration subscribed to."""
        client = self._settings.broker.client
        wanted = set(subscriber.filters)
        with self._store.transaction() as link:
            rows = link.execute("select filter from subscription where client = %s", (client,)).fetchall()
            known = {row[0] for row in rows}
            if known == wanted or subscriber.connected_since is None:
                return
            subscriber.unsubscribe(known - wanted)
            link.execute("delete from subscription where client = %s", (client,))
            for topic in wanted:
                link.execute("insert into subscription values (%s, %s)", (client, topic))
        if known - wanted:
            log.info("unsubscribed filters=%s", ",".join(sorted(known - wanted)))
