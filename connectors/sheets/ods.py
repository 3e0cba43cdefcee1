"""An .ods file (OpenDocument 1.2), searched for what calamine does not tell: errors, percentages, merged cells.

Rows and cells may be repeated by a number; only those that hold something count.
"""

from collections.abc import Mapping

from connectors.sheets import kinds
from connectors.sheets.archive import Extent, parse
from connectors.sheets.fault import Kind, refused
from connectors.sheets.grid import Cell, Marks, Range

_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_SMALL = 1_000


class Ods:
    """The sheets of one document."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        if "content.xml" not in parts:
            raise refused("workbook", kinds.NO_PART, part="content.xml")
        self._scan = _Scan()
        parse(parts["content.xml"], self._scan, "content.xml")
        self.sheets = tuple(self._scan.marks)

    def marks(self, sheet: str) -> Marks:
        """Return what a sheet says besides values."""
        return self._scan.marks[sheet]


def is_ods(parts: Mapping[str, bytes]) -> bool:
    """Tell whether a zip is a spreadsheet of OpenDocument, by its first part."""
    return parts.get("mimetype", b"").startswith(_SPREADSHEET)


class _Scan:
    """Walks all tables of the content."""

    def __init__(self) -> None:
        self.marks: dict[str, Marks] = {}
        self._row = self._column = 0
        self._rows = self._columns = 1
        self._cell: dict[str, str] | None = None
        self._text = ""
        self._extent = Extent("")
        self._spoiled: dict[Cell, str | Kind] = {}
        self._percents: set[Cell] = set()
        self._merged: list[Range] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            self._open({key.rpartition(" ")[2]: value for key, value in attributes.items()}.get("name", ""))
        elif name == "table-row":
            self._rows = _count(attributes, "number-rows-repeated")
            self._column = 0
        elif name in ("table-cell", "covered-table-cell"):
            # "value-type" comes in two namespaces; the calculator's own tells errors.
            self._cell = attributes
            self._text = ""
            self._columns = _count(attributes, "number-columns-repeated")

    def text(self, text: str) -> None:
        if self._cell is not None:
            self._text += text

    def end(self, name: str) -> None:
        if name == "table-row":
            self._row += self._rows
        elif name in ("table-cell", "covered-table-cell") and self._cell is not None:
            self._judge(self._cell)
            self._column += self._columns
            self._cell = None

    def _open(self, name: str) -> None:
        if name in self.marks:
            raise refused("workbook", kinds.SHEET_PART, name=name[:40])
        self._extent = Extent(name)
        self._row = 0
        self._spoiled, self._percents, self._merged = {}, set(), []
        self.marks[name] = Marks(self._spoiled, self._percents, self._merged)

    def _judge(self, cell: dict[str, str]) -> None:
        types = {value for key, value in cell.items() if key.endswith(" value-type")}
        formula = any(key.endswith(" formula") for key in cell)
        if not (types or formula or self._text.strip()):
            return
        self._extent.reach(self._row + self._rows - 1, self._column + self._columns - 1)
        own = self._row, self._column
        spoiled: str | Kind = ""
        if "error" in types or (formula and self._text.startswith(("#", "Err:"))):
            spoiled = self._text.strip()[:20] or "#ERROR"
        elif formula and not types:
            spoiled = kinds.NEVER_CALCULATED
        down, right = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if (down, right) != (1, 1):
            self._merged.append((own, (own[0] + down - 1, own[1] + right - 1)))
        if not spoiled and "percentage" not in types:
            return
        for line in range(self._row, self._row + min(self._rows, _SMALL)):
            for at in range(self._column, self._column + self._columns):
                if spoiled:
                    self._spoiled[line, at] = spoiled
                else:
                    self._percents.add((line, at))


def _count(attributes: dict[str, str], name: str) -> int:
    stated = next((value for key, value in attributes.items() if key.rpartition(" ")[2] == name), "1")
    return int(stated) if stated.isdecimal() and 0 < len(stated) <= 8 and int(stated) else 1
