"""Tables of a board: rows of labels, and cards of numbers against their targets."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from api.screen import numbers, tile, words
from api.screen.board_words import Looking, name_of, order
from api.screen.boards.parts import Card, Line, Table
from api.screen.language import say
from dashboards import indicators
from dashboards.indicators import Indicator

Drawn = dict[str, Any]
Row = dict[str, Any]

_MARKS = {"critical": "triangle", "warning": "diamond"}


def table(part: Table, looking: Looking) -> Drawn:
    """Return a table: a row a label, a column an indicator, as of now."""
    known = indicators.load()
    columns = [known[line.key] for line in part.columns]
    found: defaultdict[str, dict[str, Row]] = defaultdict(dict)
    for line in part.columns:
        for row in indicators.judged(looking.store, line.key, looking.units):
            if row["value"] is not None:
                found[row["label"]][line.key] = row
    instants = [row["time"] for its in found.values() for row in its.values()]
    newest = max((its[columns[0].key]["time"] for its in found.values() if columns[0].key in its), default=None)
    first = columns[0].key
    labels = sorted(
        found, key=lambda label: (label,) if part.tree else (first not in found[label], *order(columns[0], label))
    )
    tops = {line.key: _top([its[line.key] for its in found.values() if line.key in its]) for line in part.columns}
    return {
        "type": "table",
        "columns": [{"title": say(part.heading)}, *(_heading(line, known[line.key]) for line in part.columns)],
        "rows": [
            [
                _first(part, columns[0], label),
                *(_cell(line, known[line.key], found[label].get(line.key), tops[line.key]) for line in part.columns),
            ]
            for label in labels
        ],
        "exact": [
            [
                _first(part, columns[0], label)["text"],
                *(found[label].get(line.key, {}).get("value") for line in part.columns),
            ]
            for label in labels
        ],
        "empty": not found,
        "period": words.period(columns[0].grain, newest or max(instants), cumulative=columns[0].cumulative)
        if instants
        else "",
    }


def _heading(line: Line, indicator: Indicator) -> Drawn:
    heading, unit = say(line.title) if line.title else tile.title(indicator), say(words.UNITS[indicator.unit])
    return {"title": heading if unit in heading.lower() else f"{heading} ({unit})", "right": True}


def _first(part: Table, indicator: Indicator, label: str) -> Drawn:
    """Return the cell that names a row, indented by its place in the tree."""
    if not part.tree:
        return {"text": name_of(indicator, label)}
    place, _, name = label.partition(" ")
    return {"text": name or place, "indent": place.count("/"), "sort": label, "hint": label}


def _top(rows: list[Row]) -> float:
    values = [float(value) for row in rows for value in (row["value"], row["target"]) if value is not None]
    return max(values, default=0.0)


def _cell(line: Line, indicator: Indicator, row: Row | None, top: Decimal | float) -> Drawn:
    if row is None:
        return {"text": "—", "hint": say("chưa có dữ liệu"), "sort": -1}
    shown = {
        "text": words.glance(row["value"])[0] + " " + say(words.glance(row["value"])[1]).removesuffix(" đồng")
        if indicator.unit == "vnd"
        else words.number(row["value"]),
        "sort": float(row["value"]),
        "hint": words.exact(row["value"], indicator.unit),
    }
    return shown | _judged(row) | (_bar(row, top) if line.bar else {})


def _judged(row: Row) -> Drawn:
    return {"tone": row["level"], "mark": _MARKS[row["level"]]} if row["level"] else {}


def _bar(row: Row, top: Decimal | float) -> Drawn:
    """Return how long the bar is and where the target stands, in percent of the longest."""
    whole = float(top) or 1.0
    target = row["target"]
    return {"bar": max(0.0, round(100 * float(row["value"]) / whole, 1)),
            "aim": None if target is None else round(100 * float(target) / whole, 1)}  # fmt: skip


def keys(part: Card) -> list[str]:
    """Return the indicators of a card: those that are named, or the parts of its score."""
    return list(part.keys or indicators.load()[part.weighed].parts)


def card(part: Card, looking: Looking) -> Drawn:
    """Return a card: a row a number with its target, gap, change and period; ``without`` names those without value."""
    known = indicators.load()
    weights = known[part.weighed].parts if part.weighed else {}
    points = _points(looking) if weights else {}
    rows, exact, without = [], [], []
    for key in keys(part):
        indicator = known[key]
        readings = [row for row in indicators.judged(looking.store, key, looking.units) if row["value"] is not None]
        if not readings:
            without.append(tile.title(indicator) + (f" ({words.number(weights[key])})" if key in weights else ""))
        for row in readings:
            cells, values = _line(indicator, row, looking)
            if weights:
                cells += [_plain(points.get(key)), _plain(Decimal(str(weights[key])))]
                values += [points.get(key), weights[key]]
            rows.append(cells)
            exact.append(values)
    titles = ["Chỉ số", "Giá trị", "", "Mục tiêu", "So mục tiêu", "So kỳ trước", "Kỳ"]
    titles += ["Điểm", "Trọng số"] if weights else []
    return {
        "type": "card",
        "columns": [{"title": say(title), "right": n in (1, 3, 4, 5, 7, 8)} for n, title in enumerate(titles)],
        "rows": rows,
        "heads": [say(title) for title in ("Chỉ số", "Giá trị", "Đơn vị", "Mục tiêu", "So mục tiêu", "Kỳ")]
        + ([say("Điểm"), say("Trọng số")] if weights else []),
        "exact": exact,
        "without": without,
        "empty": not rows,
        "period": "",
    }


def _points(looking: Looking) -> dict[str, Decimal]:
    return {row["label"]: row["value"] for row in indicators.now(looking.store, "dti_points", looking.units)}


def _plain(value: Decimal | None) -> Drawn:
    return {"text": "—" if value is None else words.number(value), "sort": -1 if value is None else float(value)}


def _line(indicator: Indicator, row: Row, looking: Looking) -> tuple[list[Drawn], list[Any]]:
    value, target = row["value"], row["target"]
    target = None if target is None else Decimal(str(target))
    said = numbers.stated(looking.store, indicator, looking.commune.code)
    period = words.named(said.start, said.end, cumulative=said.cumulative) if said else words.period(
        indicator.grain, row["time"]
    )  # fmt: skip
    gap = None if target is None else value - target
    missed = gap is not None and (
        (gap < 0) if indicator.better == "higher" else (gap > 0 and indicator.better == "lower")
    )
    name = tile.title(indicator) + (f": {name_of(indicator, row['label'])}" if row["label"] else "")
    shown: Drawn = {"text": words.amount(value, indicator.unit), "sort": float(value),
                    "hint": words.exact(value, indicator.unit)} | _judged(row)  # fmt: skip
    if indicator.states:
        shown["text"] = say(indicator.states[int(value)])
    if said and said.differs and said.stated is not None:
        told = say("Lệch số liệu: tính lại {computed}, nguồn nêu {stated}",
                   computed=words.percent(value), stated=words.percent(said.stated))  # fmt: skip
        shown |= {"hint": told, "tone": row["level"] or "warning", "mark": "diamond", "note": say("lệch số liệu")}
    top = max(value, target or 0, 100 if indicator.unit == "percent" else 0)
    bar: Drawn = {"text": ""} | (_bar(row, top) if target is not None or indicator.unit == "percent" else {})
    cells = [
        {"text": name, "hint": tile.meaning(indicator)},
        shown,
        bar,
        {"text": "—" if target is None else words.amount(target, indicator.unit)},
        {"text": "—" if gap is None else words.change(gap, indicator.unit), "sort": None if gap is None else float(gap)}
        | ({"tone": "short", "mark": "short", "note": say("chưa đạt")} if missed else {}),
        {"text": _changed(indicator, row, looking)},
        {"text": period} | _old(said, looking),
    ]
    return cells, [name, value, say(words.UNITS[indicator.unit]), target, gap, period]


def _changed(indicator: Indicator, row: Row, looking: Looking) -> str:
    """Return the change from the period before, by the newest rows of the same label in the past five years."""
    begin = row["time"] - 5 * 366 * numbers.DAY
    rows = [
        (one["time"], one["value"])
        for one in indicators.series(looking.store, indicator.key, begin, row["time"], looking.units)
        if one["label"] == row["label"] and one["value"] is not None
    ]
    return words.change(row["value"] - rows[-1][1], indicator.unit) if rows else "—"


def _old(said: numbers.Stated | None, looking: Looking) -> Drawn:
    """Mark a figure whose period ended longer ago than two of its like, and at least half a year."""
    if said is None or not said.old(looking.now):
        return {}
    return {"tone": "warning", "mark": "clock", "hint": say("số liệu cũ"), "note": say("số liệu cũ")}
