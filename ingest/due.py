"""What is due when: the periods of a rule with the instants by which they are owed, and the customary rules."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from connectors.contract import LOCAL, Connector
from connectors.due import Due
from ingest.calendar import Calendar

_QUARTERLY = Due(every="quarter", day=10, working_days=True, owner="Kế toán")
_MONTHLY_HEALTH = Due(every="month", day=10, days="working", owner="Trạm Y tế")

CUSTOMARY: Mapping[str, tuple[Due, ...]] = {
    # TT 26/2026/TT-BTC Điều 18: each quarter by the 10th of the month that follows; a province may set another day.
    "budget_workbook": (_QUARTERLY,),
    "budget_xml": (_QUARTERLY,),
    # The same: Kho bạc states each day; its books close in the evening, so by the end of the next working day.
    "budget_treasury": (Due(every="day", day=1, days="working", working_days=True, owner="Kho bạc", factor=0),),
    # TT 15/2026/TT-BYT: reports of a month within ten working days.
    "health_workbook": (_MONTHLY_HEALTH,),
    "health_dhis2": (_MONTHLY_HEALTH,),
    "health_fhir": (_MONTHLY_HEALTH,),
    # Practice of operating centres: figures of the day by 17:00; what is counted over the whole day, the day after.
    # A day may well have ten times as many as the last one.
    "procedures_rest": (Due(every="day", working_days=True, owner="Công chức một cửa", factor=0),),
    "documents_rest": (Due(every="day", working_days=True, owner="Văn thư", factor=0),),
    "internet_rest": (Due(every="day", day=1, owner="Phòng Văn hóa - Xã hội", factor=0),),
}
"""What a connector's source owes where its configuration does not say; each with where it is from."""

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_ROMAN = ("I", "II", "III", "IV")


class Owed(NamedTuple):
    """One period (local days, both included) and the instant (UTC) by which its figures are owed."""

    start: date
    end: date
    at: datetime


def rules(kind: str, connector: Connector) -> tuple[Due, ...]:
    """Return what a source owes: its own rules, else those of its kind of connector for the periods it asks for."""
    if connector.due is not None:
        return connector.due
    asked = getattr(connector, "periods", ()) or _MONTHS.keys() | {"day", "week"}
    return tuple(rule for rule in CUSTOMARY.get(kind, ()) if rule.every in asked)


def period(every: str, day: date) -> tuple[date, date]:
    """Return the first and the last day of the period that a day lies in."""
    if every == "day":
        return day, day
    if every == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    months = _MONTHS[every]
    first = (day.month - 1) // months * months + 1
    start = day.replace(month=first, day=1)
    last = start.replace(month=first + months - 1, day=28) + timedelta(days=4)
    return start, last - timedelta(days=last.day)


def owed(rule: Due, calendar: Calendar, start: date, stop: date) -> Iterator[Owed]:
    """Yield the periods that touch [start, stop), in order; a day off owes no daily figures where the rule says so."""
    day = start
    while day < stop:
        first, last = period(rule.every, day)
        off = rule.every == "day" and rule.working_days and not calendar.works(day)
        if not off and (rule.since is None or first >= rule.since):
            yield Owed(first, last, due_at(rule, calendar, last))
        day = last + timedelta(days=1)


def due_at(rule: Due, calendar: Calendar, end: date) -> datetime:
    """Return the instant (UTC) by which the figures of a period that ends on this local day are owed."""
    day = calendar.after(end, rule.day) if rule.days == "working" else end + timedelta(days=rule.day)
    if rule.working_days:
        day = calendar.next(day)
    return datetime.combine(day, rule.by, LOCAL).astimezone(UTC)


def pending(rule: Due, calendar: Calendar, now: datetime) -> list[Owed]:
    """Return the last period whose hour has passed, and every later one up to that of today, in order."""
    today = now.astimezone(LOCAL).date()
    found: list[Owed] = []
    reach = timedelta(days=_REACH[rule.every])
    back = today
    while not any(one.at <= now for one in found) and back > today - 6 * reach:
        back -= reach
        found = list(owed(rule, calendar, back, today + timedelta(days=1)))
    past = [n for n, one in enumerate(found) if one.at <= now]
    return found[past[-1] :] if past else found


_REACH = {"day": 15, "week": 30, "month": 90, "quarter": 200, "half_year": 400, "year": 800}
"""Days to look back at first, so that a period is found whose hour has passed."""


def label(every: str, start: date, *, year: bool = True) -> str:
    """Return how a period is called in Vietnamese, with or without its year."""
    tail = f"/{start.year}" if year else ""
    match every:
        case "day":
            return f"ngày {start.day}/{start.month}{tail}"
        case "week":
            week = start.isocalendar()
            return f"tuần {week.week}/{week.year}" if year else f"tuần {week.week}"
        case "month":
            return f"tháng {start.month}{tail}"
        case "quarter":
            return f"quý {_ROMAN[(start.month - 1) // 3]}{tail}"
        case "half_year":
            return f"6 tháng {'đầu' if start.month == 1 else 'cuối'} năm{f' {start.year}' if year else ''}"
    return f"năm {start.year}"


def spoken(first: date, last: date) -> str:
    """Return a time of days, both included, in Vietnamese: by its name where it has one, else from and to."""
    after = last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    if first.day == after.day == 1 and first.month % months == 1 % months:
        named = {1: "month", 3: "quarter", 6: "half_year", 12: "year"}
        if months in named:
            return label(named[months], first)
    if first == last:
        return label("day", first)
    since = f"{first.day}/{first.month}" if first.year == last.year else f"{first.day}/{first.month}/{first.year}"
    return f"từ {since} đến {last.day}/{last.month}/{last.year}"
