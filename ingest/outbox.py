"""The outbox: steps of incidents become notices, notices messages, messages arrive; all of it in the database.

A step is noted by the transaction that makes it. A message is frozen under its key before it is tried, so it is sent at
least once whatever stops us, and the key tells a second one. While a message can't go out, what follows is gathered for
the next: a receiver that was away for a day gets two messages, not a hundred.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb

from ingest.conditions import SEVERITIES
from ingest.letters import Letter, Measure, Subject, written
from ingest.notices import UNACKNOWLEDGED, Notice, concerns, gathered, passes, relayed
from ingest.receiver import NEWS, Receiver
from ingest.sql import QUERIES
from ingest.store import Link, Store, away
from ingest.wording import readings

log = logging.getLogger(__name__)

REFUSED_AFTER = timedelta(minutes=10)
"""A message that its receiver refuses, where it does take others, is tried so long: it must not hold them up."""
LONGEST_PAUSE = timedelta(minutes=5)
"""Between two attempts; what asks for more, by Retry-After, is obeyed up to an hour."""
_FIRST_PAUSE = timedelta(seconds=2)
_MOST = 2000
_LOCK = 0x4F5554


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed; ``refused``: this message, not all; ``wait``: what the receiver asked for.

    ``disowned``: it was us who were not let in.
    """

    reason: str
    refused: bool = False
    wait: timedelta = timedelta()
    disowned: bool = False


