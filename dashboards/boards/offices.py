"""What the commune's offices do for people: procedures, documents, citizens' reports, and what the internet says."""

from dashboards import rows
from dashboards.board import Board
from dashboards.panels import bars, tile, trend
from dashboards.tables import MOMENT, Column, freshness, scorecard, table
from dashboards.words import CATEGORIES, DEADLINES, URGENCY

_CASE = {
    "id": Column("Mã", width=150),
    "category": Column("Lĩnh vực", words=CATEGORIES),
    "severity": Column("Mức độ", words=URGENCY, width=160),
    "hamlet": Column("Thôn"),
    "opened_at": Column("Tiếp nhận", MOMENT, width=150),
    "due": Column("Hạn", MOMENT, width=150),
    "deadline": Column("Thời hạn", words=DEADLINES, width=140),
    "commune": Column("Xã", width=150),
    "received_at": Column("Dữ liệu lúc", MOMENT, width=150),
}
_SERVICES = (
    "procedures_on_time_rate",
    "procedures_on_time_of_received_rate",
    "procedures_online_rate",
    "procedures_services_online_rate",
    "procedures_services_end_to_end_rate",
    "procedures_services_with_online_rate",
    "procedures_fee_online_rate",
    "procedures_result_digitised_rate",
    "procedures_result_2020_2022_digitised_rate",
    "procedures_result_postal_rate",
    "procedures_one_stop_rate",
    "procedures_satisfaction_rate",
    "documents_signed_rate",
    "documents_processed_rate",
    "documents_online_rate",
    "documents_staff_signature_rate",
    "documents_staff_system_rate",
)

BOARDS = (
    Board(
        "ioc-one-stop",
        "Một cửa và văn bản",
        "Thủ tục hành chính: đúng hạn, quá hạn, trực tuyến; văn bản đến, đi, ký số, tồn.",
        [
            [
                tile("procedures_on_time_rate"),
                tile("procedures_online_rate"),
                tile("procedures_open"),
                tile("procedures_overdue"),
                tile("procedures_due_soon"),
                tile("procedures_unclassified"),
            ],
            [
                table(
                    "Hồ sơ đang giải quyết: danh sách",
                    "Hồ sơ chưa xong lúc này, hẹn trả sớm nhất trước, nhiều nhất 300; không có tên người nộp.",
                    rows.cases("dossier"),
                    {name: column for name, column in _CASE.items() if name not in ("severity", "hamlet")},
                    width=15,
                    height=11,
                ),
                trend("procedures_open_by_deadline", style="stacked", height=11),
            ],
            [
                trend("procedures_new", style="stacked"),
                trend("procedures_done", style="stacked"),
                trend("procedures_overdue", "procedures_due_soon", title="Hồ sơ quá hạn, sắp đến hạn"),
            ],
            "Theo tháng",
            [
                trend("procedures_on_time_rate", "procedures_on_time_of_received_rate",
                      title="Trước và đúng hạn: trên đã giải quyết, trên tổng số"),
                trend("procedures_received", "procedures_carried_over", title="Hồ sơ tiếp nhận, chuyển sang"),
                trend("procedures_received_by_channel", style="stacked"),
            ],
            [
                trend("procedures_resolved", style="stacked"),
                trend("procedures_pending", style="stacked"),
                trend("procedures_halted", style="stacked"),
                bars("Dịch vụ công", ["procedures_services"]),
            ],
            "Văn bản",
            [
                tile("documents_signed_rate"),
                tile("documents_overdue"),
                tile("documents_backlog"),
                tile("documents_certificate_days_left"),
            ],
            [
                trend("documents_incoming", "documents_outgoing", "documents_signed", "documents_processed",
                      title="Văn bản mỗi tháng"),
                trend("documents_flow_day", style="bars"),
                trend("documents_backlog", "documents_overdue", title="Văn bản tồn, quá hạn"),
                trend("documents_issued", style="bars"),
            ],
            "Chỉ tiêu",
            [
                scorecard(
                    "Tỷ lệ so với chỉ tiêu",
                    "Tỷ lệ mới nhất của từng chỉ số so với chỉ tiêu; chỉ tiêu của xã nếu xã công bố, nếu không thì "
                    "chỉ tiêu chung.",
                    _SERVICES,
                )
            ],
            [freshness("admin_procedures", "documents")],
        ],
        since="now-90d",
    ),
    Board(
        "ioc-field-reports",
        "Phản ánh hiện trường",
        "Phản ánh của người dân: đang mở, quá hạn, theo lĩnh vực và mức độ, xử lý mất bao lâu.",
        [
            [
                tile("field_reports_open"),
                tile("field_reports_overdue"),
                tile("field_reports_on_time_rate"),
            ],
            [
                table(
                    "Phản ánh đang mở: danh sách",
                    "Phản ánh chưa xong lúc này, hạn sớm nhất trước, nhiều nhất 300; không có tên người dân.",
                    rows.cases("field_report"),
                    _CASE,
                    width=16,
                    height=11,
                ),
                bars("Đang mở theo lĩnh vực", ["field_reports_open_by_category"], height=11),
            ],
            [
                trend("field_reports_open_by_category", style="stacked"),
                trend("field_reports_open_by_severity", style="stacked"),
                trend("field_reports_open_by_deadline", style="stacked"),
            ],
            [
                trend("field_reports_new", style="stacked"),
                trend("field_reports_resolved", style="stacked"),
                trend("field_reports_on_time_rate"),
                trend("field_reports_hours_to_resolve"),
            ],
            [freshness("field_reports")],
        ],
        since="now-30d",
    ),
    Board(
        "ioc-internet",
        "Thông tin mạng",
        "Báo điện tử, trang thông tin, mạng xã hội nói gì về xã: bao nhiêu, sắc thái, chủ đề.",
        [
            [
                bars("Lượt đề cập ngày gần nhất", ["internet_mentions"], width=8),
                bars("Lượt đề cập tiêu cực ngày gần nhất", ["internet_negative"], width=8),
                bars("Sắc thái ngày gần nhất", ["internet_sentiments"], width=8),
            ],
            [trend("internet_sentiments", style="stacked", width=14), trend("internet_negative", style="stacked")],
            [
                trend("internet_mentions", style="stacked"),
                trend("internet_topics", style="bars"),
                trend("internet_negative_topics", style="bars"),
                trend("internet_reach", style="stacked"),
            ],
            [freshness("internet_monitoring")],
        ],
        since="now-30d",
        refresh="15m",
    ),
)  # fmt: skip
