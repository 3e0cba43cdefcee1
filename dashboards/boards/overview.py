"""The leader's one page, and incidents."""

from dashboards import rows
from dashboards.board import Board
from dashboards.charts import counts
from dashboards.panels import bars, tile, trend
from dashboards.tables import MOMENT, Column, freshness, table
from dashboards.words import HANDLING, SEVERITIES

_COLUMNS = {
    "severity": Column("Mức độ", words=SEVERITIES, width=150),
    "what": Column("Sự cố"),
    "subject": Column("Đối tượng"),
    "commune": Column("Xã", width=150),
    "state": Column("Xử lý", words=HANDLING, width=150),
    "since": Column("Từ lúc", MOMENT, width=150),
}
_RUNNING = {**_COLUMNS, "lasting": Column("Đã kéo dài", width=110)}
_ENDED = {**_COLUMNS, "closed_at": Column("Xong lúc", MOMENT, width=150), "lasted": Column("Kéo dài", width=110)}
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
                tile("dti_score", board="ioc-digital"),
            ],
            [
                table("Sự cố chưa xong", _OPEN, rows.INCIDENTS_OPEN, _RUNNING, width=17, board="ioc-incidents"),
                counts(
                    "Sự cố theo mức độ", _BY_SEVERITY, rows.INCIDENTS_NOW, "incidents", "suffix: sự cố",
                    board="ioc-incidents",
                ),
            ],
            [
                trend("procedures_open_by_deadline", style="stacked"),
                trend("field_reports_open_by_deadline", style="stacked"),
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
                tile("incidents_unacknowledged"),
                counts("Sự cố theo mức độ", _BY_SEVERITY, rows.INCIDENTS_NOW, "incidents", "suffix: sự cố", width=8,
                       height=6),
                bars("Thời gian tiếp nhận", ["incidents_minutes_to_acknowledge"], width=6, height=6),
                tile("incidents_false_alarm_rate", width=4, height=6),
            ],
            [table("Sự cố đang mở: danh sách", _OPEN, rows.INCIDENTS_OPEN, _RUNNING, height=10)],
            [
                trend("incidents_open", style="stacked"),
                trend("incidents_opened", style="stacked"),
                trend("incidents_closed", style="stacked"),
            ],
            [
                trend("incidents_minutes_to_acknowledge"),
                trend("incidents_hours_to_resolve"),
                trend("incidents_false_alarm_rate"),
                bars("Sự cố mới theo quy tắc, 30 ngày qua", ["incidents_by_rule"]),
            ],
            [
                table(
                    "Sự cố đã xong", "Sự cố xong trong khoảng thời gian đang xem, mới nhất trước.",
                    rows.INCIDENTS_CLOSED, _ENDED, height=11,
                ),
            ],
        ],
        since="now-30d",
        refresh="1m",
    ),
)  # fmt: skip
