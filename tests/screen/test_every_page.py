"""Every page as a whole: for each role, in both languages, in both themes, by keyboard, and for who can't see well."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api import accounts
from api.accounts import ROLES, Role
from api.screen import language
from api.screen.pages import PAGES, open_to
from ingest.rules import load
from ingest.store import Store
from tests.screen import commune
from tests.screen.conftest import PASSWORD, Screen, Watched

pytestmark = pytest.mark.browser
SETTLED = "document.querySelector('.screen main') && !document.querySelector('.screen [role=status].nothing')"
VIETNAMESE = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
ENGLISH = re.compile(
    r"\b(the|and|of|is|are|not|with|from|since|until|ago|device|devices|open|close|loading|search|save|cancel|delete|edit"
    r"|offline|unknown|pending|disabled|acknowledged|resolved|null|undefined|NaN|true|false)\b"
)
"""Words that only English has, and what a program says where a word is missing."""
TEXTS = """() => {
  const shown = (e) => e.checkVisibility() && !e.closest('svg.mark, script, style');
  const found = [];
  for (const e of document.querySelectorAll('.screen, .screen *')) {
    if (!shown(e)) continue;
    for (const n of e.childNodes) if (n.nodeType === 3 && n.data.trim()) found.push(n.data.trim());
    for (const name of ['title', 'aria-label', 'placeholder', 'alt']) found.push(e.getAttribute(name) ?? '');
  }
  return [...new Set(found)].filter(Boolean);
}"""
"""Whatever a person reads or hears on a page."""


@pytest.fixture
def filled(store: Store, screen: Screen) -> Screen:
    """The commune on a day with troubles, with an account a role."""
    commune.fill(store, commune.settings(screen.database_url, screen.port), commune.TROUBLES)
    for role in ROLES[:-1]:
        accounts.create(store, f"nguoi-{role}", PASSWORD, role, actor="test")
    screen.start()
    return screen


@pytest.fixture
def enter(browser: Browser, filled: Screen) -> Iterator[Callable[..., tuple[Page, Watched]]]:
    """Return what signs somebody in at a size; all end with the test."""
    contexts: list[BrowserContext] = []

    def enter_(role: Role = "admin", width: int = 1920, height: int = 1080, **how: Any) -> tuple[Page, Watched]:
        context = browser.new_context(viewport={"width": width, "height": height}, **how)
        contexts.append(context)
        page, watched = context.new_page(), Watched()
        page.on("console", lambda m: watched.errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: watched.errors.append(str(error)))
        page.on("request", lambda request: watched.urls.append(request.url))
        name = "admin" if role == "admin" else f"nguoi-{role}"
        assert page.request.post(f"{filled.url}/api/v1/session", data={"username": name, "password": PASSWORD}).ok
        page.goto(filled.url)
        page.wait_for_selector(".figure .value")
        return page, watched

    yield enter_
    for context in contexts:
        context.close()


def turn_to(page: Page, path: str) -> None:
    """Go to a page as a link does, and wait until it shows what it has."""
    page.evaluate(
        "(path) => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }", path
    )
    page.wait_for_function(SETTLED)
    page.wait_for_timeout(250)


def test_every_page_opens_for_whom_it_is_and_asks_no_other_host(enter: Any, filled: Screen) -> None:
    for role in ROLES:
        page, watched = enter(role)
        mine = {page_["path"] for page_ in open_to(role)}
        for one in PAGES:
            watched.errors.clear()
            turn_to(page, one.path)
            closed = page.get_by_text("Không có trang này, hoặc tài khoản không được mở.")
            assert closed.count() == (one.path not in mine), f"{one.path} as {role}"
            assert watched.errors == [], f"{one.path} as {role}"
            if one.path in mine:
                assert page.locator(".screen main").inner_text().strip(), one.path
                assert page.get_by_text("Trang không tải được").count() == 0, one.path
                assert page.evaluate("document.documentElement.scrollWidth") <= 1920, one.path
                assert page.title().endswith("Trung tâm giám sát, điều hành thông minh")
        assert [url for url in watched.urls if not url.startswith((filled.url, "data:", "blob:"))] == []


def test_nothing_is_left_in_the_other_language(enter: Any, filled: Screen, store: Store) -> None:
    page, _ = enter(locale="en-GB")
    page.context.add_cookies([{"name": "ioc_language", "value": "en", "url": filled.url}])
    page.goto(filled.url)
    page.wait_for_selector(".figure .value")
    assert page.evaluate("document.documentElement.lang") == "en"
    names = known_names(store)
    left: dict[str, list[str]] = {}
    for one in PAGES:
        turn_to(page, one.path)
        for text in page.evaluate(TEXTS):
            rest = names.sub("", text)
            if any(letter in VIETNAMESE for letter in rest.lower()):
                left.setdefault(one.path, []).append(text)
    assert {page: texts[:12] for page, texts in left.items()} == {}


def test_nothing_is_english_where_vietnamese_is_spoken(enter: Any, store: Store) -> None:
    page, _ = enter()
    names, english = known_names(store), set(language.english().values()) - language.english().keys()
    left: dict[str, list[str]] = {}
    for one in PAGES:
        turn_to(page, one.path)
        for text in page.evaluate(TEXTS):
            if text in english or ENGLISH.search(names.sub("", text)):
                left.setdefault(one.path, []).append(text)
    assert {page: texts[:12] for page, texts in left.items()} == {}


def known_names(store: Store) -> re.Pattern[str]:
    """Return what matches names and texts that are data: they stand as they came."""
    rows = store.rows(
        "select name as one from unit where valid_to is null and code in (select distinct unit from device)"
        " union select title from device union select hamlet from device union select owner from device"
        " union select name from hamlet union select title from source union select title_vi from incident"
        " union select programme from broadcast union select name from unit where level = 'province'"
    )
    names = {row["one"] for row in rows if row["one"]} | {rule.source for rule in load()} | {"Tiếng Việt", "đồng"}
    names |= {part for name in names for part in re.split(r" – |: |, ", name)}
    longest = sorted((name for name in names if len(name) > 1), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest)), re.IGNORECASE)


@pytest.mark.parametrize(("width", "height", "theme"), [(1920, 1080, "dark"), (390, 844, "light")])
def test_axe_finds_no_serious_fault(enter: Any, filled: Screen, width: int, height: int, theme: str) -> None:
    page, _ = enter(width=width, height=height)
    faults = []
    for light in (theme, "light" if theme == "dark" else "dark"):
        page.evaluate("(theme) => (document.documentElement.dataset.theme = theme)", light)
        for one in PAGES:
            turn_to(page, one.path)
            faults += [f"{one.path} {light} {width}: {fault}" for fault in serious(page)]
    assert faults == []


def test_axe_finds_no_serious_fault_at_the_door(browser: Browser, filled: Screen) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        for where in ("/sign-in", "/sign-in?then=%2F%3Fkiosk%3D1"):
            page.goto(filled.url + where)
            page.wait_for_selector("form")
            assert serious(page) == []


def serious(page: Page) -> list[str]:
    """Return what axe-core calls serious or critical, each with where it is."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    return [
        f"{fault['id']}: {node['target']} {' '.join(one['message'] for one in node['any'] + node['all'])[:160]}"
        for fault in found.response["violations"] if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"][:4]
    ]  # fmt: skip


def test_by_keyboard_one_gets_everywhere_and_sees_where_one_is(enter: Any) -> None:
    page, _ = enter()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".screen main")).to_be_focused()
    page.reload()
    page.wait_for_selector(".figure .value")
    seen: list[str] = []
    for _ in range(400):
        page.keyboard.press("Tab")
        where = page.evaluate("""() => {
            const e = document.activeElement;
            if (!e || e === document.body) return null;
            const ringed = (one) => one && getComputedStyle(one).outlineStyle !== 'none';
            const shown = [e, e.closest('li, .figure')].some(ringed);
            const box = e.getBoundingClientRect();
            return { what: e.outerHTML.slice(0, 120), shown, wide: box.width > 0 && box.height > 0 };
        }""")
        if where is None:
            break
        assert where["shown"], where
        assert where["wide"], where
        seen.append(where["what"])
    assert sum("data-page" in one for one in seen) > 20  # pages and devices are links


def test_who_wants_no_motion_gets_none(enter: Any) -> None:
    page, _ = enter(reduced_motion="reduce")
    moving = "document.getAnimations().filter((one) => one.playState === 'running').length"
    for one in PAGES:
        turn_to(page, one.path)
        assert page.evaluate(moving) == 0, one.path
