"""Builds the workbooks of the statements' golden cases: digital transformation, health, socio-economy."""

from simulators.dti_workbook import DtiSimulator, StatedFigures
from simulators.health_workbook import HealthStationSimulator
from simulators.socio_workbook import StatisticsSimulator
from tests.connectors.golden import CONNECTORS_FOLDER
from tests.connectors.sheet_files import AT, Rows, csv, ods, tcvn3, vni, xls, xlsx

DTI = (
    ("", "BIỂU TỔNG HỢP CHUYỂN ĐỔI SỐ"),
    ("", "(Ban hành kèm theo Quyết định số 12/QĐ-UBND ngày 05/01/2026)"),
    ("", "Quý 3/2026"),
    ("Kết quả", "Chỉ tiêu", "STT", "Mẫu số", "Tử số", "Tỷ lệ công bố", "ĐVT", "Mục tiêu"),
    ("", "I. Chính quyền số", "", "", "", "", "", ""),
    ("", "Tỷ lệ văn bản đi ký số", 1, 622, 610, "99,5 %", "%", 100),
    ("", "Tỷ lệ hồ sơ trực tuyến", 2, 2749, 2140, "77,8 %", "%", "≥ 50 %"),
    ("75-80 %", "Tỷ lệ thanh toán trực tuyến", 3),
    ("> 90 %", "Tỷ lệ người trưởng thành có điện thoại thông minh", 4),
    ("~3.800", "Số hộ", 5, "", "", "", "hộ"),
    ("chưa triển khai", "Văn bản đi", 6),
    ("không có", "Hồ sơ nộp trực tuyến", 7),
    ("373/373", "Hộ gắn mã địa chỉ số", 8),
    ("91.3%%", "Tỷ lệ hộ có cáp quang", 9),
    ("", "II. Xã hội số"),
    (451, "Máy vi tính", 10, "", "", "", "chiếc"),
    (133, "- Cấp huyện"),
    (300, "- Cấp xã"),
    ("Đã ban hành", "Kế hoạch dữ liệu mở", 11),
    ("", ""),
    ("CHỦ TỊCH", "Người lập biểu", "", "", "", "Hợp Kim, ngày 05 tháng 10 năm 2026"),
)
SCOPES = (
    ("Mã đơn vị", "Cấp", "Thôn", "Kỳ", "Chỉ tiêu", "Phạm vi", "Phân tổ", "Tử số", "Mẫu số", "Kết quả"),
    (
        "20194",
        "Phường",
        "",
        "Năm 2021",
        "Tỷ lệ hồ sơ trực tuyến",
        "Không gồm chứng thực, hộ tịch",
        "",
        "",
        "",
        "88,89%",
    ),
    ("20194", "", "", "Năm 2022", "Tỷ lệ hồ sơ trực tuyến", "Không gồm chứng thực, hộ tịch", "", "", "", "99,02%"),
    ("13543", "Thôn", "Thôn 1", "Năm 2023", "Hộ cáp quang", "", "", "301", "373", ""),
    ("352", "Huyện", "", "Từ 08/12/2022 đến 23/10/2023", "Hồ sơ tiếp nhận", "", "", "", "", "20606"),
    ("352", "Huyện", "", "Từ 08/12/2022 đến 23/10/2023", "Hồ sơ tiếp nhận", "", "Cấp huyện", "", "", "1628"),
    ("352", "Huyện", "", "Từ 08/12/2022 đến 23/10/2023", "Hồ sơ tiếp nhận", "", "Cấp xã", "", "", "11765"),
    ("06", "Tỉnh", "", "Năm 2023", "Số lượng người dân biết kỹ năng CNTT-TT", "", "", "", "", "20 %"),
)
DTI_BAD = (
    ("", "Quý III năm 2026"),
    ("STT", "Chỉ tiêu", "ĐVT", "Tử số", "Mẫu số", "Kết quả", "Mã đơn vị", "Cấp", "Kỳ"),
    (1, "Tỷ lệ hộ có cáp quan", "%", 5, 6, "", "20791", "", ""),
    (2, "Tỷ lệ hộ có địa chỉ số", "hộ", 5, 6, "", "20791", "", ""),
    (3, "Tỷ lệ hồ sơ trực tuyến", "%", 7, 6, "", "20791", "", ""),
    (4, "Tỷ lệ báo cáo trực tuyến", "%", "", 6, "", "20791", "", ""),
    (5, "Số hộ", "hộ", "", "", "1.234", 352, "", ""),
    (6, "Văn bản đi", "văn bản", "", "", "95 %", "20791", "Huyện", ""),
    (7, "Văn bản đến", "văn bản", "", "", -3, "20791", "Thôn", ""),
    (8, "Tổng camera", "camera", "", "", 12, "20791", "", "Quý IV năm 2027"),
    (9, "Máy scan", "chiếc", "", "", "abc", "20791", "", "31/2/2026"),
    (10, "Số hộ", "hộ", "", "", 12, "20791", "", ""),
    (11, "Số hộ", "hộ", "", "", 13, "20791", "", ""),
)
HEALTH = (
    ("", "TRẠM Y TẾ XÃ", "", "Điện thoại: 0218 3 860 000"),
    ("", "BÁO CÁO THÁNG 8 NĂM 2026"),
    ("TT", "Tên bệnh", "Trong tháng", "", "Lũy kế", ""),
    ("", "", "Mắc", "Chết", "Mắc", "Chết"),
    ("", "Tổng số", 19, 0, 120, 1),
    (1, "Sốt xuất huyết", 7, 0, 31, 0),
    (2, "Tay, chân, miệng", 11, "-", 80, "-"),
    (3, "Bệnh dại", "không có", 0, 1, 1),
    ("", ""),
    ("TT", "Nội dung", "ĐVT", "Tử số", "Mẫu số", "Tỷ lệ (%)", "Số lượng"),
    (1, "Số lượt khám bệnh", "lượt", "", "", "", 912),
    (2, "Lượt khám chữa bệnh từ xa", "lượt", "", "", "", "chưa triển khai"),
    (3, "Tỷ lệ tiêm chủng đầy đủ", "%", 92, 96, 95.8, ""),
    (4, "Tỷ lệ bao phủ BHYT", "%", "", "", "trên 95 %", ""),
    (5, "Hồ sơ sức khỏe điện tử", "%", "", "", "khoảng 90 %", ""),
)
PATIENTS = (
    ("DANH SÁCH BỆNH NHÂN THÁNG 8 NĂM 2026",),
    ("TT", "Họ và tên", "Ngày sinh", "Số thẻ BHYT", "Chẩn đoán"),
    (1, "Nguyễn Thị Bí Mật", "01/01/1990", "DN4010000000999", "A97"),
)
SOCIO = (
    ("", "KINH TẾ - XÃ HỘI 9 THÁNG NĂM 2026"),
    ("STT", "Mã số", "Nhóm, tên chỉ tiêu", "Phân tổ", "Đơn vị tính", "Kế hoạch", "Thực hiện", "Cùng kỳ năm trước"),
    ("A", "B", "1", "2", "3", "4", "5", "6"),
    ("I", "", "Dân số", "", "", "", "", ""),
    (1, "", "Dân số trung bình", "", "nghìn người", "", 8.14, 8.02),
    ("", "", "", "Nam", "nghìn người", "", 4.1, ""),
    ("", "", "", "Nữ", "nghìn người", "", 4.04, ""),
    (2, "", "Số hộ", "", "hộ", "", 2310, 2290),
    ("", "", "Trong đó: Thôn 1", "", "hộ", "", 373, ""),
    ("II", "", "Kinh tế", "", "", "", "", ""),
    (3, "", "Thu nhập bình quân đầu người", "", "nghìn đồng/người/năm", 60000, "~58.500", ""),
    (4, "", "Diện tích gieo trồng", "", "ha", 700, 640, 655),
    ("", "", "- Lúa", "", "ha", "", 410, ""),
    ("", "", "- Ngô", "", "ha", "", 130, ""),
    ("", "", "- Rau các loại", "", "ha", "", 90, ""),
    (5, "", "Giá trị thiệt hại do thiên tai", "", "tỷ đồng", "", "4-5", ""),
    (6, "", "Số tiêu chí NTM đạt", "", "tiêu chí", "", "8/10", ""),
    (7, "", "Tỷ lệ hộ nghèo", "", "%", "dưới 5 %", "4,16 %", ""),
)  # fmt: skip
CATALOGUE_ROWS = (("", "Năm 2025"), ("STT", "Tên chỉ tiêu", "Kết quả"), (1, "Số mô hình nhà màng", 12))
HEADERS = "received_at = 2026-11-21T08:00:00+07:00\n"


