"""People: accounts with a role and a password (argon2id); every change is audited."""

import re
import secrets
import threading
from typing import Any, Literal

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


class CannotChange(ConfigError):
    """An account can't be so: ``kind`` names the problem, ``place`` the field, ``vi`` says it in Vietnamese."""

    def __init__(self, kind: str, place: str, reason: str, vi: str, **fields: Any) -> None:
        super().__init__(reason)
        self.kind, self.place, self.vi, self.fields = kind, place, vi, fields


def create(store: Store, name: str, password: str, role: Role, *, actor: str) -> None:
    """Add an account; raises :class:`CannotChange` for a bad or taken name and a short password."""
    _check_name(name)
    _check_password(name, password)
    with store.transaction() as link:
        try:
            link.execute(
                "insert into account (name, role, password_hash) values (%s, %s, %s)", (name, role, _hash(password))
            )
        except psycopg.errors.UniqueViolation as error:
            raise CannotChange(
                "name-taken", "name", f"account:{name}: there is one already; `ioc user passwd` changes its password",
                f"đã có tài khoản {name}; chọn tên khác, hoặc đặt lại mật khẩu của tài khoản đó",
            ) from error  # fmt: skip
        audit(link, actor, "account.create", name, role=role)


def amend(
    store: Store,
    name: str,
    *,
    actor: str,
    role: Role | None = None,
    disabled: bool | None = None,
    password: str | None = None,
    version: int | None = None,
) -> None:
    """Change what is given; a new password and shutting the account end its sessions.

    ``version`` is the number of the last change that the actor knows of. Raises :class:`CannotChange`: there is none,
    it would leave no admin, a short password, or somebody else was first.
    """
    if password is not None:
        _check_password(name, password)
    hashed = None if password is None else _hash(password)
    with store.transaction() as link:
        link.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        row = link.execute("select role, disabled from account where name = %s for update", (name,)).fetchone()
        if row is None:
            raise CannotChange("not-found", "name", f"account:{name}: there is none of this name",
                               f"không có tài khoản {name}")  # fmt: skip
        if version is not None:
            _still(link, name, version)
        before: tuple[Role, bool] = row
        after = (role or before[0], before[1] if disabled is None else disabled)
        _leaves_an_admin(link, name, before, after)
        if after != before:
            link.execute("update account set (role, disabled) = (%s, %s) where name = %s", (*after, name))
        if after[0] != before[0]:
            audit(link, actor, "account.role", name, role=[before[0], after[0]])
        if after[1] != before[1]:
            audit(link, actor, "account.disable" if after[1] else "account.enable", name)
        if hashed is not None:
            link.execute("update account set password_hash = %s where name = %s", (hashed, name))
            audit(link, actor, "account.password", name)
        if hashed is not None or after[1]:
            link.execute("delete from session where account = %s", (name,))


def change_password(store: Store, name: str, password: str, *, actor: str) -> None:
    """Set another password and end the account's sessions; raises :class:`CannotChange`."""
    amend(store, name, actor=actor, password=password)


def change_own_password(store: Store, name: str, password: str, *, kept: bytes) -> None:
    """Set one's own password and end one's other sessions; ``kept`` is the digest of the one that stays.

    Raises :class:`CannotChange`.
    """
    _check_password(name, password)
    hashed = _hash(password)
    with store.transaction() as link:
        link.execute("update account set password_hash = %s where name = %s", (hashed, name))
        link.execute("delete from session where account = %s and digest <> %s", (name, kept))
        audit(link, name, "account.password", name)


def disable(store: Store, name: str, *, actor: str) -> None:
    """Shut an account and end its sessions; raises :class:`CannotChange`, also for the last admin."""
    amend(store, name, actor=actor, disabled=True)


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


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise CannotChange(
            "invalid-request", "name", f"account:{name}: a name is 1 to 64 of a-z, 0-9, '.', '_' and '-'",
            "tên đăng nhập gồm 1 đến 64 ký tự: a-z, 0-9, dấu chấm, gạch dưới, gạch ngang",
        )  # fmt: skip


def _check_password(name: str, password: str) -> None:
    if len(password) < SHORTEST:
        raise CannotChange(
            "invalid-request", "password", f"account:{name}: a password has at least {SHORTEST} characters",
            f"mật khẩu có ít nhất {SHORTEST} ký tự",
        )  # fmt: skip


def _still(link: Link, name: str, version: int) -> None:
    """Raise where the account was changed after the change of this number."""
    last = link.execute(QUERIES["last_account_change"], (name, version)).fetchone()
    if last is not None:
        by, at, action = last
        raise CannotChange(
            "changed-before", "version", f"account:{name}: {by} changed it at {at.isoformat()}; look again",
            f"{by} vừa sửa tài khoản này; xem lại rồi thử lại", by=by, at=at.isoformat(), action=action,
        )  # fmt: skip


def _leaves_an_admin(link: Link, name: str, before: tuple[Role, bool], after: tuple[Role, bool]) -> None:
    others = "select from account where role = 'admin' and not disabled and name <> %s"
    was = before == ("admin", False)
    if was and after != before and link.execute(others, (name,)).fetchone() is None:
        raise CannotChange(
            "last-admin", "name", f"account:{name}: the last admin can't be disabled; add another one first",
            f"{name} là quản trị viên cuối cùng; thêm một quản trị viên khác trước",
        )  # fmt: skip


def _hash(password: str) -> str:
    with _TURNSTILE:
        return _HASHER.hash(password)
