"""Programmes on the loudspeakers as facts: out of hours, too long, not heard, or an emergency's."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from ingest.facts import View
from ingest.incidents import Fact
from ingest.rule import BroadcastRule
from ingest.sql import QUERIES

_BACK = timedelta(minutes=15)
"""A change is stamped before it is committed, and a schedule may come after what was played by it."""
_UNHEARD, _UNHEARD_FIRST = timedelta(hours=6), timedelta(days=2)


def facts(view: View, rule: BroadcastRule) -> list[Fact]:
    """Return the broadcasts that fire, and those that incidents are about, with their ends."""
    forms = [
        {
            "unit": unit, "since": since.isoformat(), "enabled": form.enabled,
            "windows": [window.seconds() for window in form.when.windows], "unplanned": form.when.unplanned,
            "tolerance_s": form.when.tolerance.total_seconds(), "longest_s": form.when.longest.total_seconds(),
        }
        for unit, since, form in view.rules.since(rule.key)
        if isinstance(form, BroadcastRule)
    ]  # fmt: skip
    asked: dict[str, Any] = {"forms": orjson.dumps(forms).decode(), "now": view.now}
    if rule.when.check == "not_heard":
        back = _UNHEARD if view.since else _UNHEARD_FIRST
        rows = view.rows(QUERIES["unheard"], asked | {"oldest": (view.since or view.now) - back})
        return [*_watched(view, rule), *(_unheard(row) for row in rows)]
    since = view.since - _BACK if view.since else view.now - timedelta(days=3650)
    played = view.rows(QUERIES["played"], asked | {"since": since})
    found = (_fact(rule, row) for row in played)
    return [*_watched(view, rule), *(fact for fact in found if fact is not None)]


def _subject(row: Mapping[str, Any], kind: str, device: str | None = None) -> str:
    name = f"{kind}/{row['source']}/{row['id']}"
    return name if device is None else f"{name}#{device}"


def _fact(rule: BroadcastRule, row: Mapping[str, Any]) -> Fact | None:
    why = _why(rule, row)
    if not why:
        return None
    since = row["starts_at"]
    value = threshold = None
    if rule.when.check == "too_long":
        since += timedelta(seconds=row["longest_s"])
        value, threshold = round(Decimal(row["lasted_s"]) / 60, 1), round(Decimal(row["longest_s"]) / 60, 1)
    evidence = {"programme": row["programme"], "priority": row["priority"], "device": row["device"], "why": why,
                "starts_at": row["starts_at"].isoformat()}  # fmt: skip
    subject = _subject(row, "played")
    return Fact(row["unit"], subject, "fires", since, row["programme"], value, threshold, evidence, {}, _end(row))


def _why(rule: BroadcastRule, row: Mapping[str, Any]) -> list[str]:
    emergency = row["priority"] == "emergency"
    match rule.when.check:
        case "emergency":
            return ["emergency"] if emergency else []
        case "too_long":
            return ["too_long"] if not emergency and row["lasted_s"] > row["longest_s"] else []
    return [] if emergency else [word for word in ("outside", "unplanned") if row[word]]


def _end(row: Mapping[str, Any]) -> datetime | None:
    """Return when it ended: one that is over and does not say when ended as it began."""
    if row["state"] == "playing" and row["ends_at"] is None:
        return None
    end: datetime = row["ends_at"] or row["starts_at"]
    return end


def _unheard(row: Mapping[str, Any]) -> Fact:
    evidence = {"programme": row["programme"], "priority": row["priority"], "device": row["device"],
                "why": ["not_heard"], "starts_at": row["starts_at"].isoformat()}  # fmt: skip
    subject = _subject(row, "planned", row["device"])
    ended = row["ends_at"] or row["starts_at"]
    return Fact(row["unit"], subject, "fires", row["starts_at"], row["programme"], None, None, evidence, {}, ended)


def _watched(view: View, rule: BroadcastRule) -> list[Fact]:
    """Return the ends of broadcasts that an incident is about and that have not ended there."""
    names = [
        (one.unit, str(m["subject"]))
        for one in view.boards[rule.key].incidents.values()
        if one.holds
        for m in one.members
        if not m.get("ended_at")
    ]
    keys = [(unit, *subject.split("/", 2)) for unit, subject in names]
    if not keys:
        return []
    rows = view.rows(QUERIES["broadcast_ends"], [list(column) for column in zip(*keys, strict=True)])
    return [Fact(r["unit"], _subject(r, r["kind"]), "clear", r["starts_at"], ended_at=_end(r)) for r in rows]
