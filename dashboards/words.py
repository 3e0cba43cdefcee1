"""What boards call things: words, marks and colours of states; a colour never stands without its mark."""

from collections.abc import Mapping
from typing import NamedTuple

CRITICAL = "#ff6159"
WARNING = "#f4b740"
CALM = "#63b3a6"
PLANNED = "#7ea6f4"
UNSEEN = "#808a94"
PLAIN = "text"
"""Of values that nobody judges: the theme's own colour of text."""


class Word(NamedTuple):
    """How a code is shown."""

    mark: str
    text: str
    colour: str

    def __str__(self) -> str:
        return f"{self.mark} {self.text}"


STATES: Mapping[str, Word] = {
    "offline": Word("✖", "Mất kết nối", CRITICAL),
    "fault": Word("▲", "Lỗi", WARNING),
    "degraded": Word("▲", "Chất lượng kém", WARNING),
    "unknown": Word("?", "Không quan sát được", UNSEEN),
    "blind": Word("?", "Không quan sát được", UNSEEN),
    "maintenance": Word("◆", "Bảo trì", PLANNED),
    "online": Word("●", "Hoạt động", CALM),
    "pending_install": Word("○", "Chờ lắp đặt", UNSEEN),
    "disabled": Word("○", "Tạm ngưng", UNSEEN),
    "retired": Word("○", "Đã thu hồi", UNSEEN),
}
"""Of devices, the worst first; *blind* is what a time counts as in which nobody could see."""

LEVELS: Mapping[str, Word] = {
    "critical": Word("✖", "Nghiêm trọng", CRITICAL),
    "warning": Word("▲", "Cảnh báo", WARNING),
    "": Word("●", "Bình thường", CALM),
}
"""Of a number against its thresholds."""

TARGETS: Mapping[str, Word] = {
    "met": Word("●", "Đạt chỉ tiêu", CALM),
    "not_met": Word("○", "Chưa đạt chỉ tiêu", PLAIN),
}
FEEDS: Mapping[str, Word] = {
    "ok": Word("●", "Bình thường", CALM),
    "stale": Word("▲", "Trễ", WARNING),
    "error": Word("✖", "Lỗi kết nối", CRITICAL),
    "never": Word("○", "Chưa có dữ liệu", UNSEEN),
    "paused": Word("‖", "Tạm dừng", UNSEEN),
}
SEVERITIES: Mapping[str, Word] = {
    "emergency": Word("✖", "Khẩn cấp", CRITICAL),
    "critical": Word("✖", "Nghiêm trọng", CRITICAL),
    "warning": Word("▲", "Cảnh báo", WARNING),
    "info": Word("●", "Thông tin", PLANNED),
}
HANDLING: Mapping[str, Word] = {
    "open": Word("○", "Mới", CRITICAL),
    "acknowledged": Word("◔", "Đã tiếp nhận", WARNING),
    "in_progress": Word("◑", "Đang xử lý", PLANNED),
    "resolved": Word("●", "Đã khắc phục", CALM),
    "false_alarm": Word("–", "Báo nhầm", UNSEEN),
}
DEADLINES: Mapping[str, Word] = {
    "overdue": Word("✖", "Quá hạn", CRITICAL),
    "due_soon": Word("▲", "Sắp đến hạn", WARNING),
    "in_time": Word("●", "Trong hạn", CALM),
    "no_due_date": Word("–", "Không có hạn", UNSEEN),
}
URGENCY: Mapping[str, Word] = {
    "urgent": Word("✖", "Khẩn cấp", CRITICAL),
    "soon": Word("▲", "Cần xử lý sớm", WARNING),
    "normal": Word("●", "Bình thường", CALM),
}
SIGHT: Mapping[str, Word] = {
    "ok": Word("●", "Bình thường", CALM),
    "failing": Word("✖", "Hỏng", CRITICAL),
    "unknown": Word("?", "Không rõ", UNSEEN),
}
"""Of canaries: our own ways out and in."""

