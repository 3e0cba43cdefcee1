"""The rules at work: on a clock what holds now is compared with what was told, in one transaction.

One engine looks at a time, whatever the number of processes; what it knows between two looks is in the database, so a
restart neither forgets nor repeats.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from connectors.contract import IocError
from ingest import expected, playing, thresholds
from ingest.conditions import Feed
from ingest.episodes import collect
from ingest.expected import Standing
from ingest.facts import View, broadcasts, cases, devices, feeds, flapping, numbers
from ingest.incidents import Board, Incident, Key, Move, close, follow
from ingest.outages import gather
from ingest.rule import (
    BroadcastRule,
    CaseRule,
    DeviceRule,
    FeedRule,
    FlappingRule,
    GroupRule,
    NumberRule,
    OutbreakRule,
    Rule,
    SystemRule,
)
from ingest.rules import Rules
from ingest.sql import QUERIES
from ingest.store import Link, Store, away
from ingest.stream import notify

log = logging.getLogger(__name__)

TICK = timedelta(seconds=5)
_LOCK = 0x494E43


class Watch:
    """Looks at everything the rules are about, and writes what begins, grows worse, ends or returns."""

    def __init__(self, store: Store, rules: Rules, commune: str) -> None:
        self._store = store
        self._rules = rules
        self._followed = thresholds.Followed(rules)
        self._commune = commune
        self._keys = [rule.key for rule in rules]
        self._looked: dict[str, datetime] = {}
        self._said: dict[str, str] = {}
        # First those that others leave devices to.
        self._order = sorted(
            rules, key=lambda rule: len(rule.left_to) if isinstance(rule, DeviceRule | FlappingRule) else 0
        )
        self._back = max((rule.reopen_within for rule in rules), default=timedelta()) + timedelta(hours=1)

    def tick(self, now: datetime) -> list[int]:
        """Look once at the instant (UTC); returns the incidents that moved. Raises :class:`StoreDown`."""
        due = [rule for rule in self._order if self._due(rule, now)]
        owing = any(isinstance(r, FeedRule) and r.when.owing for r in due)
        standings = expected.standing(self._store, now) if owing else {}
        moved: list[int] = []
        with self._store.transaction() as link:
            if link.execute("select pg_try_advisory_xact_lock(%s)", (_LOCK,)).fetchone() != (True,):
                return []
            self._rules = self._followed.read(link)
            heard = playing.hear(link, now)
            view = View(link, now, self._rules, self._commune, boards=boards(link, self._keys, now, self._back))
            held: dict[str, Mapping[Key, int | None]] = {}
            for rule in due:
                view.since = self._looked.get(rule.key)
                moved += self._look(view, rule, standings, held)
            if moved or heard:
                notify(link, (), (), (), heard, sorted(set(moved)))
        for rule in due:
            self._looked[rule.key] = now
        return moved

    def _due(self, rule: Rule, now: datetime) -> bool:
        last = self._looked.get(rule.key)
        return last is None or now - last >= rule.every or now < last

    def _look(
        self,
        view: View,
        rule: Rule,
        standings: Mapping[str, Sequence[Standing]],
        held: dict[str, Mapping[Key, int | None]],
    ) -> list[int]:
        """Follow one rule; one that can't be followed leaves the others alone."""
        board = view.boards[rule.key]
        before = dict(board.pending)
        try:
            with view.link.transaction():
                self._dismiss(view, rule, board)
                groups = self._follow(view, rule, board, standings, held)
                moved = write(view.link, board, view.now)
                _remember(view.link, rule.key, before, board.pending)
        except IocError:
            raise
        except Exception as error:  # a rule that breaks must not blind the others
            if isinstance(error, psycopg.Error) and away(error):
                raise
            ours = not isinstance(error, psycopg.Error)
            reason = (str(error) or repr(error)).splitlines()[0]
            if reason not in self._said.values():
                log.error(
                    "a rule can't be followed rule=%s error=%r", rule.key, reason, exc_info=error if ours else None
                )
            self._said[rule.key] = reason
            return []
        self._said.pop(rule.key, None)
        if groups is not None:
            held[rule.key] = {key: None if one is None else board.incidents[one.key].id for key, one in groups.items()}
        return moved

    def _dismiss(self, view: View, rule: Rule, board: Board) -> None:
        """End what a rule told of where it is off now, and forget what it was about to tell."""
        off = {u for u, _ in (*board.incidents, *board.pending) if not self._rules.of(rule.key, u, view.day).enabled}
        for key, incident in list(board.incidents.items()):
            if key[0] in off and incident.holds:
                ended = replace(incident, cleared_at=view.now, clearing_since=None)
                close(board, ended, view.now, auto=True, why="rule_off")
        for key in [key for key in board.pending if key[0] in off]:
            del board.pending[key]

    def _follow(
        self,
        view: View,
        rule: Rule,
        board: Board,
        standings: Mapping[str, Sequence[Standing]],
        held: Mapping[str, Mapping[Key, int | None]],
    ) -> dict[Key, Incident | None] | None:
        def own(unit: str) -> Any:
            return self._rules.of(rule.key, unit, view.day)

        match rule:
            case GroupRule():
                return gather(own, board, devices.group_facts(view, rule), view.now)
            case DeviceRule():
                follow(own, board, devices.facts(view, rule), view.now, _left(view, rule, held))
            case FlappingRule():
                follow(own, board, flapping.facts(view, rule), view.now, _left(view, rule, held))
            case NumberRule():
                follow(own, board, numbers.facts(view, rule), view.now)
            case OutbreakRule():
                follow(own, board, numbers.outbreak_facts(view, rule), view.now)
            case CaseRule():
                follow(own, board, cases.facts(view, rule), view.now)
            case BroadcastRule():
                collect(own, board, broadcasts.facts(view, rule), view.now)
            case FeedRule(when=Feed(owing=())):
                follow(own, board, feeds.facts(view, rule), view.now)
            case FeedRule():
                follow(own, board, feeds.owing(view, rule, standings), view.now)
            case SystemRule():
                follow(own, board, feeds.sight(view, rule), view.now)
        return None


