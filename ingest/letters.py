"""What a message says, in Vietnamese: title, place, since when, value and threshold with their unit, where to look.

A message is written once and frozen. It tells what is the matter with what, never with whom: names of programmes stay
out, and a text in which a number of a person stands is left out whole.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ingest.conditions import SEVERITIES, Severity
from ingest.notices import UNACKNOWLEDGED, Batch, Notice
from ingest.receiver import Receiver
from ingest.wording import UNITS, flags, lasting, number, plain, when

WORDS: Mapping[Severity, str] = {
    "info": "thông tin",
    "warning": "cảnh báo",
    "critical": "nghiêm trọng",
    "emergency": "khẩn cấp",
}
STEPS = {
    "escalated": "tăng mức độ",
    "reopened": "tái diễn",
    "returned": "tái diễn",
    "joined": "thêm thiết bị",
    "folded": "gộp vào sự cố chung",
    "acknowledged": "đã tiếp nhận",
    "started": "đang xử lý",
    "resolved": "đã xử lý xong",
    "false_alarm": "báo nhầm",
    UNACKNOWLEDGED: "chưa ai tiếp nhận",
}
LINES = 10
"""Incidents that one message tells of; the rest is one line."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A frozen message; ``made_at`` is UTC, ``more`` are the incidents that it only counts."""

    key: UUID
    made_at: datetime
    severity: Severity
    urgent: bool
    title: str
    text: str
    link: str = ""
    items: Sequence[Mapping[str, Any]] = ()
    more: int = 0
    id: int = 0

    @property
    def severity_vi(self) -> str:
        """The severity in a word."""
        return WORDS[self.severity]

    @property
    def count(self) -> int:
        """Incidents that it is about."""
        return len(self.items) + self.more


@dataclass(frozen=True, slots=True)
class Subject:
    """An incident as a message tells it; instants are UTC."""

    id: int
    unit: str
    unit_name: str
    rule: str
    subject_kind: str
    subject: str
    subject_title: str
    title_vi: str
    severity: Severity
    state: str
    since: datetime
    cleared_at: datetime | None = None
    closed_at: datetime | None = None
    value: Decimal | None = None
    threshold: Decimal | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    members: Sequence[Mapping[str, Any]] = ()

    @property
    def ended_at(self) -> datetime | None:
        """When it ended, of itself or by a person's word; None: it goes on."""
        return self.cleared_at or self.closed_at


Measure = Callable[[str, str], str]
"""Gives the unit of a number by its key, or the second text where none is known."""


def written(
    receiver: Receiver, batch: Batch, subjects: Mapping[int, Subject], link: Callable[[int | None], str], unit: Measure
) -> dict[str, Any]:
    """Return what is frozen of a message: title, text, link, items and how many more there are."""
    by_incident: dict[int, list[Notice]] = {}
    for notice in batch.notices:
        by_incident.setdefault(notice.incident, []).append(notice)
    items = [_item(subjects[n], its, link, unit) for n, its in by_incident.items()]
    items.sort(key=lambda item: (item["ended_at"] is not None, -SEVERITIES.index(item["severity"]), item["since"]))
    head = _heads(receiver, batch)
    tail = f"Tất cả: {link(None)}" if link(None) else ""
    # Room for the line that counts the rest.
    room = receiver.longest - sum(len(line) + 2 for line in (*head, tail)) - 200
    told: list[Mapping[str, Any]] = []
    blocks: list[str] = []
    for item in items[:LINES]:
        block = _block(item, numbered=len(items) > 1)
        room -= len(block) + 2
        if room < 0:
            break
        told.append(item)
        blocks.append(block)
    rest = items[len(told):]  # fmt: skip
    parts = [*head, *blocks, *([_rest(rest)] if rest else []), *([tail] if len(items) > 1 and tail else [])]
    return {
        "title": _title(items), "text": "\n\n".join(parts), "more": len(rest), "items": told,
        "link": items[0]["link"] if len(items) == 1 else link(None),
    }  # fmt: skip


def _heads(receiver: Receiver, batch: Batch) -> list[str]:
    heads = []
    if batch.held_since is not None:
        heads.append(f"Gộp từ {when(batch.held_since)} vì giới hạn {receiver.per_hour} tin trong 60 phút.")
    if batch.full_until is not None:
        heads.append(
            f"Đã đủ {receiver.per_hour} tin trong 60 phút; tin sau được gộp, gửi lúc {when(batch.full_until)}."
        )
    return heads


