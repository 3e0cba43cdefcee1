"""Rows that are no numbers, drawn: counted as bars, and over time."""

from collections.abc import Sequence

from dashboards.grid import Panel
from dashboards.panels import bar_options, link, panel, target
from dashboards.tables import PLAIN_STEPS
from dashboards.words import PLANNED


def counts(
    title: str,
    description: str,
    sql: str,
    value: str,
    unit: str,
    *,
    width: int | None = None,
    height: int = 8,
    steps: Sequence[tuple[float | None, str]] = ((None, PLANNED),),
    board: str = "",
) -> Panel:
    """Return bars of rows that are named by their text column, in the order of the rows."""
    return panel(
        "bargauge",
        title,
        description,
        [target(sql.strip())],
        defaults={
            "unit": unit,
            "min": 0,
            "color": {"mode": "thresholds"},
            "thresholds": {"mode": "absolute", "steps": [{"value": bound, "color": colour} for bound, colour in steps]},
        },
        options=bar_options(value, 60),
        height=height,
        width=width,
        links=[link("Xem chi tiết", board)] if board else (),
    )


def events(
    title: str, description: str, sql: str, unit: str, *, width: int | None = None, height: int = 8, style: str = "bars"
) -> Panel:
    """Return rows ``time``, ``metric``, ``value`` over time, as stacked bars or points."""
    return panel(
        "timeseries",
        title,
        description,
        [target(sql.strip(), "time_series")],
        defaults={
            "unit": unit,
            "min": 0,
            "color": {"mode": "palette-classic"},
            "thresholds": PLAIN_STEPS,
            "custom": {
                "drawStyle": style,
                "lineWidth": 0,
                "fillOpacity": 70,
                "pointSize": 7,
                "showPoints": "auto",
                "stacking": {"mode": "normal" if style == "bars" else "none", "group": "A"},
                "thresholdsStyle": {"mode": "off"},
            },
        },
        options={
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        height=height,
        width=width,
    )
