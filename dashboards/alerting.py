"""The alert rules that Grafana follows: what our own engine can't tell of itself, and thresholds that no rule of it
follows.

Our engine (``ingest/rules``) watches devices, cases, feeds and most numbers, and knows blindness, maintenance and
groups; twice the same alarm is worse than none. What is left: a second pair of eyes on the service itself, and every
number with ``warn`` or ``alarm`` that nobody else tells of. Either way it becomes an incident of ours.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from dashboards.indicators import Indicator, load
from dashboards.panels import SOURCE, target
from dashboards.queries import VARIABLES
from dashboards.words import measure
from ingest import rules
from ingest.rule import NumberRule

TOLD_OTHERWISE: Mapping[str, str] = {
    "broadcasts_planned_rate": "broadcast_not_heard",
    "budget_expenditure_behind": "expenditure_behind",
    "budget_revenue_behind": "revenue_behind",
    "cameras_clock_wrong": "camera_clock",
    "cameras_picture_bad": "camera_no_picture",
    "feeds_in_error": "source_error",
    "feeds_lag_share": "source_stale",
    "feeds_owing": "source_owes",
    "field_reports_overdue": "field_report_due",
    "health_cases_linked": "outbreak_linked",
    # An incident about incidents would beget itself.
    "incidents_false_alarm_rate": "",
    "incidents_unacknowledged": "",
    "recorders_disks_failed": "recorder_disk",
    "recorders_hdd_free_pct": "recorder_disk",
}
"""Number → the rule of ours that tells of the same, one by one or under another name."""

_FRESH = {"1 minute": "1 hour", "5 minutes": "1 hour", "1 hour": "6 hours", "1 day": "7 days"}
"""A value older than this says nothing of now, by grain; else 400 days, as our own rules have it."""
_COMMUNES = "array(select k.__value from (\n" + VARIABLES["commune"] + "\n) k)"  # noqa: S608 - the boards' own


@dataclass(frozen=True)
class _Eye:
    """One look at the service: ``sql`` gives one number or no row, which is above ``bound`` where it fails."""

    uid: str
    title: str
    sql: str
    bound: float
    lasting: str
    summary: str
    description: str
    error: str = "KeepLast"


_EYES = (
    _Eye(
        "ioc-collector-silent",
        "Dịch vụ thu nhận không hoạt động",
        "select extract(epoch from now() - max(s.heartbeat_at))::float8 as value\nfrom source_now s\n"
        "where s.configured and s.transport <> 'received'\nhaving max(s.heartbeat_at) is not null",
        120,
        "2m",
        "Dịch vụ thu nhận dữ liệu không hoạt động: thiết bị và cảnh báo không còn được theo dõi",
        "Không nguồn nào được hỏi từ hơn 2 phút. Kiểm tra `ioc run --only ingest` và `ioc doctor`.",
        # Where Grafana can't ask at all, one rule says so for all of them.
        error="Error",
    ),
    _Eye(
        "ioc-nothing-stored",
        "Bản tin đến nhưng không được lưu",
        "select extract(epoch from max(s.last_message_at) - max(s.last_stored_at))::float8 as value\n"
        "from source_now s\nwhere s.configured and s.transport = 'subscribed' and s.state = 'ok'\n"
        "having max(s.last_stored_at) is not null",
        900,
        "5m",
        "Bản tin của thiết bị vẫn đến nhưng không được lưu từ hơn 15 phút",
        "Xem các bản tin bị từ chối: `ioc rejections list`; kiểm tra dung lượng đĩa: `ioc doctor`.",
    ),
    _Eye(
        "ioc-notices-stuck",
        "Tin báo sự cố không gửi được",
        "select extract(epoch from now() - min(o.made_at))::float8 as value\nfrom outbox o\n"
        "where o.state = 'waiting' and o.urgent\nhaving min(o.made_at) is not null",
        1800,
        "5m",
        "Tin báo sự cố khẩn chờ gửi từ hơn 30 phút: người trực có thể không được báo",
        "Xem /api/v1/outbox?state=waiting và `ioc notify test`.",
    ),
)


def groups() -> list[dict[str, Any]]:
    """Return the groups of rules without folder and organisation: name, interval, rules."""
    numbers = [rule for indicator in watched().values() for rule in _rules(indicator)]
    return [
        {"name": "Hệ thống", "interval": "1m", "rules": [_eye(eye) for eye in _EYES]},
        {"name": "Số liệu", "interval": "5m", "rules": numbers},
    ]


def watched() -> dict[str, Indicator]:
    """Return the numbers that have a threshold and that no rule of our own follows, by key."""
    followed = {name for _, name in followed_by_us()}
    return {
        key: indicator
        for key, indicator in load().items()
        if (indicator.warn is not None or indicator.alarm is not None)
        and key not in TOLD_OTHERWISE
        and not {key, indicator.figure} & followed
    }


def followed_by_us() -> Iterator[tuple[str, str]]:
    """Yield each rule of our engine with the number or figure that it follows."""
    for key, rule in rules.shipped().items():
        if isinstance(rule, NumberRule):
            yield key, rule.when.key or rule.when.figure


def _rules(indicator: Indicator) -> Iterator[dict[str, Any]]:
    """Yield a rule a threshold; the milder is silent where the graver fires, as :meth:`Indicator.level` says."""
    below = indicator.better == "higher"
    beyond, within = ("<", ">=") if below else (">=", "<")
    warn, alarm = indicator.warn, indicator.alarm
    if warn is not None:
        milder = f" && $A {within} {alarm:g}" if alarm is not None else ""
        yield _number(indicator, "warning", warn, f"$A {beyond} {warn:g}{milder}")
    if alarm is not None:
        yield _number(indicator, "critical", alarm, f"$A {beyond} {alarm:g}")


def _number(indicator: Indicator, severity: str, bound: float, fires: str) -> dict[str, Any]:
    unit = measure(indicator.unit)
    word = "%" if unit.format == "percent" else unit.format.removeprefix("suffix:").strip()
    side = "dưới" if indicator.better == "higher" else "từ"
    limit = f"{bound / unit.divisor:g}".replace(".", ",")
    fresh = _FRESH.get(indicator.grain, "400 days")
    sql = (
        f"select i.unit, i.label, i.value::float8 as value\nfrom indicator.{indicator.key}_now({_COMMUNES}) i\n"
        f"where i.value is not null and i.time > now() - interval '{fresh}'"
    )
    labels = {"severity": severity, "owner": indicator.owner, "subject_kind": "indicator", "indicator": indicator.key}
    if indicator.feed:
        labels["feed"] = indicator.feed
    name = {"warning": "cảnh báo", "critical": "nghiêm trọng"}[severity]
    return {
        "uid": _uid(f"ioc-{severity[0]}-{indicator.key.replace('_', '-')}"),
        "title": f"{indicator.title}: {name}",
        "condition": "C",
        # No row: nobody knows the number, which is the feed's matter.
        "noDataState": "OK",
        "execErrState": "KeepLast",
        "for": "10m",
        "labels": labels,
        "annotations": {
            "summary": f"{indicator.title} {side} {limit} {word}".strip()
            + "{{ if $labels.label }} · {{ $labels.label }}{{ end }}",
            "description": indicator.help,
        },
        "data": _data(sql, fires),
    }


def _uid(name: str) -> str:
    """Return a name that Grafana takes: of 40 characters at most."""
    return name if len(name) <= 40 else f"{name[:31]}-{crc32(name.encode()):08x}"


def _eye(eye: _Eye) -> dict[str, Any]:
    return {
        "uid": eye.uid,
        "title": eye.title,
        "condition": "C",
        "noDataState": "OK",
        "execErrState": eye.error,
        "for": eye.lasting,
        "labels": {"severity": "critical", "owner": "technician", "subject_kind": "system"},
        "annotations": {"summary": eye.summary, "description": eye.description},
        "data": _data(eye.sql, f"$A > {eye.bound:g}"),
    }


def _data(sql: str, fires: str) -> list[dict[str, Any]]:
    """Return the query and its judgement: a table with one column of numbers; its columns of text become labels."""
    span = {"from": 600, "to": 0}
    expression = {"type": "__expr__", "uid": "__expr__"}
    judged = {"refId": "C", "type": "math", "expression": fires, "datasource": expression}
    return [
        {"refId": "A", "datasourceUid": SOURCE["uid"], "relativeTimeRange": span, "model": target(sql)},
        {"refId": "C", "datasourceUid": "__expr__", "relativeTimeRange": span, "model": judged},
    ]
