"""The stand-in for Grafana on a loopback port: credentials, troubles, JSON."""

import base64
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.peers.grafana import PASSWORD, Grafana, Json, Refused


@contextmanager
def serving(grafana: Grafana, prefix: str = "") -> Iterator[Grafana]:
    """Serve it on a free loopback port, below ``prefix``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(grafana, prefix))
    server.daemon_threads = True
    grafana.url = f"http://127.0.0.1:{server.server_address[1]}{prefix}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield grafana
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(grafana: Grafana, prefix: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body leave together: apart they wait 40 ms for each other

        def _meet(self) -> None:
            parts = urlsplit(self.path)
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            path = parts.path.removeprefix(prefix) if parts.path.startswith(prefix) else "/elsewhere"
            trouble = grafana.troubles.get(path)
            if trouble == "slow":
                time.sleep(grafana.slowness)
            if trouble == "html":
                self._say(200, b"<html>S\xe1\xba\xb5n s\xc3\xa0ng</html>", "text/html")
                return
            try:
                if isinstance(trouble, tuple):
                    raise Refused(*trouble)
                status, answer = self._answer(path, query, body)
            except Refused as refused:
                status, answer = refused.code, refused.body
            self._say(status, json.dumps(answer).encode(), "application/json; charset=UTF-8")

        def _answer(self, path: str, query: dict[str, str], body: Json) -> tuple[int, Any]:
            if path == "/api/health":
                return 200, {"commit": "0", "database": "ok", "version": grafana.version}
            with grafana.lock:
                return grafana.answer(self.command, path, query, body, self._role())

        def _role(self) -> str:
            way, _, given = self.headers.get("Authorization", "").partition(" ")
            if way == "Basic" and base64.b64decode(given).decode() == f"admin:{PASSWORD}":
                return "Admin"
            if way != "Bearer" or given not in grafana.tokens:
                raise Refused(401, "Invalid API key")
            return grafana.tokens[given]

        def _say(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # who asked may have gone
                self.wfile.write(body)

        do_GET = do_POST = do_PUT = _meet  # noqa: N815  # the names that the library asks for

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
