"""People: accounts with a role and a password (argon2id); every change is audited."""

import re
import secrets
import threading
from typing import Literal, LiteralString

import orjson
import psycopg
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from psycopg.types.json import Jsonb

from api.sql import QUERIES
from ingest.errors import ConfigError
from ingest.store import Link, Store

Role = Literal["viewer", "operator", "technician", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "operator", "technician", "admin")
"""From the least to the most; each may do what the ones before it may."""

SHORTEST = 8
"""Characters of a password."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_urlsafe())
_TURNSTILE = threading.BoundedSemaphore(2)
"""One hash costs 64 MiB; a crowd at the door must not cost gigabytes."""
_LOCK = 0x494F44


def audit(link: Link, actor: str, action: str, subject: str, **detail: object) -> None:
    """Note who did what, in the transaction that does it."""
    link.execute(QUERIES["audit"], (actor, action, subject, Jsonb(detail, dumps=orjson.dumps)))


def create(store: Store, name: str, password: str, role: Role, *, actor: str) -> None:
    """Add an account; raises :class:`ConfigError` for a bad or taken name and a short password."""
    name = _checked(name, password)
    with store.transaction() as link:
        try:
            link.execute(
                "insert into account (name, role, password_hash) values (%s, %s, %s)", (name, role, _hash(password))
            )
        except psycopg.errors.UniqueViolation as error:
            raise ConfigError(
                f"account:{name}: there is one already; `ioc user passwd` changes its password"
            ) from error
        audit(link, actor, "account.create", name, role=role)


def change_password(store: Store, name: str, password: str, *, actor: str) -> None:
    """Set another password and end the account's sessions; raises :class:`ConfigError`."""
    name = _checked(name, password)
    with store.transaction() as link:
        _touch(link, name, "update account set password_hash = %s where name = %s", (_hash(password), name))
        link.execute("delete from session where account = %s", (name,))
        audit(link, actor, "account.password", name)


def disable(store: Store, name: str, *, actor: str) -> None:
    """Shut an account and end its sessions; raises :class:`ConfigError`, also for the last admin."""
    with store.transaction() as link:
        link.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        others = "select from account where role = 'admin' and not disabled and name <> %s"
        admin = link.execute("select from account where name = %s and role = 'admin'", (name,)).fetchone()
        if admin is not None and link.execute(others, (name,)).fetchone() is None:
            raise ConfigError(f"account:{name}: the last admin can't be disabled; add another one first")
        _touch(link, name, "update account set disabled = true where name = %s", (name,))
        link.execute("delete from session where account = %s", (name,))
        audit(link, actor, "account.disable", name)


def verify(store: Store, name: str, password: str) -> Role | None:
    """Return the role where name and password are right; takes as long for a name that there is not."""
    row = store.row("select role, password_hash, disabled from account where name = %s", (name,))
    with _TURNSTILE:
        try:
            _HASHER.verify(row["password_hash"] if row else _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return None
    if row is None or row["disabled"]:
        return None
    role: Role = row["role"]
    return role


def ensure_admin(store: Store) -> str | None:
    """Create the account ``admin`` where there is no account at all; returns its password, this once."""
    with store.transaction() as link:
        link.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        if link.execute("select from account limit 1").fetchone() is not None:
            return None
        password = secrets.token_urlsafe(12)
        link.execute(
            "insert into account (name, role, password_hash) values ('admin', 'admin', %s)", (_hash(password),)
        )
        audit(link, "first start", "account.create", "admin", role="admin")
    return password


def _checked(name: str, password: str) -> str:
    faults = []
    if not _NAME.fullmatch(name):
        faults.append(f"account:{name}: a name is 1 to 64 of a-z, 0-9, '.', '_' and '-'")
    if len(password) < SHORTEST:
        faults.append(f"account:{name}: a password has at least {SHORTEST} characters")
    if faults:
        raise ConfigError(*faults)
    return name


def _touch(link: Link, name: str, statement: LiteralString, arguments: tuple[object, ...]) -> None:
    if link.execute(statement, arguments).rowcount == 0:
        raise ConfigError(f"account:{name}: there is none of this name")


def _hash(password: str) -> str:
    with _TURNSTILE:
        return _HASHER.hash(password)
