"""A catalogue: which indicator a Vietnamese name means, from a csv that an operator may replace."""

import csv
from collections.abc import Sized
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from connectors.sheets import kinds
from connectors.sheets.fault import Kind, Slip
from connectors.sheets.grid import word
from connectors.sheets.measure import measure_of
from connectors.spelling import code as identifier

_HEADINGS = {
    "ma so": "code", "ma chi tieu": "code", "nhom ten chi tieu": "name", "ten chi tieu": "name", "chi tieu": "name",
    "don vi tinh": "measure", "dinh danh": "id", "ten khac": "aliases",
}  # fmt: skip
_PROPOSED = 100
_BULLET = "-–—+*• "


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: ``id``, Vietnamese ``name``, ``measure`` (unit of the dictionary) and official ``code``.

    ``parts`` are the indicators that add up to it, ``remainder`` is the one that takes what they leave.
    """

    id: str
    name: str
    measure: str = ""
    code: str = ""
    parts: tuple[str, ...] = ()
    remainder: str = ""


class Catalogue:
    """Entries by their names, aliases and codes, compared without case, diacritics and punctuation."""

    def __init__(self, text: str, what: Kind = kinds.INDICATOR) -> None:
        """Read a csv: ``name`` (Nhóm, tên chỉ tiêu), and any of ``id``, ``code`` (Mã số), ``measure`` (Đơn vị tính),
        ``aliases`` (``|`` between), ``parts``, ``remainder``; ``ValueError`` names the line at fault."""
        self._what = what
        self.entries: dict[str, Entry] = {}
        self._named: dict[str, list[Entry]] = {}
        self._coded: dict[str, Entry] = {}
        self._found: dict[tuple[str, bool | None], Entry | None] = {}
        reader = csv.DictReader(StringIO(text))
        headings = {heading: _HEADINGS.get(key(heading), heading) for heading in reader.fieldnames or ()}
        if "name" not in headings.values():
            raise ValueError("a catalogue has a column name (Tên chỉ tiêu)")
        for line, row in enumerate(reader, start=2):
            self._add(line, {headings[k]: (value or "").strip() for k, value in row.items() if isinstance(k, str)})

    def _add(self, line: int, row: dict[str, str]) -> None:
        row.setdefault("id", identifier("".join(sign if sign.isalnum() else " " for sign in row["name"]))[:60])
        if not row["id"].isascii() or not row["id"].replace("_", "").isalnum() or not row["name"]:
            raise ValueError(f"line {line}: id and name are needed, the id in ASCII")
        measure, parts = measure_of(row.get("measure", "")), tuple(row.get("parts", "").split())
        entry = Entry(row["id"], row["name"], measure, row.get("code", ""), parts, row.get("remainder", ""))
        if self.entries.setdefault(entry.id, entry) is not entry:
            raise ValueError(f"line {line}: {entry.id} is there twice")
        for name in {key(one) for one in (entry.name, *row.get("aliases", "").split("|")) if one.strip()}:
            same = self._named.setdefault(name, [])
            if any((one.measure == "percent") == (entry.measure == "percent") for one in same):
                raise ValueError(f"line {line}: {name!r} already names {same[0].id}")
            same.append(entry)
        if entry.code:
            self._coded[entry.code.casefold()] = entry

    def known(self, name: str, *, percent: bool | None = None) -> Entry | None:
        """Return the entry of a name; ``percent`` chooses where a name means a share and a count."""
        asked = (name, percent)
        if asked not in self._found:
            if len(self._found) > 1 << 14:
                self._found.clear()
            named = self._named.get(key(name), [])
            fitting = [entry for entry in named if percent is None or (entry.measure == "percent") == percent]
            self._found[asked] = next(iter(fitting or named), None)
        return self._found[asked]

    def coded(self, code: str) -> Entry | None:
        """Return the entry of an official code."""
        return self._coded.get(code.casefold())

    def unknown(self, name: str, faults: Sized = ()) -> Slip:
        """Return the fault of a name that is not known, with the nearest one that is, but from the 100th fault on."""
        near = get_close_matches(key(name), self._named, n=1, cutoff=0.0) if len(faults) < _PROPOSED else []
        nearest = self._named[near[0]][0].name if near else "…"
        return Slip(kinds.UNKNOWN_NAME, what=self._what, said=name, nearest=nearest)


def key(name: str) -> str:
    """Return a name as it is compared: ``- Tỷ lệ hộ có cáp quang (%)`` → ``ty le ho co cap quang``."""
    plain = word(name.strip(_BULLET)).replace("ti le", "ty le").replace("luỹ", "luy")
    if plain.startswith("trong do"):
        plain = plain.removeprefix("trong do").lstrip(" :")
    plain = plain.replace("≥", " tu ").replace("(%)", " ")
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())


def catalogue(path: Path, what: Kind = kinds.INDICATOR) -> Catalogue:
    """Read a catalogue; ``ValueError`` tells what is wrong with the file."""
    try:
        return Catalogue(path.read_text("utf-8-sig"), what)
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: can't be read: {error}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
