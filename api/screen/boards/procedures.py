"""Một cửa: dossiers in time or not, by both denominators, how many come online, and what is open by its deadline."""

from api.screen.boards.parts import Board, Card, Chart, Figures, Line
from api.screen.tiles import Tile

BOARD = Board(
    "Một cửa",
    (
        Figures((
            Tile("procedures_on_time_rate", "Đúng hạn / đã giải quyết"),
            Tile("procedures_on_time_of_received_rate", "Đúng hạn / tổng hồ sơ"),
            Tile("procedures_online_rate", "Hồ sơ trực tuyến"),
            Tile("procedures_received", "Hồ sơ tiếp nhận"),
            Tile("procedures_open", "Đang giải quyết", "ngay lúc này", touched_by="case"),
            Tile("procedures_overdue", "Quá hạn", "ngay lúc này", touched_by="case"),
            Tile("procedures_due_soon", "Sắp đến hạn", "24 giờ tới", touched_by="case"),
        )),
        Chart("Hồ sơ đã giải quyết theo hạn", (Line("procedures_resolved"),), "stack", wide=2),
        Chart("Hồ sơ đang giải quyết theo hạn", (Line("procedures_open_by_deadline"),), "stack", wide=2),
        Chart("Hồ sơ tiếp nhận theo kênh", (Line("procedures_received_by_channel"),), "stack", wide=2),
        Chart("Tỷ lệ trước và đúng hạn, theo hai mẫu số", (
            Line("procedures_on_time_rate", "trên hồ sơ đã giải quyết"),
            Line("procedures_on_time_of_received_rate", "trên tổng số hồ sơ"),
        ), wide=3),
        Chart("Tỷ lệ hồ sơ trực tuyến", (Line("procedures_online_rate", "Hồ sơ trực tuyến"),), wide=3),
        Chart("Hồ sơ vừa xong theo hạn", (Line("procedures_done"),), "stack", wide=2),
        Chart("Hồ sơ mới theo kênh", (Line("procedures_new"),), "stack", wide=2),
        Chart("Hồ sơ trả lại, bổ sung, dừng", (Line("procedures_halted"),), "stack", wide=2),
        Card("Chất lượng phục vụ", (
            "procedures_on_time_rate", "procedures_on_time_of_received_rate", "procedures_online_rate",
            "procedures_fee_online_rate", "procedures_result_digitised_rate",
            "procedures_result_2020_2022_digitised_rate", "procedures_services_online_rate",
            "procedures_services_end_to_end_rate", "procedures_services_with_online_rate",
            "procedures_one_stop_rate", "procedures_satisfaction_rate", "procedures_result_postal_rate",
            "procedures_unclassified",
        ), wide=6),
    ),
)  # fmt: skip
