"""Ngân sách: how far revenue and expenditure have come, in all and by item, against estimates and against the year."""

from api.screen.boards.parts import Board, Chart, Figures, Line, Table
from api.screen.tiles import Tile

BOARD = Board(
    "Ngân sách",
    (
        Figures((
            Tile("budget_revenue_rate", "Thu ngân sách", to_date=True),
            Tile("budget_revenue_assigned_rate", "Thu so tỉnh giao", to_date=True),
            Tile("budget_expenditure_rate", "Chi ngân sách", to_date=True),
            Tile("budget_balance", "Cân đối thu – chi", to_date=True),
            Tile("treasury_balance", "Tồn quỹ Kho bạc"),
            Tile("treasury_revenue_day", "Thu trong ngày"),
            Tile("treasury_expenditure_day", "Chi trong ngày"),
        )),
        Chart("Tỷ lệ thực hiện dự toán, lũy kế", (
            Line("budget_revenue_rate", "Thu so dự toán xã giao"),
            Line("budget_revenue_assigned_rate", "Thu so dự toán tỉnh giao", aim=False),
            Line("budget_expenditure_rate", "Chi so dự toán năm", aim=False),
            Line("budget_year_elapsed", "Phần năm đã qua", dashed=True, ink="muted", aim=False),
        ), wide=3),
        Chart("Thu, chi lũy kế", (
            Line("budget_revenue", "Thu", aim=False), Line("budget_expenditure", "Chi", aim=False),
            Line("budget_revenue_estimate", "Dự toán thu xã giao", dashed=True, ink="first"),
            Line("budget_expenditure_estimate", "Dự toán chi năm", dashed=True, ink="second"),
        ), wide=3),
        Table("Thu theo mục, lũy kế", (
            Line("budget_revenue_items", "Thực hiện"), Line("budget_revenue_items_rate", "So dự toán", bar=True),
        ), "Mục", tree=True),
        Table("Chi theo mục, lũy kế", (
            Line("budget_expenditure_items", "Thực hiện"),
            Line("budget_expenditure_items_rate", "So dự toán", bar=True),
        ), "Mục", tree=True),
        Chart("Thu, chi ngân sách xã trong tháng", (
            Line("budget_revenue_month", "Thu"), Line("budget_expenditure_month", "Chi"),
        ), "bars", wide=3),
        Chart("Thu, chi qua Kho bạc", (
            Line("treasury_revenue_day", "Thu"), Line("treasury_expenditure_day", "Chi"),
        ), "bars", wide=3),
        Chart("Tồn quỹ tại Kho bạc", (Line("treasury_balance", "Tồn quỹ"),), wide=2),
        Chart("Thu qua Kho bạc theo lĩnh vực, lũy kế", (Line("treasury_revenue_sectors"),), "ranking", wide=2),
        Chart("Chi qua Kho bạc theo lĩnh vực, lũy kế", (Line("treasury_expenditure_fields"),), "ranking", wide=2),
    ),
)  # fmt: skip
