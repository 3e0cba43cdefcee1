"""The alarm rules with their thresholds: as shipped, as ``ioc.toml`` changes them, and as an admin sets them here.

What is set here for a commune goes before what the file says of it, that before what the file says of all, and that
before what is shipped. Nothing set here is rewritten: it holds from its day until the next one.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api import PREFIX
from api.access import ADMIN, TECHNICIAN, Principal
from api.accounts import audit
from api.answer import Json
from api.context import TheSettings, TheStore
from api.listing import Asked, Day
from api.maintenance import refused, sentence
from api.problems import Problem
from api.rule_text import condition, difference, plain, toml
from connectors.contract import LOCAL
from ingest import rules, thresholds
from ingest.conditions import Severity
from ingest.rule import Actor, Rule, Subject
from ingest.rules import Change, Rules, midnight
from ingest.store import Link
from ingest.thresholds import CannotSet, Said, SaidBefore

router = APIRouter(prefix=PREFIX, tags=["rules"])

Unit = Annotated[str, Field(pattern=r"^[0-9]{5}$")]


class Form(BaseModel):
    """A rule as it holds for a commune (null: all) from an instant on; ``changed``: what differs from the one below.

    ``said_by``, ``reason`` and ``said_at`` are of one that was set on the screen, null of what the file says.
    """

    unit: str | None
    valid_from: date
    holds_from: datetime
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
    said_by: str | None
    said_at: datetime | None
    reason: str | None


class Threshold(BaseModel):
    """A rule for one commune: ``now`` as it stands, ``configured`` as it would without what was set on the screen.

    ``forms``: the shipped one, the changes of ``ioc.toml``, then those of the screen in the order in which they were
    set. ``version``: the number of the last of them, 0 where there is none. ``toml``: the lines that would change it.
    """

    key: str
    unit: str
    subject: Subject
    title_vi: str
    title_en: str
    help: str
    help_en: str
    source: str
    source_en: str
    version: int
    now: Form
    configured: Form
    forms: list[Form]
    toml: str


class Thresholds(BaseModel):
    """Every rule, by subject."""

    items: list[Threshold]


class Sought(Asked):
    """Of which commune; none: the centre's own."""

    unit: Unit | None = None


class SoughtAt(Sought):
    """And at which instant; none: now, a bare day: its begin."""

    at: Day | None = None


class Wish(BaseModel):
    """What a commune wants of a rule from a day on (none: at once), whole: what ``wants`` leaves out is as configured.

    ``wants`` has the keys of ``[[rules.KEY]]``: enabled, severity, for, clear_for, owner, escalate, when. ``version``:
    that of the rule in sight of which it was wanted; 409 where somebody set it since.
    """

    model_config = ConfigDict(extra="forbid")

    unit: Unit | None = None
    wants: dict[str, Any]
    valid_from: date | None = None
    reason: Annotated[str, Field(max_length=500), AfterValidator(sentence)]
    version: int


@router.get("/rules", response_model=Thresholds, dependencies=[TECHNICIAN])
def all_thresholds(asked: Annotated[Sought, Query()], settings: TheSettings, store: TheStore) -> Json:
    """Return every alarm rule with its thresholds for a commune, durations in seconds, and what was set when."""
    unit = asked.unit or settings.commune.unit
    with store.transaction() as link:
        said = thresholds.history(link, unit=unit)
    known, now = rules.load(settings.rules), datetime.now(UTC)
    return Json({"items": [_told(known, rule, settings.rules.get(rule.key, ()), said, unit, now) for rule in known]})


@router.get("/rules/{key}", response_model=Form, dependencies=[TECHNICIAN])
def threshold(key: str, asked: Annotated[SoughtAt, Query()], settings: TheSettings, store: TheStore) -> Json:
    """Return a rule as it stood for a commune at an instant, also one to come; 404 where there is none of this key."""
    unit, at = asked.unit or settings.commune.unit, asked.at or datetime.now(UTC)
    known = rules.load(settings.rules)
    rule = _found(known, key)
    with store.transaction() as link:
        said = thresholds.history(link, key, unit)
    return Json(_stands(known, rule, settings.rules.get(key, ()), said, unit, at))


@router.put("/rules/{key}", response_model=Threshold)
def set_threshold(
    key: str, what: Wish, settings: TheSettings, store: TheStore, who: Annotated[Principal, ADMIN]
) -> Json:
    """Set a rule for a commune from a day on; 422 with every fault at its field, 409 where somebody was first."""
    unit = what.unit or settings.commune.unit
    known, now = rules.load(settings.rules), datetime.now(UTC)
    rule = _found(known, key)
    with store.transaction() as link:
        before = thresholds.history(link, key, unit)
        try:
            said = thresholds.put(
                link, known, key, unit, what.wants, valid_from=what.valid_from or now.astimezone(LOCAL).date(),
                reason=what.reason, actor=who.name, version=what.version,
            )  # fmt: skip
        except SaidBefore as error:
            raise _first(known, key, unit, what.version, error, link) from error
        except CannotSet as error:
            raise refused(error.faults) from error
        fields = difference(*_beside(known, key, unit, before, said))
        audit(link, who.name, "rule.set", key, unit=unit, valid_from=said.valid_from, fields=fields, reason=what.reason)
    entries = settings.rules.get(key, ())
    return Json(_told(known, rule, entries, [*before, said], unit, max(now, said.changed_at)))


