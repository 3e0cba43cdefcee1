"""Signing in and out."""

import logging
import secrets

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api import PREFIX, accounts
from api.access import COOKIE, VIEWER, same_origin
from api.accounts import Role
from api.answer import Json
from api.context import TheSettings, TheStore, TheThrottle
from api.password import proven
from api.problems import Problem
from api.tokens import digest

log = logging.getLogger(__name__)
router = APIRouter(prefix=PREFIX, tags=["session"])


class SignIn(BaseModel):
    """Who wants in."""

    username: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=1024)


class SignedIn(BaseModel):
    """Who is in."""

    username: str
    role: Role


@router.post("/session", response_model=SignedIn)
def sign_in(request: Request, who: SignIn, store: TheStore, settings: TheSettings, throttle: TheThrottle) -> Response:
    """Sign in: sets the cookie ``ioc_session``, which lasts 12 h after its last use; 429 after five failures."""
    same_origin(request)
    name = who.username.strip().lower()
    address = request.client.host if request.client else ""
    role = proven(store, throttle, name, who.password, address)
    if role is None:
        log.warning("sign-in refused name=%r address=%s", name, address)
        raise Problem(401, "sign-in-refused", "this name and password don't belong together")
    secret = secrets.token_urlsafe(32)
    with store.transaction() as link:
        link.execute("delete from session where expires_at < now()")
        link.execute(
            "insert into session (digest, account, expires_at) values (%s, %s, now() + interval '12 hours')",
            (digest(secret), name),
        )
        accounts.audit(link, name, "session.begin", name, address=address)
    answer = Json({"username": name, "role": role})
    answer.set_cookie(COOKIE, secret, httponly=True, samesite="lax", secure=settings.http.secure_cookies, path="/")
    return answer


@router.delete("/session", status_code=204, dependencies=[VIEWER])
def sign_out(request: Request, store: TheStore) -> Response:
    """Sign out: the cookie is worth nothing any more."""
    if cookie := request.cookies.get(COOKIE):
        store.execute("delete from session where digest = %s", (digest(cookie),))
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, path="/")
    return answer
