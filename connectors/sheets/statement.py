"""A statement: a table whose rows are indicators and whose columns say value, share, target, period, unit and scope.

One reader for all such forms; a connector brings its catalogue. Every row gives its figure, and its target with the
scope ``target``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, ParamSpec, TypeVar

from connectors.contract import Observation, Period
from connectors.sheets import kinds
from connectors.sheets.catalogue import Catalogue, Entry
from connectors.sheets.fault import Kind, Slip
from connectors.sheets.figure import Figure
from connectors.sheets.grid import Cell, Grid, word
from connectors.sheets.heading import Column, Heading, Layout
from connectors.sheets.measure import factor, is_percent, label
from connectors.sheets.number import DASHES, money_unit
from connectors.sheets.period import period_in
from connectors.sheets.table import Row, rows_of
from connectors.sheets.unit import Unit, Units, hamlet_level, is_hamlet
from connectors.sheets.value import Said, observed
from connectors.spelling import code

_T = TypeVar("_T")
_P = ParamSpec("_P")
TARGET = "target"
"""The scope of what shall be reached, beside what was."""


def _column(
    name: str, title: str, meaning: str, *, anchor: bool = False, lone: bool = False, above: bool = False
) -> Column:
    return Column(name, title, re.compile(meaning), name == "name", anchor=anchor, lone=lone, above=above)


STATEMENT = Layout(
    "statement",
    (
        _column("ignored", "Ghi chú",
                r"\bcung ky\b|\b(ky|nam|quy|thang|tuan) truoc\b|\bso (voi|sanh)\b|\bghi chu\b|\bco quan\b", lone=True),
        _column("label", "TT", r"tt|stt|so tt|so thu tu", anchor=True),
        _column("name", "Chỉ tiêu",
                r"(?:nhom\s*[,/]?\s*)?(?:ten )?(?:chi tieu|chi so)(?: thong ke| kinh te.*| chuyen doi so| bao cao)?"
                r"|noi dung(?: chi tieu| bao cao)?", anchor=True),
        _column("unit_code", "Mã đơn vị", r"\bma (don vi|dvhc|xa|dia ban)\b"),
        _column("code", "Mã số", r"\bma (so|chi tieu|hieu)\b"),
        _column("measure", "Đơn vị tính", r"\bdon vi (tinh|do)\b|\bdvt\b"),
        _column("level", "Cấp", r"^cap( hanh chinh| so lieu)?$"),
        _column("hamlet", "Thôn", r"^(thon|ban|ap|to dan pho)\b"),
        _column("unit", "Đơn vị", r"^don vi( bao cao| hanh chinh)?$|\bdia phuong\b|^xa\b"),
        _column("scope", "Phạm vi", r"\bpham vi\b"),
        _column("breakdown", "Phân tổ", r"\bphan to\b"),
        _column("target", "Chỉ tiêu giao", r"\b(chi tieu|muc tieu)\b|\bke hoach\b|\bduoc giao\b"),
        _column("numerator", "Tử số", r"\btu so\b|\bso dat\b"),
        _column("denominator", "Mẫu số", r"\bmau so\b|\btong so (doi tuong|ho|nguoi|dan)\b"),
        _column("stated", "Tỷ lệ công bố", r"\bt[yi] le\b|\bcong bo\b|%"),
        _column("cumulative", "Lũy kế", r"\bluy ke\b", above=True),
        _column("value", "Kết quả",
                r"\bket qua\b|\bgia tri\b|\bso lieu\b|\bthuc (hien|te)\b|\bso luong\b|\bdat duoc\b|\btrong ky\b"),
        _column("period", "Kỳ", r"\bky\b|\bthoi (gian|diem|ky)\b|\bgiai doan\b"),
    ),
    needs=1,
)  # fmt: skip

_FIGURES = ("value", "stated", "numerator", "denominator", "target", "cumulative")
_SPOKEN = ("value", "stated", "numerator", "denominator")
_TITLES: Mapping[str, Kind] = {
    column.key: Kind(f"the figure {column.title!r}", f"số “{column.title}”") for column in STATEMENT.columns
}
_UNIT_ABOVE = re.compile(r".*\b(?:don vi tinh|dvt)\b\s*:?\s*(.*)")
_AMONG = re.compile(r"\W*trong đó\b\s*:?\s*", re.IGNORECASE)
_BULLETS = DASHES | frozenset("+*•")


class Taken(NamedTuple):
    """An observation with the cell that it came from, and whether it is one of some parts only ("trong đó")."""

    cell: Cell
    observation: Observation
    among: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What names mean: indicators, breakdowns (``id`` is ``dimension=value``) and scopes."""

    indicators: Catalogue
    breakdowns: Catalogue
    scopes: Catalogue


