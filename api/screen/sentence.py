"""The one sentence of the screen: what needs doing, then how it is; composed from the same facts as everything else."""

from collections import Counter
from decimal import Decimal
from typing import Any

from api.screen import words
from api.screen.facts import Facts
from dashboards import indicators

_TROUBLES = (
    ("offline", "critical", "cross", "thiết bị mất kết nối"),
    ("fault", "warning", "bang", "thiết bị lỗi"),
    ("degraded", "warning", "bang", "thiết bị chất lượng kém"),
    ("unknown", "unknown", "question", "thiết bị không quan sát được"),
)
_OWING = (("missing", "báo cáo chưa nộp"), ("partial", "báo cáo thiếu số liệu"), ("abnormal", "báo cáo bất thường"))
_LATE = (("error", "nguồn dữ liệu lỗi kết nối"), ("stale", "nguồn dữ liệu trễ"))


def draw(facts: Facts) -> dict[str, Any]:
    """Return the parts in order; ``calm`` where nothing is wrong: the browser then writes the time instead."""
    doing = _doing(facts)
    if not doing:
        known = bool(facts.devices or any(feed.last for feed in facts.feeds))
        return {"calm": known, "doing": [], "being": [] if known else [_part("Chưa có dữ liệu từ nguồn nào.")]}
    return {"calm": False, "doing": doing, "being": list(_being(facts))}


def _part(text: str, tone: str = "", mark: str = "") -> dict[str, str]:
    return {"text": text, "tone": tone, "mark": mark}


def _doing(facts: Facts) -> list[dict[str, str]]:
    states = Counter(d.state for d in facts.devices.values())
    parts = [_part(f"{words.number(states[state])} {what}", tone, mark)
             for state, tone, mark, what in _TROUBLES if states[state]]  # fmt: skip
    overdue = facts.numbers.get("field_reports_overdue")
    if overdue and overdue.value > 0:
        tone = indicators.load()["field_reports_overdue"].level(float(overdue.value)) or "warning"
        parts.append(_part(f"{words.number(overdue.value)} phản ánh quá hạn", tone, "clock"))
    owing = Counter(one.state for one in facts.owing)
    parts += [
        _part(f"{words.number(owing[state])} {what}", "warning", "clock") for state, what in _OWING if owing[state]
    ]
    feeds = Counter(feed.state for feed in facts.feeds)
    parts += [_part(f"{feeds[state]} {what}", "warning", "diamond") for state, what in _LATE if feeds[state]]
    return parts


def _being(facts: Facts) -> list[dict[str, str]]:
    parts = []
    online, total = (
        _sum(facts, f"devices_camera_{what}", f"devices_loudspeaker_{what}") for what in ("online", "total")
    )
    if online is not None and total:
        parts.append(_part(f"{words.number(online)}/{words.number(total)} thiết bị hoạt động.", "strong"))
    if spent := facts.numbers.get("budget_expenditure_rate"):
        parts.append(_part(f"Ngân sách: chi {words.percent(spent.value)} dự toán."))
    return parts


def _sum(facts: Facts, *keys: str) -> Decimal | None:
    values = [reading.value for key in keys if (reading := facts.numbers.get(key))]
    return sum(values, Decimal(0)) if values else None
