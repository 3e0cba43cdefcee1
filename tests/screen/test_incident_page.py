"""The page of incidents: found, read with its evidence, handled by one and seen by all, handed to the next shift."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from api import accounts
from ingest import handling
from ingest.store import Store
from tests.screen import commune
from tests.screen.conftest import PASSWORD, Opened, Screen
from tests.screen.test_incidents import away, look, take

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]


@pytest.fixture
def outage(store: Store, screen: Screen) -> int:
    """A camera that has been away for forty minutes; returns its incident."""
    commune.fill(store, commune.settings(screen.database_url, screen.port), {("camera", "cam-12"): away(40)})
    store.execute("update case_now set closed_at = now(), status = 'done' where kind = 'field_report'")
    accounts.create(store, "truc-ban", PASSWORD, "operator", actor="test")
    accounts.create(store, "khach", PASSWORD, "viewer", actor="test")
    screen.start()
    (id_,) = look(store)
    return id_


def doing(page: Page) -> Any:
    return page.locator(".incident .doing")


def test_it_is_handled_by_one_and_seen_by_another_without_reload(
    outage: int, store: Store, screen: Screen, open_screen: Open
) -> None:
    page, watched = open_screen(who="truc-ban")
    page.locator(".attention h3 a").first.click()
    expect(page).to_have_url(f"{screen.url}/su-co/{outage}")
    sheet = page.locator(".incident")
    expect(sheet.locator("h2")).to_contain_text("Camera mất kết nối")
    expect(sheet.locator(".pairs")).to_contain_text("mất kết nối")
    other, _ = open_screen(390, 844, who="khach")
    other.goto(f"{screen.url}/su-co/{outage}")
    expect(other.locator(".incident header")).to_contain_text("Mới")
    expect(doing(other)).to_have_count(0)  # who only looks

    doing(page).get_by_role("textbox").fill("Đã gọi điện lực, hẹn 30 phút")
    doing(page).get_by_role("button", name="Tiếp nhận").click()
    expect(sheet.locator("header")).to_contain_text("Đã tiếp nhận")
    expect(other.locator(".incident header")).to_contain_text("Đã tiếp nhận")
    expect(other.locator(".history q")).to_have_text("Đã gọi điện lực, hẹn 30 phút")
    doing(page).get_by_label("Giao cho").select_option(label="Cán bộ kỹ thuật")
    expect(other.locator(".incident header")).to_contain_text("giao cho Cán bộ kỹ thuật")
    doing(page).get_by_role("button", name="Báo nhầm").click()
    expect(other.locator(".incident header")).to_contain_text("Báo nhầm")
    expect(doing(page).get_by_role("button", name="Mở lại")).to_be_visible()
    assert store.row("select state, assignee from incident where id = %s", (outage,)) == {
        "state": "false_alarm", "assignee": "technician",
    }  # fmt: skip
    assert other.evaluate("document.documentElement.scrollWidth") <= 390
    assert watched.errors == []


def test_who_comes_second_keeps_what_was_typed(outage: int, store: Store, screen: Screen, open_screen: Open) -> None:
    page, _ = open_screen(who="truc-ban")
    page.goto(f"{screen.url}/su-co/{outage}")
    doing(page).get_by_role("textbox").fill("Tôi đang đến nơi")

    def another_is_faster(route: Any) -> None:
        take(store, outage, "chi-huy", "resolved")
        route.continue_()

    page.route("**/start", another_is_faster)
    doing(page).get_by_role("button", name="Bắt đầu xử lý").click()
    expect(page.locator(".doing [role=alert]")).to_have_text(re.compile("^chi-huy đã thay đổi trước, lúc .*: Đã xử lý"))
    expect(doing(page).get_by_role("textbox")).to_have_value("Tôi đang đến nơi")
    expect(page.locator(".incident header")).to_contain_text("Đã xử lý")


def test_a_note_with_a_persons_number_is_refused_in_words(outage: int, screen: Screen, open_screen: Open) -> None:
    page, _ = open_screen(who="truc-ban")
    page.goto(f"{screen.url}/su-co/{outage}")
    doing(page).get_by_role("textbox").fill("Gọi 0912345678")
    doing(page).get_by_role("button", name="Ghi chú").click()
    expect(page.locator(".doing [role=alert]")).to_contain_text("Nội dung chưa đúng")
    expect(doing(page).get_by_role("textbox")).to_have_value("Gọi 0912345678")


def test_a_shift_is_handed_over_with_its_notes(outage: int, store: Store, screen: Screen, open_screen: Open) -> None:
    with store.transaction() as link:
        handling.act(link, outage, "noted", "truc-ban", note="Chờ cán bộ kỹ thuật")
    page, _ = open_screen(who="khach")
    page.goto(f"{screen.url}/su-co?view=handover")
    section = page.locator(".handover section")
    expect(section.filter(has_text="Còn lại cho ca sau").locator("li")).to_have_count(1)
    expect(section.filter(has_text="Ghi chú trong ca")).to_contain_text("Chờ cán bộ kỹ thuật")
    expect(section.filter(has_text="Đã đóng trong ca")).to_contain_text("Không có sự cố nào")


def test_a_message_to_a_receiver_leads_to_its_incident(outage: int, screen: Screen, open_screen: Open) -> None:
    page, _ = open_screen(who="khach")
    page.goto(f"{screen.url}/?incident={outage}")
    expect(page).to_have_url(f"{screen.url}/su-co/{outage}")
    expect(page.locator(".incident h2")).to_contain_text("Camera mất kết nối")


def test_it_is_read_in_english(outage: int, screen: Screen, open_screen: Open) -> None:
    page, _ = open_screen(who="khach")
    page.goto(f"{screen.url}/su-co/{outage}")
    page.get_by_title("English").click()
    expect(page.locator(".incident header")).to_contain_text("Camera offline")
    expect(page.locator(".incident header")).to_contain_text("New")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_title("Tiếng Việt").click()
    expect(page.locator(".incident header")).to_contain_text("Mới")


def test_a_deadline_says_on_which_side_of_it_we_are(
    outage: int, store: Store, screen: Screen, open_screen: Open
) -> None:
    for case, hours in (("PA-1042", -1), ("PA-1047", 1)):
        store.execute(
            "update case_now set closed_at = null, status = 'received', opened_at = now() - interval '5 days',"
            " due = now() + make_interval(hours => %s) where id = %s",
            (hours, case),
        )
    look(store)
    page, watched = open_screen(who="truc-ban")
    page.goto(f"{screen.url}/su-co")
    over = page.locator(".incidents li", has_text="Phản ánh PA-1042 quá hạn")
    expect(over).to_contain_text(re.compile("Chiếu sáng · Mỵ Đông · hạn [0-9/ ]*[0-9]{2}:[0-9]{2}"))
    expect(page.locator(".incidents li", has_text="Phản ánh PA-1047 sắp quá hạn")).to_be_visible()
    over.locator("a").click()
    expect(page.locator(".incident h2")).to_have_text("Phản ánh PA-1042 quá hạn")
    assert watched.errors == []
