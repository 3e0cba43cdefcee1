"""States of devices: the wall of now, the timeline of what their time counted as, the hours of each."""

from dashboards import queries, rows, timelines
from dashboards.grid import Panel
from dashboards.indicators import load
from dashboards.panels import described, mapping, panel, states, target
from dashboards.tables import PLAIN_STEPS
from dashboards.words import STATES

BOXED = 60
"""Most devices of a history: two and a half pages of it."""
BOXES = 240
"""Most boxes of a device: hours of ten days; of a year, each still some points wide."""


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
            "mappings": mapping({str(place): word for place, word in enumerate(STATES.values(), 1)}),
            "color": {"mode": "thresholds"},
            "thresholds": PLAIN_STEPS,
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
        "không quan sát được, rồi trạng thái. Xem quá 31 ngày thì mỗi ngày hiện trạng thái chiếm nhiều thời gian nhất "
        "của ngày đó. Nhiều nhất 60 thiết bị; chọn thôn hoặc loại để xem thiết bị khác.",
        [target(timelines.TIMELINE.strip())],
        defaults={
            "unit": "none",
            "displayName": "${__field.labels.device}",
            "mappings": mapping(STATES),
            "color": {"mode": "thresholds"},
            "thresholds": PLAIN_STEPS,
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


def history(kind: str, *, width: int | None = None, height: int = 12) -> Panel:
    """Return the state of each device of a kind at the end of every hour, a box each; wider ones in a longer range."""
    indicator = load()["devices_state"]
    shown = panel(
        "status-history",
        indicator.title,
        f"{described(indicator)}\n\nNhiều nhất {BOXED} thiết bị, lúc này xấu nhất trước; khoảng thời gian dài thì mỗi "
        "ô là trạng thái cuối của nhiều giờ.",
        [target(queries.series(indicator.key, where=timelines.boxed(kind, BOXED)), "time_series")],
        defaults={
            "unit": "none",
            "mappings": mapping(states(indicator)),
            "color": {"mode": "thresholds"},
            "thresholds": PLAIN_STEPS,
            "custom": {"lineWidth": 1, "fillOpacity": 80},
        },
        options={
            "showValue": "never",
            "rowHeight": 0.85,
            "colWidth": 0.95,
            "perPage": 24,
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
            "tooltip": {"mode": "single", "sort": "none"},
        },
        height=height,
        width=width,
    )
    return {**shown, "maxDataPoints": BOXES}
