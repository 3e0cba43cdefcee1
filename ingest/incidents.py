"""Incidents, pure: what holds now and what was told before in; what begins, grows worse, ends or returns out.

An incident keeps when it truly began and when it was announced. It is announced when its condition has held for the
rule's ``for``, ends when it has been well for ``clear_for``, and between the two bounds nothing moves. What is not seen
neither begins nor ends anything. Source of the habits: Prometheus' alerts (``for``, ``keep_firing_for``).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from ingest.conditions import SEVERITIES, Severity
from ingest.rule import Rule

State = Literal["open", "acknowledged", "in_progress", "resolved", "false_alarm"]
OPEN: tuple[State, ...] = ("open", "acknowledged", "in_progress")
"""States in which somebody still has to do something."""
Verdict = Literal["fires", "between", "clear", "unseen", "exempt"]
Key = tuple[str, str]
"""Unit and subject: with the rule what an incident is about."""
Member = dict[str, Any]
"""Who belongs to an incident: ``subject``, ``title``, ``since``, and ``ended_at`` where that is known."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is seen of one subject now.

    ``since`` (UTC) is when that truly began, where it is known; ``exempt`` is what ends an incident at once:
    maintenance, retirement. ``places`` tells what a device shares with others, by the rules of a group.
    """

    unit: str
    subject: str
    verdict: Verdict
    since: datetime | None = None
    title: str = ""
    value: Decimal | None = None
    threshold: Decimal | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    ended_at: datetime | None = None
    members: tuple[Member, ...] = ()

    @property
    def key(self) -> Key:
        """Unit and subject."""
        return self.unit, self.subject


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident; ``since`` is the begin of this time, ``opened_at`` that of the first (UTC)."""

    rule: str
    unit: str
    subject: str
    subject_kind: str
    title_vi: str
    title_en: str
    owner: str
    severity: Severity
    opened_at: datetime
    since: datetime
    announced_at: datetime
    subject_title: str = ""
    state: State = "open"
    clearing_since: datetime | None = None
    cleared_at: datetime | None = None
    closed_at: datetime | None = None
    assignee: str | None = None
    members: tuple[Member, ...] = ()
    value: Decimal | None = None
    threshold: Decimal | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    folded_into: int | None = None
    id: int | None = None
    version: int = 0

    @property
    def key(self) -> Key:
        """Unit and subject."""
        return self.unit, self.subject

    @property
    def holds(self) -> bool:
        """Tell whether its condition has not ended, whatever a person made of it."""
        return self.cleared_at is None

    @property
    def names(self) -> set[str]:
        """The subjects of its members."""
        return {str(member["subject"]) for member in self.members}


@dataclass(frozen=True, slots=True)
class Move:
    """One step of an incident's life, as its history tells it."""

    before: Incident | None
    after: Incident
    action: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Board:
    """What one rule has told so far: its newest incident of each subject, and since when others hold, not yet told."""

    incidents: dict[Key, Incident] = field(default_factory=dict)
    pending: dict[Key, datetime] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    touched: dict[Key, Incident] = field(default_factory=dict)
    """Incidents whose clock or value moved without a step."""

    def put(self, after: Incident, action: str, **detail: Any) -> Incident:
        """Take a step of an incident's life."""
        before = None if action == "opened" else self.incidents[after.key]
        self.moves.append(Move(before, after, action, detail))
        self.incidents[after.key] = after
        self.touched.pop(after.key, None)
        return after

    def touch(self, after: Incident) -> Incident:
        """Note what changes without being told."""
        if after != self.incidents[after.key]:
            self.incidents[after.key] = self.touched[after.key] = after
        return after


def severity(rule: Rule, since: datetime, value: Decimal | None, now: datetime) -> Severity:
    """Return how loud a rule is by now."""
    reached = [
        step.severity
        for step in rule.escalate
        if (step.after is not None and now - since >= step.after) or (value is not None and step.fires(value))
    ]
    return max([rule.severity, *reached], key=SEVERITIES.index)


def follow(
    rule_of: Callable[[str], Rule],
    board: Board,
    facts: Iterable[Fact],
    now: datetime,
    held: Mapping[Key, int | None] | None = None,
) -> Board:
    """Move a rule's incidents on by what is seen now; of subjects without a fact nothing is known.

    ``rule_of`` gives the rule as it stands for a commune. ``held`` are subjects that an incident of their group tells
    of, with its id: they are not announced, and what was announced of them ends in it; None: the group's incident is
    about to come. Returns the board, moved.
    """
    seen: set[Key] = set()
    for fact in sorted(facts, key=lambda f: f.key):
        seen.add(fact.key)
        _one(rule_of(fact.unit), board, fact, now, held or {})
    for key in board.pending.keys() - seen:
        del board.pending[key]
    return board


