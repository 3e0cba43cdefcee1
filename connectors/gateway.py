"""The manners of an office's REST interface, behind a provincial gateway (LGSP) or not: address, credentials, refusals.

A connector of a REST feed is a :class:`Gateway` with its own conversation; it asks with :meth:`Gateway.ask`, which says
in the operator's words why an answer is none.
"""

from collections.abc import Generator, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from connectors.contract import Polled, SourceDown
from connectors.talk import Answer, Arrived, Auth, Basic, Bearer, ClientCredentials, Question, Request

Asking = Generator[Question | Arrived, Answer, Answer]

_REMEDIES = {
    400: "it does not understand our request; compare the source's settings with its manual",
    401: "it does not know us; renew the credentials (IOC_SOURCES__<NAME>__…)",
    403: "it knows us, and refuses; ask its owner for the right to read",
    404: "there is no such address; correct `url`",
    429: "we ask too often; set `per_minute`, or a longer `every`",
}


class OAuth(BaseModel):
    """OAuth 2 client credentials; the secret comes from ``IOC_SOURCES__<NAME>__OAUTH__CLIENT_SECRET``."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    token_url: str = Field(pattern=r"^https?://")
    client_id: str
    client_secret: SecretStr
    scope: str = ""


class Gateway(Polled):
    """Where a REST interface is, and who we are to it; secrets come from the environment only."""

    url: str = Field(pattern=r"^https?://[^\s]+$")
    """Base address; paths are added to it."""
    token: SecretStr | None = None
    """A bearer token (``IOC_SOURCES__<NAME>__TOKEN``)."""
    username: str = ""
    password: SecretStr | None = None
    oauth: OAuth | None = None
    """Client credentials instead: the token is got, kept and renewed for us."""

    @model_validator(mode="after")
    def _one_identity(self) -> "Gateway":
        if sum((self.token is not None, bool(self.username), self.oauth is not None)) > 1:
            raise ValueError("one of token, username with password, and oauth; not several")
        if bool(self.username) != (self.password is not None):
            raise ValueError("username and password come together")
        return self

    def auth(self) -> Auth | None:
        """Return how we sign in; none where the interface is open."""
        if self.oauth is not None:
            o = self.oauth
            return ClientCredentials(o.token_url, o.client_id, o.client_secret, o.scope)
        if self.token is not None:
            return Bearer(self.token)
        return Basic(self.username, self.password) if self.password is not None else None

    def ask(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        method: Literal["GET", "POST"] = "GET",
        body: bytes | None = None,
    ) -> Asking:
        """Ask once, as ``answer = yield from self.ask(...)``; 2xx and 304 come back.

        Raises :class:`SourceDown` naming the address and the remedy for everything else; what a passing fault of the
        network is was already tried again.
        """
        url = self.url.rstrip("/") + path
        answer = yield Request(url, method, params or {}, {"Accept": "application/json", **(headers or {})}, body,
                               self.auth())  # fmt: skip
        if answer.error:
            raise SourceDown(f"{url}: {answer.error}")
        if answer.status != 304 and not 200 <= answer.status < 300:
            remedy = _REMEDIES.get(answer.status, "its own fault; tell its owner")
            raise SourceDown(f"{url} answers {answer.status}: {remedy}")
        return answer
