"""The map: what is where, gathered where it is dense, found by keyboard, on tiles of one's own or on none."""

import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from ingest.store import Store
from tests.screen import commune
from tests.screen.conftest import Opened, Screen
from tests.screen.test_incidents import away, look

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]


def shown(page: Page, count: int) -> None:
    """Wait until so many things are on the map."""
    page.wait_for_selector(f".stage[data-shown='{count}']", timeout=20_000)


def ours(screen: Screen, urls: list[str]) -> bool:
    """Say whether nothing was asked of another host."""
    return {urlsplit(url).netloc for url in urls if url.startswith("http")} == {urlsplit(screen.url).netloc}


@pytest.fixture
def filled(store: Store, screen: Screen) -> Screen:
    """The commune with a camera away for forty minutes, and a report that says where it is."""
    commune.fill(store, commune.settings(screen.database_url, screen.port), {("camera", "cam-12"): away(40)})
    store.execute("update case_now set latitude = 20.65, longitude = 105.59 where id = 'PA-1047'")
    look(store)
    screen.start()
    return screen


def test_what_is_in_trouble_is_chosen_by_keyboard_and_leads_to_its_page(filled: Screen, open_screen: Open) -> None:
    page, watched = open_screen()
    page.goto(f"{filled.url}/ban-do")
    listed = page.locator(".troubled li")
    camera = listed.filter(has_text="Camera mất kết nối")
    expect(camera).to_have_count(1)  # the incident tells of its camera; the camera is not listed beside it
    expect(page.locator(".spot.critical .mark").first).to_be_visible()
    camera.locator("button").focus()
    page.keyboard.press("Enter")
    balloon = page.locator(".balloon")
    expect(balloon.locator("h3")).to_contain_text("C12")
    expect(balloon).to_contain_text("mất kết nối")
    expect(balloon).to_contain_text("phút")
    expect(balloon.get_by_role("link", name="Camera mất kết nối")).to_have_attribute(
        "href", re.compile(r"^/su-co/\d+$")
    )
    balloon.get_by_role("link", name="Xem thiết bị").click()
    expect(page).to_have_url(f"{filled.url}/thiet-bi/camera/cam-12")
    assert watched.errors == []
    assert ours(filled, watched.urls)


def test_an_incident_marks_a_device_that_works(filled: Screen, store: Store, open_screen: Open) -> None:
    store.execute("update incident set subject = 'camera/cam-03' where subject = 'camera/cam-12'")
    page, _ = open_screen()
    page.goto(f"{filled.url}/ban-do?off=loudspeaker,network,report")
    page.locator(".troubled li", has_text="Camera mất kết nối").locator("button").click()
    expect(page.locator(".balloon .word").first).to_have_text("hoạt động")
    expect(page.locator(".leaflet-marker-icon[title*='C03'] .spot.critical .mark")).to_have_count(1)
    page.locator(".layers button", has_text="Sự cố").click()
    expect(page.locator(".leaflet-marker-icon[title*='C03'] .spot.critical")).to_have_count(0)


def test_layers_are_turned_off_and_a_change_appears(filled: Screen, store: Store, open_screen: Open) -> None:
    page, watched = open_screen()
    page.goto(f"{filled.url}/ban-do")
    layer = page.locator(".layers button")
    stage = page.locator(".stage[data-shown]")
    expect(page.locator(".troubled")).to_contain_text("PA-1042")
    everything = int(stage.get_attribute("data-shown") or 0)
    layer.filter(has_text="Sự cố").click()  # incidents stand with what they are about
    expect(layer.filter(has_text="Sự cố")).to_have_attribute("aria-pressed", "false")
    assert stage.get_attribute("data-shown") == str(everything)
    layer.filter(has_text="Phản ánh").click()
    shown(page, everything - 5)
    expect(page.locator(".troubled")).not_to_contain_text("PA-1042")
    page.reload()  # the choice stands in the address
    expect(layer.filter(has_text="Phản ánh")).to_have_attribute("aria-pressed", "false")
    commune.speak(store, "loudspeaker", "loa-06", "fault", "reported")
    expect(page.locator(".troubled li").filter(has_text="Loa L6")).to_contain_text("lỗi")
    expect(page.locator(".spot.warning").first).to_be_visible()
    assert watched.errors == []


