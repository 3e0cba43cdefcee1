"""How a polled connector converses without a network of its own: it yields questions, and ingest sends the answers.

A conversation is a generator, so a chain of requests (token, pages, the four calls of an ONVIF camera) stays pure: a
test plays the other side by sending canned answers. What can be asked is listed here; ``ingest.fetch`` has one module
for each kind of question.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class Basic:
    """User name and password, RFC 7617."""

    username: str
    password: SecretStr


@dataclass(frozen=True, slots=True)
class Digest:
    """User name and password that never travel in clear, RFC 7616."""

    username: str
    password: SecretStr


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token that the operator was given, RFC 6750."""

    token: SecretStr


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """OAuth 2 client credentials (RFC 6749, 4.4): ingest gets the token, keeps it, and renews it."""

    token_url: str
    client_id: str
    client_secret: SecretStr
    scope: str = ""


Auth = Basic | Digest | Bearer | ClientCredentials


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; ``params`` are added to the URL's query."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    auth: Auth | None = None


@dataclass(frozen=True, slots=True)
class Ping:
    """ICMP echoes; answered by JSON ``{"sent", "received", "rtt_ms": [..]}``, silence being ``"received": 0``.

    An ``error`` says why nothing could be asked (unknown host, no way there, no right to send).
    """

    host: str
    count: int = 3


@dataclass(frozen=True, slots=True)
class Snmp:
    """SNMP GETs and walks (v2c with ``community``, v3 with ``username``); answered by JSON ``{oid: value}``.

    Object identifiers are numeric, without a leading point; a walk gives every object below it. Numbers come as
    numbers (TimeTicks in hundredths of a second), text as text, octets that are none as ``0x`` and hex; what the agent
    doesn't have is absent. ``error`` has :data:`NO_ANSWER` in it where the agent is silent.
    """

    host: str
    port: int = 161
    get: tuple[str, ...] = ()
    walk: tuple[str, ...] = ()
    community: SecretStr | None = None
    username: str = ""
    auth_password: SecretStr | None = None
    privacy_password: SecretStr | None = None
    auth_protocol: Literal["sha", "sha256", "sha512"] = "sha"
    privacy_protocol: Literal["aes", "aes256"] = "aes"


NO_ANSWER = "no answer"
"""In the ``error`` of an SNMP answer: the agent is silent, which is a result of a probe and no fault of ours."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One look at an RTSP stream: OPTIONS and DESCRIBE, then some decoded frames, of which only statistics are kept.

    Answered by JSON; its fields stand in the README of ``camera_rtsp``. ``url`` holds no credentials.
    """

    url: str
    username: str = ""
    password: SecretStr | None = None


Question = Request | Ping | Snmp | Picture


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: ``body``, with HTTP's ``status`` and ``headers`` (lower case); ``error`` where nothing came.

    ``asked_at`` and ``answered_at`` are UTC. Network faults, 429, 502, 503 and 504 were already tried again.
    """

    body: bytes
    asked_at: datetime
    answered_at: datetime
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def text(self) -> str:
        """The body as UTF-8, with a mark for what is none."""
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that a conversation brought; ``cursor`` is where it goes on next time, kept with the message's rows."""

    address: str
    body: bytes
    error: str = ""
    cursor: str | None = None


Talk = Generator[Question | Arrived, Answer, None]
"""A conversation: yields questions and is sent their answers; yields what arrived, and is sent an empty answer once
that is stored. Raises :class:`SourceDown` where the source refuses."""
