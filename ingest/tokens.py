"""Access tokens that end after a day: renewed once where they did, the new pair kept before it is used.

A refresh token is good for one use (as at Zalo OA: access token 25 hours, refresh token three months), so one
renews at a time, and others take what came of it. The pair is encrypted under a key made of the
application's secret, which the database does not know. A renewal that is refused is not tried again for an hour: only
a person can mend it.
"""

import asyncio
import base64
import hashlib
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr

from ingest.delivery import Undelivered, deliver
from ingest.letters import Letter
from ingest.outbox import Failure
from ingest.receiver import Receiver
from ingest.sql import QUERIES
from ingest.store import Link, Store
from ingest.zalo_oa import ZaloOa

log = logging.getLogger(__name__)

REFUSED_FOR = timedelta(hours=1)
_AHEAD = timedelta(minutes=5)
"""So long before its end a token is renewed."""


@dataclass(frozen=True, slots=True, repr=False)
class Pair:
    """An access token, empty where none is known, and what renews it; ``expires_at`` (UTC) None: not known."""

    access: str
    refresh: str
    expires_at: datetime | None = None

    def good(self, now: datetime) -> bool:
        """Tell whether it may be used."""
        return bool(self.access) and (self.expires_at is None or now < self.expires_at - _AHEAD)


class Tokens:
    """Brings messages with a token that is good."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._unkept: dict[str, Pair] = {}
        """Renewed, but the database did not take it: the old one is worth nothing any more."""

    async def deliver(self, receiver: Receiver, letter: Letter) -> str:
        """Bring a message, after a renewal where the token has ended; returns a note where it did not reach all.

        Raises :class:`Undelivered`; :class:`StoreDown` where a token can't be had without the database.
        """
        if not isinstance(receiver, ZaloOa) or not receiver.renews:
            return await deliver(receiver, letter)
        now = datetime.now(UTC)
        pair = await self._good(receiver, now, "")
        try:
            return await deliver(_with(receiver, pair), letter)
        except Undelivered as undelivered:
            if not undelivered.failure.disowned:
                raise
        pair = await self._good(receiver, now, pair.access)
        return await deliver(_with(receiver, pair), letter)

    async def _good(self, receiver: ZaloOa, now: datetime, ended: str) -> Pair:
        """Return a pair whose access token is good as far as we know, and is not the one that has ``ended``."""
        failure: Failure | None = None
        with self._store.transaction() as link:
            link.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"token/{receiver.name}",))
            declared = {"name": receiver.name, "kind": receiver.kind, "title": receiver.title}
            link.execute(QUERIES["declare_receiver"], declared)
            pair, refused = self._kept(link, receiver, now)
            if pair.good(now) and pair.access != ended:
                return pair
            if refused:
                raise Undelivered(Failure(refused, disowned=True))
            try:
                pair = await _renewed(receiver, pair, now)
            except _Refused as refusal:
                said = f"{refusal}; authorise the application for this account again and set IOC_RECEIVERS__"
                said += f"{receiver.name.upper()}__REFRESH_TOKEN"
                link.execute(QUERIES["token_refused"], {"receiver": receiver.name, "now": now, "refusal": said})
                log.error("access token can't be renewed receiver=%s error=%r", receiver.name, said)
                failure = Failure(said, disowned=True)
            else:
                self._unkept[receiver.name] = pair
                self._keep(link, receiver, pair, now)
        if failure is not None:
            raise Undelivered(failure)
        self._unkept.pop(receiver.name, None)
        log.info("access token renewed receiver=%s until=%s", receiver.name, pair.expires_at)
        return pair

    def _kept(self, link: Link, receiver: ZaloOa, now: datetime) -> tuple[Pair, str]:
        """Return the newest pair, and why it can't be renewed now; the configured one where that is newer."""
        row = link.execute(QUERIES["kept_token"], (receiver.name,)).fetchone()
        if (unkept := self._unkept.get(receiver.name)) is not None:
            self._keep(link, receiver, unkept, now)
            return unkept, ""
        if row is not None and row[0] == _origin(receiver):
            try:
                access, refresh = orjson.loads(_seal(receiver).decrypt(row[1]))
            except InvalidToken:
                log.warning(
                    "kept tokens are of another app_secret, the configured ones count receiver=%s", receiver.name
                )
            else:
                paused = row[3] is not None and now - row[3] < REFUSED_FOR
                return Pair(access, refresh, row[2]), row[4] if paused else ""
        first = Pair(_text(receiver.secret), _text(receiver.refresh_token))
        self._keep(link, receiver, first, None)
        return first, ""

    def _keep(self, link: Link, receiver: ZaloOa, pair: Pair, renewed_at: datetime | None) -> None:
        sealed = _seal(receiver).encrypt(orjson.dumps([pair.access, pair.refresh])).decode()
        link.execute(QUERIES["keep_token"], {
            "receiver": receiver.name, "origin": _origin(receiver), "sealed": sealed, "expires_at": pair.expires_at,
            "renewed_at": renewed_at,
        })  # fmt: skip


class _Refused(Exception):
    """The other side says no."""


async def _renewed(receiver: ZaloOa, pair: Pair, now: datetime) -> Pair:
    """Ask for a new pair; raises :class:`_Refused`, or :class:`Undelivered` where there was no answer to that.

    Format: OAuth 2 refresh (RFC 6749, 6) as Zalo has it: the secret in a header, numbers as texts, errors with 200.
    """
    form = {"refresh_token": pair.refresh, "app_id": receiver.app, "grant_type": "refresh_token"}
    seconds = receiver.timeout.total_seconds()
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(timeout=seconds, headers={"User-Agent": "commune-ioc"}) as client,
        ):
            headers = {"secret_key": _text(receiver.app_secret)}
            answer = await client.post(receiver.token_url, data=form, headers=headers)
    except (OSError, TimeoutError, httpx.HTTPError) as error:
        raise Undelivered(Failure(f"the access token can't be renewed now: {type(error).__name__}")) from None
    if answer.status_code >= 500 or answer.status_code == 429:
        raise Undelivered(Failure(f"the access token can't be renewed now: status {answer.status_code}"))
    said = _table(answer.content)
    access, refresh = said.get("access_token"), said.get("refresh_token")
    if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh):
        # Of what it says only the error: a token may stand in the rest.
        told = " ".join(str(said[k])[:120] for k in ("error", "error_name", "error_description") if said.get(k))
        for secret in (pair.access, pair.refresh, _text(receiver.app_secret)):
            told = told.replace(secret, "***") if secret else told
        raise _Refused(f"the refresh token is refused: {told or f'status {answer.status_code}'}")
    return Pair(access, refresh, _end(said.get("expires_in"), now))


def _table(body: bytes) -> dict[str, Any]:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}


def _end(seconds: object, now: datetime) -> datetime | None:
    try:
        return now + timedelta(seconds=min(float(str(seconds)), 366 * 86_400))
    except ValueError:
        return None


def _with(receiver: ZaloOa, pair: Pair) -> ZaloOa:
    return receiver.model_copy(update={"secret": SecretStr(pair.access)})


def _origin(receiver: ZaloOa) -> str:
    configured = f"{_text(receiver.secret)} {_text(receiver.refresh_token)}"
    return hashlib.sha256(configured.encode()).hexdigest()


def _seal(receiver: ZaloOa) -> Fernet:
    key = hashlib.scrypt(_text(receiver.app_secret).encode(), salt=receiver.name.encode(), n=2**12, r=8, p=1, dklen=32)
    return Fernet(base64.urlsafe_b64encode(key))


def _text(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""