def _item(
    subject: Subject, notices: Sequence[Notice], link: Callable[[int | None], str], unit: Measure
) -> dict[str, Any]:
    # The severest that was noted: between the step and the message it may have changed.
    severity = max([subject.severity, *(n.severity for n in notices)], key=SEVERITIES.index)
    unheeded = any(notice.action == UNACKNOWLEDGED for notice in notices)
    action = UNACKNOWLEDGED if unheeded else max(notices, key=lambda notice: notice.event).action
    shown = subject.subject_title if subject.subject_kind != "broadcast" else str(subject.evidence.get("device", ""))
    kind = subject.title_vi.removesuffix(f": {subject.subject_title}") if subject.subject_title else subject.title_vi
    value, threshold = measured(subject, unit)
    return {
        "incident": subject.id, "action": action, "state": subject.state, "severity": severity, "unit": subject.unit,
        "rule": subject.rule, "subject_kind": subject.subject_kind, "title": f"{plain(kind)}: {plain(shown)}"
        if shown else plain(kind), "place": ", ".join(filter(None, (plain(str(subject.evidence.get("hamlet", ""))),
        plain(subject.unit_name)))), "since": subject.since, "ended_at": subject.ended_at, "value": value,
        "threshold": threshold, "members": len(subject.members), "link": link(subject.id),
    }  # fmt: skip


def _title(items: Sequence[Mapping[str, Any]]) -> str:
    going = [item for item in items if item["ended_at"] is None]
    if len(items) == 1:
        return f"[{_mark(items[0])}] {items[0]['title']}"
    worst = max((item["severity"] for item in going), key=SEVERITIES.index, default=None)
    mark = WORDS[worst].capitalize() if worst else "Đã hết"
    parts = [f"{len(going)} đang diễn ra"] if going else []
    parts += [f"{len(items) - len(going)} đã hết"] if len(items) > len(going) else []
    return f"[{mark}] {len(items)} sự cố: {', '.join(parts)}"


def _mark(item: Mapping[str, Any]) -> str:
    if item["ended_at"] is not None and item["action"] not in ("resolved", "false_alarm", "folded"):
        return "Đã hết"
    step = STEPS.get(item["action"], "")
    severity = WORDS[item["severity"]]
    return f"{severity}, {step}".capitalize() if step else severity.capitalize()


def _block(item: Mapping[str, Any], *, numbered: bool) -> str:
    since, ended = item["since"], item["ended_at"]
    times = f"Từ {when(since)}"
    if ended is not None:
        times += f", hết lúc {when(ended)} (kéo dài {lasting(ended - since)})"
    lines = [f"{'• ' if numbered else ''}[{_mark(item)}] {item['title']}"]
    lines += [f"Nơi: {item['place']}"] if item["place"] else []
    lines.append(times)
    if item["value"]:
        lines.append(f"Giá trị: {item['value']}" + (f" (ngưỡng {item['threshold']})" if item["threshold"] else ""))
    lines += [item["link"]] if item["link"] else []
    return "\n".join(lines)


def _rest(items: Sequence[Mapping[str, Any]]) -> str:
    going = Counter(item["severity"] for item in items if item["ended_at"] is None)
    parts = [f"{going[severity]} {WORDS[severity]}" for severity in reversed(SEVERITIES) if going[severity]]
    ended = len(items) - going.total()
    return f"… và {len(items)} sự cố khác: {', '.join([*parts, *([f'{ended} đã hết'] if ended else [])])}."


def measured(subject: Subject, unit: Measure) -> tuple[str, str]:
    """Return value and threshold as they are read; empty where there is none."""
    value, threshold = subject.value, subject.threshold
    if value is None:
        return "", ""
    match subject.subject_kind:
        case "group":
            there = subject.evidence.get("there")
            return f"{number(value)}{f'/{there}' if there else ''} thiết bị", ""
        case "case":
            word, factor = "% thời hạn", Decimal(100)
        case "broadcast":
            word, factor = "phút", Decimal(1)
        case "indicator" if "month" in subject.evidence:
            word, factor = "ca", Decimal(1)
        case _:
            key = str(subject.evidence.get("reading") or subject.evidence.get("number") or "")
            word, factor = unit(key, ""), Decimal(1)
            if key in flags():
                return "", ""  # yes or no: the title says it
    word = UNITS.get(word, word)
    said = [f"{number(n * factor)} {word}".strip() if n is not None else "" for n in (value, threshold)]
    return said[0], said[1]
