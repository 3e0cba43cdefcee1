"""The page of sources: what is late or owed, what was refused and taken after all, workbooks tried, taken, undone."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api import accounts
from api.screen import pages
from ingest.store import Store
from tests.screen import commune
from tests.screen.conftest import PASSWORD, Opened, Screen

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]

CASES = Path(__file__).parents[2] / "connectors" / "budget_workbook" / "cases"
NOWHERE = "99998"
SLOW = 30_000
"""Milliseconds within which a workbook is taken on a machine that does much else."""
SAID = '{"state": "playing", "programme": "<img src=x onerror=alert(1)> Bản tin sáng"}'


@pytest.fixture
def office(store: Store, screen: Screen, tmp_path: Path) -> Screen:
    """The commune with loudspeakers and a folder of the accountant; a technician, an operator and a visitor."""
    folder = tmp_path / "ke-toan"
    folder.mkdir()
    register = tmp_path / "ioc.toml"
    sources = f"""
[sources.loa]
connector = "loudspeaker_mqtt"

[sources.ngan-sach]
connector = "budget_workbook"
unit = "{commune.UNIT}"
folder = "{folder}"
"""
    register.write_text(commune.REGISTER.read_text("utf-8") + sources, "utf-8")
    commune.fill(store, commune.settings(screen.database_url, screen.port), {})
    store.execute("delete from observation")
    for name, role in (("ky-thuat", "technician"), ("truc-ban", "operator"), ("khach", "viewer")):
        accounts.create(store, name, PASSWORD, role, actor="test")  # type: ignore[arg-type]  # as listed
    screen.register = str(register)
    screen.start()
    return screen


def push(page: Page, screen: Screen, source: str, body: str | bytes, address: str) -> int:
    """Push as whoever looks at the page; returns the status."""
    path = f"{screen.url}/api/v1/messages/{source}"
    return page.request.post(path, params={"address": address}, data=body).status


def refuse_one(page: Page, screen: Screen) -> None:
    assert push(page, screen, "loa", SAID, f"ioc/{NOWHERE}/loudspeaker/loa-1/status") == 422


def workbook(case: str) -> dict[str, object]:
    """A file as a person chooses it."""
    body = (CASES / case / "body.xlsx").read_bytes()
    return {"name": f"{case}.xlsx", "mimeType": "application/octet-stream", "buffer": body}


def choose(page: Page, case: str) -> None:
    """Choose a file, and wait until it was tried."""
    page.locator(".upload input[type=file]").set_input_files(workbook(case))  # type: ignore[arg-type]  # a payload
    expect(page.locator(".upload .tried h3")).to_contain_text(f"{case}.xlsx", timeout=SLOW)


def test_a_refused_message_is_seen_and_taken_after_the_fix(office: Screen, store: Store, open_screen: Open) -> None:
    page, watched = open_screen(who="ky-thuat")
    refuse_one(page, office)
    page.goto(f"{office.url}/nguon-du-lieu")
    row = page.locator(".sources tbody tr").filter(has_text="loudspeaker_mqtt")
    expect(row.locator(".warning")).to_have_text("1")
    row.get_by_role("link").click()
    expect(page).to_have_url(f"{office.url}/nguon-du-lieu/loa")
    one = page.locator(".rejection")
    expect(one).to_contain_text(f"{NOWHERE} không phải là mã của đơn vị hành chính nào")
    one.get_by_text("Bản gốc", exact=True).click()
    expect(one.locator("pre")).to_have_text(SAID)
    assert one.locator("img").count() == 0  # what came stays text
    with page.expect_download() as original:
        one.get_by_role("link", name="Tải bản gốc").click()
    assert Path(original.value.path()).read_text("utf-8") == SAID
    one.get_by_role("button", name="Thử lại").click()
    expect(page.locator(".rejections [role=status]")).to_have_text("Vẫn bị từ chối; lý do ghi ở dưới.")
    expect(one).to_contain_text("vẫn bị từ chối")
    store.execute(
        "insert into unit (code, valid_from, level, name) values (%s, '2026-01-01', 'commune', 'Xã Mới')", (NOWHERE,)
    )
    one.get_by_role("button", name="Thử lại").click()
    expect(page.locator(".rejections [role=status]")).to_have_text("Đã nhận và lưu.")
    expect(one).to_have_count(0)
    page.get_by_role("group", name="Danh sách").get_by_text("Tất cả").click()
    expect(one).to_contain_text("đã nhận lại lúc")
    expect(one.get_by_role("button", name="Thử lại")).to_have_count(0)
    assert watched.errors == []


def test_all_that_was_refused_is_tried_at_once(office: Screen, store: Store, open_screen: Open) -> None:
    page, _ = open_screen(390, 844, who="ky-thuat")
    refuse_one(page, office)
    assert push(page, office, "loa", '{"state": "dancing"}', f"ioc/{commune.UNIT}/loudspeaker/loa-2/status") == 422
    store.execute(
        "insert into unit (code, valid_from, level, name) values (%s, '2026-01-01', 'commune', 'Xã Mới')", (NOWHERE,)
    )
    page.goto(f"{office.url}/nguon-du-lieu/loa")
    page.get_by_role("button", name="Thử lại tất cả").click()
    said = page.locator(".rejections [role=status]")
    expect(said).to_have_text("Đã thử lại 2: lưu 1, trùng 0, vẫn bị từ chối 1.")
    expect(page.locator(".rejection")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_workbook_is_tried_corrected_taken_and_undone(office: Screen, store: Store, open_screen: Open) -> None:
    page, watched = open_screen(who="ky-thuat")
    page.goto(f"{office.url}/nguon-du-lieu/ngan-sach")
    choose(page, "bad_cells")
    found = page.locator(".upload .found tbody tr")
    expect(found.first).to_contain_text("Chi")
    expect(found.first).to_contain_text("D7")
    expect(found.first).to_contain_text("“abc” không phải là số; viết như 3.463.459,2 hoặc để ô kiểu số")
    expect(page.get_by_role("button", name="Nhận số liệu")).to_have_count(0)
    assert store.row("select count(*) as n from observation") == {"n": 0}

    choose(page, "real_2026")
    expect(page.locator(".upload .tried")).to_contain_text("Tệp đúng mẫu")
    expect(page.locator(".changes")).to_contain_text("Chi ngân sách lũy kế")
    expect(page.locator(".changes")).to_contain_text("chưa có dữ liệu")
    assert store.row("select count(*) as n from observation") == {"n": 0}
    page.get_by_role("button", name="Nhận số liệu").click()
    expect(page.locator(".upload .done")).to_have_text("Đã nhận số liệu của real_2026.xlsx.", timeout=SLOW)
    listed = page.locator(".imports tbody tr")
    expect(listed).to_have_count(1)
    expect(listed).to_contain_text("ky-thuat")
    assert store.row("select count(*) > 0 as some from observation where latest") == {"some": True}

    listed.get_by_role("button", name="Rút lại").click()
    page.get_by_role("dialog").get_by_role("button", name="Rút lại").click()
    expect(listed).to_contain_text("đã rút lại: ky-thuat")
    assert store.row("select count(*) as n from observation where latest") == {"n": 0}
    assert watched.errors == []


def test_who_brings_the_same_file_is_told(office: Screen, open_screen: Open) -> None:
    page, _ = open_screen(who="truc-ban")
    other, _ = open_screen(who="ky-thuat")
    for one in (page, other):
        one.goto(f"{office.url}/nguon-du-lieu/ngan-sach")
    choose(page, "real_2026")
    expect(page.get_by_role("button", name="Nhận số liệu")).to_be_visible()
    choose(other, "in_dong")
    other.get_by_role("button", name="Nhận số liệu").click()
    expect(other.locator(".upload .done")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Nhận số liệu").click()  # looked at before the other's came
    expect(page.locator(".upload [role=alert]")).to_contain_text("ky-thuat vừa nộp in_dong.xlsx lúc", timeout=SLOW)
    page.get_by_role("button", name="Nhận số liệu").click()
    expect(page.locator(".upload .done")).to_have_text("Đã nhận số liệu của real_2026.xlsx.", timeout=SLOW)
    choose(other, "real_2026")
    expect(other.locator(".upload .tried")).to_contain_text("truc-ban đã nộp đúng tệp này lúc")
    assert page.get_by_role("button", name="Rút lại").count() == 0  # an operator brings, a technician takes back


def test_a_visitor_only_looks_and_the_service_refuses_too(office: Screen, store: Store, open_screen: Open) -> None:
    technician, _ = open_screen(who="ky-thuat")
    refuse_one(technician, office)
    page, watched = open_screen(who="khach")
    for source in ("loa", "ngan-sach"):
        page.goto(f"{office.url}/nguon-du-lieu/{source}")
        expect(page.locator(".about")).to_contain_text("Bộ kết nối")
        for section in (".upload", ".rejections"):
            expect(page.locator(section)).to_have_count(0)
    number = store.row("select id from rejection")
    assert number is not None
    retry = f"{office.url}/api/v1/sources/loa/rejections"
    assert push(page, office, "ngan-sach", b"x", "a.xlsx") == 403
    assert page.request.post(f"{retry}/{number['id']}/retry").status == 403
    assert page.request.post(f"{retry}/retry").status == 403
    assert page.request.get(f"{retry}/{number['id']}/body").status == 403
    assert watched.errors == []


def test_the_overview_leads_to_sources_which_are_chosen_by_state(office: Screen, open_screen: Open) -> None:
    page, _ = open_screen(who="khach")
    page.locator(".feeds").get_by_role("link", name="Camera").click()
    expect(page).to_have_url(f"{office.url}/nguon-du-lieu/camera")
    page.get_by_role("link", name="← Nguồn dữ liệu").click()
    rows = page.locator(".sources tbody tr")
    expect(rows).to_have_count(5)
    page.get_by_role("group", name="Trạng thái").get_by_role("button", name=re.compile("bình thường")).click()
    expect(page).to_have_url(re.compile("state=ok"))
    expect(rows.filter(has_text="trễ")).to_have_count(0)
    page.get_by_role("combobox", name="Lĩnh vực").select_option(label="Camera")
    expect(rows).to_have_count(1)
    assert pages.path_of("", "feeds_messages_per_minute") == "/nguon-du-lieu"


def test_the_help_says_what_marks_mean_in_both_languages(office: Screen, open_screen: Open) -> None:
    page, watched = open_screen(who="khach")
    page.goto(f"{office.url}/tro-giup")
    expect(page.locator(".signs").first).to_contain_text("mất kết nối")
    expect(page.locator(".help")).to_contain_text(re.compile(r"commune-ioc \d"))
    expect(page.locator(".help")).to_contain_text("Kế toán")
    assert page.locator(".signs .tile .mark.state").count() >= 4
    page.get_by_title("English").click()
    expect(page.locator(".lead")).to_contain_text("Grey is normal")
    assert watched.errors == []
