"""Small files as `ioc dashboards build` makes them: two boards, a data source, a rule, somebody who is told."""

import json
from typing import Any

from tests.peers.grafana import PASSWORD, POSTGRES

Json = dict[str, Any]
SOURCE = {"type": POSTGRES, "uid": "commune-ioc"}
ENVIRONMENT = {"IOC_PG": "db:5432", "IOC_PG_PASSWORD": PASSWORD, "IOC_HOOK": "http://ioc:8080/api/v1/alerts"}


def panel(n: int, title: str, x: int, y: int, **more: Any) -> Json:
    """Return a panel of 8 by 6."""
    target = {"refId": "A", "datasource": SOURCE, "format": "table", "rawQuery": True, "rawSql": f"select {n}"}
    steps = [{"color": "red", "value": None}, {"color": "green", "value": 95}]
    defaults = {"unit": "percent", "thresholds": {"mode": "absolute", "steps": steps}}
    return {
        "id": n, "type": "stat", "title": title, "description": title, "datasource": SOURCE, "targets": [target],
        "gridPos": {"x": x, "y": y, "w": 8, "h": 6}, "fieldConfig": {"defaults": defaults, "overrides": []}, **more,
    }  # fmt: skip


def row(n: int, title: str, y: int) -> Json:
    """Return a row that is open."""
    return {"id": n, "type": "row", "title": title, "collapsed": False, "panels": [],
            "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}}  # fmt: skip


def board(uid: str, title: str, *panels: Json) -> Json:
    """Return a board."""
    variable = {"type": "query", "name": "commune", "query": "select code from unit", "datasource": SOURCE,
                "current": {}, "options": [], "refresh": 1, "multi": True}  # fmt: skip
    return {"uid": uid, "title": title, "schemaVersion": 42, "timezone": "Asia/Ho_Chi_Minh", "tags": ["commune-ioc"],
            "time": {"from": "now-24h", "to": "now"}, "templating": {"list": [variable]}, "annotations": {"list": []},
            "links": [], "panels": list(panels)}  # fmt: skip


OVERVIEW = board("ioc-overview", "Tổng quan", panel(1, "Camera", 0, 0), panel(2, "Loa", 8, 0), panel(3, "Thu", 16, 0))
DEVICES = board(
    "ioc-devices", "Thiết bị",
    panel(1, "Tất cả", 0, 0),
    row(10, "Camera", 6), panel(2, "Hình", 0, 7, type="timeseries"), panel(3, "Ghi", 8, 7),
    row(20, "Loa", 13), panel(4, "Phát", 0, 14),
)  # fmt: skip

_SOURCES = """
apiVersion: 1
datasources:
  - {name: IOC, uid: commune-ioc, type: grafana-postgresql-datasource, access: proxy, url: "${IOC_PG}", user: grafana,
     editable: false, orgId: 1, jsonData: {database: ioc, sslmode: require, timescaledb: false},
     secureJsonData: {password: "$IOC_PG_PASSWORD"}}
"""
_PROVIDERS = """
apiVersion: 1
providers: [{name: ioc, orgId: 1, type: file, folder: Điều hành, folderUid: ioc, options: {path: /boards}}]
"""
_ALERTING = """
apiVersion: 1
contactPoints:
  - {orgId: 1, name: ioc, receivers: [{uid: ioc-hook, type: webhook, settings: {url: "$IOC_HOOK", password: "a$$b"}}]}
muteTimes: [{orgId: 1, name: dem, time_intervals: [{times: [{start_time: '22:00', end_time: '24:00'}]}]}]
policies: [{orgId: 1, receiver: ioc, group_by: [alertname], routes: [{receiver: ioc, group_wait: 60s}]}]
groups:
  - orgId: 1
    name: thiết bị
    folder: Điều hành
    interval: 1m
    rules:
      - uid: ioc-offline
        title: Camera mất kết nối
        condition: C
        for: 300s
        noDataState: OK
        execErrState: Error
        dashboardUid: ioc-overview
        panelId: 1
        labels: {severity: warning}
        annotations: {summary: '{{ $labels.device }} mất kết nối'}
        data:
          - {refId: A, datasourceUid: commune-ioc, relativeTimeRange: {from: 600, to: 0},
             model: {refId: A, format: table, rawSql: 'select $__timeFrom()'}}
"""


def files(*boards: Json) -> dict[str, str]:
    """Return every file by its path, with these boards or the two above."""
    made = {
        f"grafana/dashboards/{one['uid']}.json": json.dumps(one, ensure_ascii=False)
        for one in boards or (OVERVIEW, DEVICES)
    }
    return made | {
        "grafana/provisioning/datasources/ioc.yaml": _SOURCES,
        "grafana/provisioning/dashboards/ioc.yaml": _PROVIDERS,
        "grafana/provisioning/alerting/ioc.yaml": _ALERTING,
    }
