"""How large a request may be: what is larger is refused while it comes, not after."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem


class Limit:
    """ASGI middleware that counts the bytes of a request's body as they are read."""

    def __init__(self, app: ASGIApp, largest: int) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        stated = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            if stated.isdigit() and int(stated) > self._largest:
                raise self._too_large()
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._largest:
                raise self._too_large()
            return message

        await self._app(scope, counted, send)

    def _too_large(self) -> Problem:
        return Problem(413, "too-large", f"a request has {self._largest} bytes at most; send it in pieces")
