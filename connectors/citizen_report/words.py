"""The words of a field report: its keys, and its categories, severities and statuses with their Vietnamese codes."""

from collections.abc import Mapping
from datetime import timedelta

from connectors.spelling import code

KEYS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "code", "ma", "ma_phan_anh"),
    "unit": ("unit", "xa", "ma_xa"),
    "at": ("at", "updated_at", "cap_nhat"),
    "opened_at": ("opened_at", "created_at", "thoi_gian"),
    "category": ("category", "loai", "linh_vuc"),
    "severity": ("severity", "muc_do"),
    "status": ("status", "trang_thai"),
    "due": ("due", "han"),
    "channel": ("channel", "kenh"),
    "hamlet": ("hamlet", "thon"),
    "latitude": ("latitude", "lat", "vi_do"),
    "longitude": ("longitude", "lng", "lon", "kinh_do"),
}
"""Field → the names that senders use, the one that counts first; read without case and diacritics."""


def _words(table: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {code(word): ours for ours, theirs in table.items() for word in (ours, *theirs)}


CATEGORIES = _words(
    {
        "construction_order": ("Trật tự xây dựng",),
        "environment": ("Vệ sinh môi trường", "ve_sinh", "moi_truong"),
        "traffic_infra": ("Hạ tầng giao thông", "ha_tang", "giao_thong"),
        "urban_infra": ("Hạ tầng đô thị",),
        "security": ("An ninh trật tự", "an_ninh", "trat_tu"),
        "flooding": ("Ngập nước",),
        "lighting": ("Chiếu sáng",),
        "trees": ("Cây xanh",),
        "other": ("Khác",),
    }
)
"""Code word of a sender → our category."""

SEVERITIES = _words(
    {
        "normal": ("Bình thường",),
        "soon": ("Cần xử lý sớm", "can_som"),
        "urgent": ("Khẩn cấp",),
    }
)
"""Code word of a sender → our severity."""

STATUSES = _words(
    {
        "new": ("Mới",),
        "received": ("Đã tiếp nhận",),
        "assigned": ("Đã phân công",),
        "in_progress": ("Đang xử lý",),
        "transferred": ("Đã chuyển đơn vị khác", "da_chuyen_phuong", "da_chuyen_xa"),
        "resolved": ("Đã xử lý", "da_xong"),
        "rejected": ("Không xử lý",),
        "overdue": ("Quá hạn",),
    }
)
"""Code word of a sender → our status."""

TERMS: Mapping[str, timedelta] = {"normal": timedelta(days=7), "soon": timedelta(days=3), "urgent": timedelta(days=1)}
"""Severity → time to the deadline, where the sender names none."""
