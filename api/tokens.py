"""Programs: bearer tokens with a role; only their SHA-256 is kept."""

import hashlib
import secrets
from datetime import datetime

from api.accounts import ROLES, Role, audit
from ingest.errors import ConfigError
from ingest.store import Store

LEAST = 32
"""Characters of a secret that is not of our making."""


def digest(secret: str) -> bytes:
    """Return what is kept of a token or a cookie: 32 bytes."""
    return hashlib.sha256(secret.encode()).digest()


def create(store: Store, name: str, role: Role, *, actor: str, expires_at: datetime | None = None) -> tuple[int, str]:
    """Make a token; returns its id and the secret, this once. ``expires_at`` has a zone; None: it lasts."""
    if role not in ROLES:
        raise ConfigError(f"token:{name}: the role is one of {', '.join(ROLES)}, not {role!r}")
    secret = f"ioc_{secrets.token_urlsafe(32)}"
    insert = "insert into token (name, role, digest, expires_at) values (%s, %s, %s, %s) returning id"
    with store.transaction() as link:
        row = link.execute(insert, (name, role, digest(secret), expires_at)).fetchone()
        assert row is not None  # noqa: S101 - `returning` returns
        audit(link, actor, "token.create", str(row[0]), name=name, role=role)
    return int(row[0]), secret


def admit(store: Store, name: str, role: Role, secret: str, *, actor: str) -> bool:
    """Let in who holds a secret made elsewhere, and end every other token of the name; tells whether it is new.

    Raises :class:`ConfigError` where it is too short to be safe.
    """
    if len(secret) < LEAST:
        raise ConfigError(f"token:{name}: a secret has {LEAST} characters at least; make one: openssl rand -hex 32")
    ended = "update token set revoked_at = now() where name = %s and digest <> %s and revoked_at is null"
    known = "select 1 from token where name = %s and digest = %s and role = %s and revoked_at is null"
    with store.transaction() as link:
        link.execute("select pg_advisory_xact_lock(hashtext('token ' || %s))", (name,))
        link.execute(ended, (name, digest(secret)))
        if link.execute(known, (name, digest(secret), role)).fetchone():
            return False
        insert = (
            "insert into token (name, role, digest) values (%s, %s, %s) on conflict (digest) do update set"
            " name = excluded.name, role = excluded.role, revoked_at = null, expires_at = null returning id"
        )
        row = link.execute(insert, (name, role, digest(secret))).fetchone()
        assert row is not None  # noqa: S101 - `returning` returns
        audit(link, actor, "token.admit", str(row[0]), name=name, role=role)
    return True


def revoke(store: Store, token: int, *, actor: str) -> None:
    """End a token at once; raises :class:`ConfigError` where there is none of this id that lasts."""
    update = "update token set revoked_at = now() where id = %s and revoked_at is null"
    with store.transaction() as link:
        if link.execute(update, (token,)).rowcount == 0:
            raise ConfigError(f"token:{token}: there is none of this id, or it is revoked already")
        audit(link, actor, "token.revoke", str(token))
