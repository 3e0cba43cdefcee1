"""Thresholds on the screen: changed by an admin with a reason, told to who comes second, refused at the field."""

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
def office(store: Store, screen: Screen) -> Screen:
    """A commune with two admins and a technician."""
    commune.fill(store, commune.settings(screen.database_url, screen.port), {})
    for name, role in (("lan", "admin"), ("ky-thuat", "technician")):
        accounts.create(store, name, PASSWORD, role, actor="test")  # type: ignore[arg-type]
    screen.start()
    return screen


def rule(page: Page, screen: Screen, title: str) -> Locator:
    page.goto(f"{screen.url}/quan-tri/nguong")
    page.locator("summary", has_text=title).first.click()
    return page.locator(".rule[open]").first


def test_a_threshold_is_changed_who_comes_second_is_told_and_it_is_set_back(
    office: Screen, open_screen: Open, store: Store
) -> None:
    one, _ = open_screen()
    two, watched = open_screen(390, 844, who="lan")
    mine, hers = rule(one, office, "Camera mất kết nối"), rule(two, office, "Camera mất kết nối")
    for form in (mine, hers):
        form.get_by_role("button", name="Sửa ngưỡng").click()
        expect(form.get_by_label("Phải kéo dài", exact=True)).to_have_value("5")
    mine.get_by_label("Phải kéo dài", exact=True).fill("12")
    expect(mine).to_contain_text("Cấu hình: 5 phút")
    mine.get_by_label("Lý do").fill("<b>Theo</b> giao ban")
    mine.get_by_role("button", name="Lưu ngưỡng").click()
    expect(mine.get_by_role("status")).to_have_text("Đã lưu.")
    expect(mine.locator("tbody tr").last).to_contain_text("admin: <b>Theo</b> giao ban")
    expect(mine.locator("tbody tr").last).to_contain_text("đang dùng")
    expect(mine.locator("summary").first).to_contain_text("đã chỉnh")

    hers.get_by_label("Báo cho", exact=True).select_option(label="Cán bộ kỹ thuật")
    hers.get_by_label("Lý do").fill("Kỹ thuật trực camera")
    hers.get_by_role("button", name="Lưu ngưỡng").click()
    told = hers.locator(".conflict")
    expect(told).to_contain_text("admin đã sửa quy tắc này trước")
    expect(told).to_contain_text("Phải kéo dài: 5 phút → 12 phút")
    expect(hers.get_by_label("Báo cho", exact=True)).to_have_value("technician")
    expect(hers.get_by_label("Phải kéo dài", exact=True)).to_have_value("12")
    expect(hers.get_by_label("Lý do")).to_have_value("Kỹ thuật trực camera")
    assert two.evaluate("document.documentElement.scrollWidth") <= 390
    hers.get_by_role("button", name="Lưu ngưỡng").click()
    expect(hers.get_by_role("status")).to_have_text("Đã lưu.")
    (last,) = store.rows("select wants, actor from threshold order by id desc limit 1")
    assert (last["wants"], last["actor"]) == ({"for": "12m", "owner": "technician"}, "lan")

    hers.get_by_role("button", name="Sửa ngưỡng").click()
    hers.get_by_role("button", name="Đặt lại tất cả theo cấu hình").click()
    hers.get_by_label("Lý do").fill("Xong đợt thử")
    hers.get_by_role("button", name="Lưu ngưỡng").click()
    expect(hers.locator("tbody tr").last).to_contain_text("lan · theo cấu hình: Xong đợt thử")
    expect(hers.locator("summary").first).not_to_contain_text("đã chỉnh")
    two.goto(f"{office.url}/quan-tri/nhat-ky?action=rule.")
    expect(two.locator("tbody tr")).to_have_count(3)
    expect(two.locator("tbody tr").last).to_contain_text("Phải kéo dài: 5 phút → 12 phút")
    assert [error for error in watched.errors if "409" not in error] == []


def test_what_is_wrong_stands_at_its_field_and_what_is_to_come_is_said(office: Screen, open_screen: Open) -> None:
    page, watched = open_screen()
    its = rule(page, office, "Mất kết nối hàng loạt")
    its.get_by_role("button", name="Sửa ngưỡng").click()
    share = its.get_by_label("Tỷ lệ mất kết nối hơn (%)", exact=True)
    share.fill("120")
    its.get_by_label("Lý do").fill("thử")
    its.get_by_role("button", name="Lưu ngưỡng").click()
    expect(its.locator(".figure-field", has_text="Tỷ lệ mất kết nối hơn").get_by_role("alert")).to_have_text(
        "phải nhỏ hơn 100 %"
    )
    expect(share).to_have_attribute("aria-invalid", "true")
    assert serious(page) == []
    share.fill("60")
    day = datetime.now(LOCAL).date() + timedelta(days=3)
    its.get_by_label("Có hiệu lực từ ngày").fill(f"{day:%d/%m/%Y}")
    its.get_by_role("button", name="Lưu ngưỡng").click()
    expect(its.get_by_role("status")).to_have_text("Đã lưu.")
    expect(its.locator("summary").first).to_contain_text("hơn 50 %")
    expect(its.locator("summary").first).to_contain_text(f"sẽ đổi từ {day:%d/%m/%Y}")
    expect(its.locator("tbody tr").last).to_contain_text("hơn 60 %")

    page.get_by_title("English").click()
    its = rule(page, office, "Camera clock skew")
    its.get_by_role("button", name="Change thresholds").click()
    expect(its.get_by_label("Đồng hồ lệch: Alarm above")).to_have_count(0)
    its.get_by_label("Clock skew: Alarm above", exact=True).fill("5")
    its.get_by_label("Reason").fill("try")
    its.get_by_role("button", name="Save thresholds").click()
    expect(its.locator(".figure-field", has_text="Clock skew: Ends at").get_by_role("alert")).to_contain_text(
        "lies on the side where it fires"
    )
    assert [error for error in watched.errors if "422" not in error and "preload" not in error] == []  # axe


def test_who_is_no_admin_sees_and_changes_nothing(office: Screen, open_screen: Open) -> None:
    page, _ = open_screen(who="ky-thuat")
    its = rule(page, office, "Camera mất kết nối")
    expect(its.locator("tbody tr").first).to_contain_text("đang dùng")
    expect(page.get_by_text("Chỉ quản trị viên sửa được.")).to_be_visible()
    expect(page.get_by_role("button", name="Sửa ngưỡng")).to_have_count(0)
    wish = {"wants": {"for": "1h"}, "reason": "x", "version": 0}
    assert page.request.put(f"{office.url}/api/v1/rules/camera_offline", data=wish).status == 403
