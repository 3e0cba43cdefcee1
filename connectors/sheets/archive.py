"""The archive: .xlsx and .ods files are zips of XML parts, unpacked whole within a limit and walked with expat.

What is in them is searched before a reader of spreadsheets sees it: one number at XFD1048576, or a row repeated a
million times, would have it ask for memory until the whole process ends.
"""

import struct
import zlib
from io import BytesIO
from typing import Protocol
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from connectors.sheets import kinds
from connectors.sheets.fault import refused
from connectors.sheets.grid import Cell, address

ROWS, COLUMNS = 65_536, 256
"""The table of Excel 97; whatever lies further away is a slip."""
CELLS = 2_000_000
"""Cells of one sheet, empty ones included, because readers hold them all."""
_UNPACKED = 64 * 1024 * 1024


class Reader(Protocol):
    """Follows one XML part; names come without their namespaces."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def text(self, text: str) -> None:
        """Some text; an element's may come in pieces."""

    def end(self, name: str) -> None:
        """An element ends."""


class Extent:
    """How far the cells of a sheet reach; raises :class:`Undecodable` as soon as it is too far."""

    def __init__(self, sheet: str) -> None:
        self._sheet = sheet
        self.rows = self.columns = 0

    def reach(self, row: int, column: int) -> None:
        """Count a cell that holds something."""
        if row >= ROWS or column >= COLUMNS:
            place = f"{self._sheet}!{address((row, column))}"
            raise refused(place, kinds.FAR, last=address((ROWS - 1, COLUMNS - 1)))
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
        if self.rows * self.columns > CELLS:
            raise refused(self._sheet, kinds.VAST, rows=self.rows, columns=self.columns)


def unpacked(body: bytes) -> dict[str, bytes]:
    """Return the parts of a zip by name; raises :class:`Undecodable` at ``workbook`` when they can't be had whole."""
    try:
        with ZipFile(BytesIO(body)) as archive:
            entries = archive.infolist()
            size = sum(entry.file_size for entry in entries)
            if size > _UNPACKED:
                raise refused("workbook", kinds.UNPACKS, size=size, most=_UNPACKED)
            if len({entry.filename.casefold() for entry in entries}) < len(entries):
                raise refused("workbook", kinds.TWICE)
            if any(entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for entry in entries):
                raise refused("workbook", kinds.PACKING)
            return {entry.filename: archive.read(entry) for entry in entries}
    except (BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise refused("workbook", kinds.HALF, size=len(body), error=error) from error


def parse(part: bytes, reader: Reader, title: str) -> None:
    """Walk one XML part; document types are refused, because a workbook has none and a bomb of entities needs one."""

    def refuse(*_declaration: object) -> None:
        raise refused("workbook", kinds.DOCTYPE, part=title)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: reader.start(local(name), attributes)
    parser.CharacterDataHandler = reader.text
    parser.EndElementHandler = lambda name: reader.end(local(name))
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError) as error:
        raise refused("workbook", kinds.DAMAGED, part=title, error=error) from error


def local(name: str) -> str:
    """Return an XML name without its namespace."""
    return name.rpartition(" ")[2]


class Elements:
    """Collects the attributes of some elements of a part."""

    def __init__(self, names: set[str]) -> None:
        self._names = names
        self.found: list[tuple[str, dict[str, str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Collect, if it is one of them."""
        if name in self._names:
            self.found.append((name, {local(key): value for key, value in attributes.items()}))

    def text(self, text: str) -> None:
        """Leave texts alone."""

    def end(self, name: str) -> None:
        """Leave ends alone."""


def cell_of(reference: str) -> Cell | None:
    """Return the cell of ``D7``; ``None`` where that is none."""
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not (0 < len(letters) <= 3 and 0 < len(digits) <= 7 and letters.isascii() and letters.isupper()):
        return None
    column = 0
    for letter in letters:
        if not letter.isalpha():
            return None
        column = column * 26 + ord(letter) - 64
    return (int(digits) - 1, column - 1) if digits != "0" * len(digits) else None
