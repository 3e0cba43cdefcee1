"""The leader's one page, and incidents."""

from dashboards import rows
from dashboards.board import Board
from dashboards.panels import tile, trend
from dashboards.tables import MOMENT, Column, counts, events, freshness, table
from dashboards.words import HANDLING, SEVERITIES

_COLUMNS = {
    "severity": Column("Mức độ", words=SEVERITIES, width=150),
    "what": Column("Sự cố"),
    "subject": Column("Đối tượng"),
    "commune": Column("Xã", width=150),
    "state": Column("Xử lý", words=HANDLING, width=150),
    "since": Column("Từ lúc", MOMENT, width=150),
    "lasting": Column("Đã kéo dài", width=110),
    "closed_at": Column("Xong lúc", MOMENT, width=150),
    "lasted": Column("Kéo dài", width=110),
}
_BY_SEVERITY = "Số sự cố chưa xong theo mức độ, lúc này."
_OPEN = "Sự cố chưa xong lúc này, nặng nhất trước; sự cố đã gộp vào sự cố của cả nhóm không hiện riêng."

BOARDS = (
    Board(
        "ioc-overview",
        "Tổng quan",
        "Một trang cho lãnh đạo: con số chính so với chỉ tiêu và ngưỡng, sự cố chưa xong, xu hướng.",
        [
            [
                tile("procedures_on_time_rate", board="ioc-one-stop"),
                tile("procedures_overdue", board="ioc-one-stop"),
                tile("field_reports_overdue", board="ioc-field-reports"),
                tile("documents_overdue", board="ioc-one-stop"),
                tile("budget_revenue_rate", board="ioc-budget"),
            ],
            [
                tile("devices_camera_availability", board="ioc-cameras"),
                tile("devices_loudspeaker_availability", board="ioc-broadcasting"),
                tile("broadcasts_planned_rate", board="ioc-broadcasting"),
                tile("internet_negative", board="ioc-internet"),
                tile("health_immunisation", board="ioc-health"),
            ],
            [
                table("Sự cố chưa xong", _OPEN, rows.INCIDENTS_OPEN, _COLUMNS, width=17, board="ioc-incidents"),
                counts(
                    "Sự cố theo mức độ", _BY_SEVERITY, rows.INCIDENTS_NOW, "incidents", "suffix: sự cố",
                    board="ioc-incidents",
                ),
            ],
            [
                trend("procedures_overdue", "procedures_due_soon", title="Hồ sơ quá hạn, sắp đến hạn"),
                trend("field_reports_open", "field_reports_overdue", title="Phản ánh đang mở, quá hạn"),
                trend(
                    "devices_camera_availability", "devices_loudspeaker_availability", title="Tỷ lệ thiết bị hoạt động"
                ),
            ],
            [freshness()],
        ],
        since="now-30d",
        refresh="1m",
    ),
    Board(
        "ioc-incidents",
        "Sự cố",
        "Sự cố đang mở, đã xong, xảy ra khi nào và do quy tắc nào; xử lý trên màn hình điều hành.",
        [
            [
                counts("Sự cố theo mức độ", _BY_SEVERITY, rows.INCIDENTS_NOW, "incidents", "suffix: sự cố", width=8),
                events(
                    "Sự cố mỗi ngày", "Số sự cố bắt đầu trong từng ngày (giờ Việt Nam), theo mức độ.",
                    rows.INCIDENTS_DAILY, "suffix: sự cố",
                ),
            ],
            [table("Sự cố đang mở", _OPEN, rows.INCIDENTS_OPEN, _COLUMNS, height=10)],
            [
                table(
                    "Sự cố đã xong", "Sự cố xong trong khoảng thời gian đang xem, mới nhất trước.",
                    rows.INCIDENTS_CLOSED, _COLUMNS, width=16, height=11,
                ),
                counts(
                    "Loại sự cố hay gặp", "Số sự cố bắt đầu trong khoảng thời gian đang xem, theo loại.",
                    rows.INCIDENTS_BY_RULE, "incidents", "suffix: sự cố",
                ),
            ],
        ],
        since="now-30d",
        refresh="1m",
    ),
)  # fmt: skip
