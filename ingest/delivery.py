"""One attempt to bring a message to its receiver, within its time whatever the other side does.

aiosmtplib and httpx under asyncio, because only so the time is one for the whole attempt: a server that sends a byte
now and then would keep a socket's own timeout waiting for ever. Apprise, which knows more services, answers yes or no:
no Retry-After, no refusal told from a failure, no Message-ID of ours.
"""

import asyncio
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable

import aiosmtplib
import httpx

from ingest.channel import Email, Post
from ingest.letters import Letter
from ingest.outbox import Failure
from ingest.receiver import Receiver

_LARGEST_ANSWER = 64 * 1024
_REFUSED = frozenset({400, 413, 422})
"""Statuses that speak of this message; any other speaks of us or of the server, and holds for all."""


@runtime_checkable
class _Posted(Protocol):
    def post(self, letter: Letter, at: datetime) -> Post: ...
    def refusal(self, body: bytes) -> str: ...
    def disowns(self, body: bytes) -> bool: ...


class Undelivered(Exception):
    """An attempt failed; carries how."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


async def deliver(receiver: Receiver, letter: Letter) -> str:
    """Bring a message to its receiver; returns a note where it did not reach all. Raises :class:`Undelivered`."""
    seconds = receiver.timeout.total_seconds()
    try:
        async with asyncio.timeout(seconds):
            if isinstance(receiver, Email):
                return await _mail(receiver, letter)
            assert isinstance(receiver, _Posted)  # noqa: S101 - the other kinds are
            return await _post(receiver, letter, seconds)
    except Undelivered as undelivered:
        raise Undelivered(_discreet(receiver, undelivered.failure)) from None
    except TimeoutError as error:
        raise Undelivered(Failure(f"no end within {seconds:g} s")) from error
    except (OSError, httpx.HTTPError, httpx.InvalidURL, aiosmtplib.SMTPException) as error:
        reason = f"{type(error).__name__}: {error}".rstrip(": ")
        raise Undelivered(_discreet(receiver, Failure(reason))) from None  # its cause may name the address


async def _post(receiver: _Posted, letter: Letter, seconds: float) -> str:
    post = receiver.post(letter, datetime.now(UTC))
    async with (
        httpx.AsyncClient(timeout=seconds, headers={"User-Agent": "commune-ioc"}) as client,
        client.stream(post.method, post.url, headers=dict(post.headers), content=post.body) as answer,
    ):
        body = bytearray()
        async for piece in answer.aiter_bytes():
            body += piece
            if len(body) > _LARGEST_ANSWER:
                break
        status = answer.status_code
        if not 200 <= status < 300:
            said = bytes(body[:200]).decode("utf-8", "replace")
            wait = _retry_after(answer.headers.get("retry-after", ""))
            disowned = status == 401 or receiver.disowns(bytes(body))
            raise Undelivered(Failure(f"status {status} {said}".rstrip(), status in _REFUSED, wait, disowned))
        if refusal := receiver.refusal(bytes(body)):
            raise Undelivered(Failure(refusal, disowned=receiver.disowns(bytes(body))))
    return ""


def _retry_after(text: str) -> timedelta:
    """Return the seconds of a Retry-After; its form as a date is taken for none (RFC 9110, 10.2.3)."""
    try:
        return timedelta(seconds=min(max(float(text), 0), 86_400))
    except ValueError:
        return timedelta()


async def _mail(receiver: Email, letter: Letter) -> str:
    context = ssl.create_default_context(cafile=receiver.ca) if receiver.security != "none" else None
    password = receiver.password.get_secret_value() if receiver.password else None
    client = aiosmtplib.SMTP(
        hostname=receiver.host, port=receiver.port, username=receiver.username or None, password=password,
        timeout=receiver.timeout.total_seconds(), use_tls=receiver.security == "tls",
        start_tls=receiver.security == "starttls", tls_context=context,
    )  # fmt: skip
    try:
        async with client:
            refused, _said = await client.send_message(receiver.mail(letter))
    except aiosmtplib.SMTPRecipientsRefused as error:
        first = error.recipients[0]
        raise Undelivered(Failure(f"every address is refused: {first.code} {first.message}")) from error
    except aiosmtplib.SMTPDataError as error:
        raise Undelivered(Failure(f"refused: {error.code} {error.message}", error.code >= 500)) from error
    except aiosmtplib.SMTPResponseException as error:
        raise Undelivered(Failure(f"{type(error).__name__}: {error.code} {error.message}")) from error
    return f"{len(refused)} of {len(receiver.to)} addresses refused it" if refused else ""


def _discreet(receiver: Receiver, failure: Failure) -> Failure:
    """Return the failure without a secret that the other side, or a library, repeated."""
    reason = failure.reason
    for name in type(receiver).model_fields:
        value = getattr(receiver, name)
        if hasattr(value, "get_secret_value") and value.get_secret_value():
            reason = reason.replace(value.get_secret_value(), "***")
    return replace(failure, reason=reason)
