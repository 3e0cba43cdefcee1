"""The list of what to do, worst first: incidents, and what is wrong without one.

What an incident tells of is not listed beside it, nor what a person closed though it is still so; nor a trouble so
young that its rule still waits.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from api.screen import matters, words
from api.screen.facts import Device, Facts, Feed, Overdue, Owing
from api.screen.language import called, say

TONES = {"offline": "critical", "fault": "warning", "degraded": "warning", "unknown": "unknown"}
"""States that somebody has to look at, and how loudly."""
_MARKS = {"offline": "cross", "fault": "bang", "degraded": "bang", "unknown": "question"}
_RANK = {"emergency": 0, "critical": 1, "warning": 2, "unknown": 3, "info": 4}
_SINGLY = 12
"""Devices in trouble that are listed one by one; more are told by hamlet."""
_NAMED = 8
SIGHT = "sight"
"""Subject of the incident that tells that the centre itself does not see."""
_REPORTS = 6


def troubled(devices: Iterable[Device]) -> list[Device]:
    """Return the devices in trouble, worst first, then longest."""
    found = [d for d in devices if d.state in TONES]
    return sorted(found, key=lambda d: (_RANK[TONES[d.state]], d.state, d.since, d.name))


def draw(facts: Facts) -> list[dict[str, Any]]:
    """Return the list as the browser shows it; ages tick there, so nothing here is written by the clock."""
    items = [*matters.draw(facts, _causes(facts.devices.values())),
             *_devices(facts), *_reports(untold_reports(facts)), *filter(None, map(_feed, untold_feeds(facts))),
             *map(_owing, untold_owing(facts)), *_unconfirmed(facts)]  # fmt: skip
    return sorted(items, key=lambda item: (_RANK[item["tone"]], *matters.rank(item), item["since"] or 0))


def untold_feeds(facts: Facts) -> list[Feed]:
    """Return the sources in trouble of which no incident tells or soon will."""
    found = [f for f in facts.feeds if f.state not in ("ok", "paused") and f"source/{f.name}" not in facts.told]
    return [
        f for f in found if _old(facts, {"error": f.error_since, "stale": f.due, "never": f.declared_at}.get(f.state))
    ]


def untold_owing(facts: Facts) -> list[Owing]:
    """Return what sources owe and no incident tells of."""
    return [one for one in facts.owing if one.state != "late" and one.thing not in facts.told]


def untold_reports(facts: Facts) -> list[Overdue]:
    """Return the reports after their deadline of which no incident tells."""
    return [case for case in facts.overdue if f"field_report/{case.id}" not in facts.told]


def _old(facts: Facts, since: datetime | None) -> bool:
    """Tell whether a trouble is older than any rule waits; one that does not say since when counts as old."""
    return since is None or datetime.now(UTC) - since > facts.patience


def _item(tone: str, mark: str, key: str, title: str, lines: Sequence[str], since: datetime | None) -> dict[str, Any]:
    told = [line for line in lines if line]
    return {"key": key, "tone": tone, "mark": mark, "title": title, "lines": told,
            "since": since.timestamp() if since else None, "role": ""}  # fmt: skip


def _devices(facts: Facts) -> Iterable[dict[str, Any]]:
    found = [d for d in troubled(facts.devices.values()) if _untold(facts, d)]
    blind = [d for d in found if d.state == "unknown"]
    seen = [d for d in found if d.state != "unknown"]
    grouped = len(seen) > _SINGLY
    cause = _causes(facts.devices.values())
    if grouped:
        yield from _groups(seen, cause)
    else:
        yield from (_device(d, cause(d)) for d in seen)
    if blind:
        names = _names(blind)
        title = say("{n} thiết bị không quan sát được", n=words.number(len(blind)))
        lines = [say(words.REASONS["blind"]), names]
        yield _item("unknown", "question", "blind", title, lines, min(d.since for d in blind))


def _untold(facts: Facts, d: Device) -> bool:
    if f"{d.kind}/{d.name}" in facts.told or (d.reason == "blind" and SIGHT in facts.told):
        return False
    return _old(facts, d.since)


def _device(d: Device, cause: str) -> dict[str, Any]:
    state = say(words.STATES[d.state])
    if d.state in ("fault", "degraded") and d.reported in words.REPORTED:
        state = say(words.REPORTED[d.reported])
    name = words.short(d.kind, d.name)
    named = f"{say(words.KINDS.get(d.kind, ''))} {name}".strip() if name != d.name else d.title or d.name
    where = " · ".join(filter(None, [d.hamlet, words.place(d.title)]))
    reason = words.why(d.reason, d.state, d.reported) if d.state != "offline" or d.reason != "reported" else ""
    if d.state == "offline" and d.reason in words.REASONS:
        reason = say(words.REASONS[d.reason])
    title = f"{named} {state}" if name != d.name else f"{named}: {state}"
    return _item(TONES[d.state], _MARKS[d.state], f"device/{d.kind}/{d.name}", title,
                 ["; ".join(filter(None, [reason, cause])), where], d.since)  # fmt: skip


def _groups(found: Iterable[Device], cause: Callable[[Device], str]) -> Iterable[dict[str, Any]]:
    groups: defaultdict[tuple[str, str], list[Device]] = defaultdict(list)
    for d in found:
        groups[d.hamlet, d.state].append(d)
    for (hamlet, state), its in groups.items():
        if len(its) == 1:
            yield _device(its[0], cause(its[0]))
            continue
        where, count = words.hamlet_of(hamlet), words.number(len(its))
        title = say("{where}: {n} thiết bị {state}", where=where, n=count, state=say(words.STATES[state]))
        key = f"group/{state}/{hamlet}"
        yield _item(TONES[state], _MARKS[state], key, title, [_names(its)], min(d.since for d in its))


def _names(devices: Sequence[Device]) -> str:
    shown = [words.short(d.kind, d.name) for d in devices[:_NAMED]]
    more = len(devices) - len(shown)
    return ", ".join(shown) + (" " + say("và {n} thiết bị khác", n=words.number(more)) if more > 0 else "")


def _causes(devices: Iterable[Device]) -> Callable[[Device], str]:
    """Return what says whether an outage is one device's or that of its whole line or hamlet: cause before symptom."""
    states: defaultdict[tuple[str, str], Counter[bool]] = defaultdict(Counter)
    for d in devices:
        for place in (("line", d.upstream), ("hamlet", d.hamlet)):
            if place[1] and d.state in ("online", "degraded", "fault", "offline"):
                states[place][d.state == "offline"] += 1

    def cause(d: Device) -> str:
        if d.state != "offline":
            return ""
        place = ("line", d.upstream) if d.upstream else ("hamlet", d.hamlet)
        together = say("cùng đường dây") if d.upstream else say("cùng thôn")
        away, there = states[place][True], states[place][False]
        if away + there < 2:
            return ""
        if not there:
            return say("mọi thiết bị {together} đều mất kết nối", together=together)
        if away == 1:
            return say("thiết bị {together} vẫn hoạt động", together=together)
        part = f"{away}/{away + there}"
        return say("{part} thiết bị {together} mất kết nối", part=part, together=together)

    return cause


