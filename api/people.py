"""People and programs, for admins: accounts with their roles and passwords, tokens that are shown once."""

import secrets
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api import PREFIX, accounts, tokens
from api.access import ADMIN, Principal
from api.accounts import CannotChange, Role
from api.answer import Json
from api.context import TheStore
from api.maintenance import sentence
from api.problems import Problem
from api.sql import QUERIES
from ingest.errors import ConfigError
from ingest.store import Store

router = APIRouter(prefix=PREFIX, tags=["people"])

_STATUS = {"not-found": 404, "name-taken": 409, "last-admin": 409, "changed-before": 409}
Password = Annotated[str, Field(max_length=1024)]


class Account(BaseModel):
    """A person; ``used_at`` is when they last used or began a session, ``version`` the number of the last change."""

    name: str
    role: Role
    disabled: bool
    created_at: datetime
    used_at: datetime | None
    sessions: int
    version: int


class Accounts(BaseModel):
    """Everybody."""

    items: list[Account]


class NewAccount(BaseModel):
    """Who is let in; without a password one is made and told once."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=64)
    role: Role
    password: Password | None = None


class Amended(BaseModel):
    """What shall change of an account; ``version``: the last change known to who asks, 409 where there is a later."""

    model_config = ConfigDict(extra="forbid")

    role: Role | None = None
    disabled: bool | None = None
    password: Password | None = None
    new_password: bool = False
    """Whether a password is made and told once."""
    version: int | None = None


class Told(Account):
    """An account; ``password`` is one that was made, told this once."""

    password: str | None = None


class Token(BaseModel):
    """A program's token without its secret."""

    id: int
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None
    in_force: bool


class Tokens(BaseModel):
    """Every token, those in force first."""

    items: list[Token]


class NewToken(BaseModel):
    """A program that is let in; ``days`` null: it lasts until it is revoked, as a wall's token does."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=100), AfterValidator(sentence)]
    role: Role = "viewer"
    days: int | None = Field(default=None, ge=1, le=3650)


class ToldToken(Token):
    """A token with its secret, told this once."""

    token: str


@router.get("/accounts", response_model=Accounts, dependencies=[ADMIN])
def accounts_(store: TheStore) -> Json:
    """Return everybody who has an account."""
    return Json({"items": store.rows(QUERIES["accounts"])})


@router.post("/accounts", response_model=Told, status_code=201)
def add_account(what: NewAccount, store: TheStore, who: Annotated[Principal, ADMIN]) -> Json:
    """Add an account; 409 where the name is taken."""
    name = what.name.strip().lower()
    made = None if what.password else secrets.token_urlsafe(12)
    try:
        accounts.create(store, name, what.password or made or "", what.role, actor=who.name)
    except CannotChange as error:
        raise refused(error) from error
    return Json(_account(store, name) | {"password": made}, 201)


@router.patch("/accounts/{name}", response_model=Told)
def amend_account(name: str, what: Amended, store: TheStore, who: Annotated[Principal, ADMIN]) -> Json:
    """Change a role, shut or open an account, set a password; 409 for the last admin and after another's change."""
    made = secrets.token_urlsafe(12) if what.new_password and what.password is None else None
    try:
        accounts.amend(
            store, name, actor=who.name, role=what.role, disabled=what.disabled, password=what.password or made,
            version=what.version,
        )  # fmt: skip
    except CannotChange as error:
        raise refused(error) from error
    return Json(_account(store, name) | {"password": made})


@router.get("/tokens", response_model=Tokens, dependencies=[ADMIN])
def tokens_(store: TheStore) -> Json:
    """Return the tokens of programs, also those that ended; secrets are kept by nobody."""
    return Json({"items": store.rows(QUERIES["tokens"])})


@router.post("/tokens", response_model=ToldToken, status_code=201)
def add_token(what: NewToken, store: TheStore, who: Annotated[Principal, ADMIN]) -> Json:
    """Make a token; its secret is in this answer and nowhere else."""
    expires_at = None
    if what.days is not None:
        row = store.row("select now() + %s as at", (timedelta(days=what.days),))
        assert row is not None  # noqa: S101 - a select without a table
        expires_at = row["at"]
    number, secret = tokens.create(store, what.name, what.role, actor=who.name, expires_at=expires_at)
    (token,) = (row for row in store.rows(QUERIES["tokens"]) if row["id"] == number)
    return Json(token | {"token": secret}, 201)


@router.delete("/tokens/{number}", response_model=Token)
def revoke_token(number: int, store: TheStore, who: Annotated[Principal, ADMIN]) -> Json:
    """End a token at once; 404 where there is none in force of this number."""
    try:
        tokens.revoke(store, number, actor=who.name)
    except ConfigError as error:
        raise Problem(404, "not-found", str(error)) from error
    (token,) = (row for row in store.rows(QUERIES["tokens"]) if row["id"] == number)
    return Json(token)


def refused(error: CannotChange) -> Problem:
    """Return the problem that tells why an account can't be so."""
    reasons = [{"place": f"body.{error.place}", "reason": str(error), "vi": error.vi}]
    return Problem(_STATUS.get(error.kind, 422), error.kind, str(error), reasons=reasons, **error.fields)


def _account(store: Store, name: str) -> dict[str, Any]:
    (row,) = (row for row in store.rows(QUERIES["accounts"]) if row["name"] == name)
    return row
