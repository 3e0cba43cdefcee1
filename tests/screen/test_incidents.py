"""Incidents on the screen: listed instead of what they tell of, taken up once, seen by everybody at once."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from api import accounts
from ingest import handling
from ingest.rules import load
from ingest.store import Store
from ingest.watch import Watch
from tests.screen import commune
from tests.screen.conftest import PASSWORD, Opened, Screen

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]
CALM = {("camera", "cam-01"): ("online", "online", "", timedelta(days=30))}


def look(store: Store, minutes: float = 0) -> list[int]:
    """Let the engine look once."""
    return Watch(store, load(), commune.UNIT).tick(datetime.now(UTC) + timedelta(minutes=minutes))


def take(store: Store, id_: int, who: str, action: handling.Action = "acknowledged") -> None:
    """Let somebody else take a step."""
    with store.transaction() as link:
        handling.act(link, id_, action, who)


@pytest.fixture
def fill(store: Store, screen: Screen) -> Callable[[dict[tuple[str, str], Any]], Screen]:
    """Return what serves the commune with these troubles, without reports after their deadline."""

    def serve(troubles: dict[tuple[str, str], Any]) -> Screen:
        commune.fill(store, commune.settings(screen.database_url, screen.port), troubles)
        store.execute("update case_now set closed_at = now(), status = 'done' where kind = 'field_report'")
        accounts.create(store, "truc-ban", PASSWORD, "operator", actor="test")
        accounts.create(store, "khach", PASSWORD, "viewer", actor="test")
        screen.start()
        return screen

    return serve


def away(minutes: float) -> tuple[str, str, str, timedelta]:
    """A device that has been away for some minutes."""
    return "offline", "offline", "silence", timedelta(minutes=minutes)


def matters(page: Page) -> Any:
    return page.locator(".attention > ul > li")


def test_a_trouble_is_listed_when_it_is_told_and_once(fill: Any, store: Store, open_screen: Open) -> None:
    fill({("camera", "cam-12"): away(40), ("camera", "cam-14"): away(2), ("loudspeaker", "loa-06"): away(12)})
    moved = look(store)
    assert len(moved) == 2
    page, watched = open_screen()
    expect(matters(page)).to_have_count(2)
    first = matters(page).first
    expect(first).to_contain_text("Camera mất kết nối: C12")
    expect(first.locator(".how")).to_have_text("Nghiêm trọng · mới")
    expect(first).to_contain_text("2/4 thiết bị cùng thôn mất kết nối")
    expect(first.locator(".since")).to_contain_text("40 phút")
    expect(matters(page).nth(1).locator(".how")).to_have_text("Cảnh báo · mới")
    # The third is too young to be told, and still no secret.
    expect(page.locator(".tile.offline")).to_have_count(3)
    expect(page.locator(".sentence")).to_contain_text("2 sự cố cần xử lý, 3 thiết bị mất kết nối.")
    assert watched.errors == []


def test_many_that_fall_together_are_one_matter_with_its_names(fill: Any, store: Store, open_screen: Open) -> None:
    fill({("camera", f"cam-{n:02d}"): away(20) for n in range(1, 21)})
    look(store)
    page, _ = open_screen()
    expect(matters(page)).to_have_count(1)
    group = matters(page).first
    expect(group).to_contain_text("Mất kết nối hàng loạt")
    summary = group.locator("summary")
    expect(summary).to_have_text("20 camera")
    expect(summary).to_have_attribute("title", re.compile("^C01, C02, .*C20$"))
    summary.focus()
    page.keyboard.press("Enter")
    expect(group.locator("details p")).to_be_visible()
    expect(page.locator(".sentence")).to_contain_text("1 sự cố cần xử lý, 20 thiết bị mất kết nối")


@pytest.mark.parametrize("width", [1920, 390])
def test_an_operator_takes_it_up_by_keyboard_and_every_screen_shows_who(
    fill: Any, store: Store, open_screen: Open, width: int
) -> None:
    fill({("camera", "cam-12"): away(40), ("loudspeaker", "loa-06"): away(12)})
    look(store)
    wall, _ = open_screen()
    page, watched = open_screen(width, 844, who="truc-ban")
    button = page.get_by_role("button", name="Tiếp nhận: Camera mất kết nối: C12")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= (44 if width == 390 else 24)
    button.focus()
    page.keyboard.press("Enter")
    told = re.compile(r"^Nghiêm trọng · đã tiếp nhận: truc-ban, \d\d:\d\d$")
    for one in (page, wall):
        expect(matters(one).filter(has_text="C12").locator(".how")).to_have_text(told)
        expect(one.locator(".sentence")).to_contain_text("1 sự cố cần xử lý, 1 đã tiếp nhận, 2 thiết bị")
    expect(button).to_have_count(0)
    assert page.evaluate("document.activeElement.matches('.attention li')")
    row = store.row("select actor from audit where action = 'incident.acknowledged'")
    assert row == {"actor": "truc-ban"}
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert watched.errors == []


def test_who_comes_second_is_told_who_was_first(fill: Any, store: Store, open_screen: Open) -> None:
    fill({("camera", "cam-12"): away(40)})
    (id_,) = look(store)
    page, _ = open_screen(who="truc-ban")

    def another_is_faster(route: Route) -> None:
        take(store, id_, "chi-huy")
        route.continue_()

    page.route("**/ack", another_is_faster)
    page.get_by_role("button", name="Tiếp nhận").click()
    expect(page.get_by_role("alert").filter(has_text="chi-huy")).to_have_text(
        re.compile(r"^chi-huy đã tiếp nhận trước, lúc \d\d:\d\d\.$")
    )
    expect(matters(page).first.locator(".how")).to_contain_text("đã tiếp nhận: chi-huy")
    expect(page.get_by_role("button", name="Tiếp nhận")).to_have_count(0)


def test_who_only_looks_has_no_button(fill: Any, store: Store, open_screen: Open) -> None:
    fill({("camera", "cam-12"): away(40)})
    look(store)
    page, _ = open_screen(who="khach")
    expect(matters(page)).to_have_count(1)
    expect(page.locator(".attention button:visible")).to_have_count(0)


def test_an_incident_comes_and_goes_at_once(fill: Any, store: Store, open_screen: Open) -> None:
    fill(CALM)
    page, _ = open_screen()
    expect(page.locator(".sentence")).to_have_text(re.compile(r"^Bình thường lúc"))
    expect(page.locator(".attention .nothing")).to_have_text("Không có việc cần xử lý.")
    page.wait_for_timeout(1000)
    commune.speak(store, "camera", "cam-01", "offline", "last_will")
    expect(page.locator(".tile.offline")).to_have_count(1)
    expect(matters(page)).to_have_count(0)
    (id_,) = look(store, 6)
    expect(matters(page).first).to_contain_text("Camera mất kết nối: C01")
    take(store, id_, "truc-ban", "started")
    expect(matters(page).first.locator(".how")).to_contain_text("đang xử lý: truc-ban")
    take(store, id_, "truc-ban", "false_alarm")
    expect(matters(page)).to_have_count(0)
    # Closed by a person: it does not return as a bare trouble, however long it lasts.
    store.execute("update device_state set since = now() - interval '2 hours' where name = 'cam-01'")
    page.wait_for_timeout(1500)
    expect(matters(page)).to_have_count(0)


def test_many_of_one_rule_are_one_item_and_each_is_taken_up_by_itself(
    fill: Any, store: Store, open_screen: Open
) -> None:
    names = ("cam-01", "cam-04", "cam-07", "cam-11", "cam-14")
    fill({("camera", name): ("online", "not_recording", "", timedelta(hours=1)) for name in names})
    store.execute(
        "update device_state set reported = 'not_recording', state = 'degraded' where name = any (%s)", (list(names),)
    )
    look(store)
    look_again = Watch(store, load(), commune.UNIT)
    look_again.tick(datetime.now(UTC) + timedelta(minutes=6))
    page, _ = open_screen(390, 844, who="truc-ban")
    expect(matters(page)).to_have_count(1)
    expect(matters(page).first).to_contain_text("Camera không ghi hình: 5 sự cố")
    page.get_by_text("Xem từng sự cố").click()
    page.get_by_role("button", name="Tiếp nhận: Camera không ghi hình: C07").click()
    expect(matters(page).first.locator(".how").first).to_have_text("Nghiêm trọng · 4 mới, 1 đã có người nhận")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_the_centre_cannot_see_is_one_matter(fill: Any, store: Store, open_screen: Open) -> None:
    fill({("camera", f"cam-{n:02d}"): ("unknown", "online", "blind", timedelta(minutes=30)) for n in range(1, 9)})
    store.execute(
        "insert into blind_span (source, started_at, reason) values ('camera', now() - interval '30 minutes', 'broker')"
    )
    look(store)
    page, _ = open_screen()
    expect(matters(page)).to_have_count(1)
    expect(matters(page).first).to_contain_text("Sự cố của hệ thống: trung tâm không quan sát được")
    expect(matters(page).first.locator("summary")).to_have_text("1 nguồn dữ liệu")
    expect(page.locator(".sentence")).to_contain_text("1 sự cố cần xử lý, 8 thiết bị không quan sát được")


def test_a_late_feed_and_its_report_are_listed_once(fill: Any, store: Store, open_screen: Open) -> None:
    fill(CALM)
    store.execute("update source set last_message_at = now() - interval '3 hours' where name = 'phan-anh'")
    page, _ = open_screen()
    expect(matters(page)).to_have_count(1, timeout=10_000)
    expect(matters(page).first).to_contain_text("Nguồn Phản ánh hiện trường: dữ liệu trễ")
    look(store)
    expect(matters(page).first).to_contain_text("Nguồn dữ liệu trễ: Phản ánh hiện trường")
    expect(matters(page)).to_have_count(1)
    expect(page.locator(".sentence")).to_contain_text("1 sự cố cần xử lý.")


def test_a_report_near_its_deadline_is_listed_once(fill: Any, store: Store, open_screen: Open) -> None:
    fill(CALM)
    store.execute(
        "update case_now set closed_at = null, status = 'received', due = now() - interval '1 hour'"
        " where id = 'PA-1042'"
    )
    page, _ = open_screen()
    expect(matters(page).first).to_contain_text("Phản ánh PA-1042 quá hạn")
    look(store)
    expect(matters(page).first.locator(".how")).to_have_text("Nghiêm trọng · mới")
    expect(matters(page)).to_have_count(1)
    expect(matters(page).first).to_contain_text("Phản ánh PA-1042 quá hạn")
    expect(page.locator(".sentence")).not_to_contain_text("phản ánh quá hạn")
