"""The rules: shipped in ``*.toml`` beside, changed by communes in ``[[rules.<key>]]`` of ``ioc.toml`` or on the screen.

What the screen says of a commune (:mod:`ingest.thresholds`) goes before what the file says of it, that before what the
file says of all, and that before what is shipped.
"""

import csv
import difflib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connectors.contract import LOCAL
from ingest.errors import ConfigError
from ingest.rule import MODELS, DeviceRule, FlappingRule, GroupRule, NumberRule, Rule
from ingest.sources import SourceFault, faults_of, meant


class Change(BaseModel):
    """What a commune wants otherwise: any of a rule's keys, for a unit (none: for all) from a day on."""

    model_config = ConfigDict(frozen=True, extra="allow")

    unit: Annotated[str, Field(pattern=r"^[0-9]{5}$")] | None = None
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A rule as it is for some communes: for these, or for all but those."""

    rule: Rule
    units: tuple[str, ...] | None
    but: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """What is wanted otherwise of a rule, for a unit (empty: all) from an instant on."""

    unit: str
    since: datetime
    table: Mapping[str, Any]


class Rules:
    """Every rule, and how communes changed it; ``said`` on the screen, the others in the file."""

    def __init__(
        self,
        base: Mapping[str, Rule],
        changes: Mapping[str, Sequence[Variant]],
        said: Mapping[str, Sequence[Variant]] | None = None,
    ) -> None:
        self._base = base
        self._changes = changes
        self._said = said or {}

    def __iter__(self) -> Iterator[Rule]:
        """Yield the shipped rules by file and place."""
        return iter(self._base.values())

    def __getitem__(self, key: str) -> Rule:
        return self._base[key]

    def __contains__(self, key: object) -> bool:
        return key in self._base

    def with_said(self, said: Mapping[str, Sequence[Variant]]) -> "Rules":
        """Return the same rules of the same file, with what the screen says of them."""
        return Rules(self._base, self._changes, said)

    def of(self, key: str, unit: str, at: date) -> Rule:
        """Return a rule as it stands for a commune at an instant, or at the end of a local day; raises ``KeyError``."""
        until = at if isinstance(at, datetime) else midnight(at + timedelta(days=1)) - timedelta(microseconds=1)
        rule = self._base[key]
        for changes, whose in ((self._changes, ""), (self._changes, unit), (self._said, unit)):
            in_force = [v for v in changes.get(key, ()) if v.unit == whose and v.since <= until]
            if in_force:
                newest = max(in_force, key=lambda variant: variant.since)
                rule = merged(rule, newest.table)
        return rule

    def plans(self, key: str, day: date) -> list[Plan]:
        """Return the forms of a rule on a local day and whom each is for; a rule that is off is none."""
        special = self._special(key)
        found = [Plan(self.of(key, unit, day), (unit,)) for unit in special]
        found.append(Plan(self.of(key, "", day), None, tuple(special)))
        return [plan for plan in found if plan.rule.enabled and plan.rule.valid_from <= day]

    def since(self, key: str) -> list[tuple[str, datetime, Rule]]:
        """Return every form of a rule with its unit (empty: all) and the instant from which it holds."""
        return [
            (unit, at, self.of(key, unit, at)) for unit in ["", *self._special(key)] for at in self.turns(key, unit)
        ]

    def turns(self, key: str, unit: str) -> list[datetime]:
        """Return the instants at which a rule becomes another for a commune, in order; the first is its begin."""
        every = (*self._changes.get(key, ()), *self._said.get(key, ()))
        return sorted({midnight(self._base[key].valid_from), *(v.since for v in every if v.unit in ("", unit))})

    def _special(self, key: str) -> list[str]:
        return sorted({v.unit for v in (*self._changes.get(key, ()), *self._said.get(key, ())) if v.unit})

    def unknown_numbers(self, keys: Mapping[str, object]) -> list[str]:
        """Return a fault for every number that a rule names and that there is not."""
        return [
            f"rules.{key}.when.key: there is no number {rule.when.key!r}{meant(rule.when.key, keys)}"
            for key in self._base
            for rule in {rule.when.key: rule for _, _, rule in self.since(key) if isinstance(rule, NumberRule)}.values()
            if rule.when.key and rule.when.key not in keys
        ]


def midnight(day: date) -> datetime:
    """Return when a local day begins."""
    return datetime.combine(day, time(), LOCAL)


def merged(rule: Rule, table: Mapping[str, Any]) -> Rule:
    """Return the rule with what a commune wants otherwise; tables are changed key by key, lists as a whole."""
    whole = rule.model_dump(by_alias=True, exclude_unset=True)
    if "when" in table and isinstance(table["when"], Mapping):
        table = {**table, "when": {**whole.get("when", {}), **table["when"]}}
    return type(rule).model_validate({**whole, **table})


@cache
def shipped() -> Mapping[str, Rule]:
    """Return the rules of this version by key; raises :class:`ConfigError` with all faults at once."""
    found: dict[str, Rule] = {}
    faults: list[str] = []
    for file in sorted(resources.files(__name__).iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        try:
            tables = tomllib.loads(file.read_text("utf-8"))
        except tomllib.TOMLDecodeError as error:
            faults.append(f"{file.name}: not TOML: {error}")
            continue
        for key, table in tables.items():
            if key in found:
                faults.append(f"{file.name}:{key}: another file has this rule too; rename one")
                continue
            rule, its = _read(key, table)
            faults += [f"{file.name}:{place}: {message}" for place, message in its]
            if rule is not None:
                found[key] = rule
    for rule in found.values():
        tellers: tuple[type[Rule], ...] = (
            (GroupRule, FlappingRule) if isinstance(rule, DeviceRule) else (GroupRule,) * isinstance(rule, FlappingRule)
        )
        faults += [
            f"{rule.key}.left_to: {other!r} is no rule that can tell of it instead"
            for other in rule.left_to
            if not isinstance(found.get(other), tellers)
        ]
    if faults:
        raise ConfigError(*faults)
    return found


def _read(key: str, table: Any) -> tuple[Rule | None, list[tuple[str, str]]]:
    if not isinstance(table, dict) or table.get("subject") not in MODELS:
        subject = table.get("subject") if isinstance(table, dict) else table
        return None, [(f"{key}.subject", f"{subject!r} is no subject; there are {', '.join(MODELS)}")]
    model = MODELS[table["subject"]]
    try:
        return model.model_validate({"key": key, **table}), []
    except ValidationError as error:
        return None, faults_of(error, model, key)


def load(tables: Mapping[str, Any] | None = None) -> Rules:
    """Return the rules with a configuration's changes; raises :class:`SourceFault` with every fault and its place."""
    base = shipped()
    changes: dict[str, list[Variant]] = {}
    faults: list[tuple[str, str]] = []
    for key, entries in (tables or {}).items():
        if key not in base:
            faults.append((f"rules.{key}", f"there is no rule {key!r}{_near(key, base)}"))
            continue
        if not isinstance(entries, list | tuple):
            faults.append((f"rules.{key}", f"a list of changes is expected: [[rules.{key}]]"))
            continue
        changes[key] = []
        for n, entry in enumerate(entries):
            variant, its = _variant(base[key], entry, f"rules.{key}.{n}")
            if variant is not None and any((v.unit, v.since) == (variant.unit, variant.since) for v in changes[key]):
                its = [(f"rules.{key}.{n}", "another change has the same unit and day; join them to one")]
            faults += its
            if variant is not None:
                changes[key].append(variant)
    if faults:
        raise SourceFault(faults)
    return Rules(base, changes)


