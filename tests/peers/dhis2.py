"""A server that behaves as DHIS2's dataValueSets: pages, tokens that end, limits of rate, cut connections, ETags.

It keeps no values: the value of a unit and day is computed, so a year of 100 communes costs it nothing.
"""

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ELEMENT = "LuotKham001"


@dataclass
class Dhis2:
    """What the server has and how it behaves; values lie unit by unit within a day.

    ``troubles`` are met in turn, before anything else: a status, ``cut`` (half an answer), ``hang up``, ``login``, or
    ``""`` for none.
    """

    units: tuple[str, ...] = ("20791", "05068", "02122")
    first: date = date(2026, 1, 1)
    days: int = 7
    troubles: list[int | str] = field(default_factory=list)
    retry_after: str = "0"
    knows_offset: bool = True
    knows_etags: bool = True
    token_lasts: int = 0
    """Questions that a token is good for; 0: no token is asked for."""
    late: list[dict[str, Any]] = field(default_factory=list)
    """Values beside the computed ones, before them."""
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    bodies: int = 0
    """Bytes of bodies sent."""
    tokens: int = 0
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def changed(self, day: int) -> datetime:
        """Return when the values of a day came in."""
        return datetime(self.first.year, self.first.month, self.first.day, 0, 30, tzinfo=UTC) + timedelta(days=day + 1)

    def values(self, since: datetime, offset: int, limit: int) -> list[dict[str, Any]]:
        """Return the values of a page."""
        late = [value for value in self.late if datetime.fromisoformat(value["lastUpdated"]) >= since]
        start = next((day for day in range(self.days) if self.changed(day) >= since), self.days)
        computed = (self.days - start) * len(self.units)
        stop = min(offset + limit if limit else len(late) + computed, len(late) + computed)
        page = late[offset:stop]
        for n in range(max(offset, len(late)) - len(late), stop - len(late)):
            day, unit = start + n // len(self.units), n % len(self.units)
            page.append(self.value(day, self.units[unit], 20 + (day * 7 + unit * 3) % 50))
        return page

    def value(self, day: int, unit: str, number: int) -> dict[str, Any]:
        """Return one value as DHIS2 writes it."""
        changed = self.changed(day).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        return {
            "dataElement": ELEMENT, "period": f"{self.first + timedelta(days=day):%Y%m%d}", "orgUnit": unit,
            "categoryOptionCombo": "HllvX50cXC0", "attributeOptionCombo": "HllvX50cXC0", "value": str(number),
            "storedBy": "tram.yte", "created": changed, "lastUpdated": changed, "followup": False,
        }  # fmt: skip


@contextmanager
def serving(peer: Dhis2) -> Iterator[Dhis2]:
    """Serve on a loopback port until left."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(peer))
    server.daemon_threads = True
    peer.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(peer: Dhis2) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1
        good = 0
        token = ""

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with peer.lock:
                peer.tokens += 1
                type(self).token, type(self).good = f"token-{peer.tokens}", peer.token_lasts
            self.say(200, json.dumps({"access_token": type(self).token, "expires_in": 3600}).encode())

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = parse_qs(url.query)
            with peer.lock:
                peer.asked.append(query)
                trouble = peer.troubles.pop(0) if peer.troubles else None
                refused = bool(peer.token_lasts) and (
                    type(self).good <= 0 or self.headers.get("Authorization") != f"Bearer {type(self).token}"
                )
                type(self).good -= 1
            if trouble == "hang up":
                self.close_connection = True
            elif trouble == "login":
                self.say(200, b"<html><form action='login.action'>", "text/html")
            elif isinstance(trouble, int):
                self.say(trouble, b'{"status":"ERROR"}')
            elif refused:
                self.say(401, b'{"httpStatus":"Unauthorized"}')
            elif url.path != "/api/dataValueSets":
                self.say(404, b"{}")
            elif not {"dataSet", "orgUnit", "lastUpdated"} <= query.keys():
                self.say(409, b'{"httpStatus":"Conflict"}')
            else:
                self.answer(query, torn=trouble == "cut")

        def answer(self, query: dict[str, list[str]], *, torn: bool) -> None:
            since = datetime.fromisoformat(query["lastUpdated"][0])
            offset = int(query.get("offset", ["0"])[0]) if peer.knows_offset else 0
            values = peer.values(since, offset, int(query.get("limit", ["0"])[0]))
            body = json.dumps({"dataValues": values} if values else {}).encode()
            tag = f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'
            if peer.knows_etags and self.headers.get("If-None-Match") == tag:
                self.say(304, b"", tag=tag)
            else:
                self.say(200, body, tag=tag if peer.knows_etags else "", torn=torn)

        def say(
            self, status: int, body: bytes, kind: str = "application/json", *, tag: str = "", torn: bool = False
        ) -> None:
            with peer.lock:
                peer.statuses[status] += 1
                peer.bodies += len(body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if tag:
                self.send_header("ETag", tag)
            if status in (429, 503):
                self.send_header("Retry-After", peer.retry_after)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if torn else body)
            if torn:
                self.close_connection = True

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    return Handler
