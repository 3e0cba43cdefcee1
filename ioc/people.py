"""`ioc user` and `ioc token`: people and programs."""

import os
import secrets
import sys
from datetime import UTC, datetime, timedelta
from getpass import getpass

from api import accounts, tokens
from ingest.config import Settings
from ingest.errors import ConfigError
from ingest.store import Store

_ACTOR = "command line"


def add(settings: Settings, name: str, role: str) -> dict[str, str]:
    """Add an account."""
    password, generated = _password()
    with _store(settings) as store:
        accounts.create(store, name, password, _role(role), actor=_ACTOR)
    return {"user": name, "role": role} | generated


def passwd(settings: Settings, name: str) -> dict[str, str]:
    """Set an account's password and end its sessions."""
    password, generated = _password()
    with _store(settings) as store:
        accounts.change_password(store, name, password, actor=_ACTOR)
    return {"user": name} | generated


def disable(settings: Settings, name: str) -> dict[str, str]:
    """Shut an account."""
    with _store(settings) as store:
        accounts.disable(store, name, actor=_ACTOR)
    return {"user": name, "state": "disabled"}


def token(settings: Settings, name: str, role: str, days: int | None) -> dict[str, str]:
    """Make a token."""
    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None
    with _store(settings) as store:
        number, secret = tokens.create(store, name, _role(role), actor=_ACTOR, expires_at=expires_at)
    return {"token": secret, "id": str(number), "note": "it is shown this once"}


def revoke(settings: Settings, name: str) -> dict[str, str]:
    """Revoke a program's tokens."""
    with _store(settings) as store:
        rows = store.rows("select id from token where name = %s and revoked_at is null", (name,))
        for row in rows:
            tokens.revoke(store, row["id"], actor=_ACTOR)
    if not rows:
        raise ConfigError(f"token:{name}: there is no token of this name in force")
    return {"token": name, "revoked": str(len(rows))}


def _store(settings: Settings) -> Store:
    return Store(settings.database.url, pool=2, name="ioc-people")


def _role(role: str) -> accounts.Role:
    if role not in accounts.ROLES:
        raise ConfigError(f"role: {role!r} is none of {', '.join(accounts.ROLES)}")
    return role


def _password() -> tuple[str, dict[str, str]]:
    if given := os.environ.get("IOC_PASSWORD"):
        return given, {}
    if sys.stdin.isatty():
        return getpass("Password: "), {}
    made = secrets.token_urlsafe(12)
    return made, {"password": made}
