"""Y tế: cases by disease against the mean of five years and its epidemic threshold, visits, insurance, records."""

from api.screen.boards.parts import Board, Card, Chart, Figures, Line, Table
from api.screen.tiles import Tile

BOARD = Board(
    "Y tế",
    (
        Figures((
            Tile("health_cases", "Ca mắc trong tuần", beside="health_cases_so_far", beside_word="bệnh vượt ngưỡng"),
            Tile("health_cases_so_far", "Ca mắc của tháng"),
            Tile("health_visits", "Lượt khám trong ngày"),
            Tile("health_insurance", "Bao phủ BHYT"),
            Tile("health_immunisation", "Tiêm chủng đầy đủ"),
            Tile("health_records", "Hồ sơ sức khỏe"),
            Tile("health_telehealth", "Khám từ xa"),
        )),
        Table("Ca mắc trong tháng so với cùng tháng 5 năm trước", (
            Line("health_cases_so_far", "Đến nay", bar=True), Line("health_mean", "Trung bình"),
            Line("health_threshold", "Ngưỡng dịch"), Line("health_cases_month", "Tháng đã báo cáo"),
        ), "Bệnh", wide=3),
        Chart("Ca mắc trong tuần", (Line("health_cases"),), "stack", wide=3),
        Chart("Ca mắc theo tháng", (
            Line("health_cases_so_far", "Ca mắc"),
            Line("health_mean", "Trung bình 5 năm", dashed=True, ink="muted"),
            Line("health_threshold", "Ngưỡng: trung bình + 2 độ lệch chuẩn", dashed=True, ink="critical"),
        ), "bars", wide=2, apart=6),
        Chart("Lượt khám tại trạm trong ngày", (Line("health_visits", "Lượt khám"),), wide=3),
        Chart("Lượt khám trong tháng", (Line("health_visits_month"),), "bars", wide=3),
        Chart("Tỷ lệ bao phủ", (
            Line("health_insurance", "Bảo hiểm y tế"), Line("health_immunisation", "Tiêm chủng đầy đủ"),
            Line("health_prenatal", "Khám thai từ 4 lần"),
        ), wide=3),
        Card("Các chỉ tiêu của trạm", (
            "health_insurance", "health_immunisation", "health_records", "health_records_begun", "health_prenatal",
            "health_telehealth", "health_visits",
        ), wide=3),
        Chart("Người bệnh mạn tính được quản lý", (Line("health_managed"),), "ranking", wide=2),
        Chart("Sinh, tử trong tháng", (Line("health_vital"),), "bars", wide=2),
        Chart("Suy dinh dưỡng trẻ dưới 5 tuổi", (Line("health_nutrition"),), wide=2),
    ),
)  # fmt: skip
