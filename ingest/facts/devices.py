"""Devices as facts: what a rule's clauses make of a device's state, words and numbers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from psycopg import sql

from ingest.conditions import Bound, Clause, Devices
from ingest.facts import View, decimal
from ingest.facts.backlog import behind
from ingest.incidents import Fact, Key, Verdict
from ingest.outages import places
from ingest.rule import DeviceRule, GroupRule
from ingest.rules import Plan
from ingest.sql import QUERIES

_PRESENT = ("installed", "unconfirmed")
_HEARD = ("online", "degraded", "fault")


def facts(view: View, rule: DeviceRule) -> list[Fact]:
    """Return the devices that a rule may concern, and those that it watches; unseen while they tell of the past."""
    found: dict[Key, Fact] = {}
    judged: dict[Key, Mapping[str, Any]] = {}
    forms = view.rules.plans(rule.key, view.day)
    for plan in forms:
        for row in _candidates(view, plan):
            judged[_key(row)] = row
            found[_key(row)] = _fact(_when(plan), row)
    named = [(unit, *subject.partition("/")[::2]) for unit, subject in view.watched(rule.key)]
    for row in view.rows(QUERIES["watched_devices"], [list(column) for column in zip(*named, strict=True)] or [[]] * 3):
        own = view.rules.of(rule.key, row["unit"], view.day)
        assert isinstance(own, DeviceRule)  # noqa: S101 - a change never changes the form
        judged[_key(row)] = row
        found[_key(row)] = _fact(own.when, row)
    for key in behind(view, judged.values()):
        if found[key].verdict != "exempt":
            found[key] = replace(found[key], verdict="unseen")
    return list(found.values())


def group_facts(view: View, rule: GroupRule) -> list[Fact]:
    """Return all devices of the communes where many fell, or an incident of a group holds."""
    at_stake = {one.unit for one in view.boards[rule.key].incidents.values() if one.holds}
    states: set[str] = set()
    for plan in view.rules.plans(rule.key, view.day):
        when = plan.rule.when  # type: ignore[attr-defined]  # of a group's rule
        states |= set(when.states)
        asked = {"states": list(when.states), "now": view.now, "least": when.least}
        fallen = {row["unit"] for row in view.rows(QUERIES["fallen_units"], asked)}
        at_stake |= fallen & set(plan.units) if plan.units is not None else fallen - set(plan.but)
    rows = view.rows(QUERIES["unit_devices"], (sorted(at_stake),)) if at_stake else []
    return [_member(row, states) for row in rows]


def _member(row: Mapping[str, Any], states: Iterable[str]) -> Fact:
    away = absent(row) or ("fires" if row["state"] in states else "clear")
    shared = places(row["unit"], row["kind"], row["upstream"], row["hamlet"])
    return Fact(*_key(row), away, row["since"], _title(row), places=shared)


def _key(row: Mapping[str, Any]) -> Key:
    return row["unit"], f"{row['kind']}/{row['name']}"


def _title(row: Mapping[str, Any]) -> str:
    return str(row["title"] or row["name"])


def _when(plan: Plan) -> Devices:
    when = plan.rule.when  # type: ignore[attr-defined]  # of a device's rule
    assert isinstance(when, Devices)  # noqa: S101 - the same
    return when


def _candidates(view: View, plan: Plan) -> list[dict[str, Any]]:
    when = _when(plan)
    conditions: list[sql.Composable] = [sql.SQL("d.lifecycle in ('installed', 'unconfirmed')")]
    if when.kind:
        conditions.append(sql.SQL("s.kind = {}").format(sql.Literal(when.kind)))
    if plan.units is not None:
        conditions.append(sql.SQL("s.unit = any ({})").format(sql.Literal(list(plan.units))))
    elif plan.but:
        conditions.append(sql.SQL("s.unit <> all ({})").format(sql.Literal(list(plan.but))))
    conditions.append(sql.SQL("({})").format(sql.SQL(" or ").join(map(_condition, when.any))))
    query = sql.SQL("{} where {}").format(sql.SQL(QUERIES["candidate_devices"]), sql.SQL(" and ").join(conditions))
    return view.rows(query)


def _condition(clause: Clause) -> sql.Composed:
    parts: list[sql.Composable] = []
    words = sql.SQL("s.state in ('online', 'degraded', 'fault')")
    if clause.states:
        parts.append(sql.SQL("s.state = any ({})").format(sql.Literal(list(clause.states))))
    else:
        parts.append(words)
    if clause.reported:
        parts.append(sql.SQL("s.reported = any ({})").format(sql.Literal(list(clause.reported))))
    if clause.values:
        label, texts = sql.Literal(clause.label), sql.Literal(list(clause.values))
        parts.append(sql.SQL("s.labels ->> {} = any ({})").format(label, texts))
    if clause.other_than:
        label, texts = sql.Literal(clause.label), sql.Literal(list(clause.other_than))
        parts.append(sql.SQL("coalesce(s.labels ->> {}, '') <> all ({})").format(label, texts))
    if clause.reading:
        number = sql.SQL("(s.readings ->> {})::numeric").format(sql.Literal(clause.reading))
        if clause.absolute:
            number = sql.SQL("abs({})").format(number)
        sign = "<" if clause.below is not None else ">=" if clause.at_least is not None else ">"
        parts.append(sql.SQL("{} {} {}").format(number, sql.SQL(sign), sql.Literal(clause.limit)))
    return sql.SQL("({})").format(sql.SQL(" and ").join(parts))


def absent(row: Mapping[str, Any]) -> Verdict | None:
    """Return what is made of a device that can't be judged: exempt or unseen; None where it can."""
    if row["lifecycle"] not in _PRESENT or row["state"] == "maintenance":
        return "exempt"
    return "unseen" if row["state"] == "unknown" else None


