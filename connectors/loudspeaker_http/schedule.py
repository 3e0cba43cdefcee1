"""From the vendor's schedule, dated or recurring, to the dated broadcasts of some days."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from connectors.contract import LOCAL, Broadcast, Plan
from connectors.json_fields import Json
from connectors.loudspeaker_http.fields import ScheduleFields
from connectors.loudspeaker_http.played import stated
from connectors.loudspeaker_http.words import Priority, flag
from connectors.spelling import code

FIRST, LAST = "from", "to"
"""Days that were asked for, both included."""

_CLOCK = re.compile(r"\d\d:\d\d(:\d\d)?")
_LONGEST = 31
_MOST = 20_000
_LATEST = date(2100, 1, 1)
_WEEK = frozenset(range(1, 8))
_REPEATS = {
    "once": "once", "0": "once", "mot_lan": "once",
    "daily": "daily", "1": "daily", "hang_ngay": "daily",
    "weekly": "weekly", "2": "weekly", "hang_tuan": "weekly",
    "weekdays": "weekdays", "ngay_lam_viec": "weekdays",
}  # fmt: skip


def plan(
    page: Json,
    rows: Iterator[Json],
    names: ScheduleFields,
    unit: str,
    named: Callable[[Json], str],
    priority: Callable[[Json], Priority],
    received_at: datetime,
) -> tuple[Plan | Broadcast, ...]:
    """Return the plan from its reception on, and each of its broadcasts, by their start.

    A broadcast's id is the entry's, with its local start, so that a changed hour cancels one and plans another. An
    entry speaks only for the time since it was last changed: what was planned before stays as it was.
    """
    days = _days(page)
    broadcasts: dict[str, Broadcast] = {}
    for row in rows:
        for broadcast in _entry(row, names, unit, days, named, priority, received_at):
            if broadcast.id in broadcasts:
                raise row.at(names.id).fault(f"{broadcast.id} is planned twice")
            broadcasts[broadcast.id] = broadcast
        if len(broadcasts) > _MOST:
            raise row.fault(f"more than {_MOST} broadcasts in {len(days)} days")
    start = max(_local(days[0], time()), received_at)
    stop = max(_local(days[-1] + timedelta(days=1), time()), start)
    return (Plan(unit, start, stop), *sorted(broadcasts.values(), key=lambda one: (one.starts_at, one.id)))


def _days(page: Json) -> list[date]:
    first, last = page.at(FIRST).day(), page.at(LAST).day()
    if first is None or last is None:
        raise page.at(FIRST if first is None else LAST).fault("is missing: a plan says for which days it speaks")
    if not 0 <= (last - first).days < _LONGEST or last >= _LATEST:
        raise page.at(LAST).fault(f"{first}..{last} is not 1 to {_LONGEST} days of this century")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _entry(
    row: Json,
    names: ScheduleFields,
    unit: str,
    days: Sequence[date],
    named: Callable[[Json], str],
    priority: Callable[[Json], Priority],
    received_at: datetime,
) -> Iterator[Broadcast]:
    identity, programme = stated(row.at(names.id)), stated(row.at(names.programme))
    urgency = priority(row.at(names.priority))
    start, end = _clock(row.at(names.start)), _clock(row.at(names.end))
    if end <= start:
        raise row.at(names.end).fault(f"{end:%H:%M} is not after {start:%H:%M}: an entry ends on the day it starts")
    devices = [named(one) for one in _listed(row.at(names.devices))] or [""]
    falls = _falls(row, names)
    # A vendor's clock may run ahead; what lies ahead of us is planned all the same.
    since = min(row.at(names.changed_at).instant(received_at) or received_at, received_at)
    if not flag(row.at(names.enabled), default=True):
        return
    for day in days:
        starts_at = _local(day, start)
        if starts_at < since or not falls(day):
            continue
        for device in dict.fromkeys(devices):
            name = f"{identity}@{day}T{start:%H:%M}" + (f"/{device}" if device else "")
            yield Broadcast(unit, "planned", name, starts_at, _local(day, end), programme, "planned", device, urgency)


def _falls(row: Json, names: ScheduleFields) -> Callable[[date], bool]:
    """Return whether an entry is played on a day."""
    dated = row.at(names.date).day()
    said = row.at(names.repeat)
    repeat = _REPEATS.get(code(said.text() or ("once" if dated else "daily")))
    if repeat is None:
        raise said.expected("one of once, daily, weekdays and weekly")
    if repeat == "once" and dated is None:
        raise row.at(names.date).fault("is missing: what is played once has a day")
    weekdays = _WEEK
    if repeat == "weekdays":
        weekdays = _WEEK - {6, 7}
    elif repeat == "weekly":
        listed = row.at(names.weekdays)
        weekdays = frozenset(int(n) for one in _listed(listed) if type(n := one.value) is Decimal and n in _WEEK)
        if not weekdays or len(weekdays) != len(listed.value):
            raise listed.expected("a list of weekdays, 1 (Monday) to 7 (Sunday),")
    first, last = row.at(names.valid_from).day() or date.min, row.at(names.valid_to).day() or date.max
    without = {one.day() for one in _listed(row.at(names.exceptions))}

    def falls(day: date) -> bool:
        fits = day == dated if repeat == "once" else day.isoweekday() in weekdays
        return fits and first <= day <= last and day not in without

    return falls


def _listed(said: Json) -> list[Json]:
    if said.absent:
        return []
    if type(said.value) is not list or len(said.value) > 1_000:
        raise said.expected("a list of at most 1000")
    return [Json(one, f"{said.place}[{n}]") for n, one in enumerate(said.value)]


def _clock(said: Json) -> time:
    try:
        if type(said.value) is str and _CLOCK.fullmatch(said.value):
            return time.fromisoformat(said.value)
    except ValueError:
        pass
    raise said.expected("a time of day, as 05:00,")


def _local(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, LOCAL).astimezone(UTC)
