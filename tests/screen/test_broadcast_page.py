"""The page of the loudspeakers: what a day planned, which cluster really played it, and what that adds up to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from connectors.contract import LOCAL
from ingest.store import Store
from ingest.stream import notify
from tests.screen import commune
from tests.screen.conftest import Opened, Screen
from tests.screen.test_incidents import look

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]


def evening() -> datetime:
    """Yesterday at 17:00, local."""
    midnight = datetime.now(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(hours=7)


def programme(store: Store, id_: str, at: datetime, kind: str = "planned", **fields: Any) -> None:
    row = {"unit": commune.UNIT, "kind": kind, "source": "loa", "id": id_, "device": "", "programme": "Bản tin chiều",
           "priority": "normal", "starts_at": at, "ends_at": at + timedelta(minutes=30), "state": kind,
           "received_at": datetime.now(UTC)} | fields  # fmt: skip
    names, places = ", ".join(row), ", ".join(f"%({name})s" for name in row)
    with store.transaction() as link:
        link.execute(f"insert into broadcast ({names}) values ({places})", row)  # noqa: S608 - our own columns
        notify(link, (), (), (), [(commune.UNIT, kind, "loa", id_)])


@pytest.fixture
def bulletin(store: Store, screen: Screen) -> Screen:
    """Yesterday's bulletin: one cluster late, one not heard, one under maintenance, the others in time."""
    commune.fill(store, commune.settings(screen.database_url, screen.port), {})
    # Those that still wait to be installed came today: yesterday nobody missed them.
    store.execute("update device set registered_at = now() where lifecycle = 'pending_install'")
    at = evening()
    programme(store, "s1", at)
    names = [row["name"] for row in store.rows("select name from device where kind = 'loudspeaker' and lifecycle ="
                                               " 'installed' order by name")]  # fmt: skip
    late, _silent, repaired, *good = names
    programme(store, "p-late", at + timedelta(minutes=12), "played", device=late)
    for name in good:
        programme(store, f"p-{name}", at + timedelta(minutes=1), "played", device=name)
    store.execute(
        "insert into maintenance (unit, kind, name, starts_at, ends_at, reason, created_by)"
        " values (%s, 'loudspeaker', %s, %s, %s, 'sửa', 'test')",
        (commune.UNIT, repaired, at - timedelta(hours=1), at + timedelta(hours=1)),
    )
    screen.start()
    return screen


def test_the_bulletin_is_told_cluster_by_cluster_and_as_a_share(
    bulletin: Screen, store: Store, open_screen: Open
) -> None:
    look(store)
    page, watched = open_screen()
    page.goto(f"{bulletin.url}/truyen-thanh?day={evening():%Y-%m-%d}")
    said = page.locator(".matrix tbody tr")
    late, silent, repaired = (said.filter(has_text=f"Loa L{n} ") for n in (1, 2, 3))
    expect(late.locator("td").first).to_contain_text("phát muộn 17:12")
    expect(silent.locator("td").first).to_contain_text("không phát")
    expect(silent.locator("td .mark")).to_have_count(1)
    expect(repaired.locator("td").first).to_contain_text("bảo trì")
    good = said.count() - 3
    share = page.locator(".verdict-line")
    expect(share).to_contain_text(f"{good} trong {good + 2} lượt được tính")
    expect(share).to_contain_text("không phát 1")
    expect(share).to_contain_text("bảo trì 1")
    figure = f"{100 * good / (good + 2):.1f}".replace(".", ",").removesuffix(",0")
    expect(share.locator(".big")).to_have_text(f"{figure} %")
    expect(page.locator("section", has_text="Cảnh báo trong ngày")).to_contain_text("Đến giờ không phát")
    expect(page.locator(".panel h2").first).to_contain_text("khung giờ 05:30–06:30, 17:00–18:00")
    expect(page.locator(".air .plan")).to_have_count(1)
    expect(page.locator(".figure", has_text="Phát đúng lịch")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải CSV").click()
    assert download.value.path().read_text("utf-8").count("\n") == said.count() + 1
    assert watched.errors == []
    assert all(url.startswith((bulletin.url, "data:", "ws:", "blob:")) for url in watched.urls)


def test_a_day_is_chosen_and_what_begins_appears(bulletin: Screen, store: Store, open_screen: Open) -> None:
    page, watched = open_screen(390, 844)
    page.goto(f"{bulletin.url}/truyen-thanh")
    expect(page.locator(".verdict-line")).to_contain_text("Trung tâm không có lịch phát của ngày này.")
    expect(page.locator(".air .play")).to_have_count(0)
    page.get_by_role("button", name="Ngày trước").click()
    expect(page.locator(".air .play")).to_have_count(2)  # clusters that play together are one bar; one came later
    expect(page.locator(".matrix")).to_contain_text("không phát")
    page.get_by_role("button", name="Hôm nay").click()
    expect(page.locator(".air .play")).to_have_count(0)
    name = "<b>Còi</b> " + "báo bão " * 20
    programme(store, "now", datetime.now(UTC), "played", state="playing", ends_at=None, priority="emergency",
              device="loa-01", programme=name)  # fmt: skip
    row = page.locator(".grid tbody tr", has_text="báo bão")
    expect(row).to_contain_text("<b>Còi</b>")
    expect(row).to_contain_text("khẩn cấp")
    expect(page.locator(".air .play.warning")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert watched.errors == []


def test_what_nobody_could_observe_is_not_said_to_be_silent(bulletin: Screen, store: Store, open_screen: Open) -> None:
    at = evening()
    store.execute(
        "insert into blind_span (source, started_at, ended_at, reason) values ('loa', %s, %s, 'broker')",
        (at - timedelta(minutes=5), at + timedelta(minutes=30)),
    )
    page, _ = open_screen()
    page.goto(f"{bulletin.url}/truyen-thanh?day={at:%Y-%m-%d}")
    expect(page.locator(".matrix tbody tr", has_text="Loa L2 ").locator("td").first).to_contain_text(
        "không quan sát được"
    )
    expect(page.locator(".verdict-line")).not_to_contain_text("không phát")
