"""Words and numbers of the screen: one place, so that two pages never name one thing differently.

Words stand in Vietnamese and are spoken by :func:`api.screen.language.say`; what writes a number, an instant or a
period here writes it in the language that is spoken.
"""

import re
from collections.abc import Mapping

from api.screen.language import say
from api.screen.spelling import UNITS as UNITS
from api.screen.spelling import amount as amount
from api.screen.spelling import brief as brief
from api.screen.spelling import change as change
from api.screen.spelling import day as day
from api.screen.spelling import day_month as day_month
from api.screen.spelling import exact as exact
from api.screen.spelling import glance as glance
from api.screen.spelling import lasting as lasting
from api.screen.spelling import money as money
from api.screen.spelling import money_exact as money_exact
from api.screen.spelling import named as named
from api.screen.spelling import number as number
from api.screen.spelling import percent as percent
from api.screen.spelling import period as period
from api.screen.spelling import span as span
from api.screen.spelling import time_of as time_of
from dashboards.words import OWNERS

STATES = {
    "online": "hoạt động",
    "degraded": "chất lượng kém",
    "fault": "lỗi",
    "offline": "mất kết nối",
    "unknown": "không quan sát được",
    "maintenance": "bảo trì",
    "pending_install": "chờ lắp đặt",
    "disabled": "tạm ngưng",
    "retired": "đã thu hồi",
}
REPORTED = {
    "idle": "sẵn sàng",
    "playing": "đang phát",
    "muted": "tắt tiếng",
    "no_signal": "mất tín hiệu hình",
    "not_recording": "không ghi hình",
}
"""A device's own word, where it says more than the state that follows from it."""

KINDS = {"camera": "Camera", "loudspeaker": "Loa", "network": "Thiết bị mạng"}
FEEDS = {
    "ok": "bình thường",
    "stale": "trễ",
    "error": "lỗi kết nối",
    "paused": "tạm dừng",
    "never": "chưa có dữ liệu",
}
FEED_TITLES = {
    "health": "Y tế",
    "budget": "Thu – chi ngân sách",
    "socio_economic": "Kinh tế – xã hội",
    "internet_monitoring": "Thông tin trên internet",
    "admin_procedures": "Thủ tục hành chính",
    "documents": "Văn bản và chữ ký số",
    "field_reports": "Phản ánh hiện trường",
    "camera_status": "Camera",
    "loudspeaker_status": "Truyền thanh thông minh",
    "network_status": "Thiết bị mạng và đường truyền",
    "digital_transformation": "Chuyển đổi số",
}
OWING = {
    "missing": "Chưa nộp",
    "partial": "Thiếu",
    "abnormal": "Bất thường",
    "late": "Nộp trễ",
}
"""What a source owes, worst first."""

OWING_WHY = {
    "refused": "tệp bị từ chối, chưa có số liệu nào",
    "mismatch": "số đã nêu và số tính lại không khớp",
    "leap": "chênh lệch bất thường so với kỳ trước, có thể nhầm đơn vị tính",
}

REASONS = {
    "last_will": "Máy chủ truyền tin báo thiết bị đã rời mạng",
    "silence": "Không gửi bản tin nào quá hạn chờ",
    "blind": "Hệ thống không quan sát được trong thời gian này",
    "reported": "Thiết bị tự báo",
}
SOURCES = {
    "camera_status": "Camera",
    "loudspeaker_status": "Truyền thanh",
    "network_status": "Thiết bị mạng",
    "budget": "Kế toán xã",
    "field_reports": "Phản ánh",
    "admin_procedures": "Một cửa",
    "documents": "Văn bản",
    "health": "Trạm Y tế",
    "socio_economic": "Thống kê xã",
    "internet_monitoring": "Thông tin mạng",
    "digital_transformation": "Chuyển đổi số",
}
"""Feeds in a word, for the foot of a tile."""

CATEGORIES = {
    "construction_order": "trật tự xây dựng",
    "environment": "vệ sinh môi trường",
    "traffic_infra": "hạ tầng giao thông",
    "urban_infra": "hạ tầng đô thị",
    "security": "an ninh trật tự",
    "flooding": "ngập nước",
    "lighting": "chiếu sáng",
    "trees": "cây xanh",
}
SEVERITIES = {"normal": "bình thường", "soon": "cần xử lý sớm", "urgent": "khẩn cấp"}

ALARMS = {"emergency": "Khẩn cấp", "critical": "Nghiêm trọng", "warning": "Cảnh báo", "info": "Thông tin"}
HANDLING = {"open": "mới", "acknowledged": "đã tiếp nhận", "in_progress": "đang xử lý"}
"""States of an incident that somebody still has to see to, in the order of its life."""
AIRTIME = {
    "outside": "ngoài khung giờ",
    "unplanned": "không có trong lịch phát",
    "not_heard": "đến giờ mà không phát",
    "too_long": "phát quá thời lượng",
    "emergency": "phát khẩn cấp",
}
READINGS = {
    "clock_skew_s": ("Đồng hồ lệch", "giây"),
    "disk_free_pct": ("Dung lượng còn trống", "%"),
    "disks_failed": ("Số ổ đĩa hỏng", ""),
}

ACTORS = OWNERS
"""Who may be asked to do something: the offices that own numbers and rules."""

NO_HAMLET = "Chưa rõ thôn"

_LETTERS = {"camera": "C", "loudspeaker": "L", "network": "M"}
_NUMBERED = re.compile(r"(?:camera|cam|c|loa|l|mang|net|network|m)-?0*(\d{1,4})")


def short(kind: str, name: str) -> str:
    """Return what fits on a tile: ``cam-01`` is C01, ``loa-06`` is L6, any other name stays itself."""
    numbered = _NUMBERED.fullmatch(name)
    if numbered is None or kind not in _LETTERS:
        return name
    number = numbered[1]
    return _LETTERS[kind] + (number.zfill(2) if kind == "camera" else number)


def place(title: str) -> str:
    """Return where a device stands, as its title says after a dash; empty where it says nothing."""
    return title.partition(" – ")[2].strip()


def hamlet_of(name: str) -> str:
    """Return a hamlet's name, or the words for having none."""
    return name or say(NO_HAMLET)


def why(reason: str, state: str, reported: str | None) -> str:
    """Say in words why a device is in its state; empty where nobody told."""
    said = say(REPORTED.get(reported or "", STATES.get(state, state)))
    if reason == "reported":
        return f"{say(REASONS[reason])}: {said}"
    return say(REASONS[reason]) if reason in REASONS else ""


def dictionary() -> Mapping[str, Mapping[str, str]]:
    """Return the words that the browser needs."""
    return {"states": STATES, "reported": REPORTED, "kinds": KINDS, "feeds": FEEDS}
