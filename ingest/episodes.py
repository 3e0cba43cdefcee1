"""Events that belong together are one incident, pure: eight clusters that begin to play at 03:15 are one matter."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ingest.incidents import Board, Fact, Incident, Member, begin, close
from ingest.rule import BroadcastRule, Rule


def collect(rule_of: Callable[[str], BroadcastRule], board: Board, facts: Iterable[Fact], now: datetime) -> Board:
    """Move a rule's incidents on by events: those that fire, and watched ones with their end if they have it.

    An event that begins within the rule's time of a member of an incident that is still open joins it. Nothing that a
    person closed is opened by the same event again. Returns the board, moved.
    """
    for fact in sorted(facts, key=lambda f: (f.since or now, f.key)):
        rule = rule_of(fact.unit)
        its = [one for one in board.incidents.values() if one.unit == fact.unit]
        known = next((one for one in its if fact.subject in one.names), None)
        if known is not None:
            _ended(board, known, fact)
        elif fact.verdict == "fires" and fact.since is not None and now - fact.since >= rule.for_:
            near = next((one for one in _ordered(its) if _near(one, fact.since, rule.when.within)), None)
            if near is None:
                begin(rule, board, replace(fact, members=(_member(fact),)), fact.since, now)
            else:
                _join(board, near, fact)
    for incident in list(board.incidents.values()):
        if incident.holds:
            _close(rule_of(incident.unit), board, incident, now)
    return board


def _ordered(incidents: Sequence[Incident]) -> list[Incident]:
    return sorted((one for one in incidents if one.closed_at is None), key=lambda one: (one.since, one.subject))


def _near(incident: Incident, at: datetime, within: timedelta) -> bool:
    return any(abs(datetime.fromisoformat(str(m["since"])) - at) <= within for m in incident.members)


def _member(fact: Fact) -> Member:
    since = fact.since.isoformat() if fact.since else None
    ended = fact.ended_at.isoformat() if fact.ended_at else None
    return {"subject": fact.subject, "title": fact.title, "since": since, "ended_at": ended, **fact.evidence}


def _join(board: Board, incident: Incident, fact: Fact) -> None:
    since = min(incident.since, fact.since or incident.since)
    board.put(
        replace(
            incident,
            opened_at=min(incident.opened_at, since),
            since=since,
            members=_sorted((*incident.members, _member(fact))),
            cleared_at=None,
        ),
        "joined",
        subjects=[fact.subject],
    )


def _ended(board: Board, incident: Incident, fact: Fact) -> None:
    if fact.ended_at is None:
        return
    ended = fact.ended_at.isoformat()
    members = tuple({**m, "ended_at": ended} if m["subject"] == fact.subject else m for m in incident.members)
    if members != incident.members:
        board.touch(replace(incident, members=members))


def _close(rule: Rule, board: Board, incident: Incident, now: datetime) -> None:
    ends = [str(m["ended_at"]) for m in incident.members if m.get("ended_at")]
    ended = max(map(datetime.fromisoformat, ends), default=now)
    if len(ends) == len(incident.members) and ended <= now:
        close(board, replace(incident, cleared_at=ended), now, auto=rule.closes == "auto")


def _sorted(members: Iterable[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda m: (str(m["since"]), m["subject"])))