MESSAGES: Mapping[str, Word] = {
    "waiting": Word("○", "Đang chờ", WARNING),
    "sent": Word("●", "Đã gửi", CALM),
    "dead": Word("✖", "Không gửi được", CRITICAL),
}
OUTCOMES: Mapping[str, Word] = {
    "not_heard": Word("✖", "Không phát", CRITICAL),
    "late": Word("▲", "Phát muộn", WARNING),
    "unobserved": STATES["blind"],
    "maintenance": STATES["maintenance"],
    "due": Word("○", "Sẽ phát", PLANNED),
    "played": Word("●", "Đã phát", CALM),
}
"""Of a planned broadcast on one cluster."""
TRANSPORTS = {"subscribed": "đăng ký nghe", "polled": "hỏi định kỳ", "received": "được gửi đến"}
STAGES = {"understand": "đọc hiểu", "store": "lưu"}
KINDS = {"camera": "Camera", "loudspeaker": "Truyền thanh", "network": "Thiết bị mạng"}
CATEGORIES = {
    "construction_order": "Trật tự xây dựng",
    "environment": "Vệ sinh môi trường",
    "traffic_infra": "Hạ tầng giao thông",
    "urban_infra": "Hạ tầng đô thị",
    "security": "An ninh trật tự",
    "flooding": "Ngập nước",
    "lighting": "Chiếu sáng",
    "trees": "Cây xanh",
    "other": "Khác",
}
GRAINS = {
    "1 minute": "phút",
    "5 minutes": "5 phút",
    "1 hour": "giờ",
    "1 day": "ngày",
    "1 month": "tháng",
    "3 months": "quý",
    "1 year": "năm",
}
OWNERS = {
    "chairman": "Chủ tịch UBND",
    "vice_chairman": "Phó Chủ tịch UBND",
    "police_on_duty": "Công an trực ban",
    "one_stop_officer": "Công chức một cửa",
    "clerk": "Văn thư",
    "accountant": "Kế toán",
    "health_station": "Trạm Y tế",
    "culture_officer": "Phòng Văn hóa – Xã hội",
    "technician": "Cán bộ kỹ thuật",
    "statistics_officer": "Công chức thống kê",
    "village_head": "Trưởng thôn",
}


class Measure(NamedTuple):
    """How a unit of the dictionary is written: Grafana's format, and what a value is divided by before."""

    format: str
    divisor: int = 1
    decimals: int | None = None


MEASURES: Mapping[str, Measure] = {
    "percent": Measure("percent"),
    "vnd": Measure("suffix: tỷ đồng", 10**9, 2),
    "millisecond": Measure("ms"),
    "second": Measure("s"),
    "minute": Measure("suffix: phút"),
    "camera": Measure("suffix: camera"),
    "case": Measure("suffix: ca"),
    "cooperative": Measure("suffix: hợp tác xã"),
    "criterion": Measure("suffix: tiêu chí"),
    "day": Measure("suffix: ngày"),
    "device": Measure("suffix: thiết bị"),
    "document": Measure("suffix: văn bản"),
    "dossier": Measure("suffix: hồ sơ"),
    "figure": Measure("suffix: số liệu"),
    "hectare": Measure("suffix: ha"),
    "head": Measure("suffix: con"),
    "hour": Measure("suffix: giờ"),
    "household": Measure("suffix: hộ"),
    "incident": Measure("suffix: sự cố"),
    "mention": Measure("suffix: lượt đề cập"),
    "message": Measure("suffix: bản tin"),
    "million_vnd_per_person_year": Measure("suffix: triệu đồng/người/năm"),
    "percentage_point": Measure("suffix: điểm %"),
    "person": Measure("suffix: người"),
    "point": Measure("suffix: điểm"),
    "product": Measure("suffix: sản phẩm"),
    "report": Measure("suffix: phản ánh"),
    "service": Measure("suffix: dịch vụ"),
    "signature": Measure("suffix: chữ ký số"),
    "speaker": Measure("suffix: loa"),
    "speaker_cluster": Measure("suffix: cụm loa"),
    "state": Measure("none"),
    "team": Measure("suffix: tổ"),
    "times": Measure("suffix: lần"),
    "tonne": Measure("suffix: tấn"),
    "visit": Measure("suffix: lượt khám"),
}


def measure(unit: str) -> Measure:
    """Return how a unit is written; one without a word of its own keeps its name."""
    return MEASURES.get(unit, Measure(f"suffix: {unit}"))


def word_of(unit: str) -> str:
    """Return a unit's word, as it stands after a number."""
    form = measure(unit).format
    return {"percent": "%", "ms": "ms", "s": "giây", "none": ""}.get(form, form.removeprefix("suffix:").strip())
