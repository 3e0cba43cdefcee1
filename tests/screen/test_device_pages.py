"""The pages of devices: found by what is known of them, and one in full, with why it is what it is."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ingest.store import Store
from tests.screen import commune
from tests.screen.conftest import Opened, Screen

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]


@pytest.fixture
def filled(store: Store, screen: Screen) -> Screen:
    """The commune on a day with troubles."""
    commune.fill(store, commune.settings(screen.database_url, screen.port), commune.TROUBLES)
    screen.start()
    return screen


def test_a_device_is_found_by_state_hamlet_and_name_without_diacritics(
    filled: Screen, open_screen: Open, tmp_path: Path
) -> None:
    page, watched = open_screen()
    page.goto(f"{filled.url}/thiet-bi")
    tiles = page.locator(".sheet a.tile")
    expect(tiles.filter(has_text="cam-12")).to_have_class(re.compile("offline"))
    everything = tiles.count()
    page.locator(".counts button.offline").click()
    expect(tiles).to_have_count(1)
    page.reload()  # the choice stands in the address
    expect(tiles).to_have_count(1)
    page.locator(".counts button.offline").click()
    expect(tiles).to_have_count(everything)
    page.locator(".filters select").first.select_option("Bôi Câu")
    expect(page.locator(".sheet .row")).to_have_count(1)
    page.locator(".filters select").first.select_option(index=0)
    page.locator(".filters input").fill("nha van hoa")
    expect(page.locator(".sheet .row").first).to_be_visible()
    assert 0 < tiles.count() < everything
    page.locator(".filters input").fill("")
    page.get_by_role("button", name="Danh sách").click()
    expect(page.locator(".grid tbody tr")).to_have_count(everything)
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải CSV").click()
    assert download.value.path().read_text("utf-8").count("\n") > everything
    assert watched.errors == []


def test_a_change_reaches_the_page_and_leads_to_why(filled: Screen, store: Store, open_screen: Open) -> None:
    page, _ = open_screen()
    page.goto(f"{filled.url}/thiet-bi?kind=camera")
    tile = page.locator("a.tile", has_text="cam-03")
    expect(tile).to_have_class(re.compile("online"))
    commune.speak(store, "camera", "cam-03", "offline", "last_will")
    expect(tile).to_have_class(re.compile("offline"))
    tile.click()
    expect(page).to_have_url(f"{filled.url}/thiet-bi/camera/cam-03")
    expect(page.locator(".panel.now .state")).to_contain_text("mất kết nối")
    expect(page.locator(".panel.now")).to_contain_text("máy chủ truyền tin báo thiết bị đã rời mạng")
    expect(page.locator(".days li")).to_have_count(31)
    page.go_back()
    expect(tile).to_have_class(re.compile("offline"))


@pytest.mark.parametrize("width", [390, 1920])
def test_a_device_in_full_says_what_was_not_observed(filled: Screen, open_screen: Open, width: int) -> None:
    page, watched = open_screen(width, 844)
    page.goto(f"{filled.url}/thiet-bi/camera/cam-18")
    expect(page.locator(".panel.now .state")).to_contain_text("không quan sát được")
    expect(page.locator(".band .unknown")).to_have_count(1)
    expect(page.locator(".sums")).to_contain_text("Không quan sát được")
    expect(page.locator(".sums")).to_contain_text("100 %")  # blind time is no outage
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert watched.errors == []


def test_a_device_that_there_is_not_is_said(filled: Screen, open_screen: Open) -> None:
    page, _ = open_screen()
    page.goto(f"{filled.url}/thiet-bi/camera/khong-co")
    expect(page.locator(".sheet [role=alert]")).to_contain_text("Không tìm thấy")


def test_five_thousand_are_counted_and_the_worst_come_first(store: Store, screen: Screen, open_screen: Open) -> None:
    commune.fill(store, commune.settings(screen.database_url, screen.port), {})
    commune.crowd(store, 4_900, away=30)
    screen.start()
    page, watched = open_screen()
    page.goto(f"{screen.url}/thiet-bi")
    expect(page.locator(".counts button.offline b")).to_have_text("30", timeout=20_000)
    assert page.locator(".sheet a.tile").count() == 600
    expect(page.locator(".sheet a.tile.offline")).to_have_count(30)
    expect(page.locator(".sheet")).to_contain_text("thiết bị khác")
    assert watched.errors == []
