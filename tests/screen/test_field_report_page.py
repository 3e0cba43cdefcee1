"""The page of field reports: found by what they are and by when they are due, and one with its history."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from connectors.contract import CaseReport, Message
from ingest import cases
from ingest.store import Store
from ingest.stream import notify
from tests.screen import commune
from tests.screen.conftest import Opened, Screen

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]


def report(store: Store, id_: str, hours: float, status: str, **fields: object) -> None:
    """Let a source say something of a report so many hours ago, as the service stores and tells it."""
    now = datetime.now(UTC)
    at = now - timedelta(hours=hours)
    opened = now - timedelta(hours=30)
    said = CaseReport(commune.UNIT, "field_report", id_, at, opened, status, **fields)  # type: ignore[arg-type]
    with store.transaction() as link:
        _, events = cases.store(link, [(0, Message("phan-anh", "", b"", at), said)])
        notify(link, (), events, ())


@pytest.fixture
def filled(store: Store, screen: Screen) -> Screen:
    """Five reports of the commune, and one that has a history and a place."""
    commune.fill(store, commune.settings(screen.database_url, screen.port), {})
    due = datetime.now(UTC) + timedelta(hours=5)
    place = {"category": "flooding", "hamlet": "Bái Tam", "latitude": 20.668, "longitude": 105.59}
    report(store, "1022/77", 30, "new", severity="soon", due=due + timedelta(days=2), **place)
    report(store, "1022/77", 6, "in_progress", severity="urgent", due=due, **place)
    screen.start()
    return screen


def test_it_is_found_by_what_it_is_and_ordered_by_its_deadline(filled: Screen, open_screen: Open) -> None:
    page, watched = open_screen()
    page.goto(f"{filled.url}/phan-anh")
    rows = page.locator(".cases li")
    expect(rows).to_have_count(6)
    first = rows.first  # PA-1042 was due two days ago
    expect(first).to_contain_text("PA-1042")
    expect(first).to_have_class(re.compile("critical"))
    expect(first).to_contain_text("quá hạn")
    expect(first.locator(".since")).to_contain_text(re.compile(r"quá 2 ngày"))
    expect(rows.nth(1)).to_contain_text("sắp đến hạn")
    expect(rows.nth(1)).to_contain_text(re.compile(r"còn 4 giờ 5\d phút"))
    page.locator("select[name=deadline]").select_option("overdue")
    expect(rows).to_have_count(1)
    page.locator("select[name=deadline]").select_option("")
    page.locator("select[name=category]").select_option("environment")
    expect(rows).to_have_count(2)
    page.reload()  # the choice stands in the address
    expect(rows).to_have_count(2)
    page.locator("select[name=hamlet]").select_option("Bôi Câu")
    expect(rows).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải CSV").click()
    lines = download.value.path().read_text("utf-8").splitlines()
    assert len(lines) == 2  # the file holds what the list shows
    assert "PA-1047" in lines[1]
    page.locator("select[name=severity]").select_option("urgent")
    expect(page.locator(".listed .nothing")).to_have_text("Không có phản ánh nào như vậy.")
    expect(page.locator(".figure", has_text="Phản ánh quá hạn")).to_be_visible()
    assert watched.errors == []
    assert {urlsplit(u).netloc for u in watched.urls if u.startswith("http")} == {urlsplit(filled.url).netloc}


def test_one_in_full_tells_its_history_and_what_changes(filled: Screen, store: Store, open_screen: Open) -> None:
    page, watched = open_screen(390, 844)
    page.goto(f"{filled.url}/phan-anh")
    page.locator(".cases a", has_text="Ngập nước").click()
    expect(page).to_have_url(f"{filled.url}/phan-anh/1022%2F77")
    sheet = page.locator(".case")
    expect(sheet.locator("header")).to_contain_text("sắp đến hạn")
    steps = sheet.locator(".history li")
    expect(steps).to_have_count(2)
    expect(steps.first).to_contain_text("đang xử lý")
    expect(steps.first).to_contain_text("mức độ: khẩn cấp")
    expect(steps.last).to_contain_text("mới")
    expect(sheet.locator(".stage[data-shown='1']")).to_be_visible()
    report(store, "1022/77", 0, "resolved", severity="urgent", category="flooding", hamlet="Bái Tam")
    expect(sheet.locator("header")).to_contain_text("đã đóng")
    expect(steps).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("a.back").click()
    expect(page.locator(".cases li")).to_have_count(5)
    page.get_by_role("button", name="Tất cả").click()
    expect(page.locator(".cases li")).to_have_count(6)
    assert watched.errors == []


def test_one_that_there_is_not_is_said(filled: Screen, open_screen: Open) -> None:
    page, _ = open_screen()
    page.goto(f"{filled.url}/phan-anh/khong-co")
    expect(page.locator(".sheet [role=alert]")).to_contain_text("Không tìm thấy")
