"""How we sign in to a camera: HTTP digest first, as ONVIF asks for; the token in the SOAP header where it must be.

ONVIF Core Specification, authentication: a client shall not send both at a time. Which of the two a camera took is
remembered in the conversation's cursor.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import SecretStr

from connectors.talk import Digest

Way = Literal["http", "token"]
Word = Literal["none", "accepted", "wanted", "refused", "paused"]
"""What came of signing in; ``wanted``: the camera asks for it, and the operator gave no credentials."""

_SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_UTILITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
_ENCODING = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"


@dataclass
class Login:
    """The state of signing in to one camera during one look."""

    username: str
    password: SecretStr | None
    way: Way = "http"
    word: Word = "none"
    refused_at: str = ""
    tried: set[Way] = field(default_factory=set)

    @classmethod
    def remembered(cls, cursor: str, username: str, password: SecretStr | None, patience: datetime) -> "Login":
        """Go on from a cursor; a refusal later than ``patience`` (UTC) still holds."""
        try:
            known = json.loads(cursor or "{}")
            way: Way = "token" if known.get("way") == "token" else "http"
            refused_at = str(known.get("refused_at", ""))
            holds = bool(refused_at) and datetime.fromisoformat(refused_at) > patience
        except (ValueError, TypeError, AttributeError):
            way, refused_at, holds = "http", "", False
        word: Word = "paused" if holds and password is not None else "none"
        return cls(username, password, way, word, refused_at if holds else "")

    @property
    def paused(self) -> bool:
        """Whether nothing that needs us to be known may be asked now."""
        return self.word in ("wanted", "refused", "paused")

    def digest(self) -> Digest | None:
        """Return the credentials for HTTP."""
        return Digest(self.username, self.password) if self.password is not None and self.way == "http" else None

    def header(self, call: str, now: datetime, ahead: timedelta) -> str:
        """Return the WS-UsernameToken for a call to a camera whose clock is ``ahead`` of ours; empty for HTTP digest.

        Digest = base64(SHA-1(nonce + created + password)), Web Services Security UsernameToken Profile 1.0, 3.1. The
        nonce must never come twice, and needs not be secret: it is a digest of camera, call and our instant, so a look
        stays pure in what it is given.
        """
        if self.password is None or self.way != "token":
            return ""
        created = (now + ahead).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        nonce = hashlib.sha256(f"{call} {now.isoformat()}".encode()).digest()[:16]
        secret = self.password.get_secret_value().encode()
        proof = hashlib.sha1(nonce + created.encode() + secret).digest()  # noqa: S324 - what the profile prescribes
        name = self.username.replace("&", "&amp;").replace("<", "&lt;")
        return (
            f'<w:Security xmlns:w="{_SECURITY}" xmlns:u="{_UTILITY}" s:mustUnderstand="1"><w:UsernameToken>'
            f'<w:Username>{name}</w:Username><w:Password Type="{_PROFILE}">{base64.b64encode(proof).decode()}'
            f'</w:Password><w:Nonce EncodingType="{_ENCODING}">{base64.b64encode(nonce).decode()}</w:Nonce>'
            f"<u:Created>{created}</u:Created></w:UsernameToken></w:Security>"
        )

    def accept(self) -> None:
        """The camera knew us."""
        if self.password is not None:
            self.word = "accepted"

    def refuse(self) -> bool:
        """The camera did not know us; tells whether to try the other way."""
        self.tried.add(self.way)
        if self.password is not None and self.word == "none" and len(self.tried) < 2:
            self.way = "token" if self.way == "http" else "http"
            return True
        if self.word != "accepted":  # known, and without the right to this one call, is no wrong password
            self.word = "refused" if self.password is not None else "wanted"
        return False

    def cursor(self, now: datetime) -> str:
        """Return what the next look should know."""
        refused_at = now.isoformat() if self.word == "refused" else self.refused_at
        return json.dumps({"way": self.way} | ({"refused_at": refused_at} if refused_at else {}))
