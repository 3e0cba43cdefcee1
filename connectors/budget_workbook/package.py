"""The package: an .xlsx file is a zip of XML parts (ECMA-376, Open Packaging Conventions), searched before it is read.

calamine reads the values, but gives ``""`` for ``#REF!`` and for a formula that was never calculated, and asks for
memory by the farthest cell: one number typed at XFD1048576 would end the whole process. So every sheet is looked
through first, with expat.
"""

import re
import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from posixpath import join, normpath
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from connectors.contract import Undecodable

Cell = tuple[int, int]
"""Row and column, both from 0."""

_ROWS, _COLUMNS = 5_000, 256
_UNPACKED = 64 * 1024 * 1024
_SAVE_AGAIN = "open it in Excel, save it as .xlsx and send it again"
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def address(cell: Cell) -> str:
    """Return the cell as Excel writes it: (6, 3) → ``D7``."""
    row, column = cell
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row + 1}"


class Package:
    """The parts of one workbook; raises :class:`Undecodable` at ``workbook`` when they can't be had whole."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._parts = _unpacked(body)
        self.sheets: Mapping[str, str] = self._listed()
        """Sheet name → part, in the order of the tabs."""

    def spoiled(self, sheet: str) -> dict[Cell, str]:
        """Return the cells of a sheet that have no value, and why; raises :class:`Undecodable` at the sheet."""
        scan = _Scan(sheet)
        _parse(self._parts[self.sheets[sheet]], scan, f"sheet {sheet}")
        return scan.spoiled

    def values(self, sheets: list[str]) -> dict[str, list[list[object]]]:
        """Return the cells of the sheets, row by row from A1; raises :class:`Undecodable` at ``workbook``."""
        # Imported here, because ingest is small until the first workbook arrives.
        import pandas as pd  # type: ignore[import-untyped,unused-ignore]  # pandas-stubs may be there or not
        from python_calamine import CalamineError

        if not sheets:
            return {}
        try:
            frames = pd.read_excel(
                BytesIO(self._body),
                engine="calamine",
                sheet_name=sheets,
                header=None,
                dtype=object,
                na_filter=False,
            )
        except (CalamineError, ValueError, OverflowError) as error:
            raise Undecodable(f"calamine can't read the file ({error}): {_SAVE_AGAIN}", place="workbook") from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # how a Rust library dies, below BaseException, unimportable
                raise
            raise Undecodable(f"calamine fails at the file ({error}): {_SAVE_AGAIN}", place="workbook") from error
        return {str(name): frame.to_numpy().tolist() for name, frame in frames.items()}

    def _listed(self) -> dict[str, str]:
        book = _Elements({"sheet"})
        links = _Elements({"Relationship"})
        for part, elements in (("xl/workbook.xml", book), ("xl/_rels/workbook.xml.rels", links)):
            if part not in self._parts:
                raise Undecodable(f"the file has no part {part}, so it is no .xlsx: {_SAVE_AGAIN}", place="workbook")
            _parse(self._parts[part], elements, part)
        targets = {link.get("Id"): normpath(join("/xl", link.get("Target", "")))[1:] for link in links.found}
        sheets: dict[str, str] = {}
        for sheet in book.found:
            name = sheet.get("name", "")
            part = targets.get(sheet.get("id"), "")
            if name in sheets or part not in self._parts:
                raise Undecodable(f"sheet {name!r} is there twice or not at all: {_SAVE_AGAIN}", place="workbook")
            sheets[name] = part
        return sheets


def _unpacked(body: bytes) -> dict[str, bytes]:
    try:
        with ZipFile(BytesIO(body)) as archive:
            entries = archive.infolist()
            size = sum(entry.file_size for entry in entries)
            if size > _UNPACKED:
                raise Undecodable(f"unpacks to {size} bytes, at most {_UNPACKED} are read", place="workbook")
            if len({entry.filename.casefold() for entry in entries}) < len(entries):
                raise Undecodable(f"the file holds a part twice: {_SAVE_AGAIN}", place="workbook")
            if any(entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for entry in entries):
                raise Undecodable(f"the file is packed in an unusual way: {_SAVE_AGAIN}", place="workbook")
            return {entry.filename: archive.read(entry) for entry in entries}
    except (BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError) as error:
        reason = f"not a whole .xlsx file ({len(body)} bytes), half-written or of another kind: {_SAVE_AGAIN}"
        raise Undecodable(f"{reason} ({error})", place="workbook") from error


class _Elements:
    """Collects the attributes of some elements of a part, without their namespaces."""

    def __init__(self, names: set[str]) -> None:
        self._names = names
        self.found: list[dict[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in self._names:
            self.found.append({_local(key): value for key, value in attributes.items()})

    def text(self, _text: str) -> None: ...

    def end(self, _name: str) -> None: ...


class _Scan:
    """Walks the cells of a sheet as they are stored; knows which hold an error, or a formula without its result."""

    def __init__(self, sheet: str) -> None:
        self.spoiled: dict[Cell, str] = {}
        self._sheet = sheet
        self._row = self._column = -1
        self._type = ""
        self._formula = self._result = False
        self._value = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            stated = attributes.get("r", "")
            self._row = int(stated) - 1 if stated.isdecimal() else self._row + 1
            self._column = -1
        elif name == "c":
            reference = _REFERENCE.fullmatch(attributes.get("r", ""))
            if reference is None and "r" in attributes:
                raise Undecodable(f"{attributes['r']!r:.40} is no cell: {_SAVE_AGAIN}", place=self._sheet)
            self._row, self._column = _cell(reference) if reference else (self._row, self._column + 1)
            self._type = attributes.get("t", "n")
            self._formula = self._result = False
            self._value = ""
        elif name == "f":
            self._formula = True
        elif name in ("v", "is"):
            self._result = True
            self._reach()

    def text(self, text: str) -> None:
        if self._result:
            self._value += text

    def end(self, name: str) -> None:
        if name in ("v", "is"):
            self._result = False
        elif name == "c":
            if self._type == "e":
                self.spoiled[self._row, self._column] = self._value or "#ERROR"
            elif self._formula and not self._value and self._type != "str":
                self.spoiled[self._row, self._column] = "a formula that was never calculated"

    def _reach(self) -> None:
        if self._row >= _ROWS or self._column >= _COLUMNS:
            place = f"{self._sheet}!{address((self._row, self._column))}"
            last = address((_ROWS - 1, _COLUMNS - 1))
            raise Undecodable(f"a value so far away is no budget: clear the cell, {last} is the last read", place=place)


def _cell(reference: re.Match[str]) -> Cell:
    column = 0
    for letter in reference[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(reference[2]) - 1, column - 1


def _parse(part: bytes, reader: _Elements | _Scan, title: str) -> None:
    """Walk one XML part; entities are refused, because a workbook has none and a bomb has many."""

    def refuse(*_declaration: object) -> None:
        raise Undecodable(f"{title} declares a document type: {_SAVE_AGAIN}", place="workbook")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: reader.start(_local(name), attributes)
    parser.CharacterDataHandler = reader.text
    parser.EndElementHandler = lambda name: reader.end(_local(name))
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError) as error:
        raise Undecodable(f"{title} is damaged ({error}): {_SAVE_AGAIN}", place="workbook") from error


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
