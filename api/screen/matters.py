"""Incidents as the list shows them: how severe, what, since when, who has it; many of one rule are told as one."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from api.screen import words
from api.screen.facts import Device, Facts
from api.screen.incidents import Incident
from api.screen.language import called, say, spoken
from dashboards import indicators

TONES = {"emergency": "emergency", "critical": "critical", "warning": "warning", "info": "info"}
_MARKS = {"emergency": "octagon", "critical": "triangle", "warning": "diamond", "info": "dot"}
_SINGLY = 3
"""Incidents of one rule that are listed one by one; more are one item that opens."""
_NAMED = 60
_DEADLINE = "field_report_due"
"""The rule whose value is the part of a report's term that has passed."""
_COUNTED = {
    "camera": "{n} camera",
    "loudspeaker": "{n} cụm loa",
    "network": "{n} thiết bị mạng",
    "source": "{n} nguồn dữ liệu",
}


def draw(facts: Facts, cause: Callable[[Device], str]) -> list[dict[str, Any]]:
    """Return an item an incident, the worst first; ``cause`` says whether an outage is the device's own."""
    groups: defaultdict[tuple[str, str], list[Incident]] = defaultdict(list)
    for one in facts.incidents:
        groups[one.rule, one.severity].append(one)
    items: list[dict[str, Any]] = []
    for its in groups.values():
        drawn = [_item(one, facts, cause) for one in its]
        items += drawn if len(drawn) <= _SINGLY else [_bundle(its, drawn)]
    return items


def rank(item: dict[str, Any]) -> tuple[int, bool]:
    """Return where an incident stands among those as severe: what nobody has first, what is over after what goes on."""
    its = item.get("incident")
    return (its["stage"], its["until"] is not None) if its else (0, False)


def _item(one: Incident, facts: Facts, cause: Callable[[Device], str]) -> dict[str, Any]:
    device = facts.devices.get(_device_key(one.subject)) if one.kind == "device" else None
    told = [line for line in _lines(one, device, cause) if line]
    return {
        "key": f"incident/{one.id}", "tone": TONES[one.severity], "mark": _MARKS[one.severity],
        "title": _title(one, device), "lines": told, "since": one.since.timestamp(), "role": "",
        "members": _members(one.members),
        "incident": {
            "id": one.id, "severity": say(words.ALARMS[one.severity]), "state": say(words.HANDLING[one.state]),
            "stage": list(words.HANDLING).index(one.state), "who": _who(one),
            "at": one.taken_at.timestamp() if one.taken_at else None,
            "until": one.cleared_at.timestamp() if one.cleared_at else None,
        },
    }  # fmt: skip


