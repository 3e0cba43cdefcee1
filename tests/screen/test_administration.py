"""Administration: who may what, people let in and shown out, tokens, the register under two hands, maintenance."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from api import accounts
from ingest.store import Store
from tests.screen import commune
from tests.screen.conftest import PASSWORD, Opened, Screen

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]


@pytest.fixture
def office(store: Store, screen: Screen) -> Screen:
    """A commune with an account of every role."""
    commune.fill(store, commune.settings(screen.database_url, screen.port), {})
    for name, role in (("khach", "viewer"), ("truc-ban", "operator"), ("ky-thuat", "technician")):
        accounts.create(store, name, PASSWORD, role, actor="test")  # type: ignore[arg-type]
    screen.start()
    return screen


def at(page: Page, screen: Screen, tab: str) -> Any:
    page.goto(f"{screen.url}/quan-tri/{tab}")
    return page.locator("#content, .sheet").first


def box(page: Page) -> Any:
    return page.get_by_role("dialog")


def test_each_role_sees_what_it_may(office: Screen, open_screen: Open) -> None:
    for who in ("khach", "truc-ban"):
        page, _ = open_screen(who=who)
        expect(page.locator(".masthead")).not_to_contain_text("Quản trị")
        expect(at(page, office, "tai-khoan")).to_contain_text("tài khoản không được mở")
        assert page.request.get(f"{office.url}/api/v1/rules").status == 403
    page, watched = open_screen(390, 844, who="ky-thuat")
    tabs = at(page, office, "bao-tri").locator(".tabs a")
    expect(tabs).to_have_text(["Sổ thiết bị", "Bảo trì", "Ngưỡng"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(at(page, office, "tai-khoan")).to_contain_text("tài khoản không được mở")
    assert page.request.get(f"{office.url}/api/v1/accounts").status == 403
    at(page, office, "thiet-bi").get_by_text("cam-01").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert watched.errors == []


def test_an_account_is_added_comes_in_is_shut_and_shown_out(
    office: Screen, open_screen: Open, browser: Browser
) -> None:
    page, watched = open_screen()
    at(page, office, "tai-khoan").get_by_role("button", name="Thêm tài khoản").click()
    expect(box(page).get_by_label("Tên đăng nhập")).to_be_focused()
    box(page).get_by_label("Tên đăng nhập").fill("lan")
    box(page).get_by_label("Kỹ thuật").check()
    box(page).get_by_role("button", name="Thêm tài khoản").click()
    password = box(page).locator("code").inner_text()
    page.keyboard.press("Escape")
    expect(box(page)).to_have_count(0)
    row = page.locator("tr", has_text="lan")
    expect(row).to_contain_text("chưa lần nào")

    with browser.new_context() as context:
        hers = context.new_page()
        hers.goto(f"{office.url}/quan-tri/bao-tri")
        hers.get_by_label("Tên đăng nhập").fill("lan")
        hers.get_by_label("Mật khẩu").fill(password)
        hers.get_by_role("button", name="Đăng nhập").click()
        hers.wait_for_url("**/quan-tri/bao-tri")  # back to where she was going
        row.get_by_role("button", name="Khóa").click()
        box(page).get_by_role("button", name="Khóa tài khoản").click()
        expect(row).to_contain_text("đã khóa")
        hers.reload()  # her page may have noticed before
        hers.wait_for_url("**/sign-in?**")
        expect(hers.get_by_role("alert")).to_contain_text("Phiên đã hết hạn")

    admin = page.locator("tr", has_text="(bạn)")
    admin.get_by_role("button", name="Khóa").click()
    box(page).get_by_role("button", name="Khóa tài khoản").click()
    expect(box(page).get_by_role("alert")).to_contain_text("admin là quản trị viên cuối cùng")
    assert [error for error in watched.errors if "409" not in error] == []


def test_the_door_leads_to_no_other_site(office: Screen, browser: Browser) -> None:
    for then in (
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/.//evil.example/",
        "javascript:alert(1)",
    ):
        with browser.new_context() as context:
            page = context.new_page()
            page.route("**/*", lambda route: route.continue_() if office.url in route.request.url else route.abort())
            page.goto(f"{office.url}/sign-in?then={then}")
            page.get_by_label("Tên đăng nhập").fill("khach")
            page.get_by_label("Mật khẩu").fill(PASSWORD)
            with page.expect_navigation():
                page.get_by_role("button", name="Đăng nhập").click()
            assert page.url.startswith(f"{office.url}/"), then
            page.goto(f"{office.url}/sign-in?then={then}")  # who is in already
            assert page.url.startswith(f"{office.url}/"), then


def test_ones_own_password_is_changed_at_ones_name(office: Screen, open_screen: Open, store: Store) -> None:
    page, _ = open_screen(who="khach")
    elsewhere, _ = open_screen(who="khach")
    page.get_by_role("button", name="Tài khoản khach").click()
    expect(page.locator(".menu")).to_contain_text("Chỉ xem")
    page.get_by_role("button", name="Đổi mật khẩu").click()
    fields = box(page).locator("input[type=password]")
    for n, text in enumerate(("sai mật khẩu", "mật khẩu mới", "mật khẩu mới")):
        fields.nth(n).fill(text)
    box(page).get_by_role("button", name="Đổi mật khẩu").click()
    expect(box(page).get_by_role("alert")).to_contain_text("mật khẩu hiện tại không đúng")
    fields.nth(0).fill(PASSWORD)
    box(page).get_by_role("button", name="Đổi mật khẩu").click()
    expect(box(page).get_by_role("status")).to_have_text("Đã đổi mật khẩu.")
    assert accounts.verify(store, "khach", "mật khẩu mới") == "viewer"
    assert page.request.get(f"{office.url}/api/v1/sources").status == 200
    assert elsewhere.request.get(f"{office.url}/api/v1/sources").status == 401


def test_a_token_for_a_wall_is_shown_once_reads_and_ends(office: Screen, open_screen: Open) -> None:
    page, _ = open_screen()
    main = at(page, office, "ma-truy-cap")
    main.get_by_role("button", name="Mã cho màn hình treo tường").click()
    box(page).get_by_role("button", name="Tạo mã").click()
    secret = box(page).locator("code").inner_text()
    bearer = {"Authorization": f"Bearer {secret}"}
    assert page.request.get(f"{office.url}/api/v1/sources", headers=bearer).status == 200
    assert page.request.get(f"{office.url}/api/v1/rules", headers=bearer).status == 403, "it only reads"
    box(page).get_by_role("button", name="Đóng").click()
    expect(main).not_to_contain_text(secret)
    main.get_by_role("button", name="Thu hồi").click()
    box(page).get_by_role("button", name="Thu hồi").click()
    expect(main).to_contain_text("Chưa có mã nào.")
    assert page.request.get(f"{office.url}/api/v1/sources", headers=bearer).status == 401


def test_who_saves_a_device_second_is_told_and_loses_nothing(office: Screen, open_screen: Open, store: Store) -> None:
    one, _ = open_screen(who="ky-thuat")
    two, watched = open_screen()
    for page in (one, two):
        at(page, office, "thiet-bi/camera/cam-01")
        expect(page.get_by_label("Thôn")).to_have_value("Nà Mười")
    one.get_by_label("Tên thiết bị").fill("Camera <b>cổng</b> chợ")
    one.get_by_role("button", name="Lưu lại").click()
    expect(one.get_by_role("status")).to_have_text("Đã lưu.")
    two.get_by_label("Đơn vị quản lý").fill("Công an xã")
    two.get_by_role("button", name="Lưu lại").click()
    told = two.locator(".conflict")
    expect(told).to_contain_text("ky-thuat đã sửa thiết bị này trước")
    expect(told).to_contain_text("Camera <b>cổng</b> chợ")
    expect(two.get_by_label("Đơn vị quản lý")).to_have_value("Công an xã")
    expect(two.get_by_label("Tên thiết bị")).to_have_value("Camera <b>cổng</b> chợ")
    two.get_by_role("button", name="Lưu lại").click()
    expect(two.get_by_role("status")).to_have_text("Đã lưu.")
    assert store.row("select title, owner from device where name = 'cam-01'") == {
        "title": "Camera <b>cổng</b> chợ", "owner": "Công an xã",
    }  # fmt: skip
    assert [error for error in watched.errors if "409" not in error] == []


def test_a_list_is_tried_told_by_cell_and_entered(office: Screen, open_screen: Open, store: Store) -> None:
    page, _ = open_screen(who="ky-thuat")
    at(page, office, "thiet-bi").get_by_role("button", name="Nhập danh sách").click()

    def choose(text: str) -> None:
        file: Any = {"name": "so.csv", "mimeType": "text/csv", "buffer": text.encode()}
        box(page).locator("input[type=file]").set_input_files(file)

    choose("Mã thiết bị,Loại,Tên\ncam-01,Camera,Camera mới\nCAM 9,Tivi,x\n")
    expect(box(page)).to_contain_text("2 lỗi; chưa ghi gì vào sổ")
    expect(box(page).locator("tbody tr")).to_contain_text(["“CAM 9” không phải mã thiết bị", "“Tivi” không phải loại"])
    expect(box(page).get_by_role("button", name=re.compile("vào sổ"))).to_have_count(0)
    choose("Mã thiết bị,Loại,Tên\ncam-01,Camera,Camera mới\ncam-99,Camera,Camera đầu làng\n")
    expect(box(page)).to_contain_text("1 thêm mới, 1 thay đổi")
    expect(box(page)).to_contain_text("→ Camera mới")
    assert store.row("select count(*) as n from device where name = 'cam-99'") == {"n": 0}
    box(page).get_by_role("button", name="Ghi 2 thiết bị vào sổ").click()
    expect(box(page)).to_contain_text("Đã ghi vào sổ")
    page.keyboard.press("Escape")
    page.get_by_placeholder("mã, tên, vị trí").fill("dau lang")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="cam-99").click()
    page.get_by_role("button", name="Thu hồi thiết bị").click()
    page.get_by_role("button", name="Bấm lần nữa để thu hồi").click()
    expect(page.get_by_role("status")).to_have_text("Đã lưu.")
    assert store.row("select lifecycle from device where name = 'cam-99'") == {"lifecycle": "retired"}


def test_maintenance_is_planned_ended_and_refused_in_words(office: Screen, open_screen: Open, store: Store) -> None:
    page, _ = open_screen(who="ky-thuat")
    main = at(page, office, "bao-tri")

    def plan(start: str, stop: str) -> None:
        main.get_by_role("button", name="Lập đợt bảo trì").first.click()
        box(page).get_by_label("Một thiết bị").check()
        box(page).locator("select").select_option("camera/cam-01")
        for end, moment in (("Từ (giờ Việt Nam)", start), ("Đến", stop)):
            day, time = moment.split()
            box(page).get_by_role("group", name=end).get_by_label("Giờ").fill(time)
            box(page).get_by_role("group", name=end).get_by_label("Ngày").fill(day)
        box(page).get_by_label("Lý do").fill("Thay nguồn")
        box(page).get_by_role("button", name="Lập đợt bảo trì").click()

    (now,) = store.rows(
        "select to_char(t, 'DD/MM/YYYY HH24:MI') as m, to_char(t + interval '3 h', 'DD/MM/YYYY HH24:MI') as l"
        " from (select now() at time zone 'Asia/Ho_Chi_Minh') as moment(t)"
    )
    plan(now["l"], now["m"])
    expect(box(page).get_by_role("alert").last).to_have_text("Kết thúc phải sau lúc bắt đầu.")
    box(page).get_by_role("button", name="Đóng").click()
    plan(now["m"], now["l"])
    running = page.get_by_role("region", name="Đang bảo trì").last
    expect(running).to_contain_text("Camera cam-01")
    (row,) = store.rows("select starts_at, ends_at - starts_at > interval '2 h' as long, starts_at <= now() as begun"
                        " from maintenance")  # fmt: skip
    assert (row["long"], row["begun"]) == (True, True), "the field's hours are the commune's"
    plan(now["m"], now["l"])
    expect(box(page).locator(".conflict")).to_contain_text("Trùng thời gian với 1 đợt đã lập")
    box(page).get_by_role("button", name="Đóng").click()
    running.get_by_role("button", name="Kết thúc ngay").click()
    expect(page.get_by_role("region", name="Đã qua").last).to_contain_text("ky-thuat kết thúc sớm")


def test_thresholds_are_told_with_their_lines_and_the_trail_tells_who(office: Screen, open_screen: Open) -> None:
    page, watched = open_screen()
    main = at(page, office, "nguong")
    main.locator("summary", has_text="Camera mất kết nối").click()
    rule = main.locator(".rule[open]")
    expect(rule).to_contain_text("sau 30 phút: nghiêm trọng")
    expect(rule).to_contain_text("Công an trực ban")
    expect(rule.locator("pre")).to_contain_text("[[rules.camera_offline]]")
    main = at(page, office, "nhat-ky")
    main.get_by_label("Việc").select_option(label="Tài khoản")
    expect(main.locator("tbody tr")).to_have_count(4)
    expect(main.locator("tbody")).to_contain_text("tạo tài khoản")
    expect(main.locator("tbody")).to_contain_text("vai trò: Kỹ thuật")
    page.get_by_title("English").click()
    expect(page.locator("tbody")).to_contain_text("made an account")
    expect(page.locator("tbody")).to_contain_text("role: Technician")
    assert watched.errors == []


DEEDS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("device.edit", {"fields": {"lifecycle": ["installed", "disabled"], "owner": ["", "UBND xã"]}, "reason": "hỏng"},
     "Đơn vị quản lý: — → UBND xã; Tình trạng: đang dùng → tạm ngưng; lý do: hỏng"),
    ("maintenance.plan", {"kind": "camera", "name": "cam-01", "starts_at": "2026-11-21T01:05:00Z", "retroactive": True},
     "loại: Camera; thiết bị: cam-01; bắt đầu: 08:05 21/11/2026; tính lại quá khứ: có"),
    ("rule.set", {"fields": {"for": ["5m", "1h 30m"], "severity": ["warning", "critical"]}, "valid_from": None},
     "Phải kéo dài: 5 phút → 1 giờ 30 phút; Mức độ: Cảnh báo → Nghiêm trọng"),
    ("broadcast.edit", {"unit": "05068", "fields": {"weekdays": ["1, 2", "7"], "last_day": [None, "2026-12-01"]}},
     "đến hết ngày: — → 01/12/2026; các ngày trong tuần: Thứ Hai, Thứ Ba → Chủ Nhật; xã: 05068"),
    ("rejection.retry", {"source": "budget", "outcome": "stored"}, "nguồn: budget; kết quả: đã nhận"),
    ("later.deed", {"something": 3}, "something: 3"),
)  # fmt: skip


def test_the_trail_says_in_words_what_was_done(office: Screen, open_screen: Open, store: Store) -> None:
    with store.transaction() as link:
        for action, detail, _ in DEEDS:
            accounts.audit(link, "lan", action, "1", **detail)
    page, _ = open_screen()
    main = at(page, office, "nhat-ky")
    main.get_by_label("Người làm").fill("lan")
    main.get_by_label("Người làm").blur()
    expect(main.locator("tbody .detail")).to_have_text([said for *_, said in reversed(DEEDS)])
