"""What all workbook connectors share: the watched folder, the refusal of persons, and the list of faults."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from connectors.contract import FUTURE, LOCAL, Fault, Folder, Message, Observation, Polled, Undecodable
from connectors.sheets import kinds
from connectors.sheets.book import Book, opened
from connectors.sheets.fault import refused
from connectors.sheets.grid import Grid
from connectors.sheets.persons import personal

_FAULTS_TOLD = 20
_WITHHELD = b"ioc-withheld\n"
_PATTERNS = ("*.xlsx", "*.xls", "*.ods", "*.csv")


class Workbook(Polled):
    """A folder into which an office saves its workbook: every new content is read wholly, or refused by cell."""

    keeps_unreadable: ClassVar[bool] = True
    """Whether a file that can't be opened is kept with its rejection, although nobody could look for persons in it."""

    folder: Path
    """Folder that is watched."""
    pattern: str = ""
    """Names of the files that count; none: *.xlsx, *.xls, *.ods and *.csv."""
    largest_body: int = Field(default=16 * 1024 * 1024, gt=0)
    """Bytes; a larger message is refused, and kept."""
    every: timedelta = timedelta(seconds=10)
    """Pause between two looks."""

    def places(self) -> tuple[Folder, ...]:
        """Return the folder to watch, once for each kind of file."""
        return tuple(Folder(self.folder, pattern) for pattern in ((self.pattern,) if self.pattern else _PATTERNS))

    def cleanse(self, body: bytes) -> bytes:
        """Return the body, or only the place where it first tells of persons, so that none of them is ever kept."""
        if body.startswith(_WITHHELD) or len(body) > self.largest_body:
            return body if self.keeps_unreadable or body.startswith(_WITHHELD) else _WITHHELD
        try:
            book = opened(body)
        except Undecodable:
            return body if self.keeps_unreadable else _WITHHELD
        grids, seen = _readable(book)
        found = personal(grids)
        if found is None:
            return body if seen or self.keeps_unreadable else _WITHHELD
        grid, cell, said = found
        return _WITHHELD + f"{grid.place(cell)}\n{said}".encode()

    def opened(self, message: Message) -> Book:
        """Return the book of a message; raises :class:`Undecodable` where it is none, or named persons."""
        if len(message.body) > self.largest_body:
            raise refused("workbook", kinds.TOO_LARGE, size=len(message.body), most=self.largest_body)
        if message.body.startswith(_WITHHELD):
            place, _, said = message.body[len(_WITHHELD) :].decode("utf-8", "replace").partition("\n")
            raise refused(place or "workbook", kinds.PERSONS if said else kinds.UNSEEN, said=said)
        book = opened(message.body)
        opened.cache_clear()
        return book

    @staticmethod
    def latest(message: Message) -> date:
        """Return the last local day that figures of a message may speak of."""
        return (message.received_at + FUTURE).astimezone(LOCAL).date()


def _readable(book: Book) -> tuple[list[Grid], bool]:
    """Return the sheets that can be read, and whether these are all."""
    try:
        return book.grids(book.sheets), True
    except Undecodable:
        pass
    grids: list[Grid] = []
    for name in book.sheets:
        with suppress(Undecodable):
            grids += book.grids([name])
    return grids, False


def refusal(faults: Sequence[Fault], taken: tuple[Observation, ...] = ()) -> Undecodable:
    """Return the refusal that lists all faults by cell; the text names the first twenty."""
    told = [f"{fault.place}: {fault.reason}" for fault in faults[:_FAULTS_TOLD]]
    if len(faults) > len(told):
        told.append(f"… and {len(faults) - len(told)} more")
    return Undecodable("; ".join(told), place=faults[0].place, taken=taken, faults=tuple(faults))
