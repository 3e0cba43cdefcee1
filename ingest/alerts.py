"""What another watcher raised, as Grafana: one incident an alert, opened and cleared once however often it is told.

An alert is known by its fingerprint. It follows the same laws as our own rules (:mod:`ingest.incidents`): what returns
soon is the same incident, what a person resolved and still fires returns, a false alarm stays quiet until it ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from ingest.conditions import Severity
from ingest.incidents import Board, Fact, follow
from ingest.rule import Actor, Rule, Subject
from ingest.store import Link, Store
from ingest.stream import notify
from ingest.watch import boards, write

GRAFANA = "grafana"
"""What stands as the rule of such an incident: no rule of ours, so our own engine leaves it alone."""
Outcome = Literal["opened", "reopened", "cleared", "same"]

_LOCK = 0x414C5254  # "ALRT"
_AGAIN = timedelta(minutes=30)
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as it was told; ``since`` is when it began to fire, or ended (UTC), ``value`` what was measured."""

    fingerprint: str
    fires: bool
    since: datetime
    unit: str
    title: str
    severity: Severity
    owner: Actor
    subject: Subject
    value: Decimal | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)


class _Crossed(Exception):
    """A person moved an incident between our look and our step."""


def take(store: Store, alerts: Sequence[Alert], now: datetime) -> list[Outcome]:
    """Follow the alerts at the instant (UTC) in one transaction; returns each one's outcome, in their order.

    An end of what was never told opens nothing. Raises :class:`StoreDown`.
    """
    for attempt in range(_TRIES):
        try:
            with store.transaction() as link:
                return _follow(link, alerts, now)
        except _Crossed:
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _follow(link: Link, alerts: Sequence[Alert], now: datetime) -> list[Outcome]:
    link.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
    board = boards(link, [GRAFANA], now, _AGAIN + timedelta(hours=1))[GRAFANA]
    outcomes = [_one(board, alert, now) for alert in alerts]
    moved = write(link, board, now)
    if len(moved) < len(board.moves):
        raise _Crossed
    if moved:
        notify(link, (), (), (), (), sorted(set(moved)))
    return outcomes


def _one(board: Board, alert: Alert, now: datetime) -> Outcome:
    rule = Rule(
        subject=alert.subject, key=GRAFANA, title_vi=alert.title, title_en=alert.title, severity=alert.severity,
        owner=alert.owner, help="Grafana", help_en="Grafana", source="Grafana", source_en="Grafana",
        valid_from=date(2025, 7, 1), reopen_within=_AGAIN,
    )  # fmt: skip
    fact = Fact(
        alert.unit,
        f"alert/{alert.fingerprint}",
        "fires" if alert.fires else "clear",
        since=min(alert.since, now),  # their clock may be ahead of ours
        value=alert.value,
        evidence={"fingerprint": alert.fingerprint, **alert.evidence},
    )
    before = len(board.moves)
    follow(lambda _: rule, board, [fact], now)
    if len(board.moves) == before:
        return "same"
    action = board.moves[-1].action
    if action == "cleared":
        return "cleared"
    return "opened" if action == "opened" else "reopened"
