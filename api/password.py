"""One's own password: proven, slowly where it is guessed, and changed by who knows the old one."""

import logging
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api import PREFIX, accounts
from api.access import COOKIE, VIEWER, Principal
from api.accounts import CannotChange, Role
from api.answer import Json
from api.context import TheStore, TheThrottle
from api.people import Password, refused
from api.problems import Problem
from api.throttle import Throttle
from api.tokens import digest
from ingest.errors import StoreDown
from ingest.store import Store

log = logging.getLogger(__name__)
router = APIRouter(prefix=PREFIX, tags=["session"])


class NewPassword(BaseModel):
    """The password, and what it shall be."""

    old: str = Field(min_length=1, max_length=1024)
    new: Password


class Changed(BaseModel):
    """Whose password it is."""

    username: str
    role: Role


@router.put("/session/password", response_model=Changed)
def change_password(
    request: Request, what: NewPassword, store: TheStore, throttle: TheThrottle, who: Annotated[Principal, VIEWER]
) -> Json:
    """Change one's own password: the old one is asked, and one's sessions elsewhere end; 429 after five failures."""
    if who.name.startswith("token:"):  # a program, or a screen on a wall
        raise Problem(403, "person-needed", "a token has no password; POST /api/v1/tokens makes another one")
    address = request.client.host if request.client else ""
    if proven(store, throttle, who.name, what.old, address) is None:
        log.warning("change of password refused name=%r address=%s", who.name, address)
        reasons = [{"place": "body.old", "reason": "this is not the password", "vi": "mật khẩu hiện tại không đúng"}]
        raise Problem(422, "wrong-password", "this is not the password", reasons=reasons)
    try:
        accounts.change_own_password(store, who.name, what.new, kept=digest(request.cookies[COOKIE]))
    except CannotChange as error:
        raise refused(error) from error
    return Json({"username": who.name, "role": who.role})


def proven(store: Store, throttle: Throttle, name: str, password: str, address: str) -> Role | None:
    """Return the role of who gives the right password; raises a 429 problem after too many wrong ones."""
    key = (name, address)
    if wait := throttle.attempt(key):
        detail = f"too many failures; try again in {wait:.0f} s"
        raise Problem(429, "throttled", detail, headers={"Retry-After": str(int(wait) + 1)})
    try:
        role = accounts.verify(store, name, password)
    except StoreDown:
        throttle.withdraw(key)
        raise
    if role is not None:
        throttle.forgive(key)
    return role
