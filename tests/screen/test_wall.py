"""The screen on the wall: comes in by a token, turns its pages, stays with an alarm, outlives service and network."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from api import tokens
from api.screen.pages import PAGES
from ingest import handling
from ingest.rules import load
from ingest.store import Store
from ingest.watch import Watch
from tests.screen import commune
from tests.screen.conftest import PASSWORD, Screen
from tests.screen.test_screen import SMALLEST
from tests.servers import await_that

pytestmark = pytest.mark.browser
AWAY = {("camera", "cam-12"): ("offline", "offline", "silence", timedelta(minutes=40))}
BANNER = ".banner.shown"
START = Path(__file__).parents[2] / "deploy" / "wall" / "start.html"
GUARDED = """(() => {
  const Real = window.AudioContext;
  let touched = false;
  window.sounded = 0;
  addEventListener("pointerdown", () => (touched = true), true);
  window.AudioContext = class extends Real { get state() { return touched ? super.state : "suspended"; } };
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (at) { window.sounded++; return start.call(this, at); };
})()"""
"""No sound before a touch, as browsers have it; a page under test counts as touched by what it is asked."""


@pytest.fixture
def quiet(store: Store, screen: Screen) -> Screen:
    """The commune when nothing is wrong."""
    commune.fill(store, commune.settings(screen.database_url, screen.port), {})
    store.execute("update case_now set closed_at = now(), status = 'done' where kind = 'field_report'")
    screen.start()
    return screen


@pytest.fixture
def wall(browser: Browser, quiet: Screen, store: Store) -> Iterator[Callable[..., Page]]:
    """Return what opens a wall by a fresh token."""
    contexts = []

    def open_(asked: str = "", **how: object) -> Page:
        _, secret = tokens.create(store, "phong-hop", "viewer", actor="test")
        context = browser.new_context(**{"viewport": {"width": 1920, "height": 1080}, **how})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{quiet.url}/?kiosk=1{asked}#token={secret}")
        page.wait_for_selector(".screen .masthead")
        return page

    yield open_
    for context in contexts:
        context.close()


@contextmanager
def seen(page: Page) -> Iterator[list[str]]:
    """Gather what a page asks for and where it goes."""
    urls: list[str] = []
    page.on("request", lambda request: urls.append(f"{request.url} {request.headers.get('referer', '')}"))
    page.on("framenavigated", lambda frame: urls.append(frame.url))
    yield urls


def test_it_comes_in_by_a_token_that_stays_nowhere(browser: Browser, quiet: Screen, store: Store) -> None:
    number, secret = tokens.create(store, "phong-hop", "viewer", actor="test")
    with browser.new_context() as context:
        page = context.new_page()
        with seen(page) as urls:
            page.goto(f"{quiet.url}/?kiosk=1#token={secret}")
            expect(page.locator(".turning")).to_contain_text("Tổng quan")
        assert page.url == f"{quiet.url}/?kiosk=1"
        assert [url for url in urls[1:] if secret in url.partition("#")[0]] == []
        page.go_back()
        assert secret not in page.url
        page.go_forward()
        [cookie] = [one for one in context.cookies() if one["name"] == "ioc_session"]
        assert cookie["httpOnly"]
        assert cookie["expires"] > datetime.now(UTC).timestamp() + 300 * 86_400
        kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
        assert secret not in kept
        # It looks, and does nothing else; whoever revokes the token ends it at its next look.
        refused = page.evaluate("fetch('/api/v1/incidents/1/ack', { method: 'POST' }).then((said) => said.status)")
        assert refused == 403
        tokens.revoke(store, number, actor="test")
        page.reload()
        expect(page.get_by_label("Mã truy cập của màn hình treo tường")).to_be_visible()
        page.get_by_label("Mã truy cập").fill(tokens.create(store, "phong-hop", "viewer", actor="test")[1])
        page.get_by_role("button", name="Mở màn hình").click()
        expect(page.locator(".turning")).to_be_visible()
        assert page.url == f"{quiet.url}/?kiosk=1"


def test_a_token_that_may_more_than_look_is_refused(browser: Browser, quiet: Screen, store: Store) -> None:
    for role, told in (("operator", "chỉ được xem"), ("", "không đúng, đã hết hạn hoặc đã bị thu hồi")):
        secret = tokens.create(store, "x", "operator", actor="test")[1] if role else "ioc_" + "x" * 40
        with browser.new_context() as context:
            page = context.new_page()
            page.goto(f"{quiet.url}/?kiosk=1#token={secret}")
            expect(page.get_by_role("alert")).to_contain_text(told)
            assert context.cookies() == []


def test_it_turns_its_pages_and_hides_what_nobody_can_press(wall: Callable[..., Page]) -> None:
    page = wall("&pages=overview,ngan-sach&seconds=1")
    length = page.evaluate("history.length")
    for title, where in (("Ngân sách", "/ngan-sach"), ("Tổng quan", "/"), ("Ngân sách", "/ngan-sach")):
        expect(page.locator(".turning b")).to_have_text(title, timeout=15_000)
        assert page.evaluate("location.pathname") == where
        assert "kiosk=1" in page.url
    assert page.evaluate("history.length") == length
    expect(page.locator(".own")).to_have_count(0)
    assert page.evaluate("getComputedStyle(document.body).cursor") == "none"
    page.mouse.click(900, 500)  # who reads something there is left alone
    page.wait_for_timeout(2500)
    assert page.evaluate("location.pathname") == "/ngan-sach"


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160)])
def test_from_four_metres_every_page_is_readable(wall: Callable[..., Page], width: int, height: int) -> None:
    page = wall("&seconds=600", viewport={"width": width, "height": height})
    for one in PAGES:
        page.evaluate("(path) => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }",
                      one.path)  # fmt: skip
        page.wait_for_function("document.querySelector('.screen main, .screen .nothing')")
        page.wait_for_timeout(400)
        assert page.evaluate(SMALLEST) >= 13 * width / 1920, one.path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, one.path


def test_it_stays_with_an_alarm_until_somebody_takes_it_up(wall: Callable[..., Page], store: Store) -> None:
    page = wall("&pages=overview,ngan-sach&seconds=1&sound=1", reduced_motion="reduce")
    page.add_init_script(GUARDED)
    page.reload()
    expect(page.locator(".turning b")).to_have_text("Ngân sách", timeout=15_000)
    kind, name = next(iter(AWAY))
    commune.speak(store, kind, name, "offline", "silence")
    begun = datetime.now(UTC) - timedelta(minutes=40)
    store.execute("update device_state set since = %s, seen_at = %s where name = %s", (begun, begun, name))
    Watch(store, load(), commune.UNIT).tick(datetime.now(UTC))
    held = page.locator(".held")
    expect(held).to_contain_text("Nghiêm trọng: Camera mất kết nối: C12", timeout=15_000)
    expect(page.locator(".attention .loud")).to_have_count(1)
    assert page.evaluate("location.pathname") == "/"
    # A browser lets no sound out before a touch: it says so, and who wants no motion gets none.
    expect(page.locator(".deaf")).to_contain_text("Trình duyệt chặn âm thanh")
    assert page.evaluate("getComputedStyle(document.querySelector('.held')).animationName") == "none"
    page.wait_for_timeout(2500)
    assert page.evaluate("location.pathname") == "/"
    assert page.evaluate("sounded") == 0
    page.mouse.click(900, 500)
    expect(page.locator(".deaf")).to_have_count(0, timeout=30_000)
    assert page.evaluate("sounded") > 0
    incident = store.rows("select id from incident where severity = 'critical' and closed_at is null")[0]["id"]
    with store.transaction() as link:
        handling.act(link, incident, "acknowledged", "truc-ban")
    expect(held).to_have_count(0, timeout=15_000)


def test_it_outlives_service_and_network(wall: Callable[..., Page], quiet: Screen) -> None:
    page = wall("&pages=overview,ngan-sach&seconds=1")
    expect(page.locator(".turning b")).to_have_text("Ngân sách", timeout=15_000)
    errors: list[str] = []
    page.on("framenavigated", lambda frame: errors.append(frame.url) if "chrome-error" in frame.url else None)
    for _ in range(2):
        page.wait_for_function("window.did_handshake")
        quiet.stop()
        expect(page.locator(BANNER)).to_have_text(re.compile("^Mất kết nối với máy chủ từ"), timeout=10_000)
        standing = page.evaluate("location.pathname")
        page.wait_for_timeout(2500)
        assert page.evaluate("location.pathname") == standing  # it leads to no page that it can't fill
        quiet.start()
        expect(page.locator(BANNER)).to_have_count(0, timeout=30_000)
    assert "kiosk=1" in page.url
    page.wait_for_function("window.did_handshake")
    page.context.set_offline(True)  # nothing new gets through, while what stands is cut
    quiet.stop()
    quiet.start()
    expect(page.locator(BANNER)).to_be_visible(timeout=10_000)
    page.wait_for_timeout(2500)
    page.context.set_offline(False)
    expect(page.locator(BANNER)).to_have_count(0, timeout=30_000)
    expect(page.locator(".turning b")).to_be_visible()
    assert errors == []


def test_a_pc_that_starts_before_its_service_waits_on_its_own_page(wall: Callable[..., Page], quiet: Screen) -> None:
    page = wall()  # signed in once; the PC keeps that
    quiet.stop()
    page.goto(f"{START.as_uri()}#{quiet.url}/?kiosk=1&pages=overview")
    expect(page.get_by_role("status")).to_contain_text("Đang chờ máy chủ")
    expect(page.get_by_role("status")).to_contain_text(quiet.url)
    page.wait_for_timeout(4000)  # longer than its pause: it asked, and stays
    assert page.url.startswith("file:")
    quiet.start()
    expect(page.locator(".turning")).to_contain_text("Tổng quan", timeout=15_000)
    assert page.url == f"{quiet.url}/?kiosk=1&pages=overview"
    page.goto(START.as_uri())
    expect(page.get_by_role("status")).to_contain_text("Thiếu địa chỉ")
    page.goto(f"{START.as_uri()}?#javascript:alert(1)")
    expect(page.get_by_role("status")).to_contain_text("Thiếu địa chỉ")


def test_behind_a_proxy_that_answers_for_a_dead_service_it_waits(wall: Callable[..., Page], quiet: Screen) -> None:
    page = wall()
    page.evaluate("window.kept = true")

    def bad_gateway(route: Route) -> None:
        route.fulfill(status=502, body="Bad Gateway")

    page.route(re.compile(r"/(readyz|_nicegui_ws/.*)?(\?.*)?$"), bad_gateway)
    quiet.stop()
    expect(page.locator(BANNER)).to_be_visible(timeout=10_000)
    page.wait_for_timeout(3000)
    assert page.evaluate("window.kept")
    page.unroute_all()
    quiet.start()
    expect(page.locator(BANNER)).to_have_count(0, timeout=30_000)


def test_a_wrong_clock_of_the_pc_changes_no_age(wall: Callable[..., Page], browser: Browser, quiet: Screen) -> None:
    right = wall()
    ages = "[...document.querySelectorAll('.feeds b')].map((e) => e.textContent)"
    right.wait_for_timeout(500)
    with browser.new_context() as context:
        page = context.new_page()
        page.clock.install(time=datetime.now(UTC) - timedelta(days=9, hours=5))
        page.clock.resume()
        assert page.request.post(f"{quiet.url}/api/v1/session", data={"username": "admin", "password": PASSWORD}).ok
        page.goto(quiet.url)
        page.wait_for_selector(".feeds b")
        expect(page.locator(".watch .fresh")).to_contain_text(re.compile(r"mới nhất \d+ (giây|phút) trước"))
        await_that(lambda: page.evaluate(ages) == right.evaluate(ages), "the same ages")
        assert page.locator(".watch .now").inner_text()[:4] == right.locator(".watch .now").inner_text()[:4]
