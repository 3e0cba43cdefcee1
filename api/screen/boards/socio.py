"""Kinh tế – xã hội: what the commune's offices state, against its own plan where it has one."""

from api.screen.boards.parts import Board, Card, Chart, Figures, Line
from api.screen.tiles import Tile

BOARD = Board(
    "Kinh tế – xã hội",
    (
        Figures((
            Tile("socio_population"),
            Tile("socio_households"),
            Tile("socio_poor_rate"),
            Tile("socio_near_poor_rate"),
            Tile("socio_income_per_capita", "Thu nhập bình quân"),
            Tile("socio_ntm_criteria_met"),
            Tile("socio_business_households"),
        )),
        Card("Các chỉ tiêu so với kế hoạch", (
            "socio_poor_households", "socio_near_poor_households", "socio_income_per_capita",
            "socio_ntm_criteria_met", "socio_business_households", "socio_grain_output", "socio_sown_area",
            "socio_jobs_created", "socio_trained_labour_rate", "socio_clean_water_rate", "socio_waste_collected_rate",
            "socio_cultural_households_rate", "socio_forest_cover_rate", "socio_social_insurance_members",
            "socio_poultry", "socio_disaster_damage", "socio_drafts",
        ), wide=6),
        Chart("Hộ nghèo, hộ cận nghèo", (
            Line("socio_poor_households", "Hộ nghèo", aim=False),
            Line("socio_near_poor_households", "Hộ cận nghèo", aim=False),
        ), "bars", wide=3),
        Chart("Nhân khẩu", (Line("socio_population", "Nhân khẩu"),), wide=3),
        Chart("Tiêu chí nông thôn mới đạt", (Line("socio_ntm_criteria_met", "Tiêu chí đạt"),), "bars", wide=2),
        Chart("Hộ kinh doanh", (Line("socio_business_households", "Hộ kinh doanh"),), "bars", wide=2),
        Chart("Thu nhập bình quân đầu người", (Line("socio_income_per_capita", "Thu nhập"),), "bars", wide=2),
        Chart("Diện tích gieo trồng theo cây", (Line("socio_sown_area_crops"),), "ranking", wide=2),
        Chart("Sản lượng theo cây trồng", (Line("socio_crop_output"),), "ranking", wide=2),
        Chart("Đàn gia súc", (Line("socio_livestock"),), "ranking", wide=2),
        Chart("Sử dụng đất", (Line("socio_land"),), "shares", wide=2),
        Chart("Doanh nghiệp, hợp tác xã, sản phẩm OCOP", (Line("socio_businesses"),), "ranking", wide=2),
        Chart("Học sinh theo cấp học", (Line("socio_schooling"),), "ranking", wide=2),
        Chart("Sinh, tử", (Line("socio_population_change"),), "bars", wide=3),
        Chart("Tai nạn giao thông", (Line("socio_traffic_accidents"),), "bars", wide=3),
    ),
)  # fmt: skip
