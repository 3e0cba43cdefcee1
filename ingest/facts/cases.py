"""Field reports and dossiers as facts: how much of their term has passed, and whether anybody took them up."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ingest.conditions import Cases
from ingest.facts import View
from ingest.incidents import Fact
from ingest.rule import CaseRule
from ingest.sql import QUERIES


def facts(view: View, rule: CaseRule) -> list[Fact]:
    """Return the open cases that a rule concerns, and those that it watches."""
    found: dict[tuple[str, str], Fact] = {}
    watched = view.watched(rule.key)
    for plan in view.rules.plans(rule.key, view.day):
        when = plan.rule.when  # type: ignore[attr-defined]  # of a case's rule
        asked = {
            "now": view.now, "kind": when.kind, "severity": list(when.severity), "status": list(when.status),
            "elapsed": when.elapsed, "units": [unit for unit, _ in watched],
            "ids": [subject.partition("/")[2] for _, subject in watched],
        }  # fmt: skip
        for row in view.rows(QUERIES["open_cases"], asked):
            if (plan.units is None or row["unit"] in plan.units) and row["unit"] not in plan.but:
                fact = _fact(when, row)
                found[fact.key] = fact
    return list(found.values())


def _fact(when: Cases, row: Mapping[str, Any]) -> Fact:
    elapsed = None if row["elapsed"] is None else round(Decimal(row["elapsed"]), 2)
    fires = (
        row["closed_at"] is None
        and (not when.severity or row["severity"] in when.severity)
        and (not when.status or row["status"] in when.status)
        and (when.elapsed is None or (elapsed is not None and Decimal(row["elapsed"]) >= when.elapsed))
    )
    since = row["closed_at"]
    if fires and when.elapsed is not None:
        since = row["opened_at"] + (row["due"] - row["opened_at"]) * float(when.elapsed)
    elif fires:
        since = row["opened_at"]
    evidence = {name: row[name] for name in ("category", "severity", "hamlet") if row[name]}
    if row["due"]:
        evidence["due"] = row["due"].isoformat()
    subject = f"{when.kind}/{row['id']}"
    verdict = "fires" if fires else "clear"
    return Fact(row["unit"], subject, verdict, since, row["id"], elapsed if fires else None, when.elapsed, evidence)  # type: ignore[arg-type]  # one of two
