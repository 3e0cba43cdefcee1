"""Phản ánh hiện trường: how many are open, of what, by which deadline, and how fast they are resolved."""

from api.screen.boards.parts import Board, Chart, Figures, Line
from api.screen.tiles import Tile

BOARD = Board(
    "Phản ánh",
    (
        Figures((
            Tile("field_reports_open", period="ngay lúc này", touched_by="case"),
            Tile("field_reports_overdue", period="ngay lúc này", touched_by="case"),
            Tile("field_reports_on_time_rate", "Xử lý đúng hạn", "30 ngày qua"),
            Tile("field_reports_new", "Mới tiếp nhận", "24 giờ qua"),
            Tile("field_reports_resolved", "Đã xử lý", "24 giờ qua"),
        )),
        Chart("Phản ánh đang mở theo hạn", (Line("field_reports_open_by_deadline"),), "stack", wide=3),
        Chart("Phản ánh đang mở theo lĩnh vực", (Line("field_reports_open_by_category"),), "ranking", wide=3),
        Chart("Phản ánh mới theo lĩnh vực", (Line("field_reports_new"),), "stack", wide=3),
        Chart("Thời gian xử lý (trung vị)", (Line("field_reports_hours_to_resolve"),), wide=3),
    ),
)  # fmt: skip
