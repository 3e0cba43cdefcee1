"""How the commune fares: money, health, economy and society, digital transformation."""

from dashboards.board import Board
from dashboards.indicators import load
from dashboards.panels import bars, tile, trend
from dashboards.tables import against, freshness, scorecard

_TARGETS = (
    "Giá trị mới nhất của từng chỉ số so với chỉ tiêu: kế hoạch, mục tiêu của xã nếu xã công bố, nếu không thì chỉ "
    "tiêu chung. Mỗi dòng ghi rõ số liệu của ngày nào."
)
_SCORED = tuple(load()["dti_score"].parts)
_DIGITAL = tuple(
    key
    for key, indicator in load().items()
    if key.startswith("dti_") and indicator.unit == "percent" and key not in _SCORED and not indicator.parts
    and not indicator.scope
)  # fmt: skip
_SOCIETY = tuple(
    key
    for key, indicator in load().items()
    if (key.startswith("socio_") and indicator.target_of) or key in ("socio_poor_rate", "socio_near_poor_rate")
)  # fmt: skip

BOARDS = (
    Board(
        "ioc-budget",
        "Ngân sách",
        "Thu, chi ngân sách xã: lũy kế so với dự toán và với phần năm đã qua, từng tháng, từng mục; số của Kho bạc.",
        [
            [
                tile("budget_revenue_rate"),
                tile("budget_revenue_assigned_rate"),
                tile("budget_expenditure_rate"),
                tile("budget_year_elapsed"),
                tile("budget_balance"),
            ],
            [
                trend("budget_revenue_rate", "budget_expenditure_rate", "budget_year_elapsed",
                      title="Thu, chi so với dự toán và phần năm đã qua", width=12),
                trend("budget_revenue_behind", "budget_expenditure_behind", title="Chậm so với phần năm đã qua"),
            ],
            [
                bars("Thu lũy kế và dự toán",
                     ["budget_revenue", "budget_revenue_share", "budget_revenue_estimate",
                      "budget_revenue_estimate_assigned"]),
                bars("Chi lũy kế và dự toán", ["budget_expenditure", "budget_expenditure_estimate"]),
            ],
            [
                trend("budget_revenue"),
                trend("budget_expenditure"),
                trend("budget_revenue_month", "budget_expenditure_month", title="Thu, chi từng tháng"),
            ],
            "Theo mục",
            [bars("Thu theo mục so dự toán", ["budget_revenue_items_rate"], height=12),
             bars("Chi theo mục so dự toán", ["budget_expenditure_items_rate"], height=12)],
            [bars("Thu lũy kế theo mục", ["budget_revenue_items"], height=12),
             bars("Chi lũy kế theo mục", ["budget_expenditure_items"], height=12)],
            "Kho bạc",
            [tile("treasury_balance"), tile("treasury_revenue"), tile("treasury_expenditure")],
            [
                trend("treasury_revenue_day", "treasury_expenditure_day", title="Thu, chi qua Kho bạc từng ngày",
                      style="bars"),
                trend("treasury_balance"),
            ],
            [bars("Thu qua Kho bạc theo lĩnh vực", ["treasury_revenue_sectors"]),
             bars("Chi qua Kho bạc theo lĩnh vực", ["treasury_expenditure_fields"])],
            [freshness("budget")],
        ],
        since="now-1y",
        refresh="15m",
    ),
    Board(
        "ioc-health",
        "Y tế",
        "Bệnh truyền nhiễm so với cùng tháng các năm trước, khám bệnh, tiêm chủng, bảo hiểm, quản lý sức khỏe.",
        [
            [
                tile("health_immunisation"),
                tile("health_insurance"),
                tile("health_records"),
                tile("health_prenatal"),
                tile("health_visits"),
            ],
            [
                against("Ca mắc của tháng so với ngưỡng dịch", "health_cases_so_far", "Ngưỡng dịch",
                        {"health_mean": "Trung bình cùng tháng 5 năm"}),
                bars("Ca mắc tuần gần nhất", ["health_cases"], width=8, height=10),
            ],
            [trend("health_cases", style="stacked"), trend("health_cases_month", style="line")],
            [
                trend("health_cases_linked"),
                trend("health_deaths"),
                trend("health_threshold", "health_mean", title="Ngưỡng dịch và trung bình 5 năm: diễn biến"),
            ],
            "Khám, chữa bệnh và quản lý sức khỏe",
            [
                trend("health_visits", style="bars"),
                trend("health_visits_month"),
                trend("health_telehealth"),
            ],
            [
                trend("health_immunisation", "health_prenatal", "health_insurance", style="line",
                      title="Tiêm chủng, khám thai, BHYT"),
                trend("health_nutrition", style="line"),
                trend("health_managed", style="line"),
                trend("health_vital"),
            ],
            [bars("Hồ sơ sức khỏe: có và đã khởi tạo", ["health_records", "health_records_begun"], width=8, height=6),
             freshness("health")],
        ],
        since="now-1y",
        refresh="15m",
    ),
    Board(
        "ioc-socio",
        "Kinh tế – xã hội",
        "Dân số, hộ nghèo, thu nhập, sản xuất, đất đai, an sinh so với kế hoạch của xã.",
        [
            [
                tile("socio_population"),
                tile("socio_households"),
                tile("socio_poor_rate"),
                tile("socio_near_poor_rate"),
                tile("socio_income_per_capita"),
                tile("socio_ntm_criteria_met"),
            ],
            [scorecard("Chỉ tiêu kinh tế – xã hội", _TARGETS, _SOCIETY, width=16, height=14),
             bars("Kế hoạch của xã", ["socio_targets"], height=14)],
            [
                trend("socio_poor_households", "socio_near_poor_households", title="Hộ nghèo, hộ cận nghèo",
                      style="line"),
                trend("socio_poor_rate", "socio_near_poor_rate", title="Tỷ lệ hộ nghèo, cận nghèo", style="line"),
                trend("socio_population_change"),
                trend("socio_jobs_created"),
            ],
            "Sản xuất",
            [
                bars("Diện tích theo cây trồng", ["socio_sown_area_crops"]),
                bars("Sản lượng theo cây trồng", ["socio_crop_output"]),
                bars("Đàn gia súc, gia cầm", ["socio_livestock", "socio_poultry"]),
                bars("Sử dụng đất", ["socio_land"]),
            ],
            [
                bars("Doanh nghiệp, hợp tác xã, OCOP", ["socio_businesses"]),
                bars("Hộ kinh doanh", ["socio_business_households"]),
                trend("socio_grain_output"),
                trend("socio_disaster_damage"),
            ],
            "An sinh",
            [
                bars("Học sinh", ["socio_schooling"]),
                bars("Người tham gia BHXH", ["socio_social_insurance_members"]),
                bars("Tai nạn giao thông", ["socio_traffic_accidents"]),
                tile("socio_drafts", height=8),
            ],
            [freshness("socio_economic")],
        ],
        since="now-5y",
        refresh="15m",
    ),
    Board(
        "ioc-digital",
        "Chuyển đổi số",
        "Chỉ số chuyển đổi số: giá trị, chỉ tiêu, chênh lệch, bảng điểm có trọng số.",
        [
            [
                tile("dti_score"),
                tile("dti_score_coverage"),
                tile("dti_smartphone_adults"),
                tile("dti_citizen_accounts"),
                tile("dti_digital_ids"),
            ],
            [
                scorecard(
                    "Bảng điểm",
                    _TARGETS + " Điểm = điểm tối đa × giá trị / chỉ tiêu, không quá điểm tối đa; chưa có số liệu thì "
                    "chưa có điểm.",
                    _SCORED, weights="dti_points", height=16,
                )
            ],
            [
                bars("Điểm đạt được", ["dti_points"], height=14),
                bars("Chênh lệch so với chỉ tiêu", ["dti_gaps"], height=14),
                bars("Chỉ tiêu đang dùng", ["dti_targets_used"], height=14),
            ],
            [scorecard("Chỉ số khác", _TARGETS, _DIGITAL, width=15),
             bars("Mục tiêu do xã công bố", ["dti_targets"], height=12)],
            [
                trend("dti_score", "dti_score_coverage", title="Điểm qua các kỳ", style="line"),
                trend("dti_smartphone_adults", "dti_bank_accounts", "dti_fibre_households",
                      title="Điện thoại, tài khoản, cáp quang", style="line"),
                trend("dti_citizen_accounts", "dti_digital_ids", "dti_personal_signatures",
                      title="Tài khoản, định danh, chữ ký số", style="line"),
            ],
            [
                tile("dti_plans", width=8),
                bars("Tổ công nghệ số cộng đồng", ["dti_teams"], height=4),
                bars("Thành viên tổ công nghệ số", ["dti_team_members"], height=4),
                bars("Sàn thương mại điện tử", ["dti_ecommerce"], height=4),
            ],
            [freshness("digital_transformation")],
        ],
        since="now-2y",
        refresh="15m",
    ),
)  # fmt: skip