class Statement:
    """Reads one table of a sheet; ``latest`` is the last day that figures may speak of."""

    def __init__(self, words: Words, units: Units, latest: date) -> None:
        self._words = words
        self._units = units
        self._latest = latest

    def read(self, grid: Grid, heading: Heading, stop: int, period: Period | None) -> list[Taken]:
        """Return what the lines say; every fault is noted in the grid, and then nothing is of use."""
        taken: list[Taken] = []
        parent: Entry | None = None
        unperiod = period is None and bool(grid.faults)  # why is told already
        money = _money_above(grid, heading.top)
        for row in rows_of(grid, heading, stop):
            line = _Line(row, self._words, parent, money)
            if not line.belongs:
                continue
            if line.entry is not None and not line.is_part:
                parent = line.entry
            said = {name: line.read(name) for name in _FIGURES if row.has(name)}
            if all(one is None for one in said.values()) and not line.spoiled:
                continue
            known = line.tried("name", line.meant, said)
            unit = line.tried("unit_code" if row.has("unit_code") else "unit", self._units.of, row)
            own = line.tried("period", period_in, row.value("period"))
            spoken = own or period
            if spoken is None and not unperiod and not line.spoiled:
                unperiod = True
                grid.blame((heading.top, heading.at["name"]), kinds.PERIOD_MISSING)
            if known is None or unit is None or spoken is None or line.spoiled:
                continue
            taken += line.observations(known, unit, spoken, said, self._latest)
        return taken


