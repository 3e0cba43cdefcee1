"""Days and times are typed and shown as Vietnamese write them, in a browser that speaks American English."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from api import accounts
from ingest.store import Store
from tests.screen import commune
from tests.screen.conftest import PASSWORD, Opened, Screen

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]


@pytest.fixture
def page(store: Store, screen: Screen, open_screen: Open) -> Page:
    """The day's programme, for a police officer on duty."""
    commune.fill(store, commune.settings(screen.database_url, screen.port), {})
    accounts.create(store, "truc-ban", PASSWORD, "operator", actor="test")
    screen.start()
    page: Page
    page, _ = open_screen(who="truc-ban")
    assert page.evaluate("navigator.language") == "en-US"
    page.goto(f"{screen.url}/truyen-thanh?day=2026-01-03")
    return page


def test_a_day_is_typed_or_chosen_and_no_day_is_told(page: Page) -> None:
    day = page.get_by_role("textbox", name="Ngày")
    expect(day).to_have_value("03/01/2026")
    this_year = (datetime.now(UTC) + timedelta(hours=7)).year
    for typed, iso in (("5.1.2026", "2026-01-05"), ("06012026", "2026-01-06"), ("7/1/26", "2026-01-07"),
                       ("8-2", f"{this_year}-02-08"), ("29/02/2028", "2028-02-29")):  # fmt: skip
        day.fill(typed)
        day.blur()
        expect(day).to_have_value("/".join(reversed(iso.split("-"))))
        page.wait_for_url(f"**/truyen-thanh?day={iso}")
    for typed in ("31/2/2026", "2026/01/03", "mai"):
        day.fill(typed)
        day.blur()
        assert day.evaluate("field => field.validationMessage") == "Ghi ngày như 31/12/2026.", typed
        expect(day).to_have_value(typed)  # what was typed stays to be mended
        assert page.url.endswith("day=2028-02-29")
    # The browser's own calendar is a window that nothing here can look into.
    page.evaluate("() => { HTMLInputElement.prototype.showPicker = function () { console.log('opened', this.value) } }")
    with page.expect_event("console") as told:
        page.get_by_role("button", name="Chọn trong lịch").first.click()
    assert told.value.text == "opened 2028-02-29"
    page.locator("input[type=date]").first.evaluate(
        "field => { field.value = '2026-11-20'; field.dispatchEvent(new Event('change')) }"
    )
    expect(day).to_have_value("20/11/2026")
    assert day.evaluate("field => field.validity.valid")


def test_a_form_waits_for_a_time_and_for_days_in_order(page: Page) -> None:
    page.get_by_role("button", name="Lập lịch phát").click()
    box = page.get_by_role("dialog")
    box.get_by_label("Tên chương trình").fill("Bản tin sáng")
    starts = box.get_by_label("Giờ bắt đầu")
    for typed, shown in (("5h30", "05:30"), ("0545", "05:45"), ("6", "06:00"), ("17:5", "17:5"), ("24:00", "24:00")):
        starts.fill(typed)
        starts.blur()
        expect(starts).to_have_value(shown)
    box.get_by_role("button", name="Lưu lịch phát").click()
    assert starts.evaluate("field => field.validationMessage") == "Ghi giờ như 17:05."
    starts.fill("17:05")
    box.get_by_label("Các ngày trong tuần").first.check()
    last = box.get_by_role("textbox", name="Đến hết ngày")
    last.fill("01/01/2026")
    box.get_by_role("button", name="Lưu lịch phát").click()
    said: str = last.evaluate("field => field.validationMessage")
    assert said.startswith("Chọn từ ngày "), said
    expect(box).to_be_visible()