def _reports(overdue: Sequence[Overdue]) -> Iterable[dict[str, Any]]:
    for case in overdue[:_REPORTS]:
        tone = "critical" if case.severity == "urgent" else "warning"
        about = say(words.CATEGORIES.get(case.category, ""))
        level = say(words.SEVERITIES.get(case.severity, case.severity))
        lines = [" · ".join(filter(None, [about.capitalize(), case.hamlet])), say("Mức độ: {level}", level=level)]
        title = say("Phản ánh {id} quá hạn", id=case.id)
        yield _item(tone, "clock", f"case/{case.id}", title, lines, case.due)
    if len(overdue) > _REPORTS:
        title = say("Và {n} phản ánh quá hạn khác", n=words.number(len(overdue) - _REPORTS))
        yield _item("warning", "clock", "cases", title, [], overdue[_REPORTS].due)


def _feed(feed: Feed) -> dict[str, Any] | None:
    key = f"feed/{feed.name}"
    if feed.state == "error":
        title = say("Nguồn {source}: lỗi kết nối", source=feed.title)
        return _item("warning", "bang", key, title, [feed.error], feed.error_since)
    if feed.state == "stale":
        title = say("Nguồn {source}: dữ liệu trễ", source=feed.title)
        return _item("warning", "diamond", key, title, [say("Quá hạn nhận dữ liệu")], feed.due)
    if feed.state == "never":
        title = say("Nguồn {source}: chưa có dữ liệu", source=feed.title)
        return _item("info", "dot", key, title, [], None) | {"role": "technician"}
    return None


def owes(one: Owing) -> str:
    """Say in a line what a source owes: "Chưa nộp quý III, hạn 12/10 – Kế toán"."""
    told = f"{say(words.OWING[one.state])} {called(one.period)}"
    if one.state == "late" and one.received:
        told += ", " + say("nộp {day}", day=words.day_month(one.received))
    told += ", " + say("hạn {day}", day=words.day_month(one.by))
    return told + (f" – {one.owner}" if one.owner else "")


def _owing(one: Owing) -> dict[str, Any]:
    lines = [owes(one)]
    if one.state == "partial":
        parts = [say("{n} chỉ tiêu", n=words.number(one.indicators))] if one.indicators else []
        parts += [say("đơn vị {units}", units=", ".join(one.units[:_NAMED]))] if one.units else []
        lines.append(say("Còn thiếu: {what}", what=" · ".join(parts)))
    lines += [say(words.OWING_WHY[reason]).capitalize() for reason in one.why]
    mark = "clock" if one.state == "missing" else "bang"
    key = f"owing/{one.source}/{one.period}/{one.owner}"
    return _item("warning", mark, key, one.title, lines, one.by if one.state != "abnormal" else one.received)


def _unconfirmed(facts: Facts) -> Iterable[dict[str, Any]]:
    strangers = [d for d in facts.devices.values() if d.lifecycle == "unconfirmed"]
    if strangers:
        title = say("{n} thiết bị chưa khai báo", n=words.number(len(strangers)))
        lines = [say("Đã gửi tin nhưng chưa có trong sổ thiết bị"), _names(strangers)]
        item = _item("info", "question", "unconfirmed", title, lines, min(d.since for d in strangers))
        yield item | {"role": "technician"}