class _Line:
    """One row in reading: what it is about, and whether a fault was found in it."""

    def __init__(self, row: Row, words: Words, parent: Entry | None, money: str) -> None:
        self.row = row
        self._money = money
        self.spoiled = False
        self._words = words
        self._parent = parent
        self._name = row.text("name")
        own = words.indicators.coded(row.text("code")) if row.has("code") and row.text("code") else None
        percent = is_percent(row.text("measure")) if row.has("measure") else None
        self._breakdown = row.text("breakdown") if row.has("breakdown") else ""
        self._among = any(_AMONG.match(one) for one in (self._name, self._breakdown))
        bulleted = self._name[:1] in _BULLETS or self._among or not self._name
        self.entry = own or (words.indicators.known(self._name, percent=percent) if self._name else None)
        self.is_part = self.entry is None and bulleted and bool(self._name or self._breakdown)

    @property
    def belongs(self) -> bool:
        """Whether the line is one of the table, and no signature or note below it."""
        filled = any(self.row.filled(name) for name in _FIGURES)
        return self.entry is not None or filled or (self.row.numbered and bool(self._name) and self._speaks())

    def _speaks(self) -> bool:
        return any(self.row.own(name) != "" for name in _FIGURES)

    def read(self, name: str) -> Figure | None:
        return self.tried(name, self.row.figure, name, _TITLES[name])

    def tried(self, name: str, call: Callable[_P, _T], *words: _P.args, **named: _P.kwargs) -> _T | None:
        try:
            return call(*words, **named)
        except Slip as slip:
            self.spoiled = True
            self.row.grid.note(self.row.cell(name), slip)
            return None

    def meant(self, said: Mapping[str, Figure | None]) -> Entry:
        """Return the indicator, whose unit is what the figures' own signs say."""
        if self.is_part:
            if self._parent is None:
                raise Slip(kinds.NO_PARENT, said=self._name or self._breakdown)
            return self._parent
        if not self._name and self.entry is None:
            raise Slip(kinds.NAMELESS, title="Chỉ tiêu")
        if self.entry is None:
            raise self._words.indicators.unknown(self._name, self.row.grid.faults)
        shown = [one for one in (said.get("value"), said.get("stated"), said.get("target")) if one is not None]
        if self.entry.measure not in ("percent", "boolean") and any(one.percent for one in shown if not one.whole):
            share = self._words.indicators.known(self._name, percent=True)
            if share is None or share.measure != "percent":
                raise Slip(kinds.OTHER_MEASURE, title=self._name, expected=label(self.entry.measure), said="%")
            return share
        return self.entry

    def observations(
        self, entry: Entry, unit: Unit, period: Period, said: Mapping[str, Figure | None], latest: date
    ) -> list[Taken]:
        row = self.row
        dims = self.tried("breakdown" if row.has("breakdown") else "name", self._dims)
        written = row.text("measure") if row.has("measure") else ""
        scale = self.tried("measure", factor, entry, written or (self._money if entry.measure == "vnd" else ""))
        if dims is None or scale is None:
            return []
        level, hamlet = (unit.level, unit.hamlet) if unit.hamlet else ("", dims.get("hamlet", ""))
        if hamlet:
            dims = {**dims, "hamlet": hamlet}
            level = level or hamlet_level(hamlet)
        scope = self._scope()
        whole = Said(unit.code, entry, period, scope, dims, level)
        variants: list[tuple[str, Said, Mapping[str, Figure | None]]] = [("value", whole, said)]
        if said.get("cumulative") is not None:
            variants.append(("cumulative", whole.cumulated(), {"value": said["cumulative"]}))
        if said.get("target") is not None:
            aim = f"{TARGET}:{scope}" if scope else TARGET
            variants.append(("target", whole.of(aim), {"value": said["target"]}))
        taken: list[Taken] = []
        for name, spoken, told in variants:
            at = name if name != "value" else next((one for one in _SPOKEN if told.get(one) is not None), "value")
            seen = self.tried(at, observed, spoken, told, scale, _days(name, latest))
            if seen is not None:
                taken.append(Taken(row.cell(at), seen, self._among))
        return [] if self.spoiled else taken

    def _dims(self) -> dict[str, str]:
        said = [self._breakdown, self._name if self.is_part else ""]
        dims: dict[str, str] = {}
        for one in filter(None, (_AMONG.sub("", text).strip("".join(_BULLETS) + " ") for text in said)):
            breakdown = self._words.breakdowns.known(one)
            if breakdown is not None:
                name, _, value = breakdown.id.partition("__")
                dims[name] = value
            elif is_hamlet(one):
                dims["hamlet"] = one
            else:
                raise self._words.breakdowns.unknown(one, self.row.grid.faults)
        return dims

    def _scope(self) -> str:
        said = self.row.text("scope") if self.row.has("scope") else ""
        known = self._words.scopes.known(said) if said else None
        return known.id if known else code("".join(sign if sign.isalnum() else " " for sign in said))[:60]


def _money_above(grid: Grid, stop: int) -> str:
    """Return the unit of money that stands above a table, as in "ĐVT: triệu đồng"; empty where none does."""
    for cell, text in grid.texts(stop):
        stated = _UNIT_ABOVE.fullmatch(word(text))
        written = (stated[1] or str(grid.right_of(cell))) if stated else ""
        if money_unit(written) is not None:
            return written
    return ""


def _days(name: str, latest: date) -> date:
    return latest.replace(year=latest.year + 10, day=1) if name == "target" else latest
