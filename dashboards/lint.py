"""Rules that every board keeps, so that a fault is a line here and not an empty panel on a wall."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from dashboards.grid import COLUMNS
from dashboards.panels import SOURCE

_VARIABLE = re.compile(r"\$\{(\w+)(?::(\w+))?[^}]*\}|\$(\w+)|\[\[(\w+)")
_MACRO = re.compile(r"\$(__\w+)\(")
_CALLED = re.compile(r"indicator\.(\w+)\(")
_GRAFANAS = re.compile(r"__\w+")
MACROS = frozenset({"__timeFrom", "__timeTo", "__timeFilter"})
"""Those that 12.4 and 13.2 expand alike, with TimescaleDB's flag or without; groupings do not."""

IN_SQL = frozenset({"__interval", "__interval_ms"})
"""What may stand in SQL without brackets beside the board's variables."""


def faults(boards: Sequence[Mapping[str, Any]], shown: Sequence[str] = ()) -> list[str]:
    """Return a line a fault, naming board and panel; ``shown`` are numbers that one of the boards must show."""
    found = [f"{board['uid']}: {fault}" for board in boards for fault in _board(board)]
    for what in ("uid", "title"):
        found += [f"{what} {name!r} is on several boards" for name in _twice(board[what] for board in boards)]
    called = set(_CALLED.findall(json.dumps([board["panels"] for board in boards])))
    return found + [f"indicator.{key}: no board shows it" for key in shown if called.isdisjoint(_functions(key))]


def _functions(key: str) -> set[str]:
    return {key, f"{key}_now", f"{key}_every"}


def panels(board: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the panels of a board, those folded into rows too, and the rows."""
    for panel in board["panels"]:
        yield panel
        yield from panel.get("panels", ())


def _board(board: Mapping[str, Any]) -> Iterator[str]:
    if board.get("schemaVersion") != 42:
        yield "schemaVersion is not 42"
    if board.get("timezone") != "Asia/Ho_Chi_Minh":
        yield "its time zone is not the commune's"
    for what in ("title", "description"):
        if not board.get(what):
            yield f"has no {what}"
    every = list(panels(board))
    for what in ("id", "title"):
        yield from (f"{what} {name!r} stands on several panels" for name in _twice(panel[what] for panel in every))
    for one, other in combinations([panel for panel in every if not panel.get("collapsed")], 2):
        if _overlap(one["gridPos"], other["gridPos"]):
            yield f"{one['title']!r} and {other['title']!r} lie upon each other"
    variables = {variable["name"]: variable for variable in board["templating"]["list"]}
    for variable in variables.values():
        yield from _source(variable, f"variable {variable['name']}")
        yield from _sql(variable["query"], variables, f"variable {variable['name']}")
    for mark in board["annotations"]["list"]:
        yield from _source(mark, f"annotation {mark['name']}")
        yield from _sql(mark["target"]["rawSql"], variables, f"annotation {mark['name']}")
    for panel in every:
        if panel["type"] != "row":
            yield from (f"{panel['title']!r} {fault}" for fault in _panel(panel, variables))


def _panel(panel: Mapping[str, Any], variables: Mapping[str, Any]) -> Iterator[str]:
    grid = panel["gridPos"]
    if grid["x"] < 0 or grid["w"] < 1 or grid["h"] < 1 or grid["x"] + grid["w"] > COLUMNS:
        yield f"does not fit into {COLUMNS} columns"
    for what in ("title", "description"):
        if not panel.get(what, "").strip():
            yield f"has no {what}"
    if not panel["fieldConfig"]["defaults"].get("unit"):
        yield "has no unit"
    if not panel.get("targets"):
        yield "asks nothing"
    yield from _source(panel, "panel")
    yield from (f"has query {ref} twice" for ref in _twice(target["refId"] for target in panel["targets"]))
    for target in panel["targets"]:
        yield from _source(target, f"query {target['refId']}")
        yield from _sql(target["rawSql"], variables, f"query {target['refId']}")
    text = json.dumps({key: value for key, value in panel.items() if key != "targets"})
    for match in _VARIABLE.finditer(text):
        name = match[1] or match[3] or match[4]
        if name not in variables and not _GRAFANAS.fullmatch(name):
            yield f"names a variable that the board does not have: {name}"
    if panel["type"] == "geomap" and panel["options"].get("basemap", {}).get("type") != "geojson":
        yield "draws no base layer of ours, so Grafana fetches tiles from the internet"
    if "http://" in text or "https://" in text:
        yield "fetches from a fixed address: only paths behind the same proxy are reached without internet"


def _source(holder: Mapping[str, Any], what: str) -> Iterator[str]:
    if holder.get("datasource") != SOURCE:
        yield f"{what} asks {holder.get('datasource')!r}, which is not provisioned"


def _sql(text: str, variables: Mapping[str, Any], what: str) -> Iterator[str]:
    if "--" in text or "/*" in text:
        yield f"{what} has a comment: 12.4 expands macros in it, 13.2 takes it away"
    for match in _MACRO.finditer(text):
        if match[1] not in MACROS:
            yield f"{what} uses ${match[1]}(), which depends on version or flag"
    for match in _VARIABLE.finditer(_MACRO.sub("", text)):
        name, style = match[1] or match[3] or match[4], match[2]
        if name in IN_SQL:
            continue
        if name not in variables:
            yield f"{what} names a variable that the board does not have: {name}"
        elif style != "sqlstring":
            yield f"{what} must write ${{{name}:sqlstring}}: versions quote ${name} differently"


def _overlap(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    return (
        one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"]
    )  # fmt: skip


def _twice(names: Iterator[Any]) -> list[Any]:
    return sorted((name for name, count in Counter(names).items() if count > 1), key=str)
