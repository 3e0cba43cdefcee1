"""The screen: how soon it shows, how soon a change is painted, what a hundred cost, and whether a wall grows."""

import json
import os
import random
import re
import secrets
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from unittest.mock import patch
from urllib.parse import urlencode

import httpx
import psutil
from playwright.sync_api import Browser, Page, sync_playwright
from websockets.sync.client import ClientConnection, connect

from api import accounts, tokens
from tests.bench import meter
from tests.bench.flood import Sender
from tests.bench.table import Line, Target, centile, number
from tests.bench.watched import Watched, watched
from tests.screen.conftest import CHROMIUM

_DEVICES = 1_000
_SLOWER = 4
"""A weak PC: its processor is so many times slower."""
_SCREENS = 100
_UNIT = "05068"
_PASSWORD = "một mật khẩu dài"
_APART_S = 0.1, 0.5
"""Least and most between two changes that are watched: no rhythm of the picture's own."""
_SETTLES_S = 10
_RESTLESS = 40
"""Messages at once of a wall's restless devices."""
_LOOKS, _WARM = 12, 0.15
"""How often a wall is weighed, after this share of its time."""
_PAINTED = """() => new Promise((resolve) => {
  const ready = () => document.querySelector('.figure .value b') && document.querySelector('.wall :is(.tile, .bar)')
    && document.fonts.check('16px "Noto Sans"');
  const done = () => resolve(performance.now());
  (function look() { requestAnimationFrame(ready() ? done : look); })();
})"""
"""Milliseconds from the navigation until sentence, tiles and wall stand in their own letters."""
_STAMPS = """() => {
  const told = () => Number((document.querySelector('.wall .told .fault')?.textContent ?? '0').replace(/\\D/g, ''));
  window.stamps = [];
  let before = told();
  new MutationObserver(() => {
    if (told() === before) return;
    const now = (before = told());
    requestAnimationFrame(() => setTimeout(() => window.stamps.push([now, Date.now() / 1000])));
  }).observe(document.querySelector('.wall'), { subtree: true, childList: true, characterData: true });
}"""
"""Note each number of faults that the wall tells, after its frame was painted."""
_CLIENT = re.compile(r"client_id\W+([0-9a-f-]{36})")
_NEXT = re.compile(r"next_message_id\W+(\d+)")


def figure(*, quick: bool) -> list[Line]:
    """Take the four figures on one system of a thousand devices."""
    with patch.dict(os.environ, IOC_COMMUNE__UNIT=_UNIT), watched(_DEVICES) as system, _browser() as browser:
        accounts.create(system.store, "bench", _PASSWORD, "admin", actor="bench")
        url = str(system.client.base_url).split("/api/")[0]
        return [
            *_opening(browser, url, 3 if quick else 9),
            *_painting(browser, url, system, 10 if quick else 75),
            *_crowd(url, system, 10 if quick else 60),
            *_wall(browser, url, system, 60 if quick else 600),
        ]


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--enable-precise-memory-info", "--js-flags=--expose-gc"]
        )
        yield browser
        browser.close()


def _signed_in(browser: Browser, url: str) -> Page:
    page = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()
    assert page.request.post(f"{url}/api/v1/session", data={"username": "bench", "password": _PASSWORD}).ok
    return page


def _opening(browser: Browser, url: str, times: int) -> list[Line]:
    """Open the overview with an empty cache on a slow processor; the server's own work counts too."""
    took, sent = [], []
    for _ in range(times):
        page = _signed_in(browser, url)
        link = page.context.new_cdp_session(page)
        link.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
        link.send("Network.enable")
        counted = [0.0]
        link.on("Network.loadingFinished", lambda e, c=counted: c.__setitem__(0, c[0] + e["encodedDataLength"]))
        link.on("Network.webSocketFrameReceived",
                lambda e, c=counted: c.__setitem__(0, c[0] + len(e["response"]["payloadData"])))  # fmt: skip
        page.goto(url, wait_until="commit")
        took.append(page.evaluate(_PAINTED))
        page.wait_for_timeout(1000)
        sent.append(counted[0] / 1e6)
        page.context.close()
    return [
        Line(f"overview, first useful paint, CPU {_SLOWER} times slower", "ms", took,
             target=Target("<", 1_500, "measured")),
        Line("  sent", "MB", sent, target=Target("<", 1, "measured")),
    ]  # fmt: skip


