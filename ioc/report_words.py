"""What the monthly paper says in words: one spelling for its sheet and its page."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from api.screen.words import KINDS
from connectors.contract import LOCAL
from ioc.report import Agreed, Report

TITLE = "BÁO CÁO HOẠT ĐỘNG THIẾT BỊ"
COLUMNS: Mapping[str, str] = {
    "availability": "Tỷ lệ hoạt động (%)",
    "by_contract": "Tỷ lệ theo hợp đồng (%)",
    "outages": "Số lần ngừng",
    "longest": "Lần ngừng dài nhất",
    "mtbf": "MTBF",
    "mttr": "MTTR",
    "online": "Hoạt động",
    "down": "Ngừng (mất kết nối, lỗi)",
    "blind": "Không quan sát được",
    "maintenance": "Bảo trì",
}
FORMULA = (
    "Tỷ lệ hoạt động = thời gian hoạt động ÷ (thời gian hoạt động + mất kết nối + lỗi) × 100 %.",
    "Thời gian hoạt động gồm cả lúc chất lượng kém. Thời gian bảo trì và thời gian hệ thống không quan sát được không "
    "nằm trong mẫu số; thiết bị chờ lắp đặt, tạm ngưng hoặc đã thu hồi không tính. Không quan sát được gì thì để "
    "trống, không phải 0 %.",
    "Số lần ngừng: các lần mất kết nối hoặc lỗi có trong kỳ, kể cả lần bắt đầu trước kỳ hoặc chưa kết thúc; lúc không "
    "quan sát được không kết thúc một lần ngừng. Lần ngừng dài nhất: phần quan sát được của lần đó trong kỳ. "
    "MTBF = thời gian hoạt động ÷ số lần ngừng. MTTR = thời gian ngừng ÷ số lần ngừng.",
    "Nhiều thiết bị: cộng thời gian của tất cả rồi mới chia, không lấy trung bình các tỷ lệ.",
    "Thời lượng ghi theo giờ:phút:giây; thời điểm theo giờ Việt Nam.",
)
"""How the figures are made, as printed."""


def period(report: Report) -> str:
    """Say which time the paper is of."""
    month = f"Tháng {report.start.astimezone(LOCAL):%-m/%Y}"
    return month if report.over else f"{month} (tính đến {instant(report.stop)})"


def instant(at: datetime) -> str:
    """Write an instant in local time."""
    return f"{at.astimezone(LOCAL):%H:%M:%S %d/%m/%Y}"


def duration(of: timedelta | None) -> str:
    """Write a duration to the second, as ``26:05:09`` hours, minutes and seconds; a dash for none."""
    if of is None:
        return "–"
    seconds = round(of.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def contract(agreed: Agreed) -> list[str]:
    """Say what the contract counts, a sentence a line."""
    if not agreed.hours and not agreed.exclusions:
        return ["Không khai báo giờ hợp đồng: hai tỷ lệ như nhau."]
    lines = [f"{KINDS[kind]}: {_clock(opens)}–{_clock(closes)} hằng ngày." for kind, opens, closes in agreed.hours]
    lines += [f"Không tính {instant(a)} – {instant(b)}: {why}." for a, b, why in agreed.exclusions]
    return lines


def _clock(of: timedelta) -> str:
    minutes = int(of.total_seconds()) // 60
    return f"{minutes // 60 % 24 or (24 if minutes == 1440 else 0):02}:{minutes % 60:02}"
