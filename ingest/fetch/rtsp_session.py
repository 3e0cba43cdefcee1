"""The first words of RTSP: OPTIONS and DESCRIBE over one TCP connection, signed in by Digest or Basic (RFC 2326, 7616).

Only what tells whether a stream is there; its packets are the decoder's matter.
"""

import base64
import re
import socket
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ingest.fetch.digest import challenge

_LARGEST = 64 * 1024
_STATUS = re.compile(rb"RTSP/\d\.\d (\d{3})")


class NoRtsp(Exception):
    """Who answers does not speak RTSP, or nobody listens there."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; header names are lower case, ``took_ms`` is its whole round trip."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    challenges: tuple[str, ...] = ()
    took_ms: float = 0.0


def described(url: str, username: str, password: str | None, deadline: float, held: ExitStack) -> tuple[Reply, Reply]:
    """Put OPTIONS and DESCRIBE; returns both answers, the second one signed in where that was asked for.

    ``deadline`` is of ``time.monotonic()``; the connection stays open as long as ``held``, because servers that share
    one picture among all who look (GStreamer's) stop it for the next one while the last one leaves. Raises
    :class:`NoRtsp`, and ``OSError`` for faults of the network.
    """
    parts = urlsplit(url)
    where = (parts.hostname or "", parts.port or 554)
    try:
        link = held.enter_context(socket.create_connection(where, _left(deadline)))
    except ConnectionRefusedError as error:
        raise NoRtsp(f"the host answers, and nothing listens at port {where[1]}") from error
    line = _Line(link, deadline)
    options = line.ask("OPTIONS", url, 1)
    reply = line.ask("DESCRIBE", url, 2)
    if reply.status == 401 and password is not None:
        signed = _authorization(reply.challenges, "DESCRIBE", url, username, password)
        if signed:
            reply = line.ask("DESCRIBE", url, 3, signed)
    return options, reply


class _Line:
    """A connection on which requests and answers follow each other."""

    def __init__(self, link: socket.socket, deadline: float) -> None:
        self._link = link
        self._deadline = deadline
        self._read = b""

    def ask(self, method: str, url: str, number: int, authorization: str = "") -> Reply:
        """Put one request."""
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {number}", "User-Agent: commune-ioc"]
        lines += ["Accept: application/sdp"] if method == "DESCRIBE" else []
        lines += [f"Authorization: {authorization}"] if authorization else []
        asked = time.monotonic()
        self._link.settimeout(_left(self._deadline))
        self._link.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        head = self._until(b"\r\n\r\n")
        status = _STATUS.match(head)
        if status is None:
            raise NoRtsp("what listens there does not speak RTSP")
        pairs = [line.partition(":")[::2] for line in head.decode("latin-1").split("\r\n")[1:]]
        headers = {name.strip().lower(): value.strip() for name, value in pairs}
        length = headers.get("content-length", "0")
        self._take(int(length) if length.isascii() and length.isdigit() and len(length) < 7 else 0)
        challenges = tuple(value.strip() for name, value in pairs if name.strip().lower() == "www-authenticate")
        return Reply(int(status[1]), headers, challenges, round(1000 * (time.monotonic() - asked), 1))

    def _until(self, end: bytes) -> bytes:
        while end not in self._read:
            self._more()
        head, self._read = self._read.split(end, 1)
        return head

    def _take(self, size: int) -> None:
        while len(self._read) < size:
            self._more()
        self._read = self._read[size:]

    def _more(self) -> None:
        if len(self._read) > _LARGEST:
            raise NoRtsp(f"its answer is longer than {_LARGEST} bytes")
        self._link.settimeout(_left(self._deadline))
        piece = self._link.recv(16_384)
        if not piece:
            raise ConnectionResetError("the connection was closed before the answer")
        self._read += piece


def _left(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("no answer in time")
    return seconds


def _authorization(challenges: tuple[str, ...], method: str, url: str, username: str, password: str) -> str:
    """Answer Digest where it is offered, else Basic; empty where neither is."""
    asked = challenge(challenges)
    if asked is not None:
        return asked.answer(method, url, username, password)
    if any(offer.lower().startswith("basic") for offer in challenges):
        return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
    return ""
