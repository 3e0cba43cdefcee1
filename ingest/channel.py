"""Ways to a receiver: electronic mail, a signed webhook, and HTTP interfaces by a template; what each sends, pure."""

import base64
import binascii
import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from datetime import datetime
from email.header import Header
from email.mime.text import MIMEText
from email.utils import format_datetime
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import quote, urlsplit

import orjson
from pydantic import AfterValidator, Field, SecretStr, model_validator

from ingest.letters import Letter
from ingest.receiver import Receiver
from ingest.template import FIELDS, filled, header, names, texts


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must begin with http:// or https:// and a host")
    if parts.password or parts.username:
        raise ValueError("holds a user; put what is secret into a header, as {secret}")
    return value


def _address(value: str) -> str:
    if not value.isascii() or value.count("@") != 1 or any(c.isspace() or c in "<>,;" for c in value):
        raise ValueError("an address is expected, as truc.ban@xa.example.vn")
    return value


Url = Annotated[str, AfterValidator(_url)]
Address = Annotated[str, AfterValidator(_address)]


class Post(NamedTuple):
    """One HTTP request."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class Email(Receiver):
    """Electronic mail over SMTP (RFC 5321); the message's key is its Message-ID."""

    kind: Literal["email"] = "email"
    host: str = Field(min_length=1)
    """The mail server."""
    port: int = Field(default=587, ge=1, le=65535)
    """465 for ``tls``."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is guarded."""
    ca: Path | None = None
    """Certificate authority of the server, where it is a private one."""
    username: str = ""
    """For signing in; empty: nobody does."""
    password: SecretStr | None = None
    """Of ``username``."""
    sender: Address
    """Address that the message comes from."""
    to: tuple[Address, ...] = Field(min_length=1)
    """Addresses that it goes to."""

    @model_validator(mode="after")
    def _safe(self) -> "Email":
        if bool(self.username) != bool(self.password):
            raise ValueError("`username` goes with a password: IOC_RECEIVERS__<NAME>__PASSWORD")
        if self.password and self.security == "none" and not _loopback(self.host):
            raise ValueError("a password is not sent in the clear: security = 'starttls' or 'tls'")
        return self

    def mail(self, letter: Letter) -> MIMEText:
        """Return the message, the same at every attempt."""
        # Not EmailMessage: where it folds a subject that is not ASCII, Python 3.11 loses the space between two words.
        message = MIMEText(letter.text, "plain", "utf-8")
        message["From"] = self.sender
        message["To"] = ", ".join(self.to)
        message["Subject"] = Header(letter.title, "utf-8", header_name="Subject").encode()
        message["Date"] = format_datetime(letter.made_at)
        message["Message-ID"] = f"<{letter.key}@{self.sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes in return
        message["X-Priority"] = "1" if letter.severity in ("critical", "emergency") else "3"
        return message


