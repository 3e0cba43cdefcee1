"""Devices that come and go as facts: how often each fell lately, and since when nothing changed."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from ingest.facts import View
from ingest.facts.devices import absent
from ingest.incidents import Fact
from ingest.rule import FlappingRule
from ingest.sql import QUERIES


def facts(view: View, rule: FlappingRule) -> list[Fact]:
    """Return the devices that fell often enough, and those that the rule watches."""
    found: dict[tuple[str, str], Fact] = {}
    for plan in view.rules.plans(rule.key, view.day):
        own = plan.rule
        assert isinstance(own, FlappingRule)  # noqa: S101 - a change never changes the form
        for row in _rows(view, own, only=plan.units, but=plan.but):
            fact = _fact(own, row, view.now)
            found[fact.key] = fact
    for unit, subject in view.watched(rule.key):
        own = view.rules.of(rule.key, unit, view.day)
        assert isinstance(own, FlappingRule)  # noqa: S101 - the same
        kind, _, name = subject.partition("/")
        for row in _rows(view, own, named=(unit, kind, name)):
            found[unit, subject] = _fact(own, row, view.now)
    return list(found.values())


def _rows(
    view: View,
    rule: FlappingRule,
    *,
    only: tuple[str, ...] | None = None,
    but: tuple[str, ...] = (),
    named: tuple[str, str, str] | None = None,
) -> list[dict[str, Any]]:
    units, kinds, names = ([part] for part in named) if named else ([], [], [])
    asked = {
        "now": view.now, "within": rule.when.within, "kind": rule.when.kind, "only": list(only) if only else None,
        "but": list(but), "falls": None if named else rule.when.falls, "units": units, "kinds": kinds, "names": names,
    }  # fmt: skip
    return view.rows(QUERIES["flapping_devices"], asked)


def _fact(rule: FlappingRule, row: Mapping[str, Any], now: datetime) -> Fact:
    calm = now - row["since"] >= rule.clear_for
    fires = row["falls"] >= rule.when.falls and not calm
    verdict = absent(row) or ("fires" if fires else "clear")
    evidence = {
        "state": row["state"],
        "within_s": rule.when.within.total_seconds(),
        "changed_at": row["since"].isoformat(),
    }
    if row["hamlet"]:
        evidence["hamlet"] = row["hamlet"]
    # Well since its last change: one that still changes now and then is not calm yet.
    since = row["first_at"] if verdict == "fires" else row["since"]
    title, subject = str(row["title"] or row["name"]), f"{row['kind']}/{row['name']}"
    return Fact(row["unit"], subject, verdict, since, title, Decimal(row["falls"]), Decimal(rule.when.falls), evidence)
