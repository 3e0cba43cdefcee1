"""The picture: what a screen shows, one JSON value a process; screens get all of it once, then changes."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from api.screen import attention, sentence, tiles, words
from api.screen.facts import Device, Facts, Feed, Owing
from api.screen.language import say

Picture = dict[str, Any]

CROWD = 300
"""Devices that a wall shows one by one; with more it shows hamlets, worst first."""
_CALM = ("ok", "never", "paused")
"""States of a source that nobody has to do anything about."""
_KEYED = ("devices", "tiles")
_WORST = 200
"""Devices in trouble that a map marks at most."""


def draw(facts: Facts, before: Picture | None, *, breathe: bool) -> Picture:
    """Draw the facts; ``seen`` instants move only when it breathes, so that a quiet commune sends next to nothing."""
    crowd = len(facts.devices) > CROWD
    shown = attention.troubled(facts.devices.values())[:_WORST] if crowd else list(facts.devices.values())
    known = before["devices"] if before else {}
    drawn = {f"{d.kind}/{d.name}": _device(d) for d in shown}
    if not breathe:
        for key, device in drawn.items():
            old = known.get(key)
            if old and old["since"] == device["since"] and old["state"] == device["state"]:
                device["seen"] = old["seen"]
    return {
        "commune": {
            "code": facts.commune.code,
            "name": facts.commune.name,
            "province": facts.commune.province,
            "simulated": facts.commune.simulated,
        },
        "sentence": sentence.draw(facts),
        "attention": attention.draw(facts),
        "outlines": {name: _rings(outline) for name, outline in facts.hamlets.items()},
        "devices": drawn,
        "hamlets": _hamlets(facts) if crowd else [],
        "crowd": _crowd(facts) if crowd else [],
        "count": len(facts.devices),
        "pending": sum(d.state == "pending_install" for d in facts.devices.values()),
        "tiles": tiles.draw(facts),
        "feeds": _feeds(facts),
        "newest": max((feed.last.timestamp() for feed in facts.feeds if feed.last), default=None),
        "away": None,
    }


def changes(before: Picture, after: Picture) -> Picture:
    """Return what differs: devices and tiles one by one (None: gone), every other part whole."""
    differing: Picture = {}
    for part, now in after.items():
        old = before[part]
        if old == now:
            continue
        if part in _KEYED:
            gone = dict.fromkeys(old.keys() - now.keys())
            differing[part] = {key: value for key, value in now.items() if old.get(key) != value} | gone
        else:
            differing[part] = now
    return differing


def _device(d: Device) -> dict[str, Any]:
    return {
        "kind": d.kind,
        "short": words.short(d.kind, d.name),
        "title": d.title or d.name,
        "hamlet": words.hamlet_of(d.hamlet),
        "state": d.state,
        "reported": d.reported if d.reported in words.REPORTED else "",
        "since": d.since.timestamp(),
        "seen": _epoch(d.seen),
        "strange": d.lifecycle == "unconfirmed",
        "at": _position(d),
    }


def _position(d: Device) -> list[float] | None:
    return None if d.longitude is None or d.latitude is None else [round(d.longitude, 5), round(d.latitude, 5)]


def _hamlets(facts: Facts) -> list[dict[str, Any]]:
    """Return the hamlets with their devices by state, worst first."""
    states: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for d in facts.devices.values():
        states[words.hamlet_of(d.hamlet)][d.state] += 1
    drawn = [{"name": name, "total": counts.total(), "states": dict(sorted(counts.items()))}
             for name, counts in states.items()]  # fmt: skip
    return sorted(drawn, key=lambda h: (*(-h["states"].get(s, 0) for s in attention.TONES), h["name"]))


def _crowd(facts: Facts) -> list[list[float]]:
    return [at for d in facts.devices.values() if (at := _position(d))]


def _rings(outline: Mapping[str, Any] | None) -> list[Any]:
    """Return the rings of a GeoJSON polygon or of several."""
    if not outline:
        return []
    if outline.get("type") == "MultiPolygon":
        return [ring for polygon in outline["coordinates"] for ring in polygon]
    return list(outline["coordinates"]) if outline.get("type") == "Polygon" else []


def _feeds(facts: Facts) -> list[dict[str, Any]]:
    """Return a sign for each source in trouble, and one for the others of a feed together: the oldest tells the age."""
    drawn = [_feed(feed, facts.owing) for feed in facts.feeds]
    calm: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    found: list[dict[str, Any]] = []
    for feed, one in zip(facts.feeds, drawn, strict=True):
        if feed.state in _CALM and not one["owes"]:
            calm[feed.state, feed.feed].append(one)
        else:
            found.append(one)
    for (_, feed_name), its in sorted(calm.items(), key=lambda item: _CALM.index(item[0][0])):
        oldest = min(its, key=lambda one: one["last"] or 0)
        several = words.FEED_TITLES.get(feed_name) if len(its) > 1 else None
        title = say(several) if several else its[0]["title"]
        found.append({**oldest, "title": title, "count": len(its)})
    return found


def _feed(feed: Feed, owing: Sequence[Owing]) -> dict[str, Any]:
    owed = sorted((one for one in owing if one.source == feed.name), key=lambda one: list(words.OWING).index(one.state))
    return {
        "name": feed.name,
        "title": feed.title,
        "state": feed.state,
        "last": _epoch(feed.last),
        "due": _epoch(feed.due),
        "error": feed.error,
        "owes": attention.owes(owed[0]) if owed else "",
        "count": 1,
    }


def _epoch(at: datetime | None) -> float | None:
    return at.timestamp() if at else None
