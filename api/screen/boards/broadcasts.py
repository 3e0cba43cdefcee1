"""Truyền thanh: whether what was planned was heard, how often and how long the loudspeakers spoke."""

from api.screen.boards.parts import Board, Chart, Figures, Line
from api.screen.tiles import Tile

BOARD = Board(
    "Truyền thanh",
    (
        Figures((
            Tile("broadcasts_planned_rate", "Phát đúng lịch", "24 giờ qua"),
            Tile("broadcasts_today", "Số lần phát", "từ đầu ngày"),
            Tile("broadcasts_minutes", "Số phút phát", "từ đầu ngày"),
            Tile("devices_loudspeaker_online", "Loa hoạt động", "ngay lúc này", touched_by="device"),
            Tile("devices_loudspeaker_availability", "Tỷ lệ loa", "24 giờ qua"),
        )),
        Chart("Tỷ lệ phát đúng lịch trong ngày", (Line("broadcasts_planned_rate"),)),
        Chart("Số lần phát trong ngày", (Line("broadcasts_today"),), "bars"),
        Chart("Số phút phát trong ngày", (Line("broadcasts_minutes"),), "bars"),
    ),
)  # fmt: skip
