"""Watched folders: every new content is one message, what is still being written is left alone."""

import hashlib
import logging
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from connectors.contract import Folder, Message, Polled
from ingest.batch import Outcome
from ingest.envelope import Envelope
from ingest.errors import StoreDown
from ingest.store import Store
from ingest.writer import Writer

log = logging.getLogger(__name__)

_Look = tuple[int, int]  # size, modification time in nanoseconds


class Folders:
    """Looks into the folders of sources; a file counts when it looked the same twice."""

    def __init__(self, store: Store, writer: Writer) -> None:
        self._store = store
        self._writer = writer
        self._seen: dict[Path, _Look] = {}
        self._done: dict[Path, _Look] = {}
        self._passed_over: set[Path] = set()
        self.settled: Counter[str] = Counter()
        """Files by outcome, since we began."""

    def look(self, name: str, source: Polled) -> int:
        """Look once; returns how many contents were queued.

        Raises ``OSError`` naming the folder that can't be read, :class:`StoreDown`.
        """
        taken = 0
        places = source.places()
        for folder in places:
            try:
                taken += self._folder(name, source, folder)
                self._pass_over(name, folder.path, [one.pattern for one in places if one.path == folder.path])
            except OSError as error:
                reason = error.strerror or error
                raise OSError(f"{folder.path}: {reason}; check the folder and its rights") from error
        return taken

    def settle(self, tickets: Sequence[object], outcomes: Sequence[Outcome]) -> None:
        """Say what became of each file."""
        for ticket, outcome in zip(tickets, outcomes, strict=True):
            self.settled[outcome] += 1
            log.info("file %s path=%s", outcome, ticket)

    def _folder(self, name: str, source: Polled, folder: Folder) -> int:
        taken = 0
        for path in sorted(_matching(folder)):
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

    def _pass_over(self, name: str, folder: Path, patterns: Sequence[str]) -> None:
        """Say once of each file that no pattern takes, because somebody may wait for it."""
        for path in folder.iterdir():
            hidden = path.name.startswith((".", "~$"))
            if path in self._passed_over or hidden or any(_fits(path, one) for one in patterns) or not path.is_file():
                continue
            self._passed_over.add(path)
            log.warning("file passed over source=%s path=%s; files are %s", name, path, ", ".join(patterns))

    def _take(self, name: str, source: Polled, path: Path) -> int:
        body = path.read_bytes()
        digest = hashlib.sha256(body).digest()
        # What was undone is taken again where somebody saved it since, never because it still lies there.
        saved = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        known = "select 1 from taken where source = %s and digest = %s and coalesce(undone_at >= %s, true)"
        if self._store.row(known, (name, digest, saved)):
            return 0
        message = Message(name, str(path), body, datetime.now(UTC))
        if not self._writer.offer([Envelope(message, source, self, path.name, digest)]):
            raise StoreDown("the queue is full")
        return 1


def _matching(folder: Folder) -> Iterable[Path]:
    """Return the paths that match a folder's pattern; ``SO.XLSX`` from Windows is a ``*.xlsx`` too."""
    at = folder.path.resolve(strict=True)
    return at.glob(folder.pattern) if "/" in folder.pattern else (p for p in at.iterdir() if _fits(p, folder.pattern))


def _fits(path: Path, pattern: str) -> bool:
    return "/" in pattern or fnmatchcase(unicodedata.normalize("NFC", path.name).casefold(), pattern.casefold())
