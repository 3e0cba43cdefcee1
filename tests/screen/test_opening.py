"""What a screen loads: little, at once, and packed once."""

import asyncio
import gzip
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from playwright.sync_api import Browser, Page
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from api.screen.packed import Packed
from ingest.store import Store
from tests.screen import commune
from tests.screen.conftest import PASSWORD, Screen, Watched

pytestmark = pytest.mark.browser
Open = Callable[..., tuple[Page, Watched]]
MODULES = """() => ({
  asked: [...document.querySelectorAll('link[rel=modulepreload]')].map((link) => new URL(link.href).pathname),
  used: performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
    .filter((path) => path.includes('/libraries/')),
})"""
"""Own modules that the head asks for, and those that the page came to need."""


@pytest.fixture
def filled(store: Store, screen: Screen) -> Screen:
    """The commune on a day with troubles."""
    commune.fill(store, commune.settings(screen.database_url, screen.port), commune.TROUBLES)
    screen.start()
    return screen


@pytest.mark.parametrize("path", ["/", "/ngan-sach", "/thiet-bi/camera/cam-20", "/quan-tri"])
def test_every_module_of_a_page_is_asked_for_at_once(filled: Screen, open_screen: Open, path: str) -> None:
    page, watched = open_screen()
    page.goto(filled.url + path)
    page.wait_for_selector(".screen main :is(.panel, .part)")
    page.wait_for_load_state("networkidle")
    modules = page.evaluate(MODULES)
    assert len(modules["used"]) > 20
    assert set(modules["used"]) <= set(modules["asked"])
    assert watched.errors == []


def test_the_overview_is_light(filled: Screen, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    signed = page.request.post(f"{filled.url}/api/v1/session", data={"username": "admin", "password": PASSWORD})
    assert signed.ok
    sent: dict[str, int] = {}
    link = context.new_cdp_session(page)
    link.send("Network.enable")
    names: dict[str, str] = {}
    link.on("Network.requestWillBeSent", lambda e: names.update({e["requestId"]: e["request"]["url"]}))
    link.on("Network.loadingFinished", lambda e: sent.update({names[e["requestId"]]: e["encodedDataLength"]}))
    page.goto(filled.url)
    page.wait_for_selector(".map svg .device")
    page.wait_for_load_state("networkidle")
    fonts = {re.sub(r".*/", "", url) for url in sent if ".woff2" in url}
    assert fonts == {"noto-sans-latin.woff2", "noto-sans-vietnamese.woff2"}, "one file more is five times these two"
    assert sum(sent.values()) < 400_000
    context.close()


def test_a_file_that_never_changes_is_packed_once_and_given_as_asked(filled: Screen) -> None:
    with httpx.Client(base_url=filled.url) as client:
        client.post("/api/v1/session", json={"username": "admin", "password": PASSWORD}).raise_for_status()
        script, *_ = re.findall(r'modulepreload" href="(/_nicegui/[^"]+/chart\.js)"', client.get("/ngan-sach").text)
        plain = client.get(script, headers={"Accept-Encoding": "identity"})
        packed = [client.get(script, headers={"Accept-Encoding": "gzip"}) for _ in range(2)]
        assert "content-encoding" not in plain.headers
        assert [one.headers["content-encoding"] for one in packed] == ["gzip", "gzip"]
        assert [one.text for one in packed] == [plain.text, plain.text]
        assert "immutable" in packed[1].headers["cache-control"]
        assert int(packed[1].headers["content-length"]) < len(plain.content)
        assert client.get(script + "x").status_code == 404


def test_who_hangs_up_leaves_no_half_file_to_others() -> None:
    """A page that is left while it loads; what is kept of a file is kept for as long as the service runs."""
    whole = b"export const answer = 42;\n" * 10_000
    pieces = [whole[n : n + 10_000] for n in range(0, len(whole), 10_000)]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def slowly() -> AsyncIterator[bytes]:
            for piece in pieces:
                yield piece
                await asyncio.sleep(0.001)

        await StreamingResponse(slowly(), media_type="text/javascript")(scope, receive, send)

    async def ask(*, hangs_up: bool) -> bytes:
        said: list[Message] = []

        async def receive() -> Message:
            if not hangs_up:
                await asyncio.sleep(60)
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            said.append(message)

        scope = {
            "type": "http", "method": "GET", "path": "/screen/style.css", "query_string": b"",
            "headers": [(b"accept-encoding", b"gzip")], "asgi": {"version": "3.0", "spec_version": "2.3"},
        }  # fmt: skip
        await packed(scope, receive, send)
        return gzip.decompress(b"".join(message.get("body", b"") for message in said))

    async def both() -> bytes:
        await ask(hangs_up=True)
        return await ask(hangs_up=False)

    packed = Packed(app)
    with ThreadPoolExecutor(1) as apart:  # the browser's driver has a loop of its own in this thread
        assert apart.submit(asyncio.run, both()).result() == whole


def test_style_of_a_newer_release_has_another_address(filled: Screen) -> None:
    with httpx.Client(base_url=filled.url) as client:
        style = re.search(r"/screen/style\.css\?\w{12}", client.get("/sign-in").text)
        assert style is not None
        assert client.get(style[0]).text.startswith("/* The operations screen")
