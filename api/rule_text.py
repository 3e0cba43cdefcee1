"""A rule as TOML and JSON write it: durations as ``5m``, hours as ``05:30-06:30``; and how two of its forms differ."""

import json
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from ingest.rule import Rule
from ingest.thresholds import SETTABLE


def toml(rule: Rule, unit: str, today: date) -> str:
    """Return the lines of ``ioc.toml`` that say of a rule what it says already, from tomorrow on, to be changed."""
    lines = [
        f"[[rules.{rule.key}]]",
        f'unit = "{unit}"',
        f"valid_from = {today + timedelta(days=1)}",
        f'severity = "{rule.severity}"',
        f"for = {_written(plain(rule.for_))}",
    ]
    lines += [f"when.{key} = {_written(plain(value))}" for key, value in condition(rule).items()]
    return "\n".join(lines) + "\n"


def difference(was: Rule, its: Rule) -> dict[str, list[Any]]:
    """Return what differs between two forms of a rule: place → what it said, what it says."""
    before, after = _flat(was), _flat(its)
    places = [*before, *(place for place in after if place not in before)]
    return {
        place: [before.get(place), after.get(place)] for place in places if before.get(place) != after.get(place)
    }  # fmt: skip


def condition(rule: Rule) -> dict[str, Any]:
    """Return what a rule's condition says; each subject's rules have a condition of their own kind."""
    said: dict[str, Any] = rule.model_dump(include={"when"}, exclude_unset=True).get("when", {})
    return said


def plain(value: Any) -> Any:
    """Return a value as TOML and JSON write it."""
    if isinstance(value, Mapping):
        if value.keys() == {"start", "stop"} and isinstance(value["start"], time):
            stop = value["stop"]
            return f"{value['start']:%H:%M}-{'24:00' if stop is None else format(stop, '%H:%M')}"
        return {key: plain(one) for key, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, timedelta):
        left, said = int(value.total_seconds()), ""
        for size, letter in ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s")):
            said, left = (f"{said} {left // size}{letter}" if left >= size else said), left % size
        return said.strip() or "0s"
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _flat(rule: Rule) -> dict[str, Any]:
    said: dict[str, Any] = {key: getattr(rule, {"for": "for_"}.get(key, key)) for key in SETTABLE if key != "when"}
    said["escalate"] = [step.model_dump(exclude_unset=True) for step in rule.escalate]
    when = {f"when.{key}": value for key, value in condition(rule).items()}
    return {place: _short(plain(value)) for place, value in {**said, **when}.items()}


def _short(value: Any) -> Any:
    """Return a text for what is no single value, so that it can stand in a line."""
    return value if isinstance(value, str | int | float | None) else _written(value)


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_written(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_written(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)  # texts, numbers and truths are written alike in both
