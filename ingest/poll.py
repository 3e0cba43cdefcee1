"""Polled sources: look on schedule, take every new content once, leave alone what is still being written."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler

from connectors.contract import Folder, Message, Polled
from ingest.batch import Outcome
from ingest.errors import StoreDown
from ingest.store import Store
from ingest.writer import Envelope, Writer

log = logging.getLogger(__name__)

_Look = tuple[int, int]  # size, modification time in nanoseconds


class Poller:
    """Looks at the folders of polled sources."""

    def __init__(self, sources: Mapping[str, Polled], store: Store, writer: Writer) -> None:
        self._sources = sources
        self._store = store
        self._writer = writer
        self._seen: dict[Path, _Look] = {}
        self._done: dict[Path, _Look] = {}
        self._faults: dict[str, str] = {}

    def schedule(self, scheduler: BackgroundScheduler) -> None:
        """Enter a job a source; the first look comes at once, missed runs are made up by one."""
        for name, source in self._sources.items():
            scheduler.add_job(
                self.look, "interval", seconds=source.every.total_seconds(), args=[name], id=f"poll:{name}",
                max_instances=1, coalesce=True, misfire_grace_time=None, next_run_time=datetime.now(UTC),
            )  # fmt: skip

    def fault(self, name: str) -> str:
        """Return why the last look of a source failed, or nothing."""
        return self._faults.get(name, "")

    def look(self, name: str) -> int:
        """Look once; returns how many contents were queued."""
        source = self._sources[name]
        fault = ""
        taken = 0
        for place in source.places():
            try:
                taken += self._folder(name, source, place)
            except StoreDown:
                return taken  # the writer says so, once for all
            except OSError as error:
                fault = f"{place.path}: {error.strerror or error}; check the folder and its rights"
        if fault != self._faults.get(name, ""):
            if fault:
                log.warning("source down source=%s fault=%r", name, fault)
            else:
                log.info("source up source=%s", name)
            self._faults[name] = fault
        return taken

    def settle(self, tickets: Sequence[object], outcomes: Sequence[Outcome]) -> None:
        """Say what became of each file."""
        for ticket, outcome in zip(tickets, outcomes, strict=True):
            log.info("file %s path=%s", outcome, ticket)

    def _folder(self, name: str, source: Polled, folder: Folder) -> int:
        taken = 0
        for path in sorted(folder.path.resolve(strict=True).glob(folder.pattern)):
            if path.name.startswith("~$") or not path.is_file():
                continue
            stat = path.stat()
            look = (stat.st_size, stat.st_mtime_ns)
            if self._done.get(path) == look:
                continue
            # Half-written or open in Excel: it must look the same twice, and its lock file must be gone.
            steady = self._seen.get(path) == look and not path.with_name(f"~${path.name}").exists()
            self._seen[path] = look
            if steady:
                taken += self._take(name, source, path)
                self._done[path] = look
        return taken

    def _take(self, name: str, source: Polled, path: Path) -> int:
        body = path.read_bytes()
        digest = hashlib.sha256(body).digest()
        if self._store.row("select 1 from taken where source = %s and digest = %s", (name, digest)):
            return 0
        message = Message(name, str(path), body, datetime.now(UTC))
        if not self._writer.offer([Envelope(message, source, self, path.name, digest)]):
            raise StoreDown("the queue is full")
        return 1