def _variant(rule: Rule, entry: Any, place: str) -> tuple[Variant | None, list[tuple[str, str]]]:
    try:
        change = Change.model_validate(entry)
    except ValidationError as error:
        return None, faults_of(error, Change, place)
    faults: list[tuple[str, str]] = []
    if change.unit is not None and change.unit not in communes():
        faults.append((f"{place}.unit", f"{change.unit} is no commune of today; see sql/units.csv or /api/v1/units"))
    wanted = dict(change.model_extra or {})
    faults += [
        (f"{place}.{name}", "is the same for all communes and can't be changed")
        for name in sorted(rule.fixed & {*wanted})
    ]
    try:
        merged(rule, {name: value for name, value in wanted.items() if name not in rule.fixed})
    except ValidationError as error:
        faults += faults_of(error, type(rule), place)
    if faults:
        return None, faults
    return Variant(change.unit or "", midnight(change.valid_from or rule.valid_from), wanted), []


def _near(key: str, base: Mapping[str, Rule]) -> str:
    near = difflib.get_close_matches(key, list(base), n=1)
    return f"; did you mean {near[0]!r}?" if near else "; see ingest/rules/*.toml"


@cache
def communes() -> frozenset[str]:
    """Return the codes of today's communes, wards and special zones."""
    text = resources.files("ingest.sql").joinpath("units.csv").read_text("utf-8")
    levels = ("commune", "ward", "special_zone")
    return frozenset(r["code"] for r in csv.DictReader(text.splitlines()) if not r["valid_to"] and r["level"] in levels)