def _left(view: View, rule: Rule, held: Mapping[str, Mapping[Key, int | None]]) -> dict[Key, int | None]:
    """Return the devices that others tell of now; of those that come and go unless a person said that they don't."""
    left: dict[Key, int | None] = {}
    for key in rule.left_to:
        if isinstance(view.rules[key], FlappingRule):
            its = view.boards[key].incidents.values()
            left |= {one.key: one.id for one in its if one.holds and one.closed_at is None}
        left |= held.get(key, {})
    return left


def open_incidents(store: Store, unit: str | None = None, *, most: int = 200) -> list[DictRow]:
    """Return what somebody has to see to, the most severe first, then the longest; of one commune, or of all.

    Each has id, unit, rule, subject_kind, subject, subject_title, title_vi, title_en, owner, severity, state,
    opened_at, since, announced_at, cleared_at (UTC), assignee, members, value, threshold, evidence and version. Raises
    :class:`StoreDown`.
    """
    return store.rows(QUERIES["open_incidents"], {"unit": unit, "most": most})


def boards(link: Link, rules: Sequence[str], now: datetime, back: timedelta) -> dict[str, Board]:
    """Return what these rules have told that has not ended, or ended so lately, at the instant (UTC)."""
    found = {rule: Board() for rule in rules}
    cursor = link.execute(QUERIES["told_incidents"], {"now": now, "back": back})
    names = [column.name for column in cursor.description or ()]
    for row in cursor:
        one = dict(zip(names, row, strict=True))
        one["members"] = tuple(one["members"])
        if one["rule"] in found:
            found[one["rule"]].incidents[one["unit"], one["subject"]] = Incident(**one)
    for rule, unit, subject, since in link.execute("select rule, unit, subject, since from incident_pending"):
        if rule in found:
            found[rule].pending[unit, subject] = since
    return found


def write(link: Link, board: Board, now: datetime) -> list[int]:
    """Write what moved, and return the ids; what a person moved meanwhile is left for the next turn."""
    known: dict[Key, tuple[int, int] | None] = {}
    moved: list[int] = []
    for move in board.moves:
        key = move.after.key
        if move.before is None:
            row = link.execute(QUERIES["add_incident"], _row(move.after)).fetchone()
        elif known.get(key, ()) is None:
            continue
        else:
            id_, version = known.get(key) or (move.before.id, move.before.version)
            row = link.execute(QUERIES["move_incident"], _row(move.after) | {"id": id_, "version": version}).fetchone()
        known[key] = row
        if row is None:
            continue
        moved.append(row[0])
        link.execute(QUERIES["add_event"], _event(move, row[0], now))
        board.incidents[key] = replace(board.incidents[key], id=row[0], version=row[1])
    for key, one in board.touched.items():
        if key not in known:
            link.execute(QUERIES["touch_incident"], _row(one))
    return moved


def _row(incident: Incident) -> dict[str, Any]:
    row = {name: getattr(incident, name) for name in Incident.__dataclass_fields__}
    return row | {"members": _json(list(incident.members)), "evidence": _json(dict(incident.evidence))}


def _event(move: Move, incident: int, now: datetime) -> dict[str, Any]:
    before = move.before.state if move.before else None
    return {"incident": incident, "at": now, "action": move.action, "from": before, "to": move.after.state,
            "detail": _json(dict(move.detail))}  # fmt: skip


def _json(value: object) -> Jsonb:
    return Jsonb(value, dumps=lambda it: orjson.dumps(it, default=str))


def _remember(link: Link, rule: str, before: Mapping[Key, datetime], after: Mapping[Key, datetime]) -> None:
    for unit, subject in before.keys() - after.keys():
        link.execute(
            "delete from incident_pending where rule = %s and unit = %s and subject = %s", (rule, unit, subject)
        )
    for (unit, subject), since in after.items():
        if before.get((unit, subject)) != since:
            link.execute(
                "insert into incident_pending values (%s, %s, %s, %s) on conflict (rule, unit, subject)"
                " do update set since = excluded.since",
                (rule, unit, subject, since),
            )
