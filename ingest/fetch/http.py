"""HTTP: bounded answers, conditional requests left to the connector, sign-in for it."""

import ssl
import threading
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from functools import cache

import httpx

from connectors.talk import Answer, Auth, Basic, Bearer, ClientCredentials, Digest, Request
from ingest.fetch.digest import DigestAuth

PASSING = frozenset({429, 502, 503, 504})
"""Statuses that time mends."""
_EARLY = timedelta(seconds=30)
"""A token is renewed so long before it ends."""


@cache
def _trusted() -> ssl.SSLContext:
    """Return whom we trust, read once for all sources: the list of authorities is large."""
    return httpx.create_ssl_context()


class Http:
    """One source's client: connections are kept, and so are tokens; thread-safe."""

    def __init__(self, parallel: int, largest_body: int) -> None:
        limits = httpx.Limits(max_connections=parallel + 2, max_keepalive_connections=parallel)
        headers = {"User-Agent": "commune-ioc"}
        self._client = httpx.Client(limits=limits, follow_redirects=True, headers=headers, verify=_trusted())
        self._largest = largest_body
        self._auths: dict[Auth, httpx.Auth] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def fetch(self, question: Request, timeout: float) -> Answer:
        """Ask once; raises ``OSError`` for faults of the network, and for an answer beyond the largest body."""
        asked_at = datetime.now(UTC)
        try:
            with self._client.stream(
                question.method,
                question.url,
                params=dict(question.params) or None,
                headers=dict(question.headers),
                content=question.body,
                timeout=timeout,
                auth=self._auth(question.auth) if question.auth else None,
            ) as response:
                body = bytearray()
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > self._largest:
                        raise OSError(f"the answer is larger than {self._largest} bytes (largest_body): ask for less")
        except httpx.TimeoutException as error:
            raise TimeoutError(f"no answer within {timeout:g} s") from error
        except (httpx.TransportError, httpx.DecodingError, httpx.TooManyRedirects) as error:
            raise ConnectionError(f"{type(error).__name__}: {error}".rstrip(": ")) from error
        except httpx.InvalidURL as error:
            raise OSError(f"{error}: correct the address") from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(bytes(body), asked_at, datetime.now(UTC), response.status_code, headers)

    def _auth(self, auth: Auth) -> httpx.Auth:
        with self._lock:
            if auth not in self._auths:
                self._auths[auth] = _httpx_auth(auth)
            return self._auths[auth]


def _httpx_auth(auth: Auth) -> httpx.Auth:
    if isinstance(auth, Basic):
        return httpx.BasicAuth(auth.username, auth.password.get_secret_value())
    if isinstance(auth, Digest):
        return DigestAuth(auth.username, auth.password.get_secret_value())
    return _Token(auth)


class _Token(httpx.Auth):
    """A bearer token: given, or got by client credentials, kept, and got anew before it ends or once it is refused."""

    requires_response_body = True

    def __init__(self, auth: Bearer | ClientCredentials) -> None:
        self._auth = auth
        self._lock = threading.Lock()
        self._token = auth.token.get_secret_value() if isinstance(auth, Bearer) else ""
        self._ends_at = (
            datetime.max.replace(tzinfo=UTC) if isinstance(auth, Bearer) else datetime.min.replace(tzinfo=UTC)
        )

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        used = self._token
        if datetime.now(UTC) >= self._ends_at:
            yield from self._renew()
            used = self._token
        request.headers["Authorization"] = f"Bearer {used}"
        response = yield request
        if response.status_code == 401 and isinstance(self._auth, ClientCredentials):
            if self._token == used:  # another thread may have renewed it meanwhile
                yield from self._renew()
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _renew(self) -> Generator[httpx.Request, httpx.Response, None]:
        auth = self._auth
        assert isinstance(auth, ClientCredentials)  # noqa: S101 - a given token never ends
        form = {"grant_type": "client_credentials"} | ({"scope": auth.scope} if auth.scope else {})
        identity = httpx.BasicAuth(auth.client_id, auth.client_secret.get_secret_value())
        asking = next(identity.auth_flow(httpx.Request("POST", auth.token_url, data=form)))
        asking.headers["Accept"] = "application/json"
        response = yield asking
        if response.status_code in PASSING:
            raise httpx.ConnectError(f"{auth.token_url} answers {response.status_code}")
        try:
            said = response.json()
            token, seconds = str(said["access_token"]), float(said.get("expires_in", 300))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise httpx.ConnectError(
                f"{auth.token_url} gives no token (status {response.status_code}); check client_id and its secret"
            ) from error
        with self._lock:
            self._token = token
            self._ends_at = datetime.now(UTC) + timedelta(seconds=seconds) - min(_EARLY, timedelta(seconds=seconds / 2))
