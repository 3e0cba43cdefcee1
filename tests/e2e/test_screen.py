"""The whole way in a real browser: sign in, see a device turn red when its simulator dies, and green again."""

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.e2e.conftest import Demo, eventually, simulated_camera

pytestmark = pytest.mark.browser


def test_a_device_turns_red_when_its_simulator_dies_and_green_when_it_returns(demo: Demo) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1920, "height": 1080}, locale="vi-VN")
        others: list[str] = []
        page.on(
            "request", lambda r: None if "127.0.0.1" in r.url or r.url.startswith("data:") else others.append(r.url)
        )
        page.goto(f"{demo.url}/")
        page.get_by_label("Tên đăng nhập").fill("admin")
        page.get_by_label("Mật khẩu").fill(demo.password)
        page.get_by_role("button", name="Đăng nhập").click()
        expect(page.get_by_text("IOC XÃ HỢP KIM")).to_be_visible()
        tile = page.locator(".wall .tile", has_text="CAM-99").or_(page.locator(".wall .tile[aria-label*='cam-99']"))
        with simulated_camera(demo, "cam-99") as simulator:
            expect(tile).to_have_class(_has("online"), timeout=15_000)
            simulator.kill()
            expect(tile).to_have_class(_has("offline"), timeout=5_000)
            expect(tile).to_have_attribute("aria-label", _says("mất kết nối"))
        with simulated_camera(demo, "cam-99"):
            expect(tile).to_have_class(_has("online"), timeout=15_000)
            eventually(lambda: demo.device("cam-99").get("state") == "online", "the API's word")
        assert demo.device("cam-99")["lifecycle"] == "unconfirmed"
        assert others == []
        browser.close()


def _has(state: str):  # type: ignore[no-untyped-def]
    import re

    return re.compile(rf"(^|\s){state}(\s|$)")


def _says(words: str):  # type: ignore[no-untyped-def]
    import re

    return re.compile(words, re.IGNORECASE)
