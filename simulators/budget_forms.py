"""The two sheets of a commune's workbook of budget year 2026, as of 25 August.

The totals are the published ones of a real commune; the lines that make them up are invented (mô phỏng).
"""

from typing import NamedTuple


class Item(NamedTuple):
    """One line of a sheet: path, TT, name, and the figures of 25 August in triệu đồng (text, exact)."""

    path: str
    label: str
    name: str
    figures: tuple[str, ...]


class Form(NamedTuple):
    """One sheet: its indicators with their estimates first, headings, lines, and the rate ``actual`` / ``estimate``."""

    sheet: str
    title: str
    indicators: tuple[str, ...]
    estimates: int
    rate: str
    actual: str
    estimate: str
    headings: tuple[tuple[str, ...], ...]
    items: tuple[Item, ...]


EXPENDITURE = Form(
    sheet="Chi",
    title="TÌNH HÌNH THỰC HIỆN CHI NGÂN SÁCH XÃ NĂM",
    indicators=("expenditure_estimate", "expenditure_actual"),
    estimates=1,
    rate="expenditure_rate",
    actual="expenditure_actual",
    estimate="expenditure_estimate",
    headings=(("TT", "Nội dung", "Dự toán năm", "Chi ngân sách", "So sánh TH/DT (%)"),),
    items=(
        Item("", "", "Tổng số", ()),
        Item("A", "A", "Chi cân đối ngân sách", ()),
        Item("A/I", "I", "Chi đầu tư phát triển", ("1250000", "1104250.6")),
        Item("A/II", "II", "Chi thường xuyên", ()),
        Item("A/II/1", "1", "Chi giáo dục, đào tạo và dạy nghề", ()),
        Item("A/II/1.1", "1.1", "Chi sự nghiệp giáo dục", ()),
        Item("A/II/1.1/-1", "-", "Mầm non", ("420300", "398120.4")),
        Item("A/II/1.1/-2", "-", "Tiểu học và trung học cơ sở", ("655400", "640225.1")),
        Item("A/II/1.2", "1.2", "Chi đào tạo, dạy nghề", ("30000", "21875")),
        Item("A/II/2", "2", "Chi y tế, dân số và gia đình", ("185240", "163402.7")),
        Item("A/II/3", "3", "Chi quốc phòng, an ninh, trật tự an toàn xã hội", ("214800", "205917.3")),
        Item("A/II/4", "4", "Chi quản lý nhà nước, đảng, đoàn thể", ("598000", "566342.9")),
        Item("A/II/5", "5", "Chi bảo đảm xã hội", ("381000", "363325.2")),
        Item("A/III", "III", "Dự phòng ngân sách", ("60000", "-")),
        Item("B", "B", "Chi chuyển nguồn", ("-", "-")),
    ),
)

REVENUE = Form(
    sheet="Thu",
    title="TÌNH HÌNH THỰC HIỆN THU NGÂN SÁCH XÃ NĂM",
    indicators=("revenue_estimate_assigned", "revenue_estimate_commune", "revenue_commune_share", "revenue_state"),
    estimates=2,
    rate="revenue_rate",
    actual="revenue_state",
    estimate="revenue_estimate_commune",
    headings=(
        ("TT", "Nội dung", "Dự toán", "", "Thu NSNN", "Thu xã hưởng", "Tỷ lệ % (Thu NSNN/Xã giao)"),
        ("", "", "TP giao", "Xã giao", "", "", ""),
    ),
    items=(
        Item("", "", "Tổng số", ()),
        Item("A", "A", "Thu nội địa", ()),
        Item("A/I", "I", "Thuế ngoài quốc doanh", ("512000", "590300", "301870.2", "566204.1")),
        Item("A/II", "II", "Thu tiền sử dụng đất", ("1300000", "1780000", "1012452.8", "1687421.3")),
        Item("A/III", "III", "Lệ phí trước bạ", ("210500", "240800", "198406.5", "198406.5")),
        Item("A/IV", "IV", "Phí, lệ phí", ("48510", "52190", "41233", "45120.9")),
        Item("A/V", "V", "Thu khác", ("22000", "118000", "-", "72773.5")),
        Item("B", "B", "Thu bổ sung từ ngân sách thành phố", ()),
        Item("B/1", "1", "Bổ sung cân đối", ("1500000", "1500000", "1450000", "1450000")),
        Item("B/2", "2", "Bổ sung có mục tiêu", ("400000", "400000", "296838", "296838")),
        Item("C", "C", "Thu chuyển nguồn", ("-", "-", "-", "-")),
    ),
)
FORMS = (EXPENDITURE, REVENUE)
