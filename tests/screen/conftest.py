"""A screen in a process of its own, and a browser before it."""

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from api import accounts
from ingest.store import Store
from tests import servers

PASSWORD = "một mật khẩu dài"
CHROMIUM = "/usr/bin/chromium"
# Beside other tests on two cores a browser takes its time; how fast it is, the benches tell.
expect.set_options(timeout=20_000)


@dataclass
class Screen:
    """A service that can be stopped and started again at the same address."""

    database_url: str
    port: int = field(default_factory=servers.free_port)
    register: str = ""
    """Configuration file; none: that of the simulated commune."""
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve, and wait until it answers."""
        command = [sys.executable, "-m", "tests.screen.serve", self.database_url, str(self.port)]
        command += [self.register] if self.register else []
        self._process = subprocess.Popen(command)
        servers.await_that(self._answers, "the screen")

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False


@pytest.fixture
def screen(store: Store) -> Iterator[Screen]:
    """A screen on the test's own database, not started yet, with one account ``admin``."""
    accounts.create(store, "admin", PASSWORD, "admin", actor="test")
    screen = Screen(store.url)
    yield screen
    screen.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's chromium; its driver keeps an event loop running, so it ends before other packages' tests begin."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Watched:
    """What a page said and asked for."""

    errors: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)


Opened = tuple[Page, Watched]


@pytest.fixture
def open_screen(browser: Browser, screen: Screen) -> Iterator[Callable[..., Opened]]:
    """Return what opens the screen, signed in, at a size."""
    contexts = []

    def open_(width: int = 1920, height: int = 1080, *, who: str = "admin") -> Opened:
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        watched = Watched()
        page = context.new_page()
        page.on("console", lambda m: watched.errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: watched.errors.append(str(error)))
        page.on("request", lambda request: watched.urls.append(request.url))
        signed = page.request.post(f"{screen.url}/api/v1/session", data={"username": who, "password": PASSWORD})
        assert signed.ok
        page.goto(screen.url)
        page.wait_for_selector(".figure .value")
        return page, watched

    yield open_
    for context in contexts:
        context.close()
