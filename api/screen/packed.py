"""Files that never change at their address, compressed once a process instead of for every screen that opens."""

import asyncio

import nicegui
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FIXED = (
    *(f"/_nicegui/{nicegui.__version__}/{part}/" for part in ("static", "libraries", "components", "esm")),
    "/screen/fonts/", "/screen/style.css",
)  # fmt: skip
"""Where such files are: their addresses carry the version of what they give."""
_MOST = 256
"""So many are kept: one file may be asked for by more than one spelling of its address."""


class Packed(GZipMiddleware):
    """Starlette's gzip that keeps what it made of a fixed file: a screen opens with fifty of them."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self._kept: dict[str, tuple[Message, bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory where this file was asked for before."""
        if not _packable(scope):
            await super().__call__(scope, receive, send)
            return
        path = scope["path"]
        start, body = self._kept.get(path) or await self._ask(scope)
        if start["status"] == 200 and len(self._kept) < _MOST:
            self._kept[path] = start, body
        # Headers are copied: who stands before us adds its own.
        await send({**start, "headers": list(start["headers"])})
        await send({"type": "http.response.body", "body": body})

    async def _ask(self, scope: Scope) -> tuple[Message, bytes]:
        said: list[Message] = []

        async def note(message: Message) -> None:
            said.append(message)

        async def stay() -> Message:
            # Whoever hangs up while it is read must not leave half a file for all who come later.
            never: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
            return await never

        await super().__call__(scope, stay, note)
        start, body = said[0], b"".join(message.get("body", b"") for message in said[1:])
        MutableHeaders(raw=start["headers"])["Content-Length"] = str(len(body))
        return start, body


def _packable(scope: Scope) -> bool:
    """Tell whether a whole fixed file is asked for, by who takes it compressed."""
    if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(_FIXED):
        return False
    asked = Headers(scope=scope)
    return "gzip" in asked.get("accept-encoding", "") and "if-none-match" not in asked and "range" not in asked
