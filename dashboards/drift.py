"""What a running Grafana shows otherwise than the files: per board, per panel, without what Grafana adds by itself."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dashboards import layout
from dashboards.layout import Board

_ITS_OWN = frozenset({
    "id", "version", "iteration", "gnetId", "schemaVersion", "pluginVersion", "current", "options.list", "definition",
    "editorMode", "gridPos", "panels", "collapsed", "key", "requestId", "sql", "datasetId", "preload",
})  # fmt: skip
"""Keys that Grafana gives, migrates or keeps for its editor, and those that :mod:`dashboards.layout` compares."""

_FILLED_IN: Mapping[str, Any] = {
    "fiscalYearStartMonth": 0, "graphTooltip": 0, "weekStart": "", "timezone": "browser", "editable": True,
    "color.mode": "thresholds", "thresholds.mode": "absolute",
    "thresholds.steps": [{"color": "green"}, {"color": "red", "value": 80}],
    "custom.axisColorMode": "text", "custom.axisPlacement": "auto", "custom.barAlignment": 0,
    "custom.barWidthFactor": 0.6, "custom.drawStyle": "line", "custom.fillOpacity": 0, "custom.gradientMode": "none",
    "custom.lineInterpolation": "linear", "custom.lineWidth": 1, "custom.pointSize": 5, "custom.showPoints": "auto",
    "custom.align": "auto", "custom.inspect": False, "cellOptions.type": "auto", "scaleDistribution.type": "linear",
    "stacking.group": "A", "stacking.mode": "none", "thresholdsStyle.mode": "off", "footer.reducers": [],
    "legend.displayMode": "list", "legend.placement": "bottom", "legend.showLegend": True,
    "tooltip.mode": "single", "tooltip.sort": "none", "options.colorMode": "value", "options.graphMode": "area",
    "options.justifyMode": "auto", "options.orientation": "auto", "options.percentChangeColorMode": "standard",
    "options.textMode": "auto", "options.wideLayout": True, "reduceOptions.calcs": ["lastNotNull"],
    "options.cellHeight": "sm", "options.showHeader": True, "options.alignValue": "left", "options.rowHeight": 0.9,
    "options.mergeValues": True, "options.showValue": "auto", "options.xTickLabelRotation": 0,
    "options.xTickLabelSpacing": 0, "options.barWidth": 0.97, "options.groupWidth": 0.7, "options.barRadius": 0,
    "options.displayMode": "gradient", "options.valueMode": "color", "options.namePlacement": "auto",
    "options.sizing": "auto", "options.minVizWidth": 8, "options.minVizHeight": 16, "options.maxVizHeight": 300,
    "options.showUnfilled": True, "options.minVizWidth.gauge": 75, "options.showThresholdMarkers": True,
}  # fmt: skip
"""What a panel gets when somebody opens and saves it, by the end of its path: the panels' own defaults."""

_AREAS = (
    (r"(^|\.)rawSql$|^templating\..*\.query", "SQL", "dashboards/indicators or dashboards/boards.py"),
    (r"\.unit$", "unit", "the number's unit in dashboards/indicators"),
    (r"\.thresholds\.", "thresholds", "the number's target, warn and alarm in dashboards/indicators"),
    (r"(^|\.)title$", "title", "the number's title in dashboards/indicators, or dashboards/boards.py"),
    (r"(^|\.)description$", "description", "the number's help in dashboards/indicators"),
    (r".", "", "dashboards/boards.py"),
)
"""Path → what it is called and where it is changed in code."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the files (``ours``) and Grafana (``theirs``) have otherwise; None: one does not have it.

    ``panel`` is None for the board as a whole; ``home`` is where code has it, empty for what `pull` brings back.
    """

    board: str
    panel: int | None
    title: str
    what: str
    ours: Any
    theirs: Any
    home: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {_short(self.ours)} -> {_short(self.theirs)}"


