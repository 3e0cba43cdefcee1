"""Who asks, and whether they may: a cookie for people, a bearer token for programs, one role a route."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from api.accounts import ROLES, Role
from api.context import TheStore
from api.problems import Problem
from api.sql import QUERIES
from api.tokens import digest
from ingest.store import Store

COOKIE = "ioc_session"
WALL = "wall."
"""How the cookie of a screen on a wall begins: a token of the role viewer follows, so that revoking it ends it."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="What POST /api/v1/session set")
_bearer = HTTPBearer(auto_error=False, description="A token of `ioc token create`")


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who is signed in: an account by its cookie, or a program by its token."""

    name: str
    role: Role
    program: bool

    def may(self, role: Role) -> bool:
        """Tell whether they may do what this role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


def recognise(store: Store, cookie: str | None, bearer: str | None) -> Principal | None:
    """Return who holds the cookie or the token (which counts where both are sent); a used session lasts 12 h more."""
    if bearer is not None:
        row = store.row(QUERIES["token_of"], (digest(bearer),))
        if row is None:
            return None
        if row["ages"]:
            store.execute("update token set used_at = now() where id = %s", (row["id"],))
        return Principal(f"token:{row['name']}", row["role"], program=True)
    if cookie is None:
        return None
    if cookie.startswith(WALL):
        known = recognise(store, None, cookie.removeprefix(WALL))
        return Principal(known.name, "viewer", program=False) if known and known.role == "viewer" else None
    row = store.row(QUERIES["session_of"], (digest(cookie),))
    if row is None:
        return None
    if row["ages"]:
        store.execute(
            "update session set expires_at = now() + interval '12 hours' where digest = %s", (digest(cookie),)
        )
    return Principal(row["name"], row["role"], program=False)


def same_origin(request: Request) -> None:
    """Raise a 403 problem where a browser says that another site makes this request."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        fine = site in ("same-origin", "none")
    else:
        fine = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not fine:
        raise Problem(403, "cross-site", "another site may not act for you; send a bearer token instead of the cookie")


def required(principal: Principal | None, role: Role) -> Principal:
    """Return them where they may; raises a 401 or 403 problem that says what is missing."""
    if principal is None:
        detail = "sign in with POST /api/v1/session, or send Authorization: Bearer with a token that is valid"
        raise Problem(401, "sign-in-needed", detail, headers={"WWW-Authenticate": "Bearer"})
    if not principal.may(role):
        raise Problem(
            403, "role-needed", f"this needs the role {role}; {principal.name} is {principal.role}", role=role
        )
    return principal


@cache
def require(role: Role) -> Any:
    """Return the dependency of a route that needs this role; it gives the :class:`Principal`."""

    def admit(
        request: Request,
        store: TheStore,
        cookie: Annotated[str | None, Security(_cookie)],
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    ) -> Principal:
        principal = required(recognise(store, cookie, bearer.credentials if bearer else None), role)
        if not principal.program and request.method not in _SAFE:
            same_origin(request)
        return principal

    return Depends(admit)


VIEWER = require("viewer")
OPERATOR = require("operator")
TECHNICIAN = require("technician")
ADMIN = require("admin")
