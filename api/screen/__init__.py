"""The operations screen: pages on the same port as the API, drawn from one picture a process."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from nicegui import app as served
from nicegui import ui

from api.screen import addresses, frame, ground
from api.screen.board import Boards
from api.screen.live import Live
from api.screen.packed import Packed
from api.screen.page import TITLE, Doorkeeper, build
from ingest.store import Store

_HERE = Path(__file__).parent
_YEAR = 31_536_000


def mount(app: FastAPI) -> None:
    """Put the screen at ``/`` and ``/sign-in``; after every other route of the app, and once a process.

    Settings, store and hub are those that the app's state holds.
    """
    store: Store = app.state.store
    live, doorkeeper = Live(app.state.settings, store, app.state.hub), Doorkeeper(store)
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[Any]:
        async with inner(app) as state:  # the store opens first
            tasks = [asyncio.create_task(live.run()), asyncio.create_task(doorkeeper.run())]
            yield state
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    app.router.lifespan_context = life
    app.include_router(addresses.router(Boards(store), lambda: live.commune))
    app.include_router(ground.router(app.state.settings.screen))
    app.include_router(frame.router())
    ground.serve_style()
    served.add_static_files("/screen/fonts", _HERE / "fonts", max_cache_age=_YEAR)
    served.add_static_file(local_file=_HERE / "style.css", url_path="/screen/style.css", max_cache_age=_YEAR)
    version = hashlib.sha256((_HERE / "style.css").read_bytes()).hexdigest()[:12]
    head = _head(f"/screen/style.css?{version}")
    ui.add_head_html(head, shared=True)
    build(store, live, doorkeeper, head)
    served.add_middleware(Packed)
    ui.run_with(app, title=TITLE, favicon=_HERE / "favicon.svg", language="vi", dark=None, tailwind=False,
                reconnect_timeout=20.0, binding_refresh_interval=None, show_welcome_message=False,
                gzip_middleware_factory=None)  # fmt: skip


def _head(style: str) -> str:
    """Return what every page needs before it shows: its style, its fonts, and the theme that this browser chose."""
    fonts = "".join(
        f'<link rel="preload" href="/screen/fonts/noto-sans-{subset}.woff2" as="font" type="font/woff2" crossorigin>'
        for subset in ("latin", "vietnamese")
    )
    theme = (_HERE / "components" / "theme.js").read_text("utf-8")
    return f'<link rel="stylesheet" href="{style}">{fonts}<script>{theme}</script>'
