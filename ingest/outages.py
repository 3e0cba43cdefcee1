"""Devices that fall together, pure: one incident for the group, with its members, instead of one for each.

A group is what devices share: an upstream line, a hamlet, a kind, the commune. It fell when more than the rule's share
of those that were there fell within a short time of each other. Of several explanations the one with most members
counts, then the one that explains them best. Whatever of the group falls later joins; the group has returned when few
of its members are still away, and each of those is then an outage of its own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from ingest.incidents import Board, Fact, Incident, Key, Member, begin, settle, still
from ingest.rule import GroupRule

_KINDS = {"camera": "camera", "loudspeaker": "cụm loa", "network": "thiết bị mạng"}


class Fallen(NamedTuple):
    """A group that fell: what it shares, who fell, and the instant at which most of it was gone (UTC)."""

    place: str
    name: str
    facts: tuple[Fact, ...]
    there: int
    at: datetime

    @property
    def subject(self) -> str:
        """As the incident is keyed."""
        return f"{self.place}/{self.name}"

    @property
    def names(self) -> set[str]:
        """The subjects of those that fell."""
        return {fact.subject for fact in self.facts}


def gather(
    rule_of: Callable[[str], GroupRule], board: Board, facts: Iterable[Fact], now: datetime
) -> dict[Key, Incident | None]:
    """Move a group rule's incidents on by all devices of the communes at stake, seen now.

    Returns the devices that a group's incident tells of; None where that is about to be announced.
    """
    by_unit: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_unit[fact.unit].append(fact)
    held: dict[Key, Incident | None] = {}
    for unit, its in sorted(by_unit.items()):
        held |= _commune(rule_of(unit), board, unit, sorted(its, key=lambda f: f.subject), now)
    return held


def _commune(
    rule: GroupRule, board: Board, unit: str, facts: Sequence[Fact], now: datetime
) -> dict[Key, Incident | None]:
    for incident in _live(board, unit):
        _join(rule, board, incident, facts)
    for incident in _live(board, unit):
        _returning(rule, board, incident, facts, now)
    held: dict[Key, Incident | None] = {}
    for group in _groups(rule, _live(board, unit), facts):
        if now - group.at < rule.for_:
            held |= {(unit, name): None for name in group.names}
        else:
            _announce(rule, board, unit, group, now)
    for incident in _live(board, unit):
        held |= {(unit, name): incident for name in incident.names}
    return held


def _live(board: Board, unit: str) -> list[Incident]:
    its = (one for one in board.incidents.values() if one.unit == unit and one.holds)
    return sorted(its, key=lambda one: (one.since, one.subject))


def _join(rule: GroupRule, board: Board, incident: Incident, facts: Iterable[Fact]) -> None:
    """Take in whoever of the group is away too, but for those that were away long before."""
    place, _, name = incident.subject.partition("/")
    others = {n for one in _live(board, incident.unit) if one.key != incident.key for n in one.names}
    fresh = [
        f for f in facts
        if f.verdict == "fires" and f.places.get(place) == name and f.subject not in incident.names | others
        and f.since is not None and f.since >= incident.since - rule.when.within
    ]  # fmt: skip
    if fresh:
        joined = replace(incident, members=_sorted([*incident.members, *map(member, fresh)]))
        board.put(joined, "joined", subjects=[f.subject for f in fresh])


def _groups(rule: GroupRule, live: Sequence[Incident], facts: Sequence[Fact]) -> list[Fallen]:
    """Return the groups that fell and that no incident tells of yet, the largest first; no device is in two."""
    told = [one.names for one in live]
    firing = {f.subject for f in facts if f.verdict == "fires"}
    found: list[Fallen] = []
    taken: set[str] = set()
    while True:
        best: Fallen | None = None
        for place in rule.when.by:
            by_name: defaultdict[str, list[Fact]] = defaultdict(list)
            for fact in facts:
                if fact.places.get(place) and fact.subject not in taken:
                    by_name[fact.places[place]].append(fact)
            for name, its in sorted(by_name.items()):
                group = _fell(rule, place, name, its, told, firing)
                if group is not None and (best is None or _better(group, best)):
                    best = group
        if best is None:
            return found
        found.append(best)
        taken |= best.names


def _better(one: Fallen, other: Fallen) -> bool:
    """Tell whether a group explains more, or the same with fewer that stayed; of equals the earlier place counts."""
    return (len(one.facts), -one.there) > (len(other.facts), -other.there)


def _fell(
    rule: GroupRule, place: str, name: str, facts: Sequence[Fact], told: Sequence[set[str]], firing: set[str]
) -> Fallen | None:
    fallen = _cluster(rule, [f for f in facts if f.verdict == "fires" and f.since is not None])
    names = {f.subject for f in fallen}
    # What another incident tells of is told, unless this group is the whole of which that was a part.
    partly = set().union(*(its for its in told if not its & firing <= names))
    fallen = [f for f in fallen if f.subject not in partly]
    if all(f.subject in set().union(*told) for f in fallen):
        return None
    up = sum(f.verdict == "clear" for f in facts)
    there = up + len(fallen)
    if len(fallen) < rule.when.least or len(fallen) <= rule.when.share * there:
        return None
    needed = max(rule.when.least, int(rule.when.share * there) + 1)
    at = fallen[needed - 1].since
    assert at is not None  # noqa: S101 - those without an instant were left out
    return Fallen(place, name, tuple(fallen), there, at)


def _cluster(rule: GroupRule, facts: Iterable[Fact]) -> list[Fact]:
    """Return the most that fell within the rule's time of each other, in that order; of equals the latest."""
    ordered = sorted(facts, key=lambda f: (f.since, f.subject))
    best: list[Fact] = []
    start = 0
    for stop, last in enumerate(ordered):
        while _instant(last) - _instant(ordered[start]) > rule.when.within:
            start += 1
        if stop + 1 - start >= len(best):
            best = ordered[start : stop + 1]
    return best