def judge(when: Devices, row: Mapping[str, Any]) -> tuple[Verdict, Clause | None]:
    """Return what a rule makes of a device, and the clause that fires; pure.

    ``row`` has lifecycle, state, reported, readings and labels.
    """
    away = absent(row)
    if away is not None:
        return away, None
    verdicts = {_clause(clause, row): clause for clause in reversed(when.any)}
    if "fires" in verdicts:
        return "fires", verdicts["fires"]
    order: Sequence[Verdict] = ("unseen", "between", "clear")
    return next(verdict for verdict in order if verdict in verdicts), None


def _clause(clause: Clause, row: Mapping[str, Any]) -> Verdict:
    """Judge what is given of a clause: all of it must hold."""
    if not clause.states and row["state"] not in _HEARD:
        return "unseen"  # what it said before it went says nothing of now
    verdicts = list(_parts(clause, row))
    order: Sequence[Verdict] = ("clear", "unseen", "between")
    for verdict in order:
        if verdict in verdicts:
            return verdict
    return "fires"


def _parts(clause: Clause, row: Mapping[str, Any]) -> Iterator[Verdict]:
    labels = row["labels"] or {}
    if clause.states:
        yield "fires" if row["state"] in clause.states else "clear"
    if clause.reported:
        yield "fires" if row["reported"] in clause.reported else "clear"
    if clause.values:
        yield "fires" if labels.get(clause.label) in clause.values else "clear"
    if clause.other_than:
        yield "clear" if labels.get(clause.label) in clause.other_than else "fires"
    if clause.reading:
        value = _reading(clause, row)
        yield "unseen" if value is None else measured(clause, value)


def measured(bound: Bound, value: Decimal) -> Verdict:
    """Return what a bound makes of a number."""
    return "fires" if bound.fires(value) else "clear" if bound.clears(value) else "between"


def _reading(clause: Clause, row: Mapping[str, Any]) -> Decimal | None:
    value = decimal((row["readings"] or {}).get(clause.reading))
    return abs(value) if value is not None and clause.absolute else value


def _fact(when: Devices, row: Mapping[str, Any]) -> Fact:
    verdict, clause = judge(when, row)
    # Only a state says since when; of words and numbers we have to remember it.
    plain = all(c.states and not (c.reported or c.label or c.reading) for c in when.any)
    value = _reading(clause, row) if clause is not None and clause.reading else None
    evidence = {name: row[name] for name in ("state", "reported", "reason") if row[name]}
    if row["hamlet"]:
        evidence["hamlet"] = row["hamlet"]
    if clause is not None and clause.label:
        evidence["label"] = str((row["labels"] or {}).get(clause.label, ""))[:200]
    if clause is not None and clause.reading:
        evidence["reading"] = clause.reading
    limit = clause.limit if clause is not None and clause.reading else None
    return Fact(*_key(row), verdict, row["since"] if plain else None, _title(row), value, limit, evidence)