def _found(known: Rules, key: str) -> Rule:
    if key not in known:
        raise Problem(404, "not-found", f"there is no rule {key}; see /api/v1/rules")
    return known[key]


def _beside(known: Rules, key: str, unit: str, before: Sequence[Said], said: Said) -> tuple[Rule, Rule]:
    """Return the rule without and with what was said, both when that begins to hold."""
    was, its = thresholds.over(known, before)[0], thresholds.over(known, [*before, said])[0]
    return was.of(key, unit, said.holds_from), its.of(key, unit, said.holds_from)


def _first(known: Rules, key: str, unit: str, version: int, error: SaidBefore, link: Link) -> Problem:
    """Return the problem that tells who set it meanwhile, and what became of it."""
    said = thresholds.history(link, key, unit)
    seen = [one for one in said if one.id <= version]
    was = thresholds.over(known, seen)[0].of(key, unit, error.last.holds_from)
    its = thresholds.over(known, said)[0].of(key, unit, error.last.holds_from)
    last = error.last
    return Problem(
        409, "changed-before", str(error), by=last.actor, at=last.changed_at.isoformat(), version=last.id,
        valid_from=last.valid_from.isoformat(), fields=difference(was, its),
    )  # fmt: skip


def _told(
    known: Rules, rule: Rule, entries: Sequence[Mapping[str, Any]], said: Sequence[Said], unit: str, now: datetime
) -> dict[str, Any]:
    its = [one for one in said if one.rule == rule.key]
    today = now.astimezone(LOCAL).date()
    return {
        "key": rule.key, "unit": unit, "subject": rule.subject, "title_vi": rule.title_vi, "title_en": rule.title_en,
        "help": rule.help, "help_en": rule.help_en, "source": rule.source, "source_en": rule.source_en,
        "version": its[-1].id if its else 0,
        "now": _stands(known, rule, entries, its, unit, now),
        "configured": _stands(known, rule, entries, [], unit, now),
        "toml": toml(known.of(rule.key, unit, now), unit, today),
        "forms": [*_of_file(known, rule, entries, today), *_of_screen(known, rule, its, unit, now)],
    }  # fmt: skip


def _stands(
    known: Rules, rule: Rule, entries: Sequence[Mapping[str, Any]], said: Sequence[Said], unit: str, at: datetime
) -> dict[str, Any]:
    """Return the form that holds at an instant, with who set it."""
    form = thresholds.over(known, said)[0].of(rule.key, unit, at)
    counts = [one for one in thresholds.newest(said) if one.holds_from <= at]
    last = max(counts, key=lambda one: one.holds_from, default=None)
    if last is not None:
        return _form(form, unit, last.valid_from, sorted(last.wants), in_force=True, said=last)
    of_file = [one for one in _of_file(known, rule, entries, at.astimezone(LOCAL).date()) if one["in_force"]]
    whose = next((one for one in reversed(of_file) if one["unit"] == unit), None)
    whose = whose or next(one for one in reversed(of_file) if one["unit"] is None)
    return _form(form, whose["unit"], whose["valid_from"], whose["changed"], in_force=True)


def _of_file(
    known: Rules, shipped: Rule, entries: Sequence[Mapping[str, Any]], today: date
) -> Iterator[dict[str, Any]]:
    changes = [Change.model_validate(entry) for entry in entries]
    since = [(change.unit or "", change.valid_from or shipped.valid_from) for change in changes]
    yield _form(shipped, None, shipped.valid_from, [], in_force=True)
    for change, (unit, day) in zip(changes, since, strict=True):
        newest = max((d for u, d in since if u == unit and d <= today), default=None)
        form = known.of(shipped.key, unit, day)
        yield _form(form, unit or None, day, sorted(change.model_extra or {}), in_force=day == newest)


def _of_screen(known: Rules, rule: Rule, its: Sequence[Said], unit: str, now: datetime) -> Iterator[dict[str, Any]]:
    counts = thresholds.newest(its)
    last = max((one for one in counts if one.holds_from <= now), key=lambda one: one.holds_from, default=None)
    for one in its:
        form = thresholds.over(known, [one])[0].of(rule.key, unit, one.holds_from)
        yield _form(form, unit, one.valid_from, sorted(one.wants), in_force=one == last, said=one)


def _form(
    rule: Rule, unit: str | None, day: date, changed: list[str], *, in_force: bool, said: Said | None = None
) -> dict[str, Any]:
    return {
        "unit": unit, "valid_from": day, "holds_from": said.holds_from if said else midnight(day), "in_force": in_force,
        "enabled": rule.enabled, "severity": rule.severity, "for_s": rule.for_.total_seconds(),
        "clear_for_s": rule.clear_for.total_seconds(), "closes": rule.closes, "owner": rule.owner, "changed": changed,
        "when": plain(condition(rule)),
        "escalate": [plain(step.model_dump(exclude_unset=True)) for step in rule.escalate],
        "said_by": said.actor if said else None, "said_at": said.changed_at if said else None,
        "reason": said.reason if said else None,
    }  # fmt: skip
