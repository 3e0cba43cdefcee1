"""Thông tin mạng: how much is said of the commune, how, where and on what. Counts only, nobody's words."""

from api.screen.boards.parts import Board, Chart, Figures, Line, Table
from api.screen.tiles import Tile

BOARD = Board(
    "Thông tin mạng",
    (
        Figures((
            Tile("internet_mentions", "Lượt đề cập"),
            Tile("internet_negative", "Lượt đề cập tiêu cực"),
            Tile("internet_reach", "Lượt tiếp cận"),
        )),
        Chart("Lượt đề cập theo sắc thái", (Line("internet_sentiments"),), "stack", wide=4),
        Table("Theo nguồn tin, ngày gần nhất", (
            Line("internet_mentions", "Lượt đề cập", bar=True), Line("internet_negative", "Tiêu cực"),
            Line("internet_reach", "Tiếp cận"),
        ), "Nguồn tin", wide=2),
        Chart("Lượt đề cập theo nguồn tin", (Line("internet_mentions"),), "stack", wide=3),
        Chart("Lượt đề cập theo chủ đề", (Line("internet_topics"),), wide=3),
        Chart("Lượt đề cập tiêu cực theo chủ đề", (Line("internet_negative_topics"),), "stack", wide=3),
        Table("Theo chủ đề, ngày gần nhất", (
            Line("internet_topics", "Lượt đề cập", bar=True), Line("internet_negative_topics", "Tiêu cực"),
        ), "Chủ đề", wide=3),
    ),
)  # fmt: skip
