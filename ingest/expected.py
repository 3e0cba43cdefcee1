"""Whether what was due came: one state a rule and period, from what is stored and never from a time-out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from connectors.contract import LOCAL, Connector
from connectors.due import Due
from ingest.calendar import Calendar
from ingest.config import Settings
from ingest.due import Owed, owed, pending, period, rules
from ingest.sql import QUERIES
from ingest.store import Link, Store

State = Literal["not_due", "on_time", "late", "missing", "partial", "abnormal", "not_owed"]


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one indicator of one unit: its first arrival (UTC), its corrections, and what is odd about it."""

    first: datetime
    revision: int = 1
    revised_at: datetime | None = None
    mismatched: bool = False
    leapt: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is stored of one period, by unit and indicator; ``refused`` counts messages of its time that still are."""

    came: Mapping[tuple[str, str], Came] = field(default_factory=dict)
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands with one period; instants are UTC. What was due before anybody asked for it is not owed.

    ``received_at`` is the first arrival, ``complete_at`` when the last that was missing came; ``why`` names what is
    abnormal: ``refused``, ``mismatch`` (stated and computed figures, or parts and total, differ), ``leap``.
    """

    rule: Due
    owed: Owed
    state: State
    received_at: datetime | None
    complete_at: datetime | None
    revision: int
    revised_at: datetime | None
    missing_indicators: tuple[str, ...]
    missing_units: tuple[str, ...]
    why: tuple[str, ...]


def judge(rule: Due, one: Owed, facts: Facts, now: datetime, asked_since: datetime | None = None) -> Standing:
    """Return the one state of a period at an instant; pure. ``asked_since`` is when the rule was declared (UTC)."""
    lacking, complete_at = _lacking(rule, facts.came)
    came = facts.came.values()
    why = tuple(
        name
        for name, holds in (
            ("refused", not came and facts.refused > 0),
            ("mismatch", any(c.mismatched for c in came)),
            ("leap", any(c.leapt for c in came)),
        )
        if holds
    )
    state: State
    if why:
        state = "abnormal"
    elif complete_at is not None:
        state = "on_time" if complete_at <= one.at else "late"
    elif now <= one.at:
        state = "not_due"
    else:
        state = "partial" if came else "missing"
    if asked_since is not None and one.at < asked_since and state in ("late", "partial", "missing"):
        state = "not_owed"
    return Standing(
        rule,
        one,
        state,
        min((c.first for c in came), default=None),
        complete_at,
        max((c.revision for c in came), default=0),
        max((c.revised_at for c in came if c.revised_at), default=None),
        tuple(sorted({indicator for _, indicator in lacking if indicator})),
        tuple(sorted({unit for unit, _ in lacking if unit})),
        why,
    )


def _lacking(rule: Due, came: Mapping[tuple[str, str], Came]) -> tuple[list[tuple[str, str]], datetime | None]:
    """Return what is expected and did not come (empty names: any), and when the last of it came where all did."""
    firsts: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for (unit, indicator), one in came.items():
        for key in ((unit, indicator), (unit, ""), ("", indicator), ("", "")):
            firsts[key].append(one.first)
    wanted = [(unit, indicator) for unit in rule.units or ("",) for indicator in rule.indicators or ("",)]
    lacking = [key for key in wanted if key not in firsts]
    return lacking, None if lacking else max(min(firsts[key]) for key in wanted)


def declare(link: Link, settings: Settings) -> None:
    """Write the rules and the calendar of the configuration into the database."""
    for name, connector in sorted(settings.sources.items()):
        kind = type(connector).__module__.removeprefix("connectors.")
        said = [rule.model_copy(update={"units": _units(rule, connector, settings)}) for rule in rules(kind, connector)]
        for position, rule in enumerate(said):
            link.execute(QUERIES["declare_rule"], (name, position, rule.model_dump_json()))
        link.execute("delete from due_rule where source = %s and position >= %s", (name, len(said)))
    days = dict.fromkeys(settings.calendar.days_off, False) | dict.fromkeys(settings.calendar.working, True)
    for day, working in sorted(days.items()):
        link.execute(QUERIES["declare_day"], (day, working))
    link.execute("delete from calendar_day where not day = any(%s)", (list(days),))


def _units(rule: Due, connector: Connector, settings: Settings) -> tuple[str, ...]:
    own = str(getattr(connector, "unit", "") or settings.commune.unit)
    return rule.units or (() if own == "00000" else (own,))


def calendar(store: Store) -> Calendar:
    """Return the calendar as it was declared."""
    rows = store.rows("select day, working from calendar_day")
    return Calendar([r["day"] for r in rows if not r["working"]], [r["day"] for r in rows if r["working"]])


def standing(
    store: Store, now: datetime, *, source: str = "", start: date | None = None, stop: date | None = None
) -> dict[str, list[Standing]]:
    """Return how sources stand: with the last period that was due and what follows, or with all of [start, stop).

    Periods of a source stand in the order of its rules, then in time. Raises :class:`StoreDown`.
    """
    found: dict[str, list[Standing]] = {}
    days = calendar(store)
    said = store.rows(
        "select r.source, r.rule, r.declared_at from due_rule r join source s on s.name = r.source and s.configured"
        " where %(source)s = '' or r.source = %(source)s order by r.source, r.position",
        {"source": source},
    )
    for row in said:
        rule = Due.model_validate(row["rule"])
        if start is not None and stop is not None:
            periods = list(owed(rule, days, start, stop))
        else:
            # A centre that began yesterday has nobody to blame for last quarter.
            periods = [one for one in pending(rule, days, now) if one.at >= row["declared_at"]]
        facts = _facts(store, row["source"], rule, periods)
        its = [judge(rule, one, facts[one.start], now, row["declared_at"]) for one in periods]
        found.setdefault(row["source"], []).extend(its)
    return found


def _facts(store: Store, source: str, rule: Due, periods: Sequence[Owed]) -> dict[date, Facts]:
    """Read what is stored of these periods, by their first days."""
    if not periods:
        return {}
    before = [period(rule.every, one.start - timedelta(days=1)) for one in periods]
    after = [period(rule.every, one.end + timedelta(days=1)) for one in periods]
    arguments: dict[str, Any] = {
        "source": source,
        "starts": [one.start for one in periods],
        "ends": [one.end for one in periods],
        "last_starts": [start for start, _ in before],
        "last_ends": [end for _, end in before],
        # What is refused from the last day of a period on speaks of it, until the next one ends.
        "opens": [_midnight(one.end) for one in periods],
        "closes": [_midnight(end) for _, end in after],
        "whole": rule.whole,
        "units": list(rule.units),
        "indicators": list(rule.indicators),
        "factor": rule.factor,
    }
    came: defaultdict[date, dict[tuple[str, str], Came]] = defaultdict(dict)
    for row in store.rows(QUERIES["came"], arguments):
        said = Came(row["first"], row["revision"], row["revised_at"], row["mismatched"], row["leapt"])
        came[row["start"]][row["unit"], row["indicator"]] = said
    refused = {row["start"]: row["refused"] for row in store.rows(QUERIES["refused"], arguments)}
    return {one.start: Facts(came[one.start], refused.get(one.start, 0)) for one in periods}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)


def worst(standings: Iterable[Standing]) -> list[Standing]:
    """Return those that somebody has to see to, the earliest hour first."""
    return sorted((s for s in standings if s.state not in ("not_due", "on_time", "not_owed")), key=lambda s: s.owed.at)