def _painting(browser: Browser, url: str, system: Watched, fallen: int) -> list[Line]:
    """Let so many devices fall and recover one by one while a thousand speak; from each message until it is painted."""
    page = _signed_in(browser, url)
    page.goto(url)
    page.wait_for_selector(".wall .bar")
    page.evaluate(_STAMPS)
    sender, apart = Sender(system.broker.port, "probe"), random.Random(1)
    sent: list[tuple[int, float]] = []
    numbers = [*range(1, fallen + 1), *reversed(range(fallen))]
    with system.site.generator(system.broker, 1_000, 2 * fallen * statistics.mean(_APART_S) + 6, _DEVICES) as generator:
        time.sleep(2)
        for before, number in pairwise([0, *numbers]):
            device, state = max(before, number), "fault" if number > before else "idle"
            at = datetime.now(UTC)
            body = f'{{"at": "{at.isoformat()}", "state": "{state}"}}'.encode()
            sent.append((number, at.timestamp()))
            sender.send([(f"ioc/{_UNIT}/loudspeaker/probe-{device:03}/status", body)])
            time.sleep(apart.uniform(*_APART_S))
        generator.finish()
    time.sleep(2)
    sender.close()
    stamps = [(int(told), float(at)) for told, at in page.evaluate("stamps")]
    page.context.close()
    turned = sent[fallen][1]
    falling = [(n, at, [seen for told, seen in stamps if told >= n and seen > at]) for n, at in sent[:fallen]]
    rising = [(n, at, [seen for told, seen in stamps if told <= n and seen > turned]) for n, at in sent[fallen:]]
    delays = [1000 * (min(later) - at) for _, at, later in falling + rising if later]
    return [
        Line(f"change published → painted, {_DEVICES:,} devices, 1,000 messages/s: p50", "ms", [centile(delays, 0.5)]),
        Line("  p99", "ms", [centile(delays, 0.99)], target=Target("<", 1_000, "measured")),
        Line("  slowest", "ms", [max(delays)]),
        Line("  seen", "changes", [len(delays)], [len(sent)], "sent"),
    ]


def _crowd(url: str, system: Watched, seconds: int) -> list[Line]:
    """Open so many screens at once, each as a browser does; what the API process costs while nothing happens."""
    pid = _api()
    alone = meter.pss_mb(pid)
    with httpx.Client(base_url=url, timeout=60) as client:
        signed = client.post("/api/v1/session", json={"username": "bench", "password": _PASSWORD})
        signed.raise_for_status()
        cookie = f"ioc_session={signed.cookies['ioc_session']}"
        with ExitStack() as stack:
            screens = [stack.enter_context(_screen(client, url, cookie)) for _ in range(_SCREENS)]
            ended = threading.Event()
            kept = threading.Thread(target=_listen, args=(screens, ended))
            kept.start()
            time.sleep(_SETTLES_S)
            load = meter.Load({"api": pid})
            time.sleep(seconds)
            busy, memory = load.cores()["api"], meter.pss_mb(pid)
            heard = sum(screen.heard > 0 for screen in screens)
            ended.set()
            kept.join()
    return [
        Line(f"{_SCREENS} screens on one API process, at rest", "% of a core", [busy],
             target=Target("<", 25, "measured")),
        Line("  memory", "MB", [memory], [alone], "one screen", Target("<", 400, "measured")),
        Line("  hear changes", "screens", [heard], [_SCREENS], "open"),
    ]  # fmt: skip


@dataclass
class Screen:
    """What a browser holds open."""

    client: str
    wire: ClientConnection
    heard: int = 0
    next: int = 0


