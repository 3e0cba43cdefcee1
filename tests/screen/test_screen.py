import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from connectors.contract import LOCAL
from connectors.due import Due
from ingest.calendar import Calendar
from ingest.due import label, pending
from ingest.rules import load
from ingest.store import Store
from ingest.watch import Watch
from tests.screen import commune
from tests.screen.conftest import PASSWORD, Opened, Screen
from tests.servers import Postgres

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]
SMALLEST = """Math.min(...[...document.querySelectorAll(".screen *")]
    .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((e) => parseFloat(getComputedStyle(e).fontSize)))"""
"""Pixels of the smallest text that is shown."""
SIZES = ((1920, 1080), (390, 844), (3840, 2160), (1366, 768))


@pytest.fixture
def filled(store: Store, screen: Screen) -> Screen:
    """The commune on a day with troubles."""
    commune.fill(store, commune.settings(screen.database_url, screen.port), commune.TROUBLES)
    screen.start()
    return screen


@pytest.fixture
def calm(store: Store, screen: Screen) -> Screen:
    """The commune when nothing is wrong."""
    commune.fill(store, commune.settings(screen.database_url, screen.port), {})
    store.execute("delete from case_now where due < now()")
    screen.start()
    return screen


def test_a_stranger_comes_to_the_door_and_gets_in(filled: Screen, browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(filled.url)
        assert page.url == f"{filled.url}/sign-in"
        page.get_by_label("Tên đăng nhập").fill("admin")
        page.get_by_label("Mật khẩu").fill("sai mật khẩu")
        page.get_by_role("button", name="Đăng nhập").click()
        expect(page.get_by_role("alert")).to_have_text("Tên đăng nhập hoặc mật khẩu không đúng.")
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập").click()
        expect(page.locator(".masthead")).to_contain_text("IOC XÃ HỢP KIM · mã 05068 · tỉnh Phú Thọ · mô phỏng")
        page.get_by_role("button", name="Tài khoản admin").click()
        page.get_by_role("button", name="Đăng xuất").click()
        page.wait_for_url("**/sign-in")
        page.goto(filled.url)
        assert page.url == f"{filled.url}/sign-in"


def test_it_says_first_what_needs_doing(filled: Screen, open_screen: Open) -> None:
    page, _ = open_screen()
    sentence = page.locator(".sentence")
    expect(sentence).to_contain_text(
        "1 thiết bị mất kết nối, 1 thiết bị lỗi, 1 thiết bị không quan sát được, 1 phản ánh quá hạn."
    )
    expect(sentence).to_contain_text("25/28 thiết bị hoạt động.")
    first = page.locator(".attention li").first
    expect(first).to_contain_text("Camera C12 mất kết nối")
    expect(first).to_contain_text("thiết bị cùng thôn vẫn hoạt động")
    expect(page.locator(".tile.offline")).to_have_attribute("aria-label", re.compile("mất kết nối"))


def test_a_quiet_commune_is_a_quiet_screen(calm: Screen, open_screen: Open) -> None:
    page, _ = open_screen()
    expect(page.locator(".sentence")).to_have_text(re.compile(r"^Bình thường lúc \d\d:\d\d$"))
    assert page.locator(".critical, .warning, .tile.offline").count() == 0


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_comes_from_elsewhere_and_nothing_sticks_out(
    filled: Screen, open_screen: Open, width: int, height: int
) -> None:
    page, watched = open_screen(width, height)
    page.wait_for_timeout(1500)
    assert watched.errors == []
    assert [url for url in watched.urls if not url.startswith((filled.url, "data:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.fonts.check('16px \"Noto Sans\"', 'Hợp')")
    assert page.evaluate(SMALLEST) >= 13


def test_a_change_appears_without_reload(filled: Screen, store: Store, open_screen: Open) -> None:
    page, _ = open_screen()
    page.evaluate("window.kept = true")
    tile = page.locator(".tile", has_text=re.compile("^C01"))
    expect(tile).to_have_class(re.compile("online"))
    page.wait_for_timeout(1000)
    commune.speak(store, "camera", "cam-01", "offline", "last_will")
    expect(tile).to_have_class(re.compile("offline"))
    expect(page.locator(".figure").first.locator(".value")).to_have_text("24/28")
    expect(page.locator(".sentence")).to_contain_text("2 thiết bị mất kết nối")
    commune.speak(store, "camera", "cam-01", "online")
    expect(tile).to_have_class(re.compile("online"))
    assert page.evaluate("window.kept")


def test_names_are_text_however_they_look(store: Store, screen: Screen, open_screen: Open) -> None:
    register = commune.settings(screen.database_url, screen.port)
    commune.fill(store, register, commune.TROUBLES)
    nasty = '<img src=x onerror="window.pwned=1">`${window.pwned=2}</script><script>window.pwned=3</script>{{ 7 * 6 }}'
    store.execute("update device set title = %s, hamlet = %s where name = 'loa-06'", (nasty, nasty))
    store.execute("update device set title = %s where name = 'cam-12'", ("Camera C12 – " + "đ" * 200,))
    screen.start()
    page, watched = open_screen()
    page.locator(".tile.fault").hover()
    expect(page.locator(".tip b")).to_have_text(nasty)
    assert page.evaluate("window.pwned") is None
    assert watched.errors == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1920


def test_without_its_service_it_stands_still_and_recovers(filled: Screen, open_screen: Open) -> None:
    page, _ = open_screen()
    page.wait_for_timeout(500)
    filled.stop()
    banner = page.locator(".banner")
    expect(banner).to_have_text(
        re.compile(r"^Mất kết nối với máy chủ từ \d\d:\d\d – số liệu bên dưới là của lúc đó$"), timeout=5000
    )
    expect(page.locator(".tile.offline")).to_have_count(1)
    filled.start()
    expect(banner).to_be_hidden(timeout=20_000)
    expect(page.locator(".tile.offline")).to_have_count(1)


def test_without_its_database_it_stands_still_and_recovers(
    filled: Screen, postgres: Postgres, open_screen: Open
) -> None:
    page, _ = open_screen()
    page.wait_for_timeout(500)
    postgres.stop()
    try:
        banner = page.locator(".banner")
        expect(banner).to_contain_text("Cơ sở dữ liệu không trả lời từ", timeout=10_000)
        expect(page.locator(".tile.offline")).to_have_count(1)
    finally:
        postgres.start()
    expect(banner).to_be_hidden(timeout=20_000)


def test_an_empty_commune_says_so(store: Store, screen: Screen, open_screen: Open) -> None:
    commune.empty(store, commune.settings(screen.database_url, screen.port))
    screen.start()
    page, watched = open_screen()
    expect(page.locator(".sentence")).to_have_text("Chưa có dữ liệu từ nguồn nào.")
    expect(page.locator(".wall")).to_contain_text("Chưa có thiết bị nào")
    expect(page.locator(".map")).to_contain_text("Chưa có thiết bị nào có toạ độ.")
    assert page.locator(".figure.missing .value b").all_text_contents() == ["—"] * 9
    assert watched.errors == []


def test_five_thousand_devices_become_hamlets_worst_first(store: Store, screen: Screen, open_screen: Open) -> None:
    commune.fill(store, commune.settings(screen.database_url, screen.port), commune.TROUBLES)
    commune.crowd(store, 5_000, away=40)
    screen.start()
    page, watched = open_screen()
    expect(page.locator(".bar")).to_have_count(27)
    expect(page.locator(".bar").first).to_contain_text("Thôn 07")
    expect(page.locator(".attention")).to_contain_text("Thôn 07: 40 thiết bị mất kết nối")
    assert page.locator(".screen *").count() < 3_000
    assert watched.errors == []


def test_a_late_feed_is_seen_at_its_tile_and_below(store: Store, screen: Screen, open_screen: Open) -> None:
    commune.fill(store, commune.settings(screen.database_url, screen.port), {})
    late = timedelta(days=35, hours=16, minutes=5)
    store.execute("update source set last_message_at = now() - %s where feed = 'budget'", (late,))
    screen.start()
    page, _ = open_screen()
    expect(page.locator(".figure.stale")).to_have_count(2)
    expect(page.locator(".figure.stale .age").first).to_have_text("trễ 16 giờ")
    expect(page.locator(".feeds .stale")).to_contain_text("trễ 16 giờ")


@pytest.mark.parametrize("width", [1920, 390])
def test_what_an_office_owes_stands_with_its_name_and_the_day(
    store: Store, screen: Screen, open_screen: Open, width: int
) -> None:
    commune.fill(store, commune.settings(screen.database_url, screen.port), {})
    rules = [
        Due(every="quarter", day=10, owner="Kế toán", units=(commune.UNIT,), indicators=("not_sent",)),
        Due(every="year", owner="Kế toán", units=(commune.UNIT,), since=date(2200, 1, 1)),
    ]
    for position, rule in enumerate(rules):
        said = ("ngan-sach", position, rule.model_dump_json())
        store.execute(
            "insert into due_rule (source, position, rule, declared_at) values (%s, %s, %s, '2020-01-01')", said
        )
    owed = [one for one in pending(rules[0], Calendar(), datetime.now(UTC)) if one.at < datetime.now(UTC)][-1]
    local = owed.at.astimezone(LOCAL)
    period = label("quarter", owed.start, year=owed.start.year != datetime.now(LOCAL).year)
    screen.start()
    page, watched = open_screen(width, 844)
    told = f"Chưa nộp {period}, hạn {local.day}/{local.month} – Kế toán"
    expect(page.locator(".feeds .owing")).to_have_count(1)
    expect(page.locator(".feeds .owing")).to_contain_text(told)
    expect(page.locator(".attention")).to_contain_text(told)
    expect(page.locator(".sentence")).to_contain_text("1 báo cáo chưa nộp")
    Watch(store, load(), commune.UNIT).tick(datetime.now(UTC))
    expect(page.locator(".sentence")).to_contain_text("sự cố cần xử lý")
    expect(page.locator(".sentence")).not_to_contain_text("chưa nộp")
    again = f"hạn {local.day}/{local.month} – Kế toán"
    expect(page.locator(".attention > ul > li", has_text=again)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert watched.errors == []


def test_a_report_after_its_deadline_is_listed_as_soon_as_it_is_counted(
    calm: Screen, store: Store, open_screen: Open
) -> None:
    page, _ = open_screen()
    store.execute("update case_now set due = now() where id = 'PA-1053'")
    listed = page.wait_for_function(
        "document.querySelector('.attention').innerText.includes('Phản ánh PA-1053 quá hạn')"
        " && document.querySelector('.sentence').innerText",
        timeout=30_000,
    )
    assert "1 phản ánh quá hạn" in listed.json_value()
