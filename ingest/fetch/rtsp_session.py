"""The first words of RTSP: OPTIONS and DESCRIBE over one TCP connection, signed in by Digest or Basic (RFC 2326, 7616).

Only what tells whether a stream is there; its packets are the decoder's matter.
"""

import base64
import hashlib
import re
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_LARGEST = 64 * 1024
_STATUS = re.compile(rb"RTSP/\d\.\d (\d{3})")
_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))')

_Hash = Callable[[bytes], str]
_ALGORITHMS: Mapping[str, _Hash] = {
    "SHA-256": lambda text: hashlib.sha256(text).hexdigest(),
    "MD5": lambda text: hashlib.md5(text).hexdigest(),  # noqa: S324 - what cameras ask for
}
"""The safest first."""


class NoRtsp(Exception):
    """Who answers does not speak RTSP, or nobody listens there."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; header names are lower case, ``took_ms`` is its whole round trip."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    challenges: tuple[str, ...] = ()
    took_ms: float = 0.0


def described(url: str, username: str, password: str | None, deadline: float) -> tuple[Reply, Reply]:
    """Put OPTIONS and DESCRIBE; returns both answers, the second one signed in where that was asked for.

    ``deadline`` is of ``time.monotonic()``. Raises :class:`NoRtsp`, and ``OSError`` for faults of the network.
    """
    parts = urlsplit(url)
    where = (parts.hostname or "", parts.port or 554)
    try:
        link = socket.create_connection(where, _left(deadline))
    except ConnectionRefusedError as error:
        raise NoRtsp(f"the host answers, and nothing listens at port {where[1]}") from error
    with link:
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
        self._link.sendall("\r\n".join([*lines, "", ""]).encode())
        head = self._until(b"\r\n\r\n")
        status = _STATUS.match(head)
        if status is None:
            raise NoRtsp("what listens there does not speak RTSP")
        pairs = [line.partition(":")[::2] for line in head.decode("utf-8", "replace").split("\r\n")[1:]]
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
    """Answer the safest challenge that we know; empty where there is none."""
    for algorithm, make in _ALGORITHMS.items():
        for challenge in challenges:
            said = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(challenge)}
            if challenge.lower().startswith("digest") and said.get("algorithm", "MD5").upper() == algorithm:
                return _digest(said, make, method, url, username, password)
    if any(challenge.lower().startswith("basic") for challenge in challenges):
        return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
    return ""


def _digest(said: Mapping[str, str], make: _Hash, method: str, url: str, username: str, password: str) -> str:
    """Answer a Digest challenge (RFC 7616, 3.4; without ``qop`` as in RFC 2069)."""

    def digest(text: str) -> str:
        return make(text.encode())

    realm, nonce = said.get("realm", ""), said.get("nonce", "")
    mine, its = digest(f"{username}:{realm}:{password}"), digest(f"{method}:{url}")
    words = f'Digest username="{username}", realm="{realm}", nonce="{nonce}", uri="{url}"'
    if "auth" in said.get("qop", "").replace(" ", "").split(","):
        ours = digest(f"{nonce}{url}")[:16]
        words += f', qop=auth, nc=00000001, cnonce="{ours}"'
        response = digest(f"{mine}:{nonce}:00000001:{ours}:auth:{its}")
    else:
        response = digest(f"{mine}:{nonce}:{its}")
    if "opaque" in said:
        words += f', opaque="{said["opaque"]}"'
    return f'{words}, response="{response}"' + (f", algorithm={said['algorithm']}" if "algorithm" in said else "")