def _one(rule: Rule, board: Board, fact: Fact, now: datetime, held: Mapping[Key, int | None]) -> None:
    incident = board.incidents.get(fact.key)
    if fact.verdict != "fires":
        board.pending.pop(fact.key, None)
    if fact.verdict == "fires":
        _fires(rule, board, fact, incident, now, held)
    elif incident is None or not incident.holds:
        return
    elif fact.verdict == "exempt":
        ended = replace(incident, cleared_at=now, clearing_since=None)
        close(board, ended, now, auto=True, **fact.evidence)
    elif fact.verdict == "clear":
        settle(rule, board, incident, fact.since, now)
    elif incident.clearing_since is not None:
        board.touch(replace(incident, clearing_since=None))


def settle(rule: Rule, board: Board, incident: Incident, since: datetime | None, now: datetime) -> None:
    """Wait until it has been well for long enough; then it ended when it became well."""
    since = max(since or incident.clearing_since or now, incident.since)
    if now - since < rule.clear_for:
        board.touch(replace(incident, clearing_since=since))
        return
    close(board, replace(incident, cleared_at=since, clearing_since=None), now, auto=rule.closes == "auto")


def close(board: Board, ended: Incident, now: datetime, *, auto: bool, **detail: Any) -> None:
    """Note that the condition ended; nobody else has to, where the rule says so."""
    if ended.closed_at is None and auto:
        ended = replace(ended, state="resolved", closed_at=now)
    board.put(ended, "cleared", **detail)


def _fires(
    rule: Rule, board: Board, fact: Fact, incident: Incident | None, now: datetime, held: Mapping[Key, int | None]
) -> None:
    since = fact.since or board.pending.get(fact.key) or now
    told = incident is not None and incident.holds
    if fact.key in held:
        into = held[fact.key]
        if incident is not None and incident.holds and incident.closed_at is None and into is not None:
            ended = replace(incident, state="resolved", closed_at=now, cleared_at=now, clearing_since=None,
                            folded_into=into)  # fmt: skip
            board.put(ended, "folded", into=into)
        return
    if fact.since is None and not told:
        board.pending[fact.key] = since
    if incident is not None and told:
        still(rule, board, fact, incident, now)
    elif now - since >= rule.for_:
        board.pending.pop(fact.key, None)
        begin(rule, board, fact, since, now)


def still(rule: Rule, board: Board, fact: Fact, incident: Incident, now: datetime) -> None:
    """Take note that the condition of an incident holds on."""
    if incident.closed_at is not None:
        # A person ended it. What is resolved and still there returns; a false alarm is one until it ends.
        if incident.state == "resolved" and now - incident.closed_at >= rule.reopen_within:
            again(rule, board, incident, fact, fact.since or incident.since, now, why="still_there")
        return
    after = replace(incident, clearing_since=None, value=fact.value, threshold=fact.threshold,
                    evidence={**incident.evidence, **fact.evidence})  # fmt: skip
    louder = severity(rule, incident.since, fact.value, now)
    if SEVERITIES.index(louder) > SEVERITIES.index(incident.severity):
        board.put(replace(after, severity=louder), "escalated", severity=louder, was=incident.severity)
    else:
        board.touch(after)


def begin(rule: Rule, board: Board, fact: Fact, since: datetime, now: datetime) -> Incident:
    """Announce: a new incident, or the last one of this subject again where it ended so shortly before."""
    last = board.incidents.get(fact.key)
    if last is not None and last.closed_at is None:
        return again(rule, board, last, fact, since, now, why="returned")
    if last is not None and last.closed_at is not None and last.state == "resolved":
        ended = max(last.closed_at, last.cleared_at or last.closed_at)
        if last.folded_into is None and now - ended <= rule.reopen_within:
            return again(rule, board, last, fact, since, now, why="soon")
    since = min(since, now)
    named = f": {fact.title}" if fact.title else ""
    kind = {"outbreak": "indicator", "flapping": "device"}.get(rule.subject, rule.subject)
    made = Incident(
        rule.key, fact.unit, fact.subject, kind, rule.title_vi + named, rule.title_en + named, rule.owner,
        severity(rule, since, fact.value, now), since, since, now, fact.title, members=fact.members, value=fact.value,
        threshold=fact.threshold, evidence=fact.evidence,
    )  # fmt: skip
    return board.put(made, "opened", severity=made.severity)


def again(
    rule: Rule, board: Board, last: Incident, fact: Fact, since: datetime, now: datetime, *, why: str
) -> Incident:
    """Return to an incident that had ended: the same one, with all its history."""
    since = min(max(since, last.opened_at), now)
    loud = severity(rule, since, fact.value, now)
    back = replace(
        last, state="open" if last.closed_at is not None else last.state, severity=loud, since=since, announced_at=now,
        clearing_since=None, cleared_at=None, closed_at=None, value=fact.value, threshold=fact.threshold,
        evidence={**last.evidence, **fact.evidence}, folded_into=None,
        members=fact.members or last.members,
    )  # fmt: skip
    return board.put(back, "reopened" if last.closed_at is not None else "returned", why=why, severity=loud)
