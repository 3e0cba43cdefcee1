"""Sums: parts that don't add up to their total are marked, kept, and what they leave is said by name."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from connectors.contract import Observation
from connectors.sheets import kinds
from connectors.sheets.catalogue import Entry
from connectors.sheets.grid import Grid, address
from connectors.sheets.statement import Taken
from connectors.sheets.value import additive

Key = tuple[object, ...]
"""What tells a figure from every other: unit, indicator, period, scope and dims."""


def checked(grid: Grid, taken: Sequence[Taken], entries: "dict[str, Entry]") -> list[Observation]:
    """Return the observations of a table, with ``sum_mismatch`` on totals and the remainders that their parts leave.

    The same figure twice is one; with another value it is a fault.
    """
    first: dict[Key, Taken] = {}
    for one in taken:
        twin = first.setdefault(key(one.observation), one)
        if twin is not one and twin.observation != one.observation:
            grid.blame(one.cell, kinds.TWICE_SAID, cell=address(twin.cell))
    wrong: set[Key] = set()
    left: dict[Key, Observation] = {}
    broken = _broken_down(first.values())
    for where, one in first.items():
        entry = entries.get(one.observation.indicator)
        if entry is None:
            continue
        total = _amount(one.observation)
        if total is None:
            continue
        if not one.observation.dims and additive(entry):
            for parts, among in broken.get(where, ()):
                wrong |= {where} if (sum(parts) > total if among else sum(parts) != total) else set()
        parts = [amount for part in entry.parts if (amount := _part(one.observation, part, first)) is not None]
        if len(parts) > 1 and sum(parts) != total:
            wrong.add(where)
            rest = total - sum(parts)
            if entry.remainder and rest > 0 and key(replace(one.observation, indicator=entry.remainder)) not in first:
                left[where] = Observation(
                    one.observation.unit, entry.remainder, one.observation.period, rest, scope=one.observation.scope,
                    dims=one.observation.dims, level=one.observation.level,
                )  # fmt: skip
    said: list[Observation] = []
    for where, one in first.items():
        marked = where in wrong and one.observation.quality == ""
        said.append(replace(one.observation, quality="sum_mismatch") if marked else one.observation)
        if where in left:
            said.append(left[where])
    return said


def _broken_down(taken: Iterable[Taken]) -> "dict[Key, list[tuple[list[Decimal], bool]]]":
    """Return the parts of every total by one dimension, where there are two at least; villages may be some of many."""
    parts: defaultdict[tuple[Key, str], list[Taken]] = defaultdict(list)
    for one in taken:
        if len(one.observation.dims) == 1:
            dimension = next(iter(one.observation.dims))
            parts[key(replace(one.observation, dims={})), dimension].append(one)
    found: defaultdict[Key, list[tuple[list[Decimal], bool]]] = defaultdict(list)
    for (where, dimension), those in parts.items():
        amounts = [_amount(one.observation) for one in those]
        known = [amount for amount in amounts if amount is not None]
        if len(known) > 1:
            among = dimension == "hamlet" or any(one.among for one in those) or len(known) < len(amounts)
            found[where].append((known, among))
    return found


def _part(total: Observation, indicator: str, first: "dict[Key, Taken]") -> Decimal | None:
    found = first.get(key(replace(total, indicator=indicator)))
    return None if found is None else _amount(found.observation)


def _amount(observation: Observation) -> Decimal | None:
    return observation.value if observation.bound == "exact" else None


def key(o: Observation) -> Key:
    """Return what tells the figure from every other."""
    named = o.unit, o.indicator, o.period, o.scope
    return (*named, *sorted(o.dims.items())) if o.dims else named