def write(connector: str, case: str, body: bytes, suffix: str, config: str = "") -> None:
    """Write the message of a case."""
    folder = CONNECTORS_FOLDER / connector / "cases" / case
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"body.{suffix}").write_bytes(body)
    (folder / "message.toml").write_text(f'address = "{case}.{suffix}"\n{HEADERS}{config}', "utf-8")


def legacy(rows: Rows, encode: object) -> Rows:
    """Return the rows with their texts in a legacy encoding."""
    return [[encode(one) if isinstance(one, str) else one for one in row] for row in rows]  # type: ignore[operator]


def main() -> None:
    """Write all cases."""
    for simulator in (DtiSimulator("20791", 7), HealthStationSimulator("20791", 7), StatisticsSimulator("20791", 7)):
        (message,) = simulator.encode(simulator.measure(AT), AT)
        write(simulator.connector, "simulated", message.body, "xlsx")
    (published,) = StatedFigures().encode(StatedFigures().measure(AT), AT)
    write("dti_workbook", "published", published.body, "xlsx")
    write("dti_workbook", "traps", xls({"Biểu 1": DTI, "Ghi chú": [("không có bảng",)]}), "xls")
    write("dti_workbook", "tcvn3", xlsx({"Bieu 1": legacy(DTI, tcvn3)}), "xlsx")
    write("dti_workbook", "scopes_and_levels", csv(SCOPES, ";", "utf-8-sig"), "csv")
    write("dti_workbook", "windows_1258", csv(SCOPES, "\t", "cp1258"), "bin")
    write("dti_workbook", "bad_cells", xlsx({"Biểu 1": DTI_BAD}), "xlsx")
    write("dti_workbook", "no_table", csv([("Kính gửi", "UBND huyện")]), "csv")
    write("health_workbook", "two_tables", ods({"Tháng 8": HEALTH}), "ods")
    write("health_workbook", "persons", xlsx({"Biểu": HEALTH, "DS": PATIENTS}), "xlsx")
    write("health_workbook", "cut_off", xlsx({"DS": PATIENTS})[:3000], "xlsx")
    bad = [*HEALTH[:6], (2, "Tay chân miêng", 3), (3, "Bệnh lạ", "nhiều"), (4, "Cúm", 1.5)]
    write("health_workbook", "unknown_diseases", xlsx({"T8": bad}), "xlsx")
    write("socio_workbook", "nine_months", ods({"KTXH": SOCIO}), "ods")
    write("socio_workbook", "vni", xls({"KTXH": legacy(SOCIO, vni)}), "xls")
    write("socio_workbook", "unknown_names", csv(CATALOGUE_ROWS), "csv")


if __name__ == "__main__":
    main()
