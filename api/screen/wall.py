"""How a screen on a wall signs in: a token once, a cookie from then on."""

from fastapi import APIRouter, Request, Response

from api.access import COOKIE, WALL, recognise, same_origin
from api.answer import Json
from api.context import TheSettings, TheStore
from api.problems import Problem

router = APIRouter(prefix="/screen", include_in_schema=False)

_LASTS = 400 * 86_400
"""Seconds that a browser keeps a cookie at most (RFC 6265bis, 5.5); a wall asks for it anew each day."""


@router.post("/wall")
def sign_in(request: Request, store: TheStore, settings: TheSettings) -> Response:
    """Sign in by a token (``Authorization: Bearer``) of the role viewer and no other: nobody watches over a wall.

    The cookie lasts as long as the token; whoever has it already is given it anew, for 400 days more.
    """
    same_origin(request)
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    held = request.cookies.get(COOKIE, "")
    shown = secret.strip() if scheme.lower() == "bearer" else held.removeprefix(WALL) if held.startswith(WALL) else ""
    known = recognise(store, None, shown) if shown else None
    if known is None:
        raise Problem(401, "sign-in-refused", "this token is unknown, has ended or was revoked")
    if known.role != "viewer":
        raise Problem(403, "role-needed", f"a wall needs a token of the role viewer, not {known.role}", role="viewer")
    answer = Json({"username": known.name, "role": known.role})
    answer.set_cookie(COOKIE, WALL + shown, max_age=_LASTS, httponly=True, samesite="lax",
                      secure=settings.http.secure_cookies, path="/")  # fmt: skip
    return answer
