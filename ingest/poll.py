"""Polled sources: asked on schedule, each on its own; a missed run is made up once, a fault is said once."""

import logging
import threading
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from connectors.contract import LOCAL, Polled
from ingest.conversation import Conversations, Said
from ingest.errors import StoreDown
from ingest.fetch import Fetcher, Stopped
from ingest.folders import Folders
from ingest.sql import QUERIES
from ingest.store import Store
from ingest.writer import Writer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a source gave: messages of conversations by outcome, questions put, files queued, the fault."""

    outcomes: Counter[str]
    questions: int = 0
    files: int = 0
    fault: str = ""


class Poller:
    """Looks at every polled source: into its folders, and by its conversations."""

    def __init__(self, sources: Mapping[str, Polled], store: Store, writer: Writer) -> None:
        self._sources = sources
        self._store = store
        self._stopping = threading.Event()
        self.folders = Folders(store, writer)
        self._conversations = Conversations(writer, self._stopping)
        self._fetchers = {name: Fetcher(source, self._stopping) for name, source in sources.items() if source.talks()}
        self._faults: dict[str, str] = {}
        self._born = datetime.now(UTC)
        self._began: dict[str, datetime] = {}
        self._saw: dict[str, datetime] = {}

    def schedule(self, scheduler: BackgroundScheduler) -> None:
        """Enter a job a source; a run that was missed while we were away is made up once, at once."""
        for name, source in self._sources.items():
            trigger = _trigger(source)
            scheduler.add_job(
                self._job, trigger, args=[name], id=f"poll:{name}", max_instances=1, coalesce=True,
                misfire_grace_time=None, next_run_time=self._first(name, source, trigger),
            )  # fmt: skip

    def stop(self) -> None:
        """Break off conversations; what they brought is stored, and their cursors stand behind it."""
        self._stopping.set()

    def close(self) -> None:
        """Close connections, after the last look."""
        for fetcher in self._fetchers.values():
            fetcher.close()

    def fault(self, name: str) -> str:
        """Return why the last look of a source failed, or nothing."""
        return self._faults.get(name, "")

    def began_at(self, name: str) -> datetime:
        """Return when the last look at a source began (UTC); before the first one, when this was made."""
        return self._began.get(name, self._born)

    def saw_at(self, name: str) -> datetime:
        """Return when a look last saw anything: a conversation went through, or folders could be read."""
        return self._saw.get(name, self._born)

    def look(self, name: str) -> Look:
        """Look once at a source; raises :class:`StoreDown`, :class:`Stopped`."""
        source = self._sources[name]
        self._began[name] = datetime.now(UTC)
        outcomes: Counter[str] = Counter()
        faults: list[str] = []
        files = 0
        try:
            files = self.folders.look(name, source)
            if name not in self._fetchers:
                self._saw[name] = datetime.now(UTC)
        except OSError as error:
            faults.append(str(error))
        questions = 0
        if name in self._fetchers:
            before = self._fetchers[name].asked
            self._converse(name, source, outcomes, faults)
            questions = self._fetchers[name].asked - before
        self._tell(name, "; ".join(faults[:3]) + (f"; … {len(faults)} in all" if len(faults) > 3 else ""))
        return Look(outcomes, questions, files, self.fault(name))

    def _converse(self, name: str, source: Polled, outcomes: Counter[str], faults: list[str]) -> None:
        self._store.execute(QUERIES["begin_poll"], (name, datetime.now(UTC)))
        cursors = {row["name"]: row["value"] for row in
                   self._store.rows("select name, value from cursor where source = %s", (name,))}  # fmt: skip
        fetcher = self._fetchers[name]
        with ThreadPoolExecutor(source.parallel, thread_name_prefix=f"poll-{name}") as pool:
            held = [pool.submit(self._hold, name, source, talk, cursors.get(talk, ""), fetcher)
                    for talk in source.talks()]  # fmt: skip
        for said in (future.result() for future in held):
            outcomes.update(said.outcomes)
            if said.fault:
                faults.append(said.fault)
        now = datetime.now(UTC)
        with self._store.transaction() as link:
            link.execute(QUERIES["end_poll"], {"source": name, "now": now, "good": not faults})
            if len(faults) < len(held):
                link.execute(QUERIES["contact"], (now, name))

    def _hold(self, name: str, source: Polled, talk: str, cursor: str, fetcher: Fetcher) -> Said:
        said = self._conversations.hold(name, source, talk, cursor, fetcher)
        if not said.fault:
            self._saw[name] = datetime.now(UTC)
        return said

    def _job(self, name: str) -> None:
        try:
            self.look(name)
        except StoreDown as down:  # the writer says so, once for all
            log.debug("look waits source=%s error=%r", name, str(down))
        except Stopped:
            log.debug("look broken off source=%s", name)

    def _tell(self, name: str, fault: str) -> None:
        if fault == self._faults.get(name, ""):
            return
        if fault:
            log.warning("source down source=%s fault=%r", name, fault)
        else:
            log.info("source up source=%s", name)
        self._faults[name] = fault

    def _first(self, name: str, source: Polled, trigger: CronTrigger | IntervalTrigger) -> datetime:
        """Return when to look first: now if a run was missed, or the last one failed, or there was none."""
        now = datetime.now(UTC)
        row = self._store.row("select began_at, good_at from poll where source = %s", (name,))
        if row is None or row["good_at"] is None or row["good_at"] < row["began_at"]:
            return now
        if source.cron:
            due = trigger.get_next_fire_time(row["began_at"], row["began_at"] + timedelta(seconds=1))
        else:
            due = row["began_at"] + source.every
        return max(now, due) if due else now


def _trigger(source: Polled) -> CronTrigger | IntervalTrigger:
    if source.cron:
        return CronTrigger.from_crontab(source.cron, LOCAL)
    return IntervalTrigger(seconds=source.every.total_seconds(), timezone=LOCAL)