class Form(Receiver):
    """An HTTP interface: a JSON body by a template whose texts name fields, as ``{text}``."""

    url: Url
    """Where it is sent; may name fields, as ``{secret}``."""
    method: Literal["POST", "PUT", "PATCH"] = "POST"
    """Of HTTP."""
    headers: Mapping[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")], str] = {}
    """Name → text, which may name fields."""
    body: Any
    """Tables, lists, texts and numbers."""
    answer: Mapping[str, Any] = {}
    """Fields that the JSON answer must have, where a status of 200 alone means nothing."""
    secret: SecretStr | None = None
    """What ``{secret}`` stands for."""

    @model_validator(mode="after")
    def _known_fields(self) -> "Form":
        named = [(place, name) for place, text in texts({"url": self.url, "headers": self.headers, "body": self.body})
                 for name in names(place, text)]  # fmt: skip
        for place, name in named:
            if name not in FIELDS:
                raise ValueError(f"{place}: there is no field {{{name}}}; there are {', '.join(FIELDS)}")
        if any(name == "secret" for _place, name in named) and self.secret is None and not self.renews:
            raise ValueError("{secret} comes from the environment: IOC_RECEIVERS__<NAME>__SECRET")
        return self

    @property
    def renews(self) -> bool:
        """Tell whether the secret is an access token that is renewed when it ends."""
        return False

    def disowns(self, body: bytes) -> bool:
        """Tell whether an answer means that the secret is not, or no longer, good."""
        return False

    def post(self, letter: Letter, at: datetime) -> Post:
        """Return the request of an attempt at the instant (UTC)."""
        values = {
            "key": str(letter.key), "receiver": self.name, "severity": letter.severity,
            "severity_vi": letter.severity_vi, "count": str(letter.count), "title": letter.title, "text": letter.text,
            "link": letter.link, "secret": self.secret.get_secret_value() if self.secret else "",
        }  # fmt: skip
        headers = {name: header(text.format_map(values)) for name, text in self.headers.items()}
        body = orjson.dumps(filled(self.body, values))
        common = {"Content-Type": "application/json", "Idempotency-Key": str(letter.key)}
        # A bot's token stands in the path with its colon.
        url = self.url.format_map({name: quote(value, safe=":") for name, value in values.items()})
        return Post(self.method, url, {**common, **headers}, body)

    def refusal(self, body: bytes) -> str:
        """Return why an answer of a good status is none; empty where it is."""
        if not self.answer:
            return ""
        try:
            said = orjson.loads(body)
        except orjson.JSONDecodeError:
            return "the answer is no JSON"
        for name, wanted in self.answer.items():
            if not isinstance(said, dict) or said.get(name) != wanted:
                return f"the answer says {body[:200].decode('utf-8', 'replace')}"
        return ""


class Http(Form):
    """Any HTTP interface."""

    kind: Literal["http"] = "http"


class Telegram(Form):
    """A chat of Telegram's Bot API (sendMessage), or of one like it elsewhere; ``secret`` is the bot's token."""

    kind: Literal["telegram"] = "telegram"
    chat: str | int
    """Number of the chat, or @name of the channel."""
    url: Url = "https://api.telegram.org/bot{secret}/sendMessage"
    body: Any = None
    answer: Mapping[str, Any] = {"ok": True}
    longest: int = Field(default=4096, ge=500, le=4096)

    @model_validator(mode="before")
    @classmethod
    def _form(cls, table: Any) -> Any:
        if isinstance(table, Mapping) and "body" not in table:
            form = {"chat_id": table.get("chat"), "text": "{text}", "link_preview_options": {"is_disabled": True}}
            return {**table, "body": form}
        return table


class Webhook(Receiver):
    """A program of one's own: JSON, signed as Standard Webhooks 1.0 has it.

    ``webhook-id`` is the message's key, ``webhook-timestamp`` seconds since 1970 of this attempt, ``webhook-signature``
    ``v1,`` and the base64 of HMAC-SHA256 over ``id.timestamp.body``. Source: https://www.standardwebhooks.com
    """

    kind: Literal["webhook"] = "webhook"
    url: Url
    """Where it is posted."""
    secret: SecretStr = Field(min_length=24)
    """``whsec_`` and base64, or any text of 24 letters or more."""

    @model_validator(mode="after")
    def _readable(self) -> "Webhook":
        _key(self.secret)
        return self

    def post(self, letter: Letter, at: datetime) -> Post:
        """Return the request of an attempt at the instant (UTC)."""
        key, seconds = str(letter.key), str(int(at.timestamp()))
        body = orjson.dumps({
            "type": "incidents", "key": key, "receiver": self.name, "made_at": letter.made_at,
            "severity": letter.severity, "title": letter.title, "text": letter.text, "items": letter.items,
            "more": letter.more,
        })  # fmt: skip
        signed = hmac.new(_key(self.secret), b".".join((key.encode(), seconds.encode(), body)), hashlib.sha256)
        headers = {
            "Content-Type": "application/json", "Idempotency-Key": key, "webhook-id": key, "webhook-timestamp": seconds,
            "webhook-signature": f"v1,{base64.b64encode(signed.digest()).decode()}",
        }  # fmt: skip
        return Post("POST", self.url, headers, body)

    def refusal(self, body: bytes) -> str:
        """Return nothing: the status says it."""
        return ""

    def disowns(self, body: bytes) -> bool:
        """Return nothing: the status says it."""
        return False


def _key(secret: SecretStr) -> bytes:
    text = secret.get_secret_value()
    if not text.startswith("whsec_"):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("what follows whsec_ is no base64") from error


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