def compare(ours: Board, theirs: Board) -> list[Difference]:
    """Return what differs between a board's file and what Grafana shows, the board's own first, then by panel id."""
    uid, theirs = str(ours["uid"]), layout.recognised(theirs, ours)
    found = [Difference(uid, None, str(ours["title"]), *told) for told in _compared(_top(ours), _top(theirs))]
    mine, its = layout.panels(ours), layout.panels(theirs)
    here, there = layout.places(ours), layout.places(theirs)
    for n in sorted({*mine, *its}):
        title = str((mine.get(n) or its[n]).get("title") or "")
        if n not in its:
            found.append(Difference(uid, n, title, "panel removed in Grafana", title, None, "dashboards/boards.py"))
        elif n not in mine:
            found.append(Difference(uid, n, title, "panel added in Grafana", None, title, "dashboards/boards.py"))
        else:
            found += [Difference(uid, n, title, *told) for told in _moved(here[n], there[n])]
            found += [Difference(uid, n, title, *told) for told in _compared(_leaves(mine[n]), _leaves(its[n]))]
    return found


def _moved(here: layout.Place, there: layout.Place) -> Iterator[tuple[str, Any, Any]]:
    ours, theirs = ({key: getattr(place, key) for key in ("x", "y", "w", "h")} for place in (here, there))
    if ours != theirs:
        yield "position", ours, theirs
    for key in ("row", "collapsed"):
        if getattr(here, key) != getattr(there, key):
            yield key, getattr(here, key), getattr(there, key)


def lines(found: list[Difference], boards: Mapping[str, str]) -> list[str]:
    """Return differences for people: a line a board (uid → title), below it its panels and what they differ in."""
    told: list[str] = []
    for uid, title in boards.items():
        its = [one for one in found if one.board == uid]
        if not its:
            continue
        told.append(f"{title} ({uid}): {len(its)} {'difference' if len(its) == 1 else 'differences'}, file -> Grafana")
        panel: int | None = -1
        for one in its:
            if one.panel != panel:
                panel = one.panel
                told.append("  the board itself" if panel is None else f"  panel {panel} “{one.title}”")
            told.append(f"    {one}")
    return told


def _top(board: Board) -> dict[str, Any]:
    """Return the leaves of a board without its panels and the annotations that Grafana shows in every board."""
    whole = dict(board)
    marks = [one for one in board.get("annotations", {}).get("list", []) if not one.get("builtIn")]
    whole["annotations"] = {"list": marks}
    return _leaves(whole)


def _leaves(node: Any, path: str = "") -> dict[str, Any]:
    if isinstance(node, Mapping):
        found: dict[str, Any] = {}
        for key, value in node.items():
            if key not in _ITS_OWN and not (path.startswith("templating.") and key == "options"):
                found |= _leaves(value, f"{path}.{key}" if path else str(key))
        return found
    if isinstance(node, list) and node and all(isinstance(one, Mapping) for one in node):
        for name in ("refId", "name"):
            if all(name in one for one in node) and len({one[name] for one in node}) == len(node):
                return {place: value for one in node for place, value in _leaves(one, f"{path}.{one[name]}").items()}
    return {path: _bare(node)}


def _bare(node: Any) -> Any:
    """Return a value without the nulls in it."""
    if isinstance(node, Mapping):
        return {key: _bare(value) for key, value in node.items() if value is not None}
    return [_bare(one) for one in node] if isinstance(node, list) else node


def _compared(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any, str]]:
    for path in sorted({*ours, *theirs}):
        mine, its = ours.get(path), theirs.get(path)
        if mine == its or (_unsaid(path, mine) and _unsaid(path, its)):
            continue
        called, home = next((called, home) for pattern, called, home in _AREAS if re.search(pattern, path))
        yield f"{called} ({path})" if called and called != path else path, mine, its, home


def _unsaid(path: str, value: Any) -> bool:
    """Tell whether a value is as good as none: empty, or what Grafana fills in."""
    end = ".".join(path.split(".")[-2:])
    return value is None or value is False or value in ("", [], {}) or value == _FILLED_IN.get(end, ...)


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict) and value.keys() == {"x", "y", "w", "h"}:
        return " ".join(f"{key} {n}" for key, n in value.items())
    told = repr(value) if not isinstance(value, str) else f"“{' '.join(value.split())}”"
    return told if len(told) <= 120 else f"{told[:117]}…"
