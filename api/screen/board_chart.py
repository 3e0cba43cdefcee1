"""A chart of a board: lines, bars and rankings of indicators, with their targets, in the browser's own terms."""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from api.screen import tile, words
from api.screen.board_words import Looking, name_of, order, told
from api.screen.boards.parts import Chart, Ink, Line
from api.screen.language import say
from api.screen.numbers import DAY, ends
from connectors.contract import LOCAL
from dashboards import indicators
from dashboards.definition import STEPS
from dashboards.formulas import formula
from dashboards.indicators import Indicator

Drawn = dict[str, Any]

_NOW = ("ranking", "shares")
_POINTS = 60
"""So many buckets a chart has at most, where they can be wider."""
_AHEAD = timedelta(days=366)
"""The figure of a month or year that runs is of its last day, which is to come."""
_HIGH = 50
"""Percentages above are drawn without the empty space below."""
_SAW = "budget_year_elapsed"
_DIVISIBLE = ("percent", "percentage_point", "vnd", "million_vnd_per_person_year", "hectare", "tonne", "point", "hour")
INKS: dict[str, Ink] = {
    "overdue": "critical", "due_soon": "warning", "in_time": "first", "no_due_date": "muted",
    "negative": "warning", "neutral": "muted", "positive": "first",
}  # fmt: skip
"""Labels whose colour says something."""


def draw(part: Chart, looking: Looking) -> Iterator[Drawn]:
    """Yield the chart, or one a label where its lines stand apart."""
    if not part.apart:
        yield _draw(part, looking)
        return
    first = indicators.load()[part.lines[0].key]
    total: defaultdict[str, float] = defaultdict(float)
    for row in _rows(first, looking)[0]:
        total[row["label"]] += float(row["value"] or 0)
    most = sorted((label for label, its in total.items() if its), key=lambda label: (-total[label], label))
    for label in most[: part.apart]:
        lines = tuple(replace(line, label=label) for line in part.lines)
        yield _draw(replace(part, lines=lines), looking, f"{name_of(first, label)} – {say(part.title).lower()}")
    if not most:
        yield _draw(part, looking)


def _draw(part: Chart, looking: Looking, heading: str = "") -> Drawn:
    known = indicators.load()
    first = known[part.lines[0].key]
    found = [_now(part, line, looking) if part.form in _NOW else _series(part, line, looking) for line in part.lines]
    series = [one for its, _ in found for one in its]
    steps = max((step for _, step in found), default=timedelta())
    begin, end = looking.now - looking.span, looking.now
    instants = [at for one in series for at, _ in one["points"]] if part.form not in _NOW else []
    if instants and looking.now.timestamp() - min(instants) < looking.span.total_seconds() / 2:
        begin = datetime.fromtimestamp(min(instants), LOCAL)  # what began lately would be a sliver at the edge
    empty = not any(value is not None for one in series if not one["dashed"] for _, value in one["points"])
    drawn = {
        **told(part.title, part.wide, [line.key for line in part.lines], looking),
        "type": "chart",
        "form": part.form,
        "series": [one for one in series if one["points"]] or series[:1],
        "aim": _aim(part, looking),
        "from": begin.timestamp(),
        "low": _low(first, part, series),
        "to": max([end.timestamp(), *instants]),
        "names": _names(part, first, instants, looking),
        "whole": first.unit not in _DIVISIBLE,
        "empty": empty,
        "period": say("ngay lúc này") if part.form in _NOW else f"{words.day(begin)} – {words.day(end)}",
    }
    if heading:
        drawn["title"] = heading
    if part.form in _NOW and found[0][0] and (at := found[0][0][0]["at"]) is not None:
        drawn["period"] = words.period(first.grain, at, cumulative=first.cumulative)
    if steps > timedelta(days=1):
        every = "mỗi cột {days} ngày" if part.form in ("bars", "stack") else "mỗi điểm {days} ngày"
        drawn["period"] += " · " + say(every, days=steps.days)
    if empty:
        newest = [row["time"] for row in indicators.now(looking.store, first.key, looking.units)]
        drawn["latest"] = words.period(first.grain, max(newest)) if newest else ""
    return drawn


