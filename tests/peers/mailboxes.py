"""Receivers of messages: an SMTP server and an HTTP server on loopback that take, hang, refuse, cut, or drip."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.servers import free_port


class Mailbox:
    """An SMTP server: ``mails`` are what it took. ``trouble`` is a reply instead of 250, ``hang`` answers nothing."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.recipients: list[list[str]] = []
        self.trouble = ""
        self.refuses: set[str] = set()
        self.tried = 0
        self.port = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        self.tried += 1
        if self.trouble:
            return self.trouble
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(message_from_bytes(content, policy=default))
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"


@contextmanager
def mailbox(login: tuple[str, str] | None = None) -> Iterator[Mailbox]:
    """Serve a mailbox on a free loopback port; with a login it takes mail of nobody else."""
    box = Mailbox()

    def known(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login.decode(), data.password.decode()) == login, handled=False)

    options: dict[str, Any] = (
        {"authenticator": known, "auth_required": True, "auth_require_tls": False} if login else {}
    )
    box.port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port, **options)
    controller.start()
    try:
        yield box
    finally:
        controller.stop(no_assert=True)


class Hook:
    """An HTTP server: ``came`` are the requests. ``troubles`` are met one a request: a status, or a way to misbehave.

    ``hang``: no answer at all; ``drip``: a byte of an endless header each tenth of a second; ``cut``: the connection
    ends; ``late``: takes it, and answers when ``go`` is set.
    """

    def __init__(self) -> None:
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        self.tried = 0
        self.troubles: list[int | str] = []
        self.always: int | str = ""
        self.retry_after = ""
        self.answer = b'{"ok": true}'
        self.url = ""
        self.over = threading.Event()
        self.go = threading.Event()

    @property
    def keys(self) -> list[str]:
        """The idempotency keys of what came."""
        return [headers["idempotency-key"] for _path, headers, _body in self.came]

    @property
    def said(self) -> list[Any]:
        """The bodies of what came."""
        return [json.loads(body) for _path, _headers, body in self.came]


@contextmanager
def hook() -> Iterator[Hook]:
    """Serve a hook on a free loopback port."""
    made = Hook()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield made
    finally:
        made.over.set()
        made.go.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(made: Hook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            made.tried += 1
            trouble = made.troubles.pop(0) if made.troubles else made.always
            if trouble in ("", "late"):
                made.came.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            if trouble == "late":
                made.go.wait(60)
            if trouble == "hang":
                made.over.wait(60)
            elif trouble == "drip":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                end = time.monotonic() + 60
                while made.always == "drip" and time.monotonic() < end and not made.over.wait(0.1):
                    try:
                        self.wfile.write(b".")
                    except OSError:
                        return
            elif trouble == "cut":
                self.connection.close()
            else:
                status = trouble if isinstance(trouble, int) else 200
                self.send_response(status)
                if made.retry_after and status != 200:
                    self.send_header("Retry-After", made.retry_after)
                self.send_header("Content-Length", str(len(made.answer)))
                self.end_headers()
                with contextlib.suppress(OSError):  # who asked is gone
                    self.wfile.write(made.answer)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