class Outbox:
    """What some receivers are to be told; every method is a transaction of its own and raises ``StoreDown``."""

    def __init__(
        self, store: Store, receivers: Iterable[Receiver], *, screen: str = "", units: Mapping[str, str] | None = None
    ) -> None:
        self._store = store
        self._receivers = {receiver.name: receiver for receiver in receivers}
        self._screen = screen.rstrip("/")
        self._said: set[str] = set()
        self._unit: Measure = {**readings(), **(units or {})}.get

    def declare(self, now: datetime) -> None:
        """Write the receivers into the database; what waits for others is given up, aloud."""
        with self._store.transaction() as link:
            for receiver in self._receivers.values():
                row = {"name": receiver.name, "kind": receiver.kind, "title": receiver.title}
                link.execute(QUERIES["declare_receiver"], row)
            link.execute(QUERIES["forget_receivers"], (list(self._receivers),))
            given_up = _rows(link, "give_up_forgotten", {"now": now})
            link.execute(QUERIES["drop_forgotten"])
        if given_up:
            log.error("messages given up: their receivers are no longer configured messages=%d", len(given_up))

    def collect(self, now: datetime) -> set[str]:
        """Note what happened, who is to be told besides, and make the messages that are due; returns whose (UTC)."""
        with self._store.transaction() as link:
            if link.execute("select pg_try_advisory_xact_lock(%s)", (_LOCK,)).fetchone() != (True,):
                return set()
            self._note(link)
            self._relay(link, now)
            return {name for name, receiver in self._receivers.items() if self._made(link, receiver, now)}

    def _made(self, link: Link, receiver: Receiver, now: datetime) -> bool:
        """Make a receiver's message; what fails for one leaves the others alone."""
        try:
            with link.transaction():
                made = self._make(link, receiver, now)
        except Exception as error:
            if isinstance(error, psycopg.Error) and away(error):
                raise
            if receiver.name not in self._said:
                self._said.add(receiver.name)
                log.exception("no message can be made receiver=%s", receiver.name)
            return False
        self._said.discard(receiver.name)
        return made

    def _note(self, link: Link) -> None:
        steps = _rows(link, "take_untold", {"most": _MOST})
        if not steps:
            return
        told = {
            (row[0], row[1])
            for row in link.execute(QUERIES["told_of"], ([step["incident"] for step in steps], [*NEWS, UNACKNOWLEDGED]))
        }
        for step in steps:
            for name, receiver in self._receivers.items():
                known = (name, step["incident"]) in told
                if concerns(receiver, step["action"], step["severity"], step["owner"], step["unit"], told=known):
                    link.execute(QUERIES["add_notice"], {**step, "receiver": name})
                    if step["action"] in NEWS:
                        told.add((name, step["incident"]))

    def _relay(self, link: Link, now: datetime) -> None:
        """Note who comes next where nobody took an incident up."""
        for receiver in self._receivers.values():
            relays = receiver.escalation
            if not relays:
                continue
            least = min(SEVERITIES.index(relay.severity) for relay in relays)
            asked = {
                "receiver": receiver.name, "next": sorted({name for relay in relays for name in relay.to}),
                "severities": list(SEVERITIES[least:]), "actions": [*NEWS, UNACKNOWLEDGED],
                "before": now - min(relay.after for relay in relays),
            }  # fmt: skip
            for row in _rows(link, "unacknowledged", asked):
                severity = row["severity_now"]
                for relay in relayed(receiver, _notice(row), severity, now):
                    for name in relay.to:
                        link.execute(QUERIES["add_notice"], {
                            "receiver": name, "event": row["event"], "action": UNACKNOWLEDGED, "severity": severity,
                            "incident": row["incident"], "at": now,
                        })  # fmt: skip

    def _make(self, link: Link, receiver: Receiver, now: datetime) -> bool:
        under_way = _rows(link, "waiting_messages", (receiver.name,))
        if any(passes(receiver, now, urgent=row["urgent"]) for row in under_way):
            return False
        waiting = [_notice(row) for row in _rows(link, "waiting_notices", {"receiver": receiver.name, "most": _MOST})]
        if not waiting:
            return False
        made = [row[0] for row in link.execute(
            QUERIES["made_messages"], {"receiver": receiver.name, "most": receiver.per_hour})]  # fmt: skip
        batch = gathered(receiver, waiting, made, now)
        if batch is None:
            return False
        subjects = {
            row["id"]: Subject(**row)
            for row in _rows(link, "told_subjects", (sorted({notice.incident for notice in batch.notices}),))
        }
        content = written(receiver, batch, subjects, self.link, self._unit)
        row = link.execute(QUERIES["add_message"], {
            "receiver": receiver.name, "severity": batch.severity, "urgent": batch.urgent, "now": now,
            "content": Jsonb(content, dumps=orjson.dumps),
        }).fetchone()  # fmt: skip
        link.execute(QUERIES["put_in_message"], {
            "message": row and row[0], "receiver": receiver.name,
            "events": [notice.event for notice in batch.notices],
            "actions": [notice.action for notice in batch.notices],
        })  # fmt: skip
        return True

    def link(self, incident: int | None) -> str:
        """Return where people look at an incident, or at all; empty where the screen's address is not known."""
        if not self._screen:
            return ""
        return f"{self._screen}/" if incident is None else f"{self._screen}/?incident={incident}"

    def claim(self, receiver: Receiver, now: datetime) -> Letter | None:
        """Take the oldest message that may be tried now; until it is settled, or twice its time is over, it is ours."""
        with self._store.transaction() as link:
            for row in _rows(link, "waiting_messages", (receiver.name,)):
                # One that is to be tried in more than the longest pause: the clock was set back.
                waits = now < row["next_try_at"] <= now + timedelta(hours=1)
                if waits or not passes(receiver, now, urgent=row["urgent"]):
                    continue
                claim = {"id": row["id"], "seen": row["next_try_at"], "until": now + 2 * receiver.timeout}
                if link.execute(QUERIES["claim_message"], claim).fetchone() is None:
                    continue
                return _letter(row)
        return None

    def sent(self, letter: Letter, now: datetime, note: str = "") -> None:
        """Note that a message arrived; ``note``: for whom not."""
        self._store.execute(QUERIES["message_sent"], {"id": letter.id, "now": now, "note": note})

    def failed(self, receiver: Receiver, letter: Letter, failure: Failure, now: datetime, jitter: float) -> bool:
        """Note that an attempt failed, when the next one is, or that it was the last; tells whether it was.

        ``jitter`` (0.5 to 1.5) stretches the pause, so that many who lost the same server do not return as one.
        """
        with self._store.transaction() as link:
            row = link.execute("select attempts from outbox where id = %s", (letter.id,)).fetchone()
            attempts = row[0] if row else 1
            tried_for = now - letter.made_at
            dead = tried_for >= (
                min(REFUSED_AFTER, receiver.give_up_after) if failure.refused else receiver.give_up_after
            )
            grown = min(_FIRST_PAUSE * 2 ** min(attempts - 1, 16), LONGEST_PAUSE) * jitter
            pause = max(grown, min(failure.wait, timedelta(hours=1)))
            link.execute(QUERIES["message_failed"], {
                "id": letter.id, "now": now, "next": now + pause, "dead": dead, "error": failure.reason[:500],
            })  # fmt: skip
        return dead

    def drop_old(self, before: datetime) -> int:
        """Remove messages that ended before an instant; returns how many."""
        return self._store.execute(QUERIES["drop_old_messages"], (before,))


def _rows(link: Link, query: str, arguments: Mapping[str, Any] | Sequence[Any]) -> list[DictRow]:
    with link.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES[query], arguments).fetchall()


def _notice(row: Mapping[str, Any]) -> Notice:
    return Notice(row["event"], row["incident"], row["action"], row["severity"], row["at"])


def _letter(row: Mapping[str, Any]) -> Letter:
    content = row["content"]
    return Letter(
        row["key"], row["made_at"], row["severity"], row["urgent"], content["title"], content["text"], content["link"],
        content["items"], content["more"], row["id"],
    )  # fmt: skip
