"""A gateway as provinces run them: tokens that end early, pages, limits of rate, answers cut midway; real HTTP.

It knows nothing of the simulators or connectors: rows are dictionaries, lists are sorted by ``CapNhat`` where they have
it, and faults come from a script, one a question.
"""

import base64
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CLIENT = "commune-ioc:b\u00ed-m\u1eadt"
Row = dict[str, Any]


class Lgsp:
    """Lists by path, and how the gateway behaves; ``asked`` counts what came, by path and by trouble.

    ``troubles`` are met one a question for a list: a status (429 and 503 with Retry-After), ``cut`` (half of an answer,
    then nothing), ``hang up`` (no answer), ``html`` (an error page with status 200), or ``""`` for none. A token is
    good for ``token_lasts`` questions, whatever it was said to last.
    """

    def __init__(self, lists: dict[str, list[Row]] | None = None, *, token_lasts: int = 1_000_000) -> None:
        self.lists = lists or {}
        self.troubles: Iterator[int | str] = iter(())
        self.retry_after = "1"
        self.token_lasts = token_lasts
        self.tokens: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.largest = 0
        self.before_page: Callable[[int], None] = lambda n: None
        self.lock = threading.Lock()
        self.url = ""

    def trouble(self, *troubles: int | str) -> None:
        """Meet these troubles from now on."""
        self.troubles = iter(troubles)

    def found(self, path: str, query: dict[str, str]) -> list[Row]:
        """Return the rows of a list that a question asks for."""
        rows: Iterable[Row] = self.lists[path]
        if since := query.get("capNhatTu"):
            rows = [row for row in rows if row["CapNhat"] >= since]
        if start := query.get("tuNgay"):
            rows = [row for row in rows if (row["TuNgay"], row["DenNgay"]) == (start, query["denNgay"])]
        return sorted(rows, key=lambda row: str(row.get("CapNhat", "")))


@contextmanager
def serving(lgsp: Lgsp) -> Iterator[Lgsp]:
    """Serve it on a free loopback port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(lgsp))
    server.daemon_threads = True
    lgsp.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield lgsp
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(lgsp: Lgsp) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            known = base64.b64encode(CLIENT.encode()).decode()
            if self.headers["Authorization"] != f"Basic {known}" or b"client_credentials" not in form:
                return self.say(401, b'{"error": "invalid_client"}')
            with lgsp.lock:
                token = f"token-{len(lgsp.tokens)}"
                lgsp.tokens[token] = 0
            return self.say(200, json.dumps({"access_token": token, "expires_in": 3600}).encode())

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            with lgsp.lock:
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                known = token in lgsp.tokens and lgsp.tokens[token] < lgsp.token_lasts
                if known:
                    lgsp.tokens[token] += 1
            if not known:
                lgsp.asked["refused token"] += 1
                return self.say(
                    401, b'{"error": "invalid_token"}', {"WWW-Authenticate": 'Bearer error="invalid_token"'}
                )
            if url.path.endswith("/health"):
                return self.say(200, b'{"status": "UP"}')
            if url.path not in lgsp.lists:
                return self.say(404, b"{}")
            with lgsp.lock:
                lgsp.asked[url.path] += 1
                lgsp.before_page(lgsp.asked[url.path])
                trouble = next(lgsp.troubles, "")
                query = {name: values[0] for name, values in parse_qs(url.query).items()}
                rows = lgsp.found(url.path, query)
            size, page = int(query["size"]), int(query["page"])
            piece = rows[(page - 1) * size : page * size]
            body = json.dumps({"total": len(rows), "data": piece}, ensure_ascii=False).encode()
            lgsp.asked[str(trouble)] += 1
            return self.meet(trouble, body)

        def meet(self, trouble: int | str, body: bytes) -> None:
            if isinstance(trouble, int):
                return self.say(trouble, b"busy", {"Retry-After": lgsp.retry_after})
            if trouble == "html":
                return self.say(200, b"<html>Nguyen Thi Mo Phong</html>")
            if trouble:
                self.close_connection = True
            if trouble != "hang up":
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if trouble == "cut" else body)
            return None

        def say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    return Handler
