"""Thresholds as people set them on the screen: kept for ever, each from a day on, over what the configuration says.

A row says everything that a commune wants otherwise of a rule; what it leaves out is as the configuration says it. It
holds from the midnight of its day, or from when it was said, whichever is later: what was judged before stays judged.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from pydantic import ValidationError

from connectors.contract import LOCAL, Fault, IocError
from ingest.refusals import refusals
from ingest.rule import Rule
from ingest.rules import Rules, Variant, communes, merged, midnight
from ingest.sql import QUERIES
from ingest.store import Link

log = logging.getLogger(__name__)

SETTABLE = ("enabled", "severity", "for", "clear_for", "owner", "escalate", "when")
"""Keys of a rule that the screen may say."""
BUILT_IN = frozenset({"key", "figure", "of", "check", "kind", "states", "by"})
"""Keys of a condition that say what it is about, not how much; those stay the configuration's."""
AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wanted of a rule for a commune, since a local day; ``wants`` as ``[[rules.<rule>]]`` has it."""

    id: int
    rule: str
    unit: str
    valid_from: date
    holds_from: datetime
    wants: Mapping[str, Any]
    actor: str
    reason: str
    changed_at: datetime

    @property
    def variant(self) -> Variant:
        """The same as rules take it."""
        return Variant(self.unit, self.holds_from, self.wants)


class CannotSet(IocError):
    """It can't be so: every fault with its place."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.place}: {fault.reason}" for fault in faults))
        self.faults = faults


class SaidBefore(IocError):
    """Somebody else set the rule meanwhile."""

    def __init__(self, last: Said) -> None:
        super().__init__(f"{last.actor} set {last.rule} at {last.changed_at.isoformat()}; look again")
        self.last = last


def history(link: Link, rule: str | None = None, unit: str | None = None) -> list[Said]:
    """Return everything that was said, of a rule and a commune or of all, in the order in which it was said."""
    with link.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(QUERIES["thresholds"], {"rule": rule, "unit": unit}).fetchall()
    return [Said(**row) for row in rows]


def newest(said: Iterable[Said]) -> list[Said]:
    """Return what counts: of what was said for one instant of a rule and a commune, the last."""
    return list({(one.rule, one.unit, one.holds_from): one for one in sorted(said, key=lambda one: one.id)}.values())


def over(rules: Rules, said: Iterable[Said]) -> tuple[Rules, list[Said]]:
    """Return the rules with what was said of them, and what fits them no more: that counts for nothing."""
    fit: dict[str, list[Variant]] = {}
    unfit: list[Said] = []
    for one in newest(said):
        if one.rule in rules and not _faults(rules, one.rule, one.unit, one.holds_from, one.wants):
            fit.setdefault(one.rule, []).append(one.variant)
        else:
            unfit.append(one)
    return rules.with_said(fit), unfit


def standing(link: Link, rules: Rules) -> Rules:
    """Return the configuration's rules with what the screen says of them now."""
    return over(rules, history(link))[0]


class Followed:
    """The rules of a process that runs on: read again as soon as somebody set one."""

    def __init__(self, rules: Rules) -> None:
        self._rules = self._standing = rules
        self._many = 0

    def read(self, link: Link) -> Rules:
        """Return the rules as they stand."""
        (many,) = link.execute("select count(*) from threshold").fetchone() or (0,)  # it is only added to
        if many != self._many:
            self._standing, unfit = over(self._rules, history(link))
            self._many = many
            log.info("thresholds read said=%d", many)
            for one in unfit:
                log.warning("a threshold fits its rule no more rule=%s unit=%s id=%d", one.rule, one.unit, one.id)
        return self._standing


def put(
    link: Link,
    rules: Rules,
    rule: str,
    unit: str,
    wants: Mapping[str, Any],
    *,
    valid_from: date,
    reason: str,
    actor: str,
    version: int,
) -> Said:
    """Say what a commune wants of a rule from a local day on; ``version``: the number of what was said last, as known.

    ``rules`` are the configuration's. Raises :class:`SaidBefore`, and :class:`CannotSet` with every fault.
    """
    link.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"threshold/{rule}/{unit}",))
    before = history(link, rule, unit)
    if before and before[-1].id != version:
        raise SaidBefore(before[-1])
    (now,) = link.execute("select now()").fetchone() or (None,)
    assert isinstance(now, datetime)  # noqa: S101 - it always answers
    holds_from = max(midnight(valid_from), now)
    faults = [*_when(valid_from, now.astimezone(LOCAL).date()), *_keys(rules, rule, unit, wants)]
    faults += [] if faults else _faults(rules, rule, unit, holds_from, wants)
    if not faults:
        was = over(rules, before)[0].of(rule, unit, holds_from)
        if was == merged(rules.of(rule, unit, holds_from), wants):
            faults = [Fault("wants", "that is how it stands from that day on", "không có gì khác với ngày hiệu lực đó")]
    if faults:
        raise CannotSet(faults)
    row = {"rule": rule, "unit": unit, "valid_from": valid_from, "wants": Jsonb(dict(wants)), "actor": actor,
           "reason": reason}  # fmt: skip
    id_, holds_from, changed_at = link.execute(QUERIES["add_threshold"], row).fetchone() or ()
    return Said(id_, rule, unit, valid_from, holds_from, wants, actor, reason, changed_at)


def _when(day: date, today: date) -> list[Fault]:
    if day < today:
        return [Fault("valid_from", f"the past is not rewritten; {today} at the earliest",
                      f"không đổi quá khứ; sớm nhất là {today:%d/%m/%Y}")]  # fmt: skip
    if day - today > AHEAD:
        return [Fault("valid_from", f"more than {AHEAD.days} days ahead; correct the year",
                      f"quá {AHEAD.days} ngày tới; kiểm tra lại năm")]  # fmt: skip
    return []


def _keys(rules: Rules, rule: str, unit: str, wants: Mapping[str, Any]) -> list[Fault]:
    faults = []
    if unit not in communes():
        faults.append(Fault("unit", f"{unit} is no commune of today", f"{unit} không phải mã xã hiện nay"))
    faults += [
        Fault(f"wants.{key}", f"can't be set here; there are {', '.join(SETTABLE)}", "mục này không đặt được ở đây")
        for key in sorted(set(wants) - set(SETTABLE))
    ]
    when = wants.get("when", {})
    if not isinstance(when, Mapping):
        return [*faults, Fault("wants.when", "a table is expected", "cần các mục của điều kiện")]
    return faults + [
        Fault(f"wants.when.{key}", "says what the rule is about; only ioc.toml changes it",
              "cho biết quy tắc nói về điều gì; chỉ sửa trong ioc.toml")
        for key in sorted(BUILT_IN & set(when))
    ]  # fmt: skip


def _faults(rules: Rules, rule: str, unit: str, since: datetime, wants: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with it beside what the configuration says then, and will say later."""
    found: dict[Fault, None] = {}
    for at in {since, *(turn for turn in rules.turns(rule, unit) if turn > since)}:
        configured: Rule = rules.of(rule, unit, at)
        try:
            merged(configured, wants)
        except ValidationError as error:
            found |= dict.fromkeys(refusals(error, type(configured), "wants"))
    return list(found)
