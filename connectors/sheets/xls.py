"""An .xls file of Excel 97 to 2003 (BIFF8 in an OLE container, [MS-XLS]), searched for what calamine does not tell."""

import struct
from io import BytesIO

import olefile

from connectors.sheets import kinds
from connectors.sheets.archive import Extent
from connectors.sheets.fault import Kind, refused
from connectors.sheets.grid import Cell, Marks, Range

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_FORMULA, _EOF, _BOUNDSHEET, _MERGED, _XF, _SST, _FORMAT = 0x06, 0x0A, 0x85, 0xE5, 0xE0, 0xFC, 0x41E
_MULRK, _LABELSST, _NUMBER, _LABEL, _BOOLERR, _RK, _RSTRING = 0xBD, 0xFD, 0x203, 0x204, 0x205, 0x27E, 0xD6
_CELLS = frozenset({_FORMULA, _LABELSST, _NUMBER, _LABEL, _BOOLERR, _RK, _RSTRING})
_PERCENT_FORMATS = frozenset({9, 10})


class Xls:
    """The records of one workbook; raises :class:`Undecodable` at ``workbook`` where they can't be walked."""

    def __init__(self, body: bytes) -> None:
        try:
            self._stream = _stream(body)
            self._marks = self._walked()
        except (struct.error, IndexError, ValueError, UnicodeError) as error:
            raise refused("workbook", kinds.DAMAGED, part="the workbook's stream", error=error) from error
        self.sheets = tuple(self._marks)

    def marks(self, sheet: str) -> Marks:
        """Return what a sheet says besides values."""
        return self._marks[sheet]

    def _walked(self) -> dict[str, Marks]:
        starts: dict[str, int] = {}
        formats = set(_PERCENT_FORMATS)
        styles: list[int] = []
        for kind, record in _records(self._stream, 0):
            if kind == _BOUNDSHEET:
                (start,) = struct.unpack_from("<I", record)
                name = _short_text(record[6:])
                if name in starts:
                    raise refused("workbook", kinds.SHEET_PART, name=name[:40])
                if record[5] == 0:  # a worksheet; others are charts and macros
                    starts[name] = start
            elif kind == _FORMAT:
                (number,) = struct.unpack_from("<H", record)
                if b"%" in record[4:]:
                    formats.add(number)
            elif kind == _XF:
                styles.append(struct.unpack_from("<H", record, 2)[0])
            elif kind == _SST:
                # The reader believes this count and asks for memory; a string takes three bytes at least.
                (count,) = struct.unpack_from("<I", record, 4)
                if count * 3 > len(self._stream):
                    raise ValueError("more texts than bytes")
        percents = {n for n, number in enumerate(styles) if number in formats}
        return {name: self._sheet(name, start, percents) for name, start in starts.items()}

    def _sheet(self, name: str, start: int, styles: set[int]) -> Marks:
        spoiled: dict[Cell, str | Kind] = {}
        percents: set[Cell] = set()
        merged: list[Range] = []
        extent = Extent(name)
        for kind, record in _records(self._stream, start):
            if kind in _CELLS:
                row, column, style = struct.unpack_from("<HHH", record)
                extent.reach(row, column)
                if style in styles:
                    percents.add((row, column))
                wrong = _spoiled(kind, record)
                if wrong:
                    spoiled[row, column] = wrong
            elif kind == _MULRK:
                row, first = struct.unpack_from("<HH", record)
                for n in range((len(record) - 6) // 6):
                    extent.reach(row, first + n)
                    if struct.unpack_from("<H", record, 4 + 6 * n)[0] in styles:
                        percents.add((row, first + n))
            elif kind == _MERGED:
                (count,) = struct.unpack_from("<H", record)
                for n in range(count):
                    top, bottom, left, right = struct.unpack_from("<HHHH", record, 2 + 8 * n)
                    if top <= bottom and left <= right:
                        merged.append(((top, left), (bottom, right)))
        return Marks(spoiled, percents, merged)


def _spoiled(kind: int, record: bytes) -> str | Kind:
    if kind == _BOOLERR and record[7]:
        return _ERRORS.get(record[6], "#ERROR")
    if kind == _FORMULA and record[12:14] == b"\xff\xff":
        if record[6] == 2:
            return _ERRORS.get(record[8], "#ERROR")
        if record[6] == 3 and record[14] & 0x02:  # no result, to be calculated on opening
            return kinds.NEVER_CALCULATED
    return ""


def _stream(body: bytes) -> bytes:
    try:
        with olefile.OleFileIO(BytesIO(body)) as container:
            for name in ("Workbook", "Book"):
                if container.exists(name):
                    return bytes(container.openstream(name).read())
    except Exception as error:
        raise refused("workbook", kinds.HALF, size=len(body), error=error) from error
    raise refused("workbook", kinds.HALF, size=len(body), error="no workbook in it; a password, perhaps")


def _records(stream: bytes, at: int) -> "list[tuple[int, bytes]]":
    """Return the records from a place to the end of its part."""
    found = []
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        found.append((kind, stream[at + 4 : at + 4 + size]))
        at += 4 + size
        if kind == _EOF:
            break
    return found


def _short_text(piece: bytes) -> str:
    """Return a text of 255 signs at most, in one byte a sign or two."""
    length, wide = piece[0], piece[1] & 1
    return piece[2 : 2 + length * 2].decode("utf-16-le") if wide else piece[2 : 2 + length].decode("latin-1")