@contextmanager
def _screen(client: httpx.Client, url: str, cookie: str) -> Iterator[Screen]:
    page = client.get("/")
    page.raise_for_status()
    client_id, after = (found[1] for one in (_CLIENT, _NEXT) if (found := one.search(page.text)))
    asked = urlencode({
        "client_id": client_id, "next_message_id": after, "implicit_handshake": "true", "tab_id": secrets.token_hex(8),
        "document_id": secrets.token_hex(8), "old_tab_id": "", "EIO": 4,
    })  # fmt: skip
    address = f"{url.replace('http', 'ws', 1)}/_nicegui_ws/socket.io/?{asked}&transport=websocket"
    with connect(address, additional_headers={"Cookie": cookie}, max_size=None) as wire:
        wire.recv(10)
        wire.send("40")
        yield Screen(client_id, wire)


def _listen(screens: list[Screen], ended: threading.Event) -> None:
    """Answer what the server asks, and tell it every three seconds how far one has heard, as pages do."""
    told = time.monotonic()
    while not ended.is_set():
        for screen in screens:
            while True:
                try:
                    said = screen.wire.recv(0)
                except TimeoutError:
                    break
                if said == "2":
                    screen.wire.send("3")
                elif found := re.search(r'"_id":(\d+)', str(said)):
                    screen.heard, screen.next = screen.heard + 1, int(found[1]) + 1
        if time.monotonic() - told > 3:
            told = time.monotonic()
            for screen in screens:
                ack = {"client_id": screen.client, "next_message_id": screen.next}
                screen.wire.send("42" + json.dumps(["ack", ack]))
        ended.wait(0.1)


def _wall(browser: Browser, url: str, system: Watched, seconds: int) -> list[Line]:
    """Let a wall live fast, its pages turning each second; what is held must not grow.

    Ten minutes bring what 240 devices that speak once a minute send in eight hours.
    """
    _, secret = tokens.create(system.store, "wall", "viewer", actor="bench")
    pages = "overview,thiet-bi,ngan-sach"
    page = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()
    link = page.context.new_cdp_session(page)
    page.goto(f"{url}/?kiosk=1&seconds=1&pages={pages}#token={secret}")
    page.wait_for_selector(".turning")
    turned: list[str] = []
    page.on("framenavigated", lambda frame: turned.append(frame.url))
    heap, nodes, server = [], [], []
    sender, number = Sender(system.broker.port, "restless"), 0
    ends = time.monotonic() + seconds
    looked = time.monotonic() + seconds * _WARM
    while time.monotonic() < ends:
        said = []
        for _ in range(_RESTLESS):
            number += 1
            at = datetime.now(UTC).isoformat()
            state = "fault" if number // _RESTLESS % 2 else "idle"
            said.append((f"ioc/{_UNIT}/loudspeaker/ls-{number % 200:05}/status",
                         f'{{"at": "{at}", "state": "{state}"}}'.encode()))  # fmt: skip
        sender.send(said)
        page.wait_for_timeout(200)
        if time.monotonic() > looked:
            looked += seconds * (1 - _WARM) / _LOOKS
            page.wait_for_function("location.pathname === '/'")  # pages differ; one is weighed
            link.send("HeapProfiler.collectGarbage")
            heap.append(link.send("Runtime.getHeapUsage")["usedSize"] / 1e6)
            nodes.append(link.send("Memory.getDOMCounters")["nodes"])
            server.append(meter.pss_mb(_api()))
    sender.close()
    page.context.close()
    told = f"wall mode, {seconds} s, {number:,} messages"
    return [
        _grown(f"{told}: the page's heap", "MB", heap), _grown("  its nodes", "", nodes),
        _grown("  API process", "MB", server), Line("  its pages turned", "times", [len(turned)]),
    ]  # fmt: skip


def _grown(what: str, unit: str, seen: list[float]) -> Line:
    """Hold the last third against the first: flat is within a tenth."""
    third = max(1, len(seen) // 3)
    first, middle, last = (statistics.mean(part) for part in (seen[:third], seen[third:-third] or seen, seen[-third:]))
    return Line(what, unit, [last], [first], f"halfway {number(middle)}, at first", Target("<", 1.1))


def _api() -> int:
    """Return the process that serves the screen."""
    return next(p.pid for p in psutil.Process().children(recursive=True) if p.cmdline()[-4:-2] == ["--only", "api"])
