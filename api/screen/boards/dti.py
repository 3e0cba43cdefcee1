"""Chuyển đổi số: three pillars, each number against its target, what is missing, and the score with its weights."""

from api.screen.boards.parts import Board, Card, Chart, Figures, Line
from api.screen.tiles import Tile

BOARD = Board(
    "Chuyển đổi số",
    (
        Figures((
            Tile("dti_score", "Điểm chuyển đổi số", "số liệu gần nhất", beside="dti_score_coverage"),
            Tile("procedures_online_rate", "Hồ sơ trực tuyến"),
            Tile("documents_signed_rate", "Văn bản đi ký số"),
            Tile("dti_smartphone_adults", "Có điện thoại thông minh"),
            Tile("dti_bank_accounts", "Có tài khoản ngân hàng"),
        )),
        Card("Điểm và trọng số", (), wide=6, weighed="dti_score"),
        Card("Chính quyền số", (
            "procedures_online_rate", "procedures_services_online_rate", "procedures_services_end_to_end_rate",
            "procedures_services_with_online_rate", "procedures_fee_online_rate", "procedures_result_digitised_rate",
            "procedures_result_2020_2022_digitised_rate", "documents_signed_rate", "documents_online_rate",
            "dti_online_reports", "dti_data_sharing", "dti_website_trust", "dti_official_email",
            "dti_staff_computers", "dti_staff_trained", "dti_antivirus", "dti_population_database", "dti_plans",
        ), wide=6),
        Card("Kinh tế số", (
            "dti_bank_accounts", "dti_cashless_accounts", "dti_online_shoppers", "dti_ecommerce",
            "dti_smartphone_subscribers", "dti_fibre_households",
        ), wide=6),
        Card("Xã hội số", (
            "dti_smartphone_adults", "dti_smartphone_households", "dti_digital_ids", "dti_personal_signatures",
            "dti_citizen_accounts", "dti_digital_addresses", "dti_online_service_users", "dti_ict_skills",
            "dti_villages_covered", "dti_culture_houses", "dti_team_villages", "dti_teams", "dti_team_members",
        ), wide=6),
        Chart("Người dân và hạ tầng số", (
            Line("dti_smartphone_adults", "Điện thoại thông minh", aim=False),
            Line("dti_fibre_households", "Cáp quang", aim=False),
            Line("dti_bank_accounts", "Tài khoản ngân hàng", aim=False),
            Line("dti_digital_ids", "Định danh điện tử", aim=False),
            Line("dti_personal_signatures", "Chữ ký số cá nhân", aim=False),
        ), wide=6),
    ),
)  # fmt: skip
