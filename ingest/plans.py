"""Programmes that people plan here: once or on days of the week, on some clusters or all; each time is a broadcast.

A plan commands no loudspeaker: it says what shall be heard, so that what was not heard can be told, and what nobody
ordered. What has begun is never changed; what is wanted no more stays, as cancelled.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from psycopg.rows import DictRow, dict_row

from connectors.contract import LOCAL, Fault, IocError
from ingest.airtime import Airtime
from ingest.rule import BroadcastRule
from ingest.rules import Rules
from ingest.sql import QUERIES
from ingest.store import Link
from ingest.stream import notify

SOURCE = "operator"
"""The source of what a person planned; no source of the configuration may have its name."""
FURTHEST = timedelta(days=366)
MOST = 10_000
"""Times and clusters of one plan."""
_TOLD = 100
"""Changes that screens are told of one by one; they read the whole day again after the first."""

Genre = Literal["bulletin", "notice", "relay", "campaign", "other"]
Priority = Literal["normal", "priority", "emergency"]


class CannotPlan(IocError):
    """It can't be so: every fault with its place."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.place}: {fault.reason}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Plan:
    """What shall be played: days and ``starts`` are local; ``weekdays`` 1 Monday .. 7 Sunday, empty: the first day.

    ``devices`` are clusters by name, ``hamlets`` mean theirs; both empty: all. ``reason``: of an emergency.
    """

    unit: str
    id: str
    programme: str
    genre: Genre
    priority: Priority
    reason: str
    devices: tuple[str, ...]
    hamlets: tuple[str, ...]
    first_day: date
    starts: time
    minutes: int
    weekdays: tuple[int, ...]
    last_day: date
    skipped: tuple[date, ...] = ()

    def times(self, after: datetime) -> list[tuple[datetime, datetime]]:
        """Return from and to (UTC) of every time that begins after an instant, in order."""
        length = timedelta(minutes=self.minutes)
        begins = (datetime.combine(day, self.starts, LOCAL).astimezone(UTC) for day in self._days())
        return [(at, at + length) for at in begins if at > after]

    def _days(self) -> Iterator[date]:
        if not self.weekdays:
            yield from {self.first_day} - {*self.skipped}
            return
        for n in range((self.last_day - self.first_day).days + 1):
            day = self.first_day + timedelta(days=n)
            if day.isoweekday() in self.weekdays and day not in self.skipped:
                yield day


@dataclass(frozen=True, slots=True)
class Concern:
    """What somebody should know before a plan is saved; ``times``: how many of its times it is about."""

    kind: Literal["outside_hours", "too_long", "overlap"]
    times: int
    first: datetime
    windows: tuple[tuple[int, int], ...] = ()
    """Hours allowed on the first such day: seconds of the day."""
    longest_s: float | None = None
    programme: str = ""


def faults(link: Link, plan: Plan, now: datetime) -> list[Fault]:
    """Return every reason why it can't be planned."""
    found: list[Fault] = []
    if not link.execute("select 1 from unit where code = %s and valid_to is null", (plan.unit,)).fetchone():
        found.append(Fault("unit", f"{plan.unit} is no commune of today", f"{plan.unit} không phải mã xã hiện nay"))
    known = link.execute(QUERIES["plan_clusters"], (plan.unit,)).fetchall()
    names, hamlets = {name for name, _ in known}, {hamlet for _, hamlet in known}
    found += [
        Fault("devices", f"there is no loudspeaker {name} in {plan.unit}", f"không có cụm loa {name} đang dùng")
        for name in plan.devices
        if name not in names
    ]
    found += [
        Fault("hamlets", f"no loudspeaker stands in {name!r}", f"thôn “{name}” không có cụm loa nào đang dùng")
        for name in plan.hamlets
        if name not in hamlets
    ]
    if plan.last_day < plan.first_day:
        found.append(Fault("last_day", "it lies before the first day", "ngày cuối trước ngày đầu"))
    elif max(plan.last_day - now.astimezone(LOCAL).date(), plan.last_day - plan.first_day) > FURTHEST:
        found.append(Fault("last_day", f"more than {FURTHEST.days} days ahead; plan the rest later",
                           f"xa quá {FURTHEST.days} ngày; phần sau lập tiếp khi đến hạn"))  # fmt: skip
    elif not (times := plan.times(now)):
        found.append(Fault("first_day", "no time of it is to come; only what is to come can be planned",
                           "không còn lần phát nào sắp tới; chỉ lập được cho thời gian tới"))  # fmt: skip
    elif len(times) * max(1, len(clusters(link, plan))) > MOST:
        found.append(Fault("last_day", f"more than {MOST} times on clusters; shorten it, or play on all clusters",
                           "quá nhiều lần phát; rút ngắn thời gian, hoặc phát trên tất cả cụm loa"))  # fmt: skip
    return found


