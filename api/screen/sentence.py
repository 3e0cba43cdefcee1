"""The one sentence of the screen: what needs doing, then how it is; composed from the same facts as everything else."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from api.screen import attention, words
from api.screen.facts import Facts
from api.screen.incidents import MOST, Incident
from api.screen.language import say
from dashboards import indicators

_TROUBLES = (
    ("offline", "critical", "cross", "{n} thiết bị mất kết nối"),
    ("fault", "warning", "bang", "{n} thiết bị lỗi"),
    ("degraded", "warning", "bang", "{n} thiết bị chất lượng kém"),
    ("unknown", "unknown", "question", "{n} thiết bị không quan sát được"),
)
_SEVERE = {"emergency": "octagon", "critical": "triangle", "warning": "diamond"}
_OWING = (
    ("missing", "{n} báo cáo chưa nộp"),
    ("partial", "{n} báo cáo thiếu số liệu"),
    ("abnormal", "{n} báo cáo bất thường"),
)
_LATE = (("error", "{n} nguồn dữ liệu lỗi kết nối"), ("stale", "{n} nguồn dữ liệu trễ"))


def draw(facts: Facts) -> dict[str, Any]:
    """Return the parts in order; ``calm`` where nothing is wrong: the browser then writes the time instead."""
    doing = _doing(facts)
    if not doing:
        known = bool(facts.devices or any(feed.last for feed in facts.feeds))
        return {"calm": known, "doing": [], "being": [] if known else [_part(say("Chưa có dữ liệu từ nguồn nào."))]}
    return {"calm": False, "doing": doing, "being": list(_being(facts))}


def _part(text: str, tone: str = "", mark: str = "") -> dict[str, str]:
    return {"text": text, "tone": tone, "mark": mark}


def _doing(facts: Facts) -> list[dict[str, str]]:
    states = Counter(d.state for d in facts.devices.values())
    parts = _incidents(facts.incidents)
    parts += [_part(say(what, n=words.number(states[state])), tone, mark)
             for state, tone, mark, what in _TROUBLES if states[state]]  # fmt: skip
    overdue = facts.numbers.get("field_reports_overdue")
    count = overdue.value - len(facts.overdue) + len(attention.untold_reports(facts)) if overdue else 0
    if overdue and count > 0:
        tone = indicators.load()["field_reports_overdue"].level(float(overdue.value)) or "warning"
        parts.append(_part(say("{n} phản ánh quá hạn", n=words.number(count)), tone, "clock"))
    owing = Counter(one.state for one in attention.untold_owing(facts))
    parts += [
        _part(say(what, n=words.number(owing[state])), "warning", "clock") for state, what in _OWING if owing[state]
    ]
    feeds = Counter(feed.state for feed in attention.untold_feeds(facts))
    parts += [_part(say(what, n=feeds[state]), "warning", "diamond") for state, what in _LATE if feeds[state]]
    return parts


def _incidents(found: Sequence[Incident]) -> list[dict[str, str]]:
    """Count what nobody took up, and what somebody has; what only informs is no trouble."""
    new = [one for one in found if one.severity != "info" and one.state == "open"]
    taken = sum(one.severity != "info" and one.state != "open" for one in found)
    parts = []
    if new:
        worst = next(tone for tone in _SEVERE if any(one.severity == tone for one in new))
        count = words.number(len(new))
        many = len(found) >= MOST
        told = say("hơn {n} sự cố cần xử lý", n=count) if many else say("{n} sự cố cần xử lý", n=count)
        parts.append(_part(told, worst, _SEVERE[worst]))
    if taken:
        count = words.number(taken)
        parts.append(_part(say("{n} đã tiếp nhận", n=count) if new else say("{n} sự cố đã tiếp nhận", n=count)))
    return parts


def _being(facts: Facts) -> list[dict[str, str]]:
    parts = []
    online, total = (
        _sum(facts, f"devices_camera_{what}", f"devices_loudspeaker_{what}") for what in ("online", "total")
    )
    if online is not None and total:
        part = f"{words.number(online)}/{words.number(total)}"
        parts.append(_part(say("{part} thiết bị hoạt động.", part=part), "strong"))
    if spent := facts.numbers.get("budget_expenditure_rate"):
        parts.append(_part(say("Ngân sách: chi {share} dự toán.", share=words.percent(spent.value))))
    return parts


def _sum(facts: Facts, *keys: str) -> Decimal | None:
    values = [reading.value for key in keys if (reading := facts.numbers.get(key))]
    return sum(values, Decimal(0)) if values else None
