"""Planning a broadcast on the screen: warned before, in the day after, changed by two, cancelled and kept."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from api import accounts
from connectors.contract import LOCAL
from ingest.store import Store
from tests.screen import commune
from tests.screen.conftest import PASSWORD, Opened, Screen
from tests.screen.test_every_page import serious

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]


@pytest.fixture
def station(store: Store, screen: Screen) -> Screen:
    """A commune with its loudspeakers, a leader and two on duty."""
    commune.fill(store, commune.settings(screen.database_url, screen.port), {})
    for name, role in (("khach", "viewer"), ("truc-ban", "operator"), ("lan", "operator")):
        accounts.create(store, name, PASSWORD, role, actor="test")  # type: ignore[arg-type]
    screen.start()
    return screen


def tomorrow() -> datetime:
    return datetime.now(LOCAL) + timedelta(days=1)


def at(page: Page, screen: Screen) -> Locator:
    page.goto(f"{screen.url}/truyen-thanh?day={tomorrow():%Y-%m-%d}")
    plans = page.get_by_role("region", name="Lịch phát đã lập").first
    expect(plans).to_be_visible()
    return plans


def box(page: Page) -> Locator:
    return page.get_by_role("dialog")


def plan(page: Page, name: str, starts: str = "17:15") -> None:
    page.get_by_role("button", name="Lập lịch phát").click()
    box(page).get_by_label("Tên chương trình").fill(name)
    box(page).get_by_label("Giờ bắt đầu").fill(starts)


def test_it_is_warned_of_saved_changed_by_two_and_cancelled(station: Screen, open_screen: Open, store: Store) -> None:
    page, watched = open_screen(who="truc-ban")
    plans = at(page, station)
    expect(plans).to_contain_text("Chưa ai lập lịch phát nào")
    plan(page, "Cắt điện <b>thôn</b> 3", "11:30")
    expect(box(page)).to_contain_text("Nó không điều khiển loa")
    box(page).get_by_label("Các ngày trong tuần").first.check()
    for weekday in ("Thứ Bảy", "Chủ Nhật"):
        box(page).get_by_label(weekday).check()
    box(page).get_by_label("Chỉ một số").check()
    box(page).get_by_role("button", name="Lưu lịch phát").click()
    expect(box(page).get_by_role("alert").last).to_contain_text("Chọn ít nhất một cụm loa hoặc một thôn")
    box(page).get_by_label("Nà Mười: 2 cụm loa").check()
    box(page).get_by_role("button", name="Lưu lịch phát").click()
    expect(box(page).locator(".conflict")).to_contain_text("Ngoài khung giờ của xã (05:30–06:30, 17:00–18:00)")
    assert store.row("select count(*) as n from broadcast_plan") == {"n": 0}
    assert serious(page) == []
    box(page).get_by_label("Giờ bắt đầu").fill("17:15")
    expect(box(page).locator(".conflict")).to_have_count(0)
    box(page).get_by_role("button", name="Lưu lịch phát").click()
    expect(box(page)).to_have_count(0)
    row = plans.locator("tbody tr")
    expect(row).to_contain_text("Cắt điện <b>thôn</b> 3")
    expect(row).to_contain_text("Hằng ngày 17:15, 30 phút")
    expect(row).to_contain_text("thôn Nà Mười")
    programme = page.get_by_role("region", name="Chương trình").last
    expect(programme).to_contain_text("Cắt điện <b>thôn</b> 3")
    expect(page.locator(".air .plan")).to_have_count(2)  # a cluster each
    expect(page.locator(".matrix")).to_contain_text("chưa đến giờ")

    phone, other = open_screen(390, 844, who="lan")
    hers = at(phone, station).locator("tbody tr")
    for one in (row, hers):
        one.get_by_role("button", name="Sửa").click()
    box(page).get_by_label("Thời lượng (phút)").fill("20")
    box(page).get_by_role("button", name="Lưu lịch phát").click()
    expect(row).to_contain_text("20 phút")
    box(phone).get_by_label("Tên chương trình").fill("Cắt điện cả xã")
    box(phone).get_by_role("button", name="Lưu lịch phát").click()
    told = box(phone).locator(".conflict")
    expect(told).to_contain_text("truc-ban đã sửa lịch này trước")
    expect(told).to_contain_text("Thời lượng (phút): 30 → 20")
    expect(box(phone).get_by_label("Tên chương trình")).to_have_value("Cắt điện cả xã")
    expect(box(phone).get_by_label("Thời lượng (phút)")).to_have_value("20")
    box(phone).get_by_role("button", name="Lưu lịch phát").click()
    expect(row).to_contain_text("Cắt điện cả xã")  # in the first browser, by itself
    expect(row).to_contain_text("lan đã sửa")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    row.get_by_role("button", name="Bỏ lần kế tiếp").click()
    row.get_by_role("button", name="Bấm lần nữa để bỏ").click()
    expect(row).to_contain_text("bỏ ")
    row.get_by_role("button", name="Hủy lịch").click()
    row.get_by_role("button", name="Bấm lần nữa để hủy").click()
    expect(row).to_have_count(0)
    plans.get_by_text("Đã hủy hoặc đã xong").click()
    expect(plans).to_contain_text("truc-ban hủy ngày")
    expect(programme).to_contain_text("đã hủy")
    assert store.rows("select distinct state from broadcast where source = 'operator'") == [{"state": "cancelled"}]
    assert [error for error in watched.errors if "422" not in error and "preload" not in error] == []  # axe
    assert [error for error in other.errors if "409" not in error] == []


def test_an_emergency_says_why_and_a_leader_plans_nothing(station: Screen, open_screen: Open, store: Store) -> None:
    page, watched = open_screen(who="truc-ban")
    at(page, station)
    page.get_by_title("English").click()
    page.get_by_role("button", name="Plan a broadcast").click()
    box(page).get_by_label("Name of the programme").fill("Còi báo bão")
    box(page).get_by_label("Priority").select_option("emergency")
    box(page).get_by_label("Begins at").fill("03:00")
    box(page).get_by_label("Reason of the emergency").fill("Bão số 9")
    box(page).get_by_role("button", name="Save").click()
    expect(box(page)).to_have_count(0)
    plans = page.get_by_role("region", name="Planned here").first
    expect(plans.locator("tbody tr")).to_contain_text(": Bão số 9")
    assert store.row("select priority, state from broadcast") == {"priority": "emergency", "state": "planned"}
    assert watched.errors == []

    leader, _ = open_screen(who="khach")
    expect(at(leader, station).locator("tbody tr")).to_contain_text("Còi báo bão")
    expect(leader.get_by_role("button", name="Lập lịch phát")).to_have_count(0)
    expect(leader.get_by_role("button", name="Hủy lịch")).to_have_count(0)
    assert leader.request.post(f"{station.url}/api/v1/broadcasts/plans", data={}).status == 403