def test_a_report_that_names_only_its_hamlet_says_so_and_names_stay_text(
    filled: Screen, store: Store, open_screen: Open
) -> None:
    store.execute(
        "update device set title = '<img src=x onerror=document.title=1>' || repeat(' Camera', 30)"
        " where name = 'cam-12'"
    )
    page, watched = open_screen(390, 844)
    page.goto(f"{filled.url}/ban-do")
    page.locator(".troubled li", has_text="PA-1042").locator("button").click()
    expect(page.locator(".balloon")).to_contain_text("chỉ biết thôn, không có toạ độ")
    page.locator(".balloon").get_by_role("button", name="Đóng").click()
    expect(page.locator(".balloon")).to_have_count(0)
    page.locator(".troubled li", has_text="Camera mất kết nối").locator("button").click()
    expect(page.locator(".balloon h3")).to_contain_text("<img src=x")
    assert page.locator(".balloon img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert watched.errors == []


def test_five_thousand_are_gathered_and_the_worst_lead(store: Store, screen: Screen, open_screen: Open) -> None:
    commune.fill(store, commune.settings(screen.database_url, screen.port), {})
    commune.crowd(store, 4_900, away=30)
    screen.start()
    page, watched = open_screen()
    page.goto(f"{screen.url}/ban-do?off=report,incident,network")
    page.wait_for_function("Number(document.querySelector('.stage')?.dataset.shown) > 4900", timeout=30_000)
    assert 20 < page.locator(".spot").count() < 700
    expect(page.locator(".troubled .count")).to_have_text("30")
    told = page.locator(".spot.many.critical b").all_inner_texts()
    alone = page.locator(".spot.critical:not(.many)").count()
    assert sum(int(text) for text in told) + alone == 30
    page.locator(".spot.many").first.click()  # it opens: nearer, so fewer, and what it held stands apart
    page.wait_for_function("(n => n > 0 && n < 4000)(Number(document.querySelector('.stage').dataset.shown))")
    expect(page.locator(".spot:not(.many)").first).to_be_visible()
    assert watched.errors == []


def test_without_a_device_or_a_hamlet_it_says_so(store: Store, screen: Screen, open_screen: Open) -> None:
    commune.empty(store, commune.settings(screen.database_url, screen.port))
    screen.start()
    page, watched = open_screen()
    page.goto(f"{screen.url}/ban-do")
    expect(page.locator(".ground .nothing")).to_have_text("Chưa có ranh giới hay toạ độ nào để vẽ.")
    expect(page.locator(".troubled")).to_contain_text("Không có gì bất thường.")
    assert watched.errors == []


def test_tiles_come_from_the_folder_and_from_nowhere_else(
    store: Store, screen: Screen, open_screen: Open, tmp_path: Path
) -> None:
    folder = tmp_path / "tiles"
    for x in range(12_990, 13_010):
        (folder / "14" / str(x)).mkdir(parents=True)
        for y in range(7_210, 7_240):
            (folder / "14" / str(x) / f"{y}.png").write_bytes(_png())
    (tmp_path / "secret.png").write_bytes(_png())
    register = tmp_path / "ioc.toml"
    register.write_text(
        f'screen = {{ tiles = "{folder}", attribution = "© Bản đồ <b>xã</b>" }}\n'
        + commune.REGISTER.read_text("utf-8"),
        "utf-8",
    )
    commune.fill(store, commune.settings(screen.database_url, screen.port), {})
    screen.register = str(register)
    screen.start()
    page, watched = open_screen()
    page.goto(f"{screen.url}/ban-do")
    page.wait_for_selector(".leaflet-tile-loaded")
    expect(page.locator(".leaflet-control-attribution")).to_have_text("© Bản đồ <b>xã</b>")
    asked = f"{screen.url}/screen/tiles"
    assert any(url.startswith(asked) for url in watched.urls)
    assert ours(screen, watched.urls)
    kept = page.request.get(f"{asked}/14/12995/7215.png")
    assert (kept.status, kept.headers["content-type"]) == (200, "image/png")
    assert "max-age" in kept.headers["cache-control"]
    assert page.request.get(f"{asked}/14/12995/1.png").status == 204  # beyond the folder's edge
    for path in ("14/12995/..%2f..%2f..%2fsecret.png", "14/%2e%2e/secret.png", "-1/0/0.png", "14/99999999/0.png"):
        assert page.request.get(f"{asked}/{path}").status in (404, 422), path
    stranger = page.context.browser.new_context()  # type: ignore[union-attr]  # it has one
    assert stranger.request.get(f"{asked}/14/12995/7215.png").status == 401
    stranger.close()
    assert watched.errors == []


def _png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\0" + b"\x30\x50\x40" * 256) * 256
    head = struct.pack(">IIBBBBB", 256, 256, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
