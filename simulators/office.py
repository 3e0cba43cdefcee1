"""A simulated office on the network: one HTTP server, any number of offices, each under a prefix of its own."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request; ``path`` is what follows the office's prefix, header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


def marked(asked: Asked, body: bytes, headers: Mapping[str, str]) -> Told:
    """Answer with the body and its mark, or without a body where the asker has it (ETag, RFC 9110)."""
    mark = f'"{blake2b(body, digest_size=8).hexdigest()}"'
    known = asked.headers.get("if-none-match") == mark
    return Told(b"" if known else body, 304 if known else 200, {**headers, "ETag": mark})


class Office(Protocol):
    """Answers requests below ``prefix`` (as ``/dhis2``); pure in its seed and the instant."""

    prefix: str

    def answer(self, asked: Asked, now: datetime) -> Told:
        """Answer one request at the instant (UTC)."""


class Offices:
    """Serves offices on a loopback port until closed; ``port`` 0 takes a free one, which :attr:`url` then names."""

    def __init__(
        self,
        offices: Sequence[Office],
        port: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        handler = _handler(sorted(offices, key=lambda office: -len(office.prefix)), clock)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, name="offices", daemon=True)

    def __enter__(self) -> "Offices":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(offices: Sequence[Office], clock: Callable[[], datetime]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def _serve(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            office = next((one for one in offices if f"{url.path}/".startswith(f"{one.prefix}/")), None)
            if office is None:
                told = Told(b'{"error": "no such office"}', 404)
            else:
                headers = {name.lower(): value for name, value in self.headers.items()}
                path = url.path.removeprefix(office.prefix)
                query = dict(parse_qsl(url.query, keep_blank_values=True))
                told = office.answer(Asked(self.command, path, query, headers, body), clock())
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, format: str, *arguments: object) -> None:
            log.debug("office " + format, *arguments)  # noqa: G003 - the base class's format

    return Handler