def _low(indicator: Indicator, part: Chart, series: list[Drawn]) -> float | None:
    """Return where the axis of percentages begins that are all high; None: at 0."""
    if indicator.unit != "percent" or part.form != "line":
        return None
    lowest = min((value for one in series for _, value in one["points"] if value is not None), default=0)
    return None if lowest < _HIGH else max(0, (lowest - 5) // 10 * 10)


def _names(part: Chart, indicator: Indicator, instants: list[float], looking: Looking) -> Drawn:
    """Return the periods that bars are named by, by their second; empty where they stand on the axis of time."""
    if indicator.grain in STEPS or part.form not in ("bars", "stack"):
        return {}
    found = {at.timestamp(): words.brief(start, end) for at, start, end in ends(looking.store, indicator, looking.unit)}
    return {str(int(at)): found.get(at) or words.brief(*words.span(indicator.grain, at)) for at in set(instants)}


def _rows(indicator: Indicator, looking: Looking) -> tuple[list[Any], timedelta]:
    """Return an indicator's rows over the span, and how wide its buckets are where that is more than its grain."""
    begin, end = looking.now - looking.span, looking.now
    if indicator.grain not in STEPS or not formula(indicator, indicators.load()).stepped:
        return indicators.series(looking.store, indicator.key, begin, end + _AHEAD, looking.units), timedelta()
    grain = STEPS[indicator.grain]
    step = max(
        grain, timedelta(days=math.ceil(looking.span / _POINTS / DAY)) if looking.span > _POINTS * grain else grain
    )
    return indicators.series(looking.store, indicator.key, begin, end, looking.units, step), step


def _summed(rows: list[Any], looking: Looking) -> tuple[list[Any], timedelta]:
    """Return the counts of days in weeks, or wider, where there are more days than bars can tell apart."""
    days = math.ceil(looking.span / _POINTS / DAY)
    if days < 2 or len({row["time"] for row in rows}) <= _POINTS:
        return rows, timedelta()
    found: dict[tuple[datetime, str], Any] = {}
    for row in rows:
        at = looking.now - (looking.now - row["time"]) // (days * DAY) * days * DAY
        known = found.setdefault((at, row["label"]), {"time": at, "label": row["label"], "value": None})
        if row["value"] is not None:
            known["value"] = (known["value"] or 0) + row["value"]
    return sorted(found.values(), key=lambda row: row["time"]), days * DAY


def _series(part: Chart, line: Line, looking: Looking) -> tuple[list[Drawn], timedelta]:
    indicator = indicators.load()[line.key]
    name = say(line.title) if line.title else tile.title(indicator)
    rows, step = _rows(indicator, looking)
    if part.form in ("bars", "stack") and indicator.grain in STEPS and not step:
        rows, step = _summed(rows, looking)
    lines: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for row in rows:
        if not line.label or row["label"] == line.label:
            value = None if row["value"] is None else float(row["value"])
            lines[row["label"]].append([row["time"].timestamp(), value])
    if indicator.cumulative or indicator.key == _SAW:
        lines = defaultdict(list, {label: _by_year(points) for label, points in lines.items()})
    alone = bool(line.label) or not any(lines)
    drawn = [
        {
            "name": name if alone else name_of(indicator, label),
            "points": lines[label],
            "dashed": line.dashed,
            "ink": line.ink or INKS.get(label, ""),
        }
        for label in sorted(lines, key=lambda label: order(indicator, label))
        # A label that was 0 all the time says nothing among others.
        if alone or len(lines) == 1 or any(value for _, value in lines[label])
    ]
    return drawn or [{"name": name, "points": [], "dashed": line.dashed, "ink": line.ink}], step


def _by_year(points: list[list[Any]]) -> list[list[Any]]:
    """Break a line that runs from 1 January where a year begins."""
    broken: list[list[Any]] = []
    for at, value in points:
        if broken and _year(broken[-1][0]) != _year(at):
            broken.append([at - 1, None])
        broken.append([at, value])
    return broken


def _year(at: float) -> int:
    return datetime.fromtimestamp(at, LOCAL).year


def _now(part: Chart, line: Line, looking: Looking) -> tuple[list[Drawn], timedelta]:
    """Return the labels of one instant as one series, most first."""
    indicator = indicators.load()[line.key]
    rows = [r for r in indicators.now(looking.store, line.key, looking.units) if r["value"] is not None]
    instants: list[datetime] = [row["time"] for row in rows]
    points: list[tuple[str, float]] = [(name_of(indicator, row["label"]), float(row["value"])) for row in rows]
    ordered = sorted(points, key=lambda point: point[1], reverse=True)
    return [{
        "name": tile.title(indicator), "points": ordered, "dashed": False, "ink": line.ink,
        "at": max(instants, default=None),
    }], timedelta()  # fmt: skip


def _aim(part: Chart, looking: Looking) -> float | None:
    """Return the one target that the chart's lines have; None where they have none, or several."""
    if part.form in (*_NOW, "stack"):
        return None
    aims = set()
    for line in part.lines:
        if line.aim and not line.dashed:
            targets = {
                float(row["target"])
                for row in indicators.judged(looking.store, line.key, looking.units)
                if row["target"] is not None and row["label"] == line.label
            }
            aims |= targets
    return aims.pop() if len(aims) == 1 else None
