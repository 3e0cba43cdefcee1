"""Vietnamese words and numbers of the screen: one place, so that two pages never name one thing differently."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from connectors.contract import LOCAL

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
UNITS = {
    "camera": "camera",
    "case": "ca",
    "cooperative": "hợp tác xã",
    "criterion": "tiêu chí",
    "device": "thiết bị",
    "document": "văn bản",
    "dossier": "hồ sơ",
    "figure": "số liệu",
    "head": "con",
    "hectare": "ha",
    "household": "hộ",
    "mention": "lượt đề cập",
    "message": "bản tin",
    "million_vnd_per_person_year": "triệu đồng/người/năm",
    "millisecond": "ms",
    "minute": "phút",
    "percent": "%",
    "person": "người",
    "point": "điểm",
    "product": "sản phẩm",
    "report": "phản ánh",
    "second": "giây",
    "service": "dịch vụ",
    "speaker_cluster": "cụm loa",
    "team": "tổ",
    "times": "lần",
    "tonne": "tấn",
    "visit": "lượt",
    "vnd": "đồng",
}

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
ACTORS = {
    "chairman": "Chủ tịch UBND",
    "vice_chairman": "Phó Chủ tịch UBND",
    "police_on_duty": "Công an trực ban",
    "one_stop_officer": "Công chức một cửa",
    "clerk": "Văn thư",
    "accountant": "Kế toán",
    "health_station": "Trạm Y tế",
    "culture_officer": "Phòng Văn hóa – Xã hội",
    "technician": "Cán bộ kỹ thuật",
    "village_head": "Trưởng thôn",
}

NO_HAMLET = "Chưa rõ thôn"

_LETTERS = {"camera": "C", "loudspeaker": "L", "network": "M"}
_NUMBERED = re.compile(r"(?:camera|cam|c|loa|l|mang|net|network|m)-?0*(\d{1,4})")
_BILLION, _MILLION = Decimal(10**9), Decimal(10**6)


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
    return name or NO_HAMLET


def number(value: Decimal | float, places: int | None = None) -> str:
    """Write 1234567.8 as ``1.234.567,8``; at most two places unless told how many."""
    exact = Decimal(str(value))
    if places is not None:
        text = f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
    else:
        text = f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP):,f}".rstrip("0").rstrip(".")
    return text.replace(",", "_").replace(".", ",").replace("_", ".").replace("-", "−")


def percent(value: Decimal | float) -> str:
    """Write a percentage with one place; the sign never stands alone on the next line."""
    return f"{number(value, 1)}\u00a0%"


def money(value: Decimal) -> str:
    """Write an amount of đồng in tỷ or triệu, for a glance; the exact figure stands in :func:`money_exact`."""
    amount, word = glance(value)
    return f"{amount} {word.removesuffix(' đồng')}"


def glance(value: Decimal) -> tuple[str, str]:
    """Return an amount of đồng in its greatest unit, and that unit."""
    for size, word in ((_BILLION, "tỷ đồng"), (_MILLION, "triệu đồng")):
        if abs(value) >= size:
            return number(value / size, 1), word
    return number(value), "đồng"


def money_exact(value: Decimal) -> str:
    """Write an amount of đồng whole."""
    return f"{number(value)} đồng"


def day(at: datetime) -> str:
    """Write an instant's day in Asia/Ho_Chi_Minh."""
    local = at.astimezone(LOCAL)
    return f"{local.day}/{local.month}/{local.year}"


def day_month(at: datetime) -> str:
    """Write an instant's day in Asia/Ho_Chi_Minh without its year."""
    local = at.astimezone(LOCAL)
    return f"{local.day}/{local.month}"


def time_of(at: datetime) -> str:
    """Write an instant's time of day in Asia/Ho_Chi_Minh."""
    return f"{at.astimezone(LOCAL):%H:%M}"


def period(grain: str, at: datetime, *, cumulative: bool = False) -> str:
    """Name the period of a grain that an instant speaks of, as "tháng 10/2026"; cumulative: since 1 January."""
    local = at.astimezone(LOCAL)
    if cumulative:
        return f"đến {day(at)}"
    if grain == "1 year":
        return f"năm {local.year}"
    if grain == "3 months":
        return f"quý {('I', 'II', 'III', 'IV')[(local.month - 1) // 3]}/{local.year}"
    if grain == "1 month":
        return f"tháng {local.month}/{local.year}"
    return f"ngày {day(at)}" if grain == "1 day" else f"{time_of(at)} {day_month(at)}"


def lasting(age: timedelta) -> str:
    """Write a duration by its greatest unit; screens tick by themselves, so this is for what stands still."""
    seconds = max(0, int(age.total_seconds()))
    for size, word in ((86_400, "ngày"), (3_600, "giờ"), (60, "phút")):
        if seconds >= size:
            return f"{seconds // size} {word}"
    return f"{seconds} giây"


def why(reason: str, state: str, reported: str | None) -> str:
    """Say in words why a device is in its state; empty where nobody told."""
    said = REPORTED.get(reported or "", STATES.get(state, state))
    if reason == "reported":
        return f"{REASONS[reason]}: {said}"
    return REASONS.get(reason, "")


def dictionary() -> Mapping[str, Mapping[str, str]]:
    """Return the words that the browser needs."""
    return {"states": STATES, "reported": REPORTED, "kinds": KINDS, "feeds": FEEDS}
