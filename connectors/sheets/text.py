"""A table as text (.csv): UTF-8, UTF-16, Windows-1258 or a legacy Vietnamese encoding; commas, semicolons or tabs."""

import csv
import unicodedata
from contextlib import suppress
from io import StringIO

from connectors.sheets import kinds
from connectors.sheets.archive import Extent
from connectors.sheets.fault import refused
from connectors.sheets.legacy import ENCODINGS, share
from connectors.sheets.syllable import marked_words

_CONTROLS = frozenset(range(32)) - {9, 10, 12, 13}
_SEPARATORS = ";\t,|"
_MOST_FIELD = 32_767
_LOOKED_AT = 50
_VIETNAMESE = 0.6


def is_text(body: bytes) -> bool:
    """Tell whether bytes can be a text at all: no control signs, or UTF-16 that says so."""
    return bool(body) and (body[:2] in (b"\xff\xfe", b"\xfe\xff") or not _CONTROLS.intersection(body))


def rows_of(body: bytes, name: str) -> list[list[object]]:
    """Return the cells of a text, line by line; raises :class:`Undecodable` where it is none."""
    text = decoded(body)
    separator = _separator(text)
    extent = Extent(name)
    rows: list[list[object]] = []
    try:
        for line, cells in enumerate(csv.reader(StringIO(text), delimiter=separator)):
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                if max(map(len, cells)) > _MOST_FIELD:
                    raise refused(name, kinds.NOT_A_NUMBER, said=max(cells, key=len))
                extent.reach(line, len(cells) - 1)
            rows.append(list(cells))
    except csv.Error as error:
        raise refused("workbook", kinds.DAMAGED, part="the text", error=error) from error
    return rows


def decoded(body: bytes) -> str:
    """Return the text in NFC; raises :class:`Undecodable` where its encoding can't be told."""
    try:
        if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return unicodedata.normalize("NFC", body.decode("utf-16"))
        return unicodedata.normalize("NFC", body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        pass
    readings = []
    with suppress(UnicodeDecodeError):
        readings.append(unicodedata.normalize("NFC", body.decode("cp1258")))
    western = body.decode("cp1252", "replace")
    readings += [encoding.read(western) for encoding in ENCODINGS]
    best = max(readings, key=_vietnamese)
    if _vietnamese(best) < _VIETNAMESE:
        raise refused("workbook", kinds.ENCODING)
    return best


def _vietnamese(text: str) -> float:
    return share(set(marked_words(text)))


def _separator(text: str) -> str:
    """Return the separator that most of the first lines have most evenly; a comma where there is none."""
    lines = [line for line in text.splitlines()[:_LOOKED_AT] if line.strip()]
    counts = {sign: sorted(line.count(sign) for line in lines) for sign in _SEPARATORS}
    return (
        max(counts, key=lambda sign: (counts[sign][len(lines) // 2], sum(counts[sign])), default=",") if lines else ","
    )
