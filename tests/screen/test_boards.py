"""Boards of numbers: each opens with its figures, says where they are from and how old, and what is missing."""

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urljoin

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from ingest.store import Store
from tests.screen import commune, figures
from tests.screen.conftest import Opened, Screen

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]
PAGES = {
    "/ngan-sach": ("Ngân sách", "Thuế ngoài quốc doanh"),
    "/mot-cua": ("Một cửa", "Đúng hạn / tổng hồ sơ"),
    "/y-te": ("Y tế", "Sốt xuất huyết Dengue"),
    "/van-ban": ("Văn bản", "Văn bản đi ký số"),
    "/kinh-te-xa-hoi": ("Kinh tế – xã hội", "Hộ nghèo"),
    "/thong-tin-mang": ("Thông tin mạng", "Ngập lụt"),
    "/chuyen-doi-so": ("Chuyển đổi số", "Người có điện thoại thông minh"),
}


@pytest.fixture
def numbers(store: Store, screen: Screen) -> Screen:
    """The commune with five years of its offices' figures."""
    commune.fill(store, commune.settings(screen.database_url, screen.port), {})
    figures.write(store)
    screen.start()
    return screen


def show(page: Page, path: str) -> None:
    """Open a board by the screen's own address."""
    page.goto(urljoin(page.url, path))
    page.wait_for_selector(".board .figure")


@pytest.mark.parametrize("width", [1920, 390])
def test_every_board_opens_with_its_figures(numbers: Screen, open_screen: Open, width: int) -> None:
    page, watched = open_screen(width, 1080)
    for path, (title, shown) in PAGES.items():
        show(page, path)
        expect(page.locator("h1", has_text=title).last).to_be_visible()
        expect(page.locator(".board")).to_contain_text(shown)
        if page.locator(".board .chart").count():
            expect(page.locator(".board .chart svg").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        told = page.locator(".board .panel:not(.missing) .told .source").all_text_contents()
        assert "chưa khai báo nguồn" not in told, path
    assert watched.errors == []
    assert [url for url in watched.urls if not url.startswith((numbers.url, "data:"))] == []


def test_what_a_source_states_otherwise_is_told_beside_what_is_computed(numbers: Screen, open_screen: Open) -> None:
    page, _ = open_screen()
    tile = page.locator(".tiles .figure", has_text="Văn bản ký số")
    expect(tile.locator(".verdict")).to_have_text(re.compile("dưới ngưỡng|lệch số liệu"))
    expect(tile).to_have_attribute("title", re.compile("tính lại 98,1\u00a0%, nguồn nêu 99,5\u00a0%"))
    show(page, "/van-ban")
    cell = page.locator(".board td", has_text="lệch số liệu")
    expect(cell).to_contain_text("98,1")
    expect(cell.locator("span").first).to_have_attribute("title", re.compile("nguồn nêu 99,5\u00a0%"))


def test_a_disease_beyond_its_threshold_is_called(numbers: Screen, open_screen: Open) -> None:
    page, _ = open_screen()
    tile = page.locator(".tiles .figure", has_text="Ca bệnh trong tuần")
    expect(tile.locator(".verdict")).to_have_text("1 vượt ngưỡng dịch")
    show(page, "/y-te")
    row = page.locator(".board tr", has_text="Sốt xuất huyết Dengue")
    expect(row.locator("td.critical").first).to_contain_text("40")
    expect(page.locator(".board tr", has_text="Cúm").locator("td.critical")).to_have_count(0)


def test_a_number_stands_against_the_target_that_the_commune_stated(numbers: Screen, open_screen: Open) -> None:
    page, _ = open_screen()
    show(page, "/chuyen-doi-so")
    row = page.locator(".board tr", has_text="Người có điện thoại thông minh").first
    expect(row).to_contain_text("95\u00a0%")
    expect(row).to_contain_text("−3,5")
    expect(row).to_contain_text("chưa đạt")
    expect(page.locator(".board .without").first).to_contain_text("Dịch vụ chia sẻ dữ liệu trên LGSP (12)")
    show(page, "/kinh-te-xa-hoi")
    expect(page.locator(".board tr", has_text="Hộ nghèo").first).to_contain_text("90\u00a0hộ")


def test_what_is_missing_is_said_and_never_0(store: Store, numbers: Screen, open_screen: Open) -> None:
    page, watched = open_screen()
    show(page, "/kinh-te-xa-hoi")
    missing = page.locator(".figure.missing", has_text="Thu nhập bình quân")
    expect(missing).to_contain_text("—")
    expect(missing).to_contain_text("chưa có dữ liệu")
    expect(page.locator(".panel.missing")).to_contain_text("Tai nạn giao thông")
    store.execute("delete from observation")
    for path in PAGES:
        show(page, path)
        expect(page.locator(".panel.missing")).to_be_visible()
        values = page.locator(".board .figure.missing .value b").all_text_contents()
        assert values
        assert set(values) == {"—"}
    assert watched.errors == []


def test_a_late_source_is_seen_on_its_board(store: Store, numbers: Screen, open_screen: Open) -> None:
    late = timedelta(days=8, hours=16, minutes=5)
    store.execute("update source set last_message_at = now() - %s where feed = 'health'", (late,))
    page, _ = open_screen()
    show(page, "/y-te")
    expect(page.locator(".panel.part.stale").first.locator(".age")).to_have_text("trễ 16 giờ")
    expect(page.locator(".figure.stale").first).to_contain_text("trễ 16 giờ")


def test_a_chart_is_also_a_table_and_a_workbook_of_numbers(numbers: Screen, open_screen: Open) -> None:
    page, _ = open_screen()
    show(page, "/mot-cua")
    chart = page.get_by_role("region", name="Tỷ lệ trước và đúng hạn, theo hai mẫu số", exact=True).first
    chart.get_by_role("button", name="Xem bảng số").click()
    expect(chart.locator("th")).to_have_count(3)
    expect(chart.locator("tbody tr").first).to_contain_text("90,5")
    with page.expect_download() as loading:
        page.get_by_role("link", name="Tải Excel").click()
    file = loading.value.path()
    book = load_workbook(io.BytesIO(file.read_bytes()))
    sheet = next(one for one in book.worksheets if "hai mẫu số" in one.title or "Tỷ lệ trước" in one.title)
    row = [cell.value for cell in sheet[2]]
    assert isinstance(row[0], datetime)
    assert all(isinstance(value, int | float) for value in row[1:])
    card = next(one for one in book.worksheets if "Chất lượng" in one.title)
    assert [cell.value for cell in card[1]][:2] == ["Chỉ số", "Giá trị"]
    assert isinstance(card["B2"].value, int | float)


def test_boards_speak_english(numbers: Screen, open_screen: Open) -> None:
    page, watched = open_screen()
    page.context.add_cookies([{"name": "ioc_language", "value": "en", "url": numbers.url}])
    show(page, "/mot-cua")
    expect(page.locator("h1", has_text="One-stop").last).to_be_visible()
    expect(page.locator(".board")).to_contain_text("On time of resolved")
    expect(page.locator(".board")).to_contain_text("Resolved, by deadline")
    assert not re.search("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", page.locator(".board").inner_text())
    assert watched.errors == []