def _instant(fact: Fact) -> datetime:
    assert fact.since is not None  # noqa: S101 - of devices it is known
    return fact.since


def _announce(rule: GroupRule, board: Board, unit: str, group: Fallen, now: datetime) -> None:
    parts = [one for one in _live(board, unit) if one.names & group.names]
    members = {m["subject"]: m for one in parts for m in one.members} | {f.subject: member(f) for f in group.facts}
    first = min(map(_instant, group.facts))
    fact = Fact(
        unit, group.subject, "fires", first, titled(group.place, group.name), Decimal(len(group.facts)),
        evidence={"place": group.place, "name": group.name, "fallen": len(group.facts), "there": group.there},
        members=_sorted(members.values()),
    )  # fmt: skip
    for part in parts:
        if part.key == fact.key:
            continue
        ended = replace(part, cleared_at=now, clearing_since=None)
        if ended.closed_at is None:
            ended = replace(ended, state="resolved", closed_at=now)
        board.put(ended, "folded", into_subject=group.subject)
    last = board.incidents.get(fact.key)
    if last is not None and last.holds:
        grown = replace(last, members=fact.members)
        board.put(grown, "joined", subjects=sorted(set(group.names) - last.names))
    else:
        begin(rule, board, fact, first, now)


def _returning(rule: GroupRule, board: Board, incident: Incident, facts: Iterable[Fact], now: datetime) -> None:
    names = incident.names
    known = [f for f in facts if f.subject in names and f.verdict in ("fires", "clear")]
    away = sum(f.verdict == "fires" for f in known)
    if not known:
        # Nobody is seen; or all are in maintenance, retired: then there is no group any more.
        there = [f for f in facts if f.subject in names]
        if there and all(f.verdict == "exempt" for f in there):
            settle(rule, board, incident, None, now)
        return
    if away <= rule.when.back * len(known):
        settle(rule, board, incident, None, now)
    else:
        seen = Fact(incident.unit, incident.subject, "fires", incident.since, incident.subject_title, Decimal(away),
                    members=incident.members)  # fmt: skip
        still(rule, board, seen, incident, now)


def member(fact: Fact) -> Member:
    """Return a device as an incident names it."""
    since = fact.since.isoformat() if fact.since else None
    return {"subject": fact.subject, "title": fact.title, "since": since}


def _sorted(members: Iterable[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda m: m["subject"]))


def titled(place: str, name: str) -> str:
    """Return how a group is called in Vietnamese."""
    match place:
        case "upstream":
            return f"đường truyền {name}"
        case "kind":
            return f"mọi {_KINDS.get(name, name)}"
        case "commune":
            return "toàn xã"
    return name


def places(unit: str, kind: str, upstream: str, hamlet: str) -> Mapping[str, str]:
    """Return what a device shares with others; empty names share nothing."""
    return {"upstream": upstream, "hamlet": hamlet, "kind": kind, "commune": unit}
