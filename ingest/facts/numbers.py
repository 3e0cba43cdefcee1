"""Numbers as facts: indicators, figures of offices, and cases of a disease against the years before."""

from calendar import isleap
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from psycopg import sql

from connectors.contract import LOCAL
from ingest.conditions import Number
from ingest.due import spoken
from ingest.facts import View, decimal
from ingest.facts.devices import measured
from ingest.incidents import Fact
from ingest.rule import NumberRule, OutbreakRule
from ingest.sql import QUERIES

_LATE = timedelta(days=8)
"""So far behind the newest day of a series may be."""


def facts(view: View, rule: NumberRule) -> list[Fact]:
    """Return a number in every commune where it is known; what is watched and not known is not seen."""
    found: list[Fact] = []
    asked: dict[str, list[dict[str, Any]]] = {}
    for plan in view.rules.plans(rule.key, view.day):
        when = plan.rule.when  # type: ignore[attr-defined]  # of a number's rule
        units = [u for u in view.units if (plan.units is None or u in plan.units) and u not in plan.but]
        if not units:
            continue
        if when.median_days:
            found += _spikes(view, rule, when, units)
            continue
        source = repr((when.key, when.figure, units))
        if source not in asked:
            asked[source] = _now(view, when, units)
        found += [_fact(view, rule, when, row) for row in _added(when, asked[source])]
    return found + _unseen(view, rule.key, found)


def _unseen(view: View, key: str, found: Iterable[Fact]) -> list[Fact]:
    seen = {fact.key for fact in found}
    return [Fact(*key, "unseen") for key in view.watched(key) if key not in seen]


def _now(view: View, when: Number, units: list[str]) -> list[dict[str, Any]]:
    if when.figure:
        return view.rows(QUERIES["newest_figure"], {"figure": when.figure, "units": units})
    function = sql.Identifier("indicator", f"{when.key}_now")
    return view.rows(sql.SQL("select time, unit, label, value from {}(%s::text[])").format(function), (units,))


def _added(when: Number, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if not when.total:
        return [dict(row) for row in rows]
    sums: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["value"] is not None:
            whole = sums.setdefault(row["unit"], {**row, "label": "", "value": Decimal(0)})
            whole["value"] += row["value"]
    return list(sums.values())


def _fact(view: View, rule: NumberRule, when: Number, row: Mapping[str, Any]) -> Fact:
    name = when.key or when.figure
    subject = f"{name}/{row['label']}" if row["label"] else name
    value, at = decimal(row["value"]), row["time"]
    fact = Fact(row["unit"], subject, "unseen", title=str(row["label"] or ""), evidence={"number": name})
    if value is None or at is None or view.now - at > when.fresh:
        return fact
    evidence = {**fact.evidence, **_when(when, row)}
    if when.behind_year is not None:
        limit = round(elapsed(at.astimezone(LOCAL).date()) - when.behind_year, 2)
        verdict = measured(Number(key=name, below=limit), value)
        return replace(fact, verdict=verdict, value=value, threshold=limit, evidence=evidence)
    return replace(fact, verdict=measured(when, value), value=value, threshold=when.limit, evidence=evidence)


def _when(when: Number, row: Mapping[str, Any]) -> dict[str, str]:
    """Return what time a number is of, as evidence: a period in words where it is of one, else its instant.

    A number of a period stands at the local midnight of the period's last day, which may lie ahead.
    """
    at = row["time"].astimezone(LOCAL)
    if (start := row.get("period_start")) is not None:
        return {"period": spoken(start, row["period_end"])}
    if at.time() != time.min:
        return {"at": row["time"].isoformat()}
    day = at.date()
    return {"period": spoken({"month": day.replace(day=1), "year": day.replace(month=1, day=1)}.get(when.of, day), day)}


def elapsed(day: date) -> Decimal:
    """Return the part of its year in percent that has passed when a day has."""
    return Decimal(100 * day.timetuple().tm_yday) / (366 if isleap(day.year) else 365)


def _spikes(view: View, rule: NumberRule, when: Number, units: list[str]) -> list[Fact]:
    """Judge the newest day of a series by the median of the days before it; all of them must be there."""
    days = when.median_days or 0
    query = sql.SQL("select time, unit, value from {}(%s, %s, %s::text[])").format(
        sql.Identifier("indicator", when.key)
    )
    rows = view.rows(query, (view.now - timedelta(days=days) - _LATE, view.now, units))
    by_unit: defaultdict[str, dict[date, Decimal]] = defaultdict(dict)
    for row in rows:
        if row["value"] is not None:
            its = by_unit[row["unit"]]
            day = row["time"].astimezone(LOCAL).date()
            its[day] = its.get(day, Decimal(0)) + row["value"]
    return [_spike(view, when, unit, its) for unit, its in sorted(by_unit.items())]


def _spike(view: View, when: Number, unit: str, series: Mapping[date, Decimal]) -> Fact:
    newest = max(series)
    days = when.median_days or 0
    before = [series.get(newest - timedelta(days=n)) for n in range(1, days + 1)]
    known = [value for value in before if value is not None]
    evidence = {"number": when.key, "at": newest.isoformat(), "days": len(known)}
    begins = datetime.combine(newest, datetime.min.time(), LOCAL)
    if len(known) < days or view.now - begins > when.fresh:
        return Fact(unit, when.key, "unseen", evidence=evidence)
    usual = Decimal(median(known))
    value = series[newest]
    fires = value > when.times * usual and value >= when.least
    threshold = max(when.times * usual, when.least)
    evidence["median"] = str(usual)
    return Fact(unit, when.key, "fires" if fires else "clear", None, "", value, threshold, evidence)


def outbreak_facts(view: View, rule: OutbreakRule) -> list[Fact]:
    """Return the cases of this month by disease; not judged where years are missing."""
    month = view.day.replace(day=1)
    found: list[Fact] = []
    for plan in view.rules.plans(rule.key, view.day):
        when = plan.rule.when  # type: ignore[attr-defined]  # of a disease's rule
        units = [u for u in view.units if (plan.units is None or u in plan.units) and u not in plan.but]
        if when.linked is not None:
            rows = view.rows(QUERIES["linked_cases"], {"units": units, "month": month})
            bounded = [{**row, "threshold": when.linked, "fires": row["cases"] >= when.linked} for row in rows]
        else:
            asked = {"units": units, "month": month, "years": when.years, "deviations": when.deviations,
                     "epidemic": list(when.epidemic_years)}  # fmt: skip
            rows = view.rows(QUERIES["outbreaks"], asked)
            bounded = [
                {**row, "fires": row["threshold"] is not None and row["cases"] > row["threshold"]} for row in rows
            ]
        found += [_disease(row, month) for row in bounded]
    # A new month counts anew: that nothing is there yet is no sight of less.
    return found + _unseen(view, rule.key, found)


def _disease(row: Mapping[str, Any], month: date) -> Fact:
    verdict = "unseen" if row["threshold"] is None else "fires" if row["fires"] else "clear"
    evidence: dict[str, Any] = {"month": month.isoformat()[:7]}
    if "years" in row:
        evidence |= {"years": row["years"], "mean": _text(row["mean"]), "deviation": _text(row["deviation"])}
    subject, threshold = f"disease/{row['disease']}", decimal(row["threshold"])
    return Fact(row["unit"], subject, verdict, None, row["disease"], row["cases"], threshold, evidence)  # type: ignore[arg-type]  # literals


def _text(value: object) -> str | None:
    return None if value is None else str(value)
