"""The map of devices: commune and hamlets as our own service draws them, no tile from anywhere."""

from typing import Any

from dashboards import rows
from dashboards.grid import Panel
from dashboards.panels import mapping, panel, target
from dashboards.tables import MOMENT
from dashboards.words import CALM, CRITICAL, KINDS, PLANNED, STATES, UNSEEN, WARNING, Word

OUTLINES = "/api/v1/outlines.geojson"
"""Reached by the browser, so through the proxy that Grafana stands behind too; Grafana puts no variable into it."""

_SEVERITIES = [(None, UNSEEN), (1, CALM), (2, PLANNED), (3, WARNING), (4, CRITICAL)]
"""Bounds of ``severity`` in :data:`dashboards.rows.MAP`: a marker's colour is taken from a number only."""


def _style(colour: str, width: int, fill: float, **more: Any) -> dict[str, Any]:
    return {"color": {"fixed": colour}, "lineWidth": width, "opacity": fill, **more}


def device_map(*, width: int | None = None, height: int = 14) -> Panel:
    """Return the map: a marker a device, with its mark beside it where its state is news."""
    outlines = {
        "src": OUTLINES,
        "style": _style(UNSEEN, 1, 0.08),
        "rules": [
            {
                "check": {"property": "level", "operation": "eq", "value": "commune"},
                "style": _style(UNSEEN, 3, 0),
            }
        ],
    }
    markers = {
        "showLegend": False,
        "style": {
            "color": {"field": "severity", "fixed": UNSEEN},
            "opacity": 0.9,
            "size": {"fixed": 7, "min": 2, "max": 15},
            "symbol": {"fixed": "img/icons/marker/circle.svg", "mode": "fixed"},
            "text": {"field": "mark", "fixed": "", "mode": "field"},
            "textConfig": {"fontSize": 16, "offsetX": 12, "offsetY": 0, "textAlign": "left", "textBaseline": "middle"},
        },
    }
    kinds = {code: Word("", word, "text") for code, word in KINDS.items()}
    return panel(
        "geomap",
        "Bản đồ thiết bị",
        "Ranh giới xã, thôn do hệ thống vẽ, không dùng bản đồ trên internet; ranh giới hiện khi đã đăng nhập hệ thống. "
        "Dấu bên cạnh: ✖ mất kết nối, ▲ lỗi hoặc chất lượng kém, ◆ bảo trì, ? không quan sát được.",
        [target(rows.MAP.strip())],
        defaults={
            "unit": "none",
            "color": {"mode": "thresholds"},
            "thresholds": {"mode": "absolute", "steps": [{"value": b, "color": c} for b, c in _SEVERITIES]},
        },
        overrides=[
            _named("device", "Thiết bị"),
            _named("kind", "Loại", mappings=mapping(kinds)),
            _named("hamlet", "Thôn"),
            _named("state", "Trạng thái", mappings=mapping(STATES)),
            _named("since", "Từ lúc", unit=MOMENT),
        ],
        options={
            "view": {"id": "fit", "lat": 0, "lon": 0, "zoom": 13, "allLayers": True, "padding": 10},
            "controls": {
                "showZoom": True,
                "mouseWheelZoom": False,
                "showAttribution": False,
                "showScale": True,
                "showMeasure": False,
                "showDebug": False,
            },
            # Any layer may lie below; one that is named here keeps Grafana's default from fetching tiles.
            "basemap": {"type": "geojson", "name": "Ranh giới", "config": outlines},
            "layers": [
                {
                    "type": "markers",
                    "name": "Thiết bị",
                    "config": markers,
                    "location": {"mode": "coords", "latitude": "latitude", "longitude": "longitude"},
                    "tooltip": True,
                }
            ],
            "tooltip": {"mode": "details"},
        },
        height=height,
        width=width,
    )


def _named(column: str, title: str, **more: Any) -> dict[str, Any]:
    properties = [{"id": "displayName", "value": title}, *({"id": key, "value": value} for key, value in more.items())]
    return {"matcher": {"id": "byName", "options": column}, "properties": properties}
