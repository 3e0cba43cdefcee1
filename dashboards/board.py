"""One board as Grafana keeps it: classic JSON of schema version 42, which 12.4 and 13.2 both read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboards import grid, layout, queries, rows
from dashboards.grid import Panel
from dashboards.panels import SOURCE, target
from dashboards.words import CRITICAL

ZONE = "Asia/Ho_Chi_Minh"
TAG = "commune-ioc"
_TITLES = {"commune": "Xã, phường", "hamlet": "Thôn, tổ dân phố", "kind": "Loại thiết bị"}
_ALL: dict[str, Any] = {"text": ["All"], "value": ["$__all"]}


@dataclass(frozen=True)
class Board:
    """A board by its stable uid; ``rows`` are what :func:`dashboards.grid.place` takes."""

    uid: str
    title: str
    description: str
    rows: Sequence[str | Sequence[Panel]]
    since: str = "now-24h"
    """How far back it begins, as Grafana writes it."""
    refresh: str = "5m"
    variables: Sequence[str] = field(default=("commune",))
    marks: bool = False
    """Whether grave incidents are drawn over time."""

    def render(self) -> dict[str, Any]:
        """Return the board, arranged as somebody pulled it from Grafana, if anybody did."""
        return layout.arranged(
            {
                "uid": self.uid,
                "title": self.title,
                "description": self.description,
                "tags": [TAG],
                "schemaVersion": 42,
                "timezone": ZONE,
                "weekStart": "monday",
                "editable": False,
                "graphTooltip": 1,
                "refresh": self.refresh,
                "time": {"from": self.since, "to": "now"},
                "timepicker": {"refresh_intervals": ["30s", "1m", "5m", "15m", "1h"]},
                "fiscalYearStartMonth": 0,
                "liveNow": False,
                "templating": {"list": [_variable(name) for name in self.variables]},
                "annotations": {"list": [_marks()] if self.marks else []},
                "links": _LINKS,
                "panels": grid.place(self.rows),
            }
        )


def _variable(name: str) -> dict[str, Any]:
    """Return a variable that is asked for when the board opens; all are chosen, which is one commune mostly."""
    return {
        "type": "query",
        "name": name,
        "label": _TITLES[name],
        "hide": 0,
        "skipUrlSync": False,
        "query": queries.VARIABLES[name],
        "definition": queries.VARIABLES[name],
        "datasource": SOURCE,
        "current": _ALL,
        "multi": True,
        "allowCustomValue": False,
        "options": [],
        "refresh": 1,
        "sort": 0,
        "includeAll": True,
        "regex": "",
    }


def _marks() -> dict[str, Any]:
    return {
        "name": "Sự cố nghiêm trọng",
        "datasource": SOURCE,
        "enable": True,
        "hide": False,
        "iconColor": CRITICAL,
        "target": target(rows.INCIDENT_MARKS.strip(), ref="Anno"),
    }


def _link(title: str, tooltip: str, **more: Any) -> dict[str, Any]:
    return {
        "title": title,
        "tooltip": tooltip,
        "icon": "external link",
        "tags": [],
        "asDropdown": False,
        "targetBlank": False,
        "includeVars": False,
        "keepTime": False,
        **more,
    }


_LINKS = [
    _link("Bảng khác", "Các bảng số liệu của xã, giữ nguyên xã và thời gian đang xem", type="dashboards", url="",
          tags=[TAG], asDropdown=True, includeVars=True, keepTime=True),
    # From /grafana/d/<uid>/<name> up to the root of the proxy: a path that begins with / would stay inside Grafana.
    _link("Màn hình điều hành", "Màn hình điều hành của hệ thống", type="link", url="../../../", targetBlank=True),
]  # fmt: skip
