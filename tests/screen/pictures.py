"""``python -m tests.screen.pictures FOLDER [paths…]``: every page in each size and theme, to be looked at."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from api.screen.pages import PAGES
from tests.e2e.conftest import Demo
from tests.screen.conftest import CHROMIUM

SIZES = ((1920, 1080), (3840, 2160), (390, 844))
THEMES = ("dark", "light")
SETTLED = "document.querySelector('.screen main') && !document.querySelector('.screen [role=status].nothing')"
_SETTLES_MS = 1_500
"""Until charts have drawn themselves."""


def main() -> int:
    """Take them of a demo of its own; returns 1 where a page complains in the browser's console."""
    parser = argparse.ArgumentParser(prog="python -m tests.screen.pictures", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("paths", nargs="*", default=[page.path for page in PAGES])
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        demo = Demo(Path(scratch))
        demo.start(within=180)
        try:
            return take(demo.url, json.loads((demo.data / "secrets.json").read_text())["password"], asked)
        finally:
            demo.close()


def take(url: str, password: str, asked: argparse.Namespace) -> int:
    """Write the pictures; a phone's page is shown whole."""
    complaints = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for width, height in SIZES:
            page = browser.new_page(viewport={"width": width, "height": height})
            said = listen(page)
            assert page.request.post(f"{url}/api/v1/session", data={"username": "admin", "password": password}).ok
            for theme in THEMES:
                for path in asked.paths:
                    page.goto(f"{url}{path}?theme={theme}")
                    page.wait_for_function(SETTLED)
                    page.wait_for_timeout(_SETTLES_MS)
                    name = path.strip("/").replace("/", "_") or "tong-quan"
                    file = asked.folder / f"{name}-{width}-{theme}.png"
                    page.screenshot(path=file, full_page=width < 900)
                    sys.stdout.write("\n  ".join([str(file), *said]) + "\n")
                    complaints += len(said)
                    said.clear()
            page.close()
        browser.close()
    return 1 if complaints else 0


def listen(page: Page) -> list[str]:
    """Return what a page will complain of in the console."""
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


if __name__ == "__main__":
    sys.exit(main())
