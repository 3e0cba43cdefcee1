"""Why the time of a device counts as it does, in Vietnamese: one sentence an interval."""

from collections.abc import Mapping
from typing import Any

from api.screen.words import REPORTED, STATES
from ingest.state import ABSENT
from ingest.timeline import SILENT

BLIND = {
    "collector_stopped": "chương trình thu thập đã dừng",
    "connection_down": "mất kết nối tới máy chủ truyền tin",
    "network_down": "mất mạng tại trung tâm",
    "poll_not_run": "chưa chạy được lượt hỏi",
    "source_down": "nguồn dữ liệu không trả lời",
}
"""Why we could not see."""


def sentence(piece: Mapping[str, Any]) -> str:
    """Say why; ``piece`` holds counted, state, reason, source, source_title, word and note of ``uptime_why``."""
    source = piece["source_title"] or piece["source"] or "nguồn dữ liệu"
    said = REPORTED.get(piece["word"], STATES.get(piece["word"], piece["word"]))
    match piece["counted"], piece["reason"]:
        case "", _:
            what = STATES[piece["state"]] if piece["state"] in ABSENT else "chờ lắp đặt, tạm ngưng hoặc đã thu hồi"
            return f"Thiết bị không vận hành theo sổ thiết bị: {what}"
        case "maintenance", _:
            return f"Trong thời gian bảo trì: {piece['note']}" if piece["note"] else "Trong thời gian bảo trì"
        case "blind", _:
            causes = [BLIND.get(word, word) for word in piece["note"].split()]
            return f"Hệ thống không quan sát được: {'; '.join(causes) or 'chưa nghe lại từ thiết bị'}"
        case _, "silence":
            return f"{source}: không có tin nào quá hạn chờ"
        case _, "last_will":
            return f"{source}: máy chủ truyền tin báo thiết bị đã rời mạng"
        case _, "no_answer":
            gone = "không có tin nào quá hạn chờ" if piece["word"] == SILENT else f"báo {said}"
            return f"Vẫn nghe được qua nguồn khác, nhưng {source} {gone}"
        case _, "reported":
            return f"{source} báo: {said}"
    return f"{STATES.get(piece['state'], piece['state'])[:1].upper()}{STATES.get(piece['state'], piece['state'])[1:]}"
