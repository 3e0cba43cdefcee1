"""Văn bản: what came and went, what is signed, processed, left over."""

from api.screen.boards.parts import Board, Card, Chart, Figures, Line
from api.screen.tiles import Tile

BOARD = Board(
    "Văn bản",
    (
        Figures((
            Tile("documents_signed_rate", "Văn bản đi ký số"),
            Tile("documents_processed_rate", "Văn bản đến đã xử lý"),
            Tile("documents_incoming", "Văn bản đến"),
            Tile("documents_outgoing", "Văn bản đi"),
            Tile("documents_overdue", "Quá hạn xử lý"),
            Tile("documents_backlog", "Còn tồn"),
        )),
        Chart("Văn bản đến và đi theo tháng", (
            Line("documents_incoming", "Văn bản đến"), Line("documents_outgoing", "Văn bản đi"),
            Line("documents_signed", "Văn bản đi ký số"),
        ), "bars", wide=3),
        Chart("Tỷ lệ ký số và xử lý", (
            Line("documents_signed_rate", "Văn bản đi ký số"),
            Line("documents_processed_rate", "Văn bản đến đã xử lý"),
        ), wide=3),
        Chart("Văn bản trong ngày", (Line("documents_flow_day"),), wide=3),
        Chart("Văn bản quá hạn và còn tồn", (
            Line("documents_overdue", "Quá hạn", ink="critical", aim=False), Line("documents_backlog", "Còn tồn"),
        ), wide=3),
        Card("Làm việc trên môi trường mạng", (
            "documents_signed_rate", "documents_processed_rate", "documents_online_rate",
            "documents_staff_signature_rate", "documents_staff_system_rate", "documents_certificate_days_left",
        ), wide=6),
        Chart("Chữ ký số, tài khoản cấp mới", (Line("documents_issued"),), "bars", wide=3),
    ),
)  # fmt: skip
