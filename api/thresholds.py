"""The alarm rules with their thresholds: as shipped, and as ``ioc.toml`` changes them for this centre's communes.

The configuration file is their home: this lists them, and gives the lines to write there.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from api import PREFIX
from api.access import TECHNICIAN
from api.answer import Json
from api.context import TheSettings
from connectors.contract import LOCAL
from ingest import rules
from ingest.conditions import Severity
from ingest.rule import Actor, Rule, Subject
from ingest.rules import Change

router = APIRouter(prefix=PREFIX, tags=["rules"])


class Form(BaseModel):
    """A rule as it holds for a commune (null: all) from a day on; ``changed``: what differs from the shipped one."""

    unit: str | None
    valid_from: date
    in_force: bool
    enabled: bool
    severity: Severity
    for_s: float
    clear_for_s: float
    escalate: list[dict[str, Any]]
    closes: str
    owner: Actor
    when: dict[str, Any]
    changed: list[str]


class Threshold(BaseModel):
    """A rule: the shipped form first, then the changes of ``ioc.toml``; ``toml``: the lines that would change it."""

    key: str
    subject: Subject
    title_vi: str
    title_en: str
    help: str
    source: str
    forms: list[Form]
    toml: str


class Thresholds(BaseModel):
    """Every rule, by subject."""

    items: list[Threshold]


@router.get("/rules", response_model=Thresholds, dependencies=[TECHNICIAN])
def thresholds(settings: TheSettings) -> Json:
    """Return every alarm rule with its thresholds, durations in seconds; they are changed in ``ioc.toml``."""
    known = rules.load(settings.rules)
    today = datetime.now(LOCAL).date()
    return Json({"items": [
        {
            "key": rule.key, "subject": rule.subject, "title_vi": rule.title_vi, "title_en": rule.title_en,
            "help": rule.help, "source": rule.source, "toml": toml(rule, settings.commune.unit, today),
            "forms": list(_forms(known, rule, settings.rules.get(rule.key, ()), today)),
        }
        for rule in known
    ]})  # fmt: skip


def _forms(
    known: rules.Rules, shipped: Rule, entries: tuple[Mapping[str, Any], ...], today: date
) -> Iterator[dict[str, Any]]:
    changes = [Change.model_validate(entry) for entry in entries]
    since = [(change.unit or "", change.valid_from or shipped.valid_from) for change in changes]
    yield _form(shipped, None, shipped.valid_from, [], shipped.valid_from <= today)
    for change, (unit, day) in zip(changes, since, strict=True):
        newest = max((d for u, d in since if u == unit and d <= today), default=None)
        yield _form(
            known.of(shipped.key, unit, day), unit or None, day, sorted(change.model_extra or {}), day == newest
        )


def _form(rule: Rule, unit: str | None, day: date, changed: list[str], in_force: bool) -> dict[str, Any]:
    return {
        "unit": unit, "valid_from": day, "in_force": in_force, "enabled": rule.enabled, "severity": rule.severity,
        "for_s": rule.for_.total_seconds(), "clear_for_s": rule.clear_for.total_seconds(), "closes": rule.closes,
        "owner": rule.owner, "changed": changed, "when": _plain(_when(rule)),
        "escalate": [_plain(step.model_dump(exclude_unset=True)) for step in rule.escalate],
    }  # fmt: skip


def toml(rule: Rule, unit: str, today: date) -> str:
    """Return the lines of ``ioc.toml`` that say of a rule what it says already, from tomorrow on, to be changed."""
    lines = [
        f"[[rules.{rule.key}]]",
        f'unit = "{unit}"',
        f"valid_from = {today + timedelta(days=1)}",
        f'severity = "{rule.severity}"',
        f"for = {_written(_plain(rule.for_))}",
    ]
    lines += [f"when.{key} = {_written(_plain(value))}" for key, value in _when(rule).items()]
    return "\n".join(lines) + "\n"


def _when(rule: Rule) -> dict[str, Any]:
    """Return what a rule's condition says; each subject's rules have a condition of their own kind."""
    said: dict[str, Any] = rule.model_dump(include={"when"}, exclude_unset=True).get("when", {})
    return said


def _plain(value: Any) -> Any:
    """Return a value as TOML and JSON write it: durations as ``5m``, hours as ``05:30-06:30``."""
    if isinstance(value, Mapping):
        if value.keys() == {"start", "stop"} and isinstance(value["start"], time):
            stop = value["stop"]
            return f"{value['start']:%H:%M}-{'24:00' if stop is None else format(stop, '%H:%M')}"
        return {key: _plain(one) for key, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, timedelta):
        left, said = int(value.total_seconds()), ""
        for size, letter in ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s")):
            said, left = (f"{said} {left // size}{letter}" if left >= size else said), left % size
        return said.strip() or "0s"
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_written(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_written(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)  # texts, numbers and truths are written alike in both