def clusters(link: Link, plan: Plan) -> list[str]:
    """Return the names of the loudspeakers that a plan means; none: all, also those that come later."""
    if not plan.devices and not plan.hamlets:
        return []
    known = link.execute(QUERIES["plan_clusters"], (plan.unit,)).fetchall()
    return [name for name, hamlet in known if name in plan.devices or hamlet in plan.hamlets]


def concerns(link: Link, plan: Plan, rules: Rules, now: datetime) -> list[Concern]:
    """Return what speaks against a plan by the commune's rules of each day, and what else plays then."""
    times = plan.times(now)
    found: list[Concern] = []
    if plan.priority != "emergency":
        for day, its in itertools.groupby(times, key=lambda one: one[0].astimezone(LOCAL).date()):
            found += [one for at in its for one in _by_rule(plan, rules, day, *at)]
    starts, ends = [at for at, _ in times], [at for _, at in times]
    asked = {"unit": plan.unit, "plan": plan.id, "devices": clusters(link, plan), "starts": starts, "ends": ends,
             "now": now}  # fmt: skip
    with link.cursor(row_factory=dict_row) as cursor:
        others = cursor.execute(QUERIES["overlapping"], asked).fetchall()
    overlaps = [Concern("overlap", row["many"], row["starts_at"], programme=row["programme"]) for row in others]
    return [*_joined(found), *overlaps]


def _by_rule(plan: Plan, rules: Rules, day: date, start: datetime, stop: datetime) -> Iterator[Concern]:
    hours, long = _airtime(rules, "broadcast_out_of_hours", plan, day), _airtime(rules, "broadcast_too_long", plan, day)
    if hours is not None:
        midnight = datetime.combine(day, time(), LOCAL)
        begin, end = ((at - midnight).total_seconds() for at in (start, stop))
        windows = tuple(sorted(window.seconds() for window in hours.windows))
        if not any(first <= begin and end <= last for first, last in windows):
            yield Concern("outside_hours", 1, start, windows)
    if long is not None and stop - start > long.longest:
        yield Concern("too_long", 1, start, longest_s=long.longest.total_seconds())


def _airtime(rules: Rules, key: str, plan: Plan, day: date) -> Airtime | None:
    rule = rules.of(key, plan.unit, day)
    assert isinstance(rule, BroadcastRule)  # noqa: S101 - rules of broadcasts are
    return rule.when if rule.enabled and rule.valid_from <= day else None


def _joined(found: Sequence[Concern]) -> Iterator[Concern]:
    for kind in ("outside_hours", "too_long"):
        its = [one for one in found if one.kind == kind]
        if its:
            yield Concern(its[0].kind, len(its), its[0].first, its[0].windows, its[0].longest_s)


def put_times(link: Link, plan: Plan, now: datetime, *, cancelled: bool = False) -> int:
    """Write the times of a plan that are to come, cancel those that are wanted no more; returns how many changed."""
    where = clusters(link, plan) or [""]
    wanted = [
        (".".join(filter(None, (plan.id, f"{at.astimezone(LOCAL):%Y%m%d}", device))), device, at, end)
        for at, end in (() if cancelled else plan.times(now))
        for device in where
    ]
    ids, devices, starts, ends = [list(column) for column in zip(*wanted, strict=True)] or [[]] * 4
    asked: dict[str, Any] = {
        "unit": plan.unit, "plan": plan.id, "programme": plan.programme, "priority": plan.priority, "now": now,
        "ids": ids, "devices": devices, "starts": starts, "ends": ends,
    }  # fmt: skip
    changed = link.execute(QUERIES["put_times"], asked).fetchall()
    changed += link.execute(QUERIES["cancel_times"], asked).fetchall()
    notify(link, (), (), (), [(plan.unit, "planned", SOURCE, id_) for (id_,) in changed[:_TOLD]])
    return len(changed)


def found(link: Link, unit: str, id_: str) -> DictRow | None:
    """Return a plan's row, locked; whoever asks for it too waits until this transaction ends."""
    link.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"plan/{unit}/{id_}",))
    with link.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["plan"], (unit, id_)).fetchone()
