"""Who is told of a step, when, and what goes into one message: pure, from what is noted and the clock.

Nothing is remembered between two looks but the notices themselves and the instants of earlier messages, so a restart
changes nothing. Instants are UTC.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.conditions import SEVERITIES, Severity
from ingest.receiver import NEWS, Receiver, Relay

UNACKNOWLEDGED = "unacknowledged"
"""The action of a notice that comes from another receiver, where nobody took the incident up."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Notice:
    """One step of one incident that a receiver is to be told; ``at`` is since when."""

    event: int
    incident: int
    action: str
    severity: Severity
    at: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """What one message tells.

    ``held_since``: since when the limit held it back; ``full_until``: the message is the last one that the limit lets
    through before that.
    """

    notices: tuple[Notice, ...]
    urgent: bool
    held_since: datetime | None = None
    full_until: datetime | None = None

    @property
    def severity(self) -> Severity:
        """The most severe of what got worse; of what ended, none is."""
        worse = [notice.severity for notice in self.notices if bad(notice.action)]
        return max(worse, key=SEVERITIES.index, default="info")


def bad(action: str) -> bool:
    """Tell whether a step is one for the worse."""
    return action in NEWS or action == UNACKNOWLEDGED


def concerns(receiver: Receiver, action: str, severity: Severity, owner: str, unit: str, *, told: bool) -> bool:
    """Tell whether a receiver hears of a step; who was ``told`` of an incident hears how it goes on."""
    if action not in receiver.steps:
        return False
    if action not in NEWS:
        return told
    loud = SEVERITIES.index(severity) >= SEVERITIES.index(receiver.severity)
    return receiver.hears(severity, owner, unit) or (told and loud)


def urgent(receiver: Receiver, notice: Notice) -> bool:
    """Tell whether a notice goes out in quiet hours too."""
    return bad(notice.action) and notice.severity in receiver.quiet_except


def due(receiver: Receiver, notice: Notice) -> datetime:
    """Return when a receiver is to be told at the latest, were there no limit."""
    end = notice.at + receiver.group
    return end if urgent(receiver, notice) else receiver.quiet_until(end)


def passes(receiver: Receiver, now: datetime, *, urgent: bool) -> bool:
    """Tell whether a message may be tried now."""
    return urgent or receiver.quiet_until(now) == now


def gathered(receiver: Receiver, waiting: Iterable[Notice], made: Sequence[datetime], now: datetime) -> Batch | None:
    """Return the message that is to be made now, of all that may be said; None while it is not yet time.

    ``made`` are the instants at which the newest messages were made, in any order, at least ``per_hour`` of them where
    there are so many.
    """
    sayable = [notice for notice in waiting if passes(receiver, now, urgent=urgent(receiver, notice))]
    if not sayable:
        return None
    # The clock was set back, where something is of later than now; it waits no longer for that.
    first = min(due(receiver, notice) if notice.at <= now else now for notice in sayable)
    if now < first:
        return None
    past = sorted((at for at in made if at <= now), reverse=True)
    free = past[receiver.per_hour - 1] + HOUR if len(past) >= receiver.per_hour else None
    if free is not None and now < free:
        return None
    held = first if free is not None and free > first else None
    with_this = [now, *past]
    nth = with_this[receiver.per_hour - 1] + HOUR if len(with_this) >= receiver.per_hour else None
    full = nth if nth is not None and nth > now else None
    ordered = tuple(sorted(sayable, key=lambda notice: (notice.event, notice.action)))
    return Batch(ordered, any(urgent(receiver, notice) for notice in sayable), held, full)


def relayed(receiver: Receiver, notice: Notice, severity: Severity, now: datetime) -> list[Relay]:
    """Return who comes next for an incident that is still open: ``notice`` is its first here, ``severity`` of now."""
    told_at = due(receiver, notice)
    return [
        relay for relay in receiver.escalation
        if now >= told_at + relay.after and SEVERITIES.index(severity) >= SEVERITIES.index(relay.severity)
    ]  # fmt: skip