def _bundle(its: Sequence[Incident], drawn: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return one item for many incidents of a rule: they stand inside, each to be taken up by itself."""
    first = its[0]
    new = sum(one.state == "open" for one in its)
    parts = [say("{n} mới", n=words.number(new))] if new else []
    parts += [say("{n} đã có người nhận", n=words.number(len(its) - new))] if new < len(its) else []
    inner = sorted(drawn, key=lambda item: (*rank(item), -item["since"]))
    return {
        "key": f"rule/{first.rule}/{first.severity}", "tone": TONES[first.severity], "mark": _MARKS[first.severity],
        "title": f"{_rule_title(first)}: {say('{n} sự cố', n=words.number(len(its)))}", "lines": [], "role": "",
        "since": max(one.since for one in its).timestamp(), "inner": inner, "members": None,
        "incident": {
            "id": None, "severity": say(words.ALARMS[first.severity]), "state": ", ".join(parts),
            "stage": 0 if new else 1, "who": "", "at": None,
            "until": None if any(one.cleared_at is None for one in its) else 0,
        },
    }  # fmt: skip


def _title(one: Incident, device: Device | None) -> str:
    if device and (short := words.short(device.kind, device.name)) != device.name:
        return f"{_rule_title(one)}: {short}"
    if one.rule == _DEADLINE and one.value is not None:
        told = "Phản ánh {id} quá hạn" if one.value >= 1 else "Phản ánh {id} sắp quá hạn"
        return say(told, id=one.subject_title)
    return one.title_en if spoken() == "en" else one.title


def _rule_title(one: Incident) -> str:
    title = one.title_en if spoken() == "en" else one.title
    return title.removesuffix(f": {one.subject_title}") if one.subject_title else title


def _device_key(subject: str) -> tuple[str, str]:
    kind, _, name = subject.partition("/")
    return kind, name


def _who(one: Incident) -> str:
    """Return who has it: whom it was given to, else who took it up."""
    whose = one.assignee or (one.taken_by if one.state != "open" else None) or ""
    return say(words.ACTORS[whose]) if whose in words.ACTORS else whose


def _lines(one: Incident, device: Device | None, cause: Callable[[Device], str]) -> Iterable[str]:
    said = one.evidence
    match one.kind:
        case "device":
            yield from _of_device(one, device, cause)
        case "case":
            about = say(words.CATEGORIES.get(said.get("category", ""), "")).capitalize()
            level = said.get("severity", "")
            loud = say(words.SEVERITIES.get(level, level)) if level != "normal" else ""
            by = say("hạn {day}", day=_moment(said["due"])) if said.get("due") else ""
            yield " · ".join(filter(None, [about, said.get("hamlet", ""), by, loud]))
        case "indicator":
            yield _measured(one, _unit(said.get("number", "")))
        case "broadcast":
            yield ", ".join(say(words.AIRTIME.get(why, why)) for why in said.get("why", ())).capitalize()
            if one.value is not None:
                yield _measured(one, say("phút"))
        case "feed":
            yield from _of_feed(one)


def _of_device(one: Incident, device: Device | None, cause: Callable[[Device], str]) -> Iterable[str]:
    if (reading := one.evidence.get("reading")) and one.value is not None:
        word, unit = words.READINGS.get(reading, ("", ""))
        yield f"{say(word)} {_measured(one, say(unit))}".strip()
    elif device is not None and device.state == "offline":
        yield "; ".join(filter(None, [say(words.REASONS.get(device.reason, "")), cause(device)]))
    if device is not None:
        yield " · ".join(filter(None, [device.hamlet, words.place(device.title)]))


def _of_feed(one: Incident) -> Iterable[str]:
    said = one.evidence
    if said.get("period"):
        who = f" – {said['owner']}" if said.get("owner") else ""
        by = say("hạn {day}", day=_day(said["due"]))
        yield f"{say(words.OWING.get(said['state'], ''))} {called(said['period'])}, {by}{who}"
        for why in said.get("why", ()):
            yield say(words.OWING_WHY.get(why, why)).capitalize()
    else:
        yield said.get("error", "")


def _measured(one: Incident, unit: str) -> str:
    """Write a value beside its bound."""
    if one.value is None:
        return ""
    bound = ", " + say("ngưỡng {bound}", bound=_amount(one.threshold, unit)) if one.threshold is not None else ""
    return _amount(one.value, unit) + bound


def _amount(value: Decimal, unit: str) -> str:
    return words.number(value) + (f"\u00a0{unit}" if unit else "")


def _unit(number: str) -> str:
    known = indicators.load().get(number)
    return say(words.UNITS.get(known.unit, "")) if known else ""


def _moment(text: str) -> str:
    at = datetime.fromisoformat(text)
    return f"{words.day_month(at)} {words.time_of(at)}"


def _day(text: str) -> str:
    return words.day_month(datetime.fromisoformat(text))


def _members(members: Sequence[dict[str, Any]]) -> dict[str, str] | None:
    """Return how many belong to it and their names; None where there is nobody beside its subject."""
    if not members:
        return None
    names: dict[str, None] = {}
    kinds = set()
    for member in members:
        # What was played names its cluster; everything else is its subject.
        kind, name = ("loudspeaker", member["device"]) if member.get("device") else _device_key(member["subject"])
        short = words.short(kind, name)
        named = name if member.get("device") else str(member.get("title") or name)
        names[short if short != name else named] = None
        kinds.add(kind)
    counted = _COUNTED.get(kinds.pop(), "{n} mục") if len(kinds) == 1 else "{n} thiết bị"
    shown = sorted(names, key=lambda name: (len(name), name))
    more = " " + say("và {n} mục khác", n=words.number(len(shown) - _NAMED)) if len(shown) > _NAMED else ""
    return {"count": say(counted, n=words.number(len(shown))), "names": ", ".join(shown[:_NAMED]) + more}
