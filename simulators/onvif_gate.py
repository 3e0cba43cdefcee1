"""How simulated cameras know their users: HTTP digest (RFC 7616, MD5) and the WS-Security UsernameToken."""

import base64
import hashlib
import re
from datetime import datetime, timedelta

_FRESH = timedelta(minutes=5)
"""A token that was made at another time by the camera's own clock is refused."""
_REALM = "camera"


class Gate:
    """One user; thread-safe, because it remembers nothing."""

    def __init__(self, username: str, password: str) -> None:
        self._username = username
        self._password = password

    def challenge(self, salt: str) -> str:
        """Return the value of WWW-Authenticate."""
        return f'Digest realm="{_REALM}", qop="auth", nonce="{_md5(f"{self._password}:{salt}")}", algorithm=MD5'

    def knows_digest(self, method: str, authorization: str) -> bool:
        """Tell whether an Authorization header is right; without ``qop`` as in RFC 2069, which RTSP clients send."""
        said = dict(re.findall(r'(\w+)="?([^",]+)"?', authorization))
        if not authorization.startswith("Digest ") or said.get("username") != self._username:
            return False
        mine = _md5(f"{self._username}:{_REALM}:{self._password}")
        its = _md5(f"{method}:{said.get('uri', '')}")
        middle = [said.get(word, "") for word in ("nonce", "nc", "cnonce", "qop")]
        if "qop" not in said:
            middle = middle[:1]
        return said.get("response") == _md5(":".join([mine, *middle, its]))

    def knows_token(self, envelope: bytes, clock: datetime) -> bool:
        """Tell whether a SOAP envelope's UsernameToken is right, by the camera's own clock."""
        username, password, nonce, created = (_element(envelope, name) for name in
                                              ("Username", "Password", "Nonce", "Created"))  # fmt: skip
        try:
            fresh = abs(datetime.fromisoformat(created) - clock) < _FRESH
            salt = base64.b64decode(nonce, validate=True)
        except (ValueError, TypeError):
            return False
        proof = hashlib.sha1(salt + created.encode() + self._password.encode()).digest()  # noqa: S324 - as prescribed
        return fresh and username == self._username and password == base64.b64encode(proof).decode()


def _element(envelope: bytes, name: str) -> str:
    found = re.search(rb"<(?:[\w-]+:)?%s(?:\s[^>]*)?>([^<]*)<" % name.encode(), envelope)
    return found[1].decode("utf-8", "replace").strip() if found else ""


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 - as prescribed
