"""Digest access authentication (RFC 7616, and 2069 for old cameras), for HTTP and RTSP alike.

A source may speak to hundreds of devices with one user, each with its own nonces, so a challenge is remembered by host.
Texts are bytes read as ISO 8859-1, because a realm in Vietnamese or Chinese must go back as it came.
"""

import hashlib
import re
import secrets
import threading
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass

import httpx

_Hash = Callable[[bytes], str]
_ALGORITHMS: Mapping[str, _Hash] = {
    "SHA-256": lambda text: hashlib.sha256(text).hexdigest(),
    "MD5": lambda text: hashlib.md5(text).hexdigest(),  # noqa: S324 - what cameras ask for
}
"""The safest first."""
_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a server asks for."""

    realm: str
    nonce: str
    algorithm: str
    session: bool
    named: bool
    """Whether the server named the algorithm; old ones don't know the word."""
    qop: bool
    opaque: str | None

    def answer(self, method: str, uri: str, username: str, password: str, count: int = 1) -> str:
        """Return the value of Authorization; ``count`` rises with every use of the nonce."""
        digest = _ALGORITHMS[self.algorithm]
        name = username.encode().decode("latin-1")
        cnonce = secrets.token_hex(8)

        def h(*parts: str) -> str:
            return digest(":".join(parts).encode("latin-1"))

        mine = h(name, self.realm, password.encode().decode("latin-1"))
        if self.session:
            mine = h(mine, self.nonce, cnonce)
        middle = (self.nonce, f"{count:08x}", cnonce, "auth") if self.qop else (self.nonce,)
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        words = {"username": _quoted(escaped), "realm": _quoted(self.realm), "nonce": _quoted(self.nonce),
                 "uri": _quoted(uri), "response": _quoted(h(mine, *middle, h(method, uri)))}  # fmt: skip
        if self.qop:
            words |= {"qop": "auth", "nc": f"{count:08x}", "cnonce": _quoted(cnonce)}
        if self.named:
            words["algorithm"] = self.algorithm + ("-sess" if self.session else "")
        if self.opaque is not None:
            words["opaque"] = _quoted(self.opaque)
        return "Digest " + ", ".join(f"{key}={value}" for key, value in words.items())


def challenge(offered: Iterable[str]) -> Challenge | None:
    """Return the safest challenge of the values of WWW-Authenticate that we can answer; None where there is none."""
    found: dict[str, Challenge] = {}
    for text in offered:
        for part in re.split(r"(?i)(?:^|,)\s*(?=Digest\s)", text):
            if part[:7].lower() != "digest ":
                continue
            said = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(part)}
            algorithm, dash, _ = said.get("algorithm", "MD5").upper().partition("-SESS")
            if algorithm not in _ALGORITHMS or "nonce" not in said:
                continue
            qop = "auth" in re.split(r"[\s,]+", said.get("qop", "").lower())
            found.setdefault(algorithm, Challenge(said.get("realm", ""), said["nonce"], algorithm, bool(dash),
                                                  "algorithm" in said, qop, said.get("opaque")))  # fmt: skip
    return next((found[algorithm] for algorithm in _ALGORITHMS if algorithm in found), None)


class DigestAuth(httpx.Auth):
    """Signs requests in, each host by its own challenge; thread-safe."""

    def __init__(self, username: str, password: str) -> None:
        self._username = username
        self._password = password
        self._known: dict[bytes, tuple[Challenge, int]] = {}
        self._lock = threading.Lock()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send what the host asked for the last time; again where it asks anew."""
        host = request.url.netloc
        with self._lock:
            known = self._known.get(host)
            if known:
                self._known[host] = (known[0], known[1] + 1)
        if known:
            self._sign(request, known[0], known[1] + 1)
        response = yield request
        if response.status_code != 401:
            return
        asked = challenge(value.decode("latin-1") for name, value in response.headers.raw
                          if name.lower() == b"www-authenticate")  # fmt: skip
        if asked is None or (known and known[0].nonce == asked.nonce):
            return  # the same question again: it does not know us
        with self._lock:
            self._known[host] = (asked, 1)
        self._sign(request, asked, 1)
        response = yield request
        if response.status_code == 401:
            with self._lock:
                self._known.pop(host, None)

    def _sign(self, request: httpx.Request, asked: Challenge, count: int) -> None:
        uri = request.url.raw_path.decode("latin-1")
        request.headers.encoding = "latin-1"
        request.headers["Authorization"] = asked.answer(request.method, uri, self._username, self._password, count)


def _quoted(text: str) -> str:
    return f'"{text}"'
