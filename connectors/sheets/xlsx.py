"""An .xlsx file (ECMA-376, Open Packaging Conventions), searched for what calamine does not tell.

calamine gives ``""`` for ``#REF!`` and for a formula that was never calculated, and 0.913 for a cell that shows 91.3 %.
"""

import re
from collections.abc import Mapping
from posixpath import join, normpath

from connectors.sheets import kinds
from connectors.sheets.archive import Elements, Extent, cell_of, parse
from connectors.sheets.fault import Kind, refused
from connectors.sheets.grid import Cell, Marks, Range

_PERCENT_FORMATS = frozenset({"9", "10"})
_PLAIN = re.compile(rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]+)")?(?: t="(?:n|s|str|inlineStr|b|d)")?/?>')
_PREFIXED = re.compile(rb"<[^<>\s/:]+:[cf][\s>/]")
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3}[0-9]{1,7}):([A-Z]{1,3}[0-9]{1,7})"\s*/>')


class Xlsx:
    """The parts of one workbook."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self._parts = parts
        self.sheets: Mapping[str, str] = self._listed()
        """Sheet name → part, in the order of the tabs."""
        self._percents = self._percent_styles()

    def marks(self, sheet: str) -> Marks:
        """Return what a sheet says besides values; raises :class:`Undecodable` at the sheet or the cell."""
        part = self._parts[self.sheets[sheet]]
        quick = self._quick(part, sheet)
        if quick is not None:
            return quick
        scan = _Scan(sheet, self._percents)
        parse(part, scan, f"sheet {sheet}")
        return Marks(scan.spoiled, scan.percents, scan.merged)

    def _quick(self, part: bytes, sheet: str) -> Marks | None:
        """Look through a sheet without formulas as Excel writes it, ten times faster; ``None`` where it is another."""
        if part.startswith(b"<?xml"):
            part = part[part.find(b"?>") :]
        if b"<f" in part or b"<!" in part or b'="e"' in part or b"='" in part or _PREFIXED.search(part):
            return None
        extent = Extent(sheet)
        percents: set[Cell] = set()
        columns: dict[bytes, int] = {}
        cells = 0
        for found in _PLAIN.finditer(part):
            cells += 1
            letters, row, style = found.groups()
            at = columns.get(letters)
            if at is None:
                first = cell_of(f"{letters.decode()}1")
                at = columns[letters] = first[1] if first else 0
            if found[0].endswith(b"/>"):
                continue
            line = int(row) - 1
            if line >= extent.rows or at >= extent.columns:
                extent.reach(line, at)
            if style in self._percents:
                percents.add((line, at))
        if cells != part.count(b"<c ") + part.count(b"<c>") + part.count(b"<c\n") + part.count(b"<c\t"):
            return None
        ranges = ((cell_of(a.decode()), cell_of(b.decode())) for a, b in _MERGED.findall(part))
        return Marks({}, percents, [(a, b) for a, b in ranges if a and b and a <= b])

    def _listed(self) -> dict[str, str]:
        book = Elements({"sheet"})
        links = Elements({"Relationship"})
        for part, elements in (("xl/workbook.xml", book), ("xl/_rels/workbook.xml.rels", links)):
            if part not in self._parts:
                raise refused("workbook", kinds.NO_PART, part=part)
            parse(self._parts[part], elements, part)
        targets = {link.get("Id"): normpath(join("/xl", link.get("Target", "")))[1:] for _, link in links.found}
        sheets: dict[str, str] = {}
        for _, sheet in book.found:
            name = sheet.get("name", "")
            part = targets.get(sheet.get("id"), "")
            if name in sheets or part not in self._parts:
                raise refused("workbook", kinds.SHEET_PART, name=name[:40])
            sheets[name] = part
        return sheets

    def _percent_styles(self) -> frozenset[bytes]:
        """Return the numbers of the cell styles that show percentages."""
        part = self._parts.get("xl/styles.xml")
        if part is None:
            return frozenset()
        styles = _Styles()
        parse(part, styles, "xl/styles.xml")
        return frozenset(str(n).encode() for n, number in enumerate(styles.cells) if number in styles.percents)


class _Styles:
    """The number formats of the cell styles, in order."""

    def __init__(self) -> None:
        self.percents = set(_PERCENT_FORMATS)
        self.cells: list[str] = []
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt" and "%" in attributes.get("formatCode", ""):
            self.percents.add(attributes.get("numFmtId", ""))
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            self.cells.append(attributes.get("numFmtId", ""))

    def text(self, text: str) -> None: ...

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._inside = False


class _Scan:
    """Walks the cells of a sheet as they are stored; knows which hold an error, or a formula without its result."""

    def __init__(self, sheet: str, percents: frozenset[bytes]) -> None:
        self.spoiled: dict[Cell, str | Kind] = {}
        self.percents: set[Cell] = set()
        self.merged: list[Range] = []
        self._sheet = sheet
        self._styles = {style.decode() for style in percents}
        self._extent = Extent(sheet)
        self._row = self._column = -1
        self._type = ""
        self._formula = self._result = False
        self._value = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._cell(attributes)
        elif name == "row":
            stated = attributes.get("r", "")
            self._row = int(stated) - 1 if stated.isdecimal() else self._row + 1
            self._column = -1
        elif name == "f":
            self._formula = True
        elif name in ("v", "is"):
            self._result = True
            self._extent.reach(self._row, self._column)
        elif name == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            a, b = cell_of(first), cell_of(last)
            if a and b and a <= b:
                self.merged.append((a, b))

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
                self.spoiled[self._row, self._column] = kinds.NEVER_CALCULATED

    def _cell(self, attributes: dict[str, str]) -> None:
        reference = cell_of(attributes.get("r", ""))
        if reference is None and "r" in attributes:
            raise refused(self._sheet, kinds.NO_CELL, said=attributes["r"])
        self._row, self._column = reference or (self._row, self._column + 1)
        self._type = attributes.get("t", "n")
        self._formula = self._result = False
        self._value = ""
        if attributes.get("s") in self._styles:
            self.percents.add((self._row, self._column))
