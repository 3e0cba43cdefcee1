"""What Grafana's editor adds to a board that was opened and saved, by the example of its API reference."""

from typing import Any

Json = dict[str, Any]


def filled_in(board: Json, version: str) -> None:
    """Add what the editor adds to a board that was opened and saved, by the reference's own example of a board."""
    builtin = {"builtIn": 1, "name": "Annotations & Alerts", "enable": True, "hide": True, "type": "dashboard"}
    board["annotations"] = {"list": [builtin, *board.get("annotations", {}).get("list", [])]}
    board |= {
        "preload": False,
        "links": board.get("links", []),
        "fiscalYearStartMonth": 0,
        "graphTooltip": board.get("graphTooltip", 0),
    }
    for variable in board.get("templating", {}).get("list", []):
        variable |= {"current": {"text": "05068", "value": "05068"}, "options": [{"text": "05068", "value": "05068"}]}
    for panel in [inner for outer in board["panels"] for inner in (outer, *outer.get("panels", []))]:
        if panel["type"] == "row":
            continue
        panel["pluginVersion"] = version
        defaults = panel.setdefault("fieldConfig", {}).setdefault("defaults", {})
        panel["fieldConfig"].setdefault("overrides", [])
        defaults.setdefault("mappings", [])
        defaults.setdefault("color", {"mode": "thresholds"})
        defaults.setdefault(
            "thresholds", {"mode": "absolute", "steps": [{"color": "green"}, {"color": "red", "value": 80}]}
        )
        for step in defaults["thresholds"]["steps"][:1]:
            step.setdefault("value", None)
        if panel["type"] == "timeseries":
            drawn = {"axisBorderShow": False, "axisColorMode": "text", "axisLabel": "", "axisPlacement": "auto",
                     "barAlignment": 0, "drawStyle": "line", "fillOpacity": 0, "gradientMode": "none",
                     "hideFrom": {"legend": False, "tooltip": False, "viz": False}, "insertNulls": False,
                     "lineInterpolation": "linear", "lineWidth": 1, "pointSize": 5,
                     "scaleDistribution": {"type": "linear"}, "showPoints": "auto", "spanNulls": False,
                     "stacking": {"group": "A", "mode": "none"}, "thresholdsStyle": {"mode": "off"}}  # fmt: skip
            defaults["custom"] = drawn | defaults.get("custom", {})
        if panel["type"] == "stat":
            shown = {"colorMode": "value", "graphMode": "area", "justifyMode": "auto", "orientation": "auto",
                     "percentChangeColorMode": "standard", "showPercentChange": False, "textMode": "auto",
                     "wideLayout": True}  # fmt: skip
            reduced = {"calcs": ["lastNotNull"], "fields": "", "values": False}
            given = panel.get("options", {})
            reduced |= given.get("reduceOptions", {})
            panel["options"] = shown | given | {"reduceOptions": reduced}
