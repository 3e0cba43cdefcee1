"""The doors to the screen: every page's address, who is let in, and who is shown out."""

import asyncio
import logging
import time
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import Client, ui
from nicegui import app as served
from starlette.datastructures import URL

from api.access import COOKIE, Principal, recognise
from api.screen import language, pages, placard
from api.screen.components import Shell, SignIn, preloads
from api.screen.live import Live
from api.screen.picture import Picture
from ingest.errors import StoreDown
from ingest.store import Store

log = logging.getLogger(__name__)

TITLE = "Trung tâm giám sát, điều hành thông minh"

_LOOK_AGAIN = 60.0
"""Seconds between two looks whether the people at the screens are still signed in."""


@dataclass(slots=True)
class Visitor:
    """A screen that is open, with the cookie that opened it."""

    client: Client
    cookie: str
    door: str


class Doorkeeper:
    """Knows the open screens; a screen that nobody is signed in at any more goes back to the door."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._visitors: dict[str, Visitor] = {}

    def admit(self, client: Client, cookie: str, door: str) -> None:
        """Note an open screen until its client is deleted; ``door`` is where it is shown out to."""
        self._visitors[client.id] = Visitor(client, cookie, door)
        client.on_delete(lambda: self._visitors.pop(client.id, None))

    async def run(self) -> None:
        """Look again and again; looking also keeps the session of a wall that nobody touches."""
        while True:
            await asyncio.sleep(_LOOK_AGAIN)
            for visitor in list(self._visitors.values()):
                try:
                    principal = await asyncio.to_thread(recognise, self._store, visitor.cookie, None)
                except StoreDown:
                    break
                if principal is None and not visitor.client.is_deleted:
                    visitor.client.open(visitor.door)


def build(store: Store, live: Live, doorkeeper: Doorkeeper, head: str) -> None:
    """Declare every page, ``/sign-in``, and what stands elsewhere; ``head`` is what all of them need first."""

    async def admitted(request: Request) -> Principal | None:
        return await asyncio.to_thread(recognise, store, request.cookies.get(COOKIE), None)

    async def opened(request: Request, client: Client) -> Response | None:
        try:
            principal = await admitted(request)
        except StoreDown:
            return placard.away(request, head)
        door = _door(request.url, expired=True)
        if principal is None:
            return RedirectResponse(door if COOKIE in request.cookies else _door(request.url), 303)
        if incident := request.query_params.get("incident", "").strip():  # as messages to receivers link
            return RedirectResponse(f"/su-co/{quote(incident, safe='')}", 303)
        doorkeeper.admit(client, request.cookies[COOKIE], door)
        ui.add_head_html(preloads(pages.at(request.url.path).key))
        tongue = language.chosen(request.cookies.get(language.COOKIE))
        shell = Shell(live.picture(tongue), pages.open_to(principal.role), role=principal.role, who=principal.name,
                      now=time.time(), language=tongue)  # fmt: skip

        def tell(changes: Picture) -> None:
            shell.run_method("apply", changes)

        client.on_delete(live.watch(tell, tongue))
        return None

    for page in pages.PAGES:
        ui.page(page.path, title=TITLE)(opened)
        if page.deeper:
            ui.page(page.path + "/{rest:path}", title=TITLE)(opened)

    @ui.page("/sign-in", title=f"Đăng nhập · {TITLE}")
    async def sign_in(request: Request) -> Response | None:
        try:
            if await admitted(request):
                return RedirectResponse(_beyond(request.query_params.get("then", "")), 303)
        except StoreDown:
            log.debug("sign-in page without a database")
        SignIn(language.chosen(request.cookies.get(language.COOKIE)))
        return None

    served.add_exception_handler(404, lambda request, _: placard.nowhere(request, head))


def _door(url: URL, *, expired: bool = False) -> str:
    """Return the address of the sign-in page that leads back afterwards; ``expired``: it tells that a session ended."""
    asked = url.path + (f"?{url.query}" if url.query else "")
    said = (["expired=1"] if expired else []) + ([f"then={quote(asked, safe='')}"] if asked != "/" else [])
    return "/sign-in" + ("?" + "&".join(said) if said else "")


def _beyond(then: str) -> str:
    """Return where a door leads: an address of this service, never another's."""
    return then if then.startswith("/") and not then.startswith(("//", "/\\")) and then.isprintable() else "/"
