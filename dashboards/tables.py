"""Panels of rows: tables, the wall of devices, their timeline and their map, as panel plugins of Grafana draw them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dashboards import rows
from dashboards.grid import Panel
from dashboards.panels import link, mapping, panel, target
from dashboards.words import FEEDS, PLANNED, STATES, Word

MOMENT = "time:HH:mm DD/MM/YYYY"
DURATION = "dthms"
_NO_STEPS = {"mode": "absolute", "steps": [{"value": None, "color": "text"}]}


class Column(NamedTuple):
    """How a column is headed and written; ``words`` map its codes, ``gauge`` draws it against these bounds."""

    title: str
    unit: str = ""
    words: Mapping[str, Word | str] = {}
    width: int = 0
    gauge: tuple[tuple[float | None, str], ...] = ()


def table(
    title: str,
    description: str,
    sql: str,
    columns: Mapping[str, Column],
    *,
    width: int | None = None,
    height: int = 9,
    board: str = "",
) -> Panel:
    """Return a table with Vietnamese headings; a code shows as mark and word in its colour."""
    return panel(
        "table",
        title,
        description,
        [target(sql.strip())],
        defaults={
            "unit": "none",
            "color": {"mode": "thresholds"},
            "thresholds": _NO_STEPS,
            "custom": {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False, "filterable": True},
        },
        options={"showHeader": True, "cellHeight": "sm"},
        overrides=[_override(name, column) for name, column in columns.items()],
        height=height,
        width=width,
        links=[link("Xem chi tiết", board)] if board else (),
    )


def _override(name: str, column: Column) -> dict[str, Any]:
    properties: list[dict[str, Any]] = [{"id": "displayName", "value": column.title}]
    if column.unit:
        properties.append({"id": "unit", "value": column.unit})
    if column.width:
        properties.append({"id": "custom.width", "value": column.width})
    if column.words:
        words = {
            code: word if isinstance(word, Word) else Word("", word, "text") for code, word in column.words.items()
        }
        properties.append({"id": "mappings", "value": mapping(words)})
        properties.append({"id": "custom.cellOptions", "value": {"type": "color-text"}})
    if column.gauge:
        steps = [{"value": bound, "color": colour} for bound, colour in column.gauge]
        properties += [
            {"id": "thresholds", "value": {"mode": "absolute", "steps": steps}},
            {"id": "custom.cellOptions", "value": {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}},
            {"id": "min", "value": 0},
            {"id": "max", "value": 100},
        ]
    return {"matcher": {"id": "byName", "options": name}, "properties": properties}


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
        options={
            "reduceOptions": {"values": True, "calcs": ["lastNotNull"], "fields": f"/^{value}$/", "limit": 60},
            "displayMode": "basic",
            "orientation": "horizontal",
            "valueMode": "text",
            "namePlacement": "left",
            "showUnfilled": True,
            "sizing": "auto",
            "minVizHeight": 16,
            "minVizWidth": 8,
            "maxVizHeight": 40,
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": False, "calcs": []},
        },
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
            "thresholds": _NO_STEPS,
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


def wall(*, width: int | None = None, height: int = 12) -> Panel:
    """Return a tile a device, the worst first: mark, word and colour of its state, and how long it has been so."""
    return panel(
        "stat",
        "Tường trạng thái",
        "Mỗi ô một thiết bị: trạng thái hiện tại và đã kéo dài bao lâu; xấu nhất đứng trước, nhiều nhất 200 ô. "
        "“Không quan sát được” không có nghĩa là hỏng.",
        [target(rows.WALL.strip())],
        defaults={
            "unit": "none",
            "mappings": mapping(STATES),
            "color": {"mode": "thresholds"},
            "thresholds": _NO_STEPS,
        },
        options={
            "reduceOptions": {"values": True, "calcs": ["lastNotNull"], "fields": "/^state$/", "limit": 200},
            "colorMode": "background_solid",
            "graphMode": "none",
            "justifyMode": "auto",
            "orientation": "auto",
            "textMode": "value_and_name",
            "wideLayout": False,
            "showPercentChange": False,
            "percentChangeColorMode": "standard",
            "text": {"titleSize": 12, "valueSize": 14},
        },
        height=height,
        width=width,
    )


def timeline(*, width: int | None = None, height: int = 14) -> Panel:
    """Return what the time of each device counted as, a line a device."""
    return panel(
        "state-timeline",
        "Dòng thời gian trạng thái",
        "Thời gian của từng thiết bị được tính là gì, như khi tính tỷ lệ hoạt động: bảo trì trước, rồi lúc hệ thống "
        "không quan sát được, rồi trạng thái. Nhiều nhất 60 thiết bị; chọn thôn hoặc loại để xem thiết bị khác.",
        [target(rows.TIMELINE.strip())],
        defaults={
            "unit": "none",
            "displayName": "${__field.labels.device}",
            "mappings": mapping(STATES),
            "color": {"mode": "thresholds"},
            "thresholds": _NO_STEPS,
            "custom": {"lineWidth": 0, "fillOpacity": 80, "spanNulls": False},
        },
        options={
            "showValue": "auto",
            "rowHeight": 0.85,
            "mergeValues": True,
            "alignValue": "left",
            "perPage": 20,
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
            "tooltip": {"mode": "single", "sort": "none"},
        },
        transformations=[
            {
                "id": "partitionByValues",
                "options": {"fields": ["device"], "keepFields": False, "naming": {"asLabels": True}},
            }
        ],
        height=height,
        width=width,
    )


def freshness(*feeds: str, width: int | None = None, height: int = 6) -> Panel:
    """Return the table of the sources of these feeds, of all where none is named."""
    return table(
        "Độ mới của số liệu",
        "Các nguồn của bảng này: tình trạng, và lần gần nhất có tin. Số liệu cũ hơn hạn của nguồn hiện là “Trễ”.",
        rows.freshness(*feeds),
        {
            "source": Column("Nguồn"),
            "state": Column("Tình trạng", words=FEEDS, width=170),
            "age": Column("Cách đây", width=110),
            "newest": Column("Tin gần nhất", MOMENT, width=160),
            "error": Column("Lỗi"),
        },
        width=width,
        height=height,
        board="ioc-sources",
    )
