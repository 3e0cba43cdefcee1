"""Who gets in, and how far."""

import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from api import accounts, tokens
from api.app import create_app
from api.throttle import Throttle
from ingest.config import Settings
from ingest.errors import ConfigError
from ingest.store import Store
from tests.api.conftest import PASSWORD, Api


def routes() -> list[tuple[str, str]]:
    app = create_app(Settings())
    found = [
        (method, str(context.path))
        for context in iter_route_contexts(app.router.routes)
        if isinstance(context.original_route, APIRoute) and context.include_in_schema
        for method in context.methods or ()
    ]
    assert len(found) > 25
    return [pair for pair in found if pair not in {("GET", "/healthz"), ("POST", "/api/v1/session")}]


def filled(path: str) -> str:
    for name, value in {"source": "reports", "code": "00004", "id": "loa-1", "key": "x", "name": "reports"}.items():
        path = path.replace("{" + name + "}", value)
    return path


def test_without_a_sign_in_only_healthz_answers(api: Api) -> None:
    client = api.anonymous()
    assert client.get("/healthz").json() == {"status": "alive"}
    open_doors = [(m, p) for m, p in routes() if client.request(m, filled(p)).status_code != 401]
    assert open_doors == []


def test_a_role_is_not_enough_for_what_needs_more(api: Api) -> None:
    viewer, operator, technician = api.client("viewer"), api.client("operator"), api.client("technician")
    push, refused = "/api/v1/messages/reports", "/api/v1/sources/reports/rejections"
    answer = viewer.post(push, content=b"{}")
    assert answer.status_code == 403
    assert answer.json()["role"] == "operator"
    assert operator.post(push, content=b"{}").status_code == 422
    assert viewer.get(refused).status_code == 403
    assert operator.get(refused).status_code == 403
    assert technician.get(refused).status_code == 200
    assert technician.post(push, content=b"{}").status_code == 422


def test_a_person_signs_in_and_out(api: Api, store: Store) -> None:
    client = api.person("operator")
    answer = client.post("/api/v1/session", json={"username": " Lan ", "password": PASSWORD})
    assert answer.json() == {"username": "lan", "role": "operator"}
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("ioc_session=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie
    assert client.get("/api/v1/sources").status_code == 200
    kept = client.cookies["ioc_session"]
    assert client.delete("/api/v1/session").status_code == 204
    assert client.get("/api/v1/sources", headers={"Cookie": f"ioc_session={kept}"}).status_code == 401
    assert store.row("select count(*) as n from audit where actor = 'lan' and action = 'session.begin'") == {"n": 2}


def test_a_session_lasts_twelve_hours_after_its_last_use(api: Api, store: Store) -> None:
    client = api.person()
    store.execute("update session set expires_at = now() + interval '1 minute'")
    assert client.get("/api/v1/sources").status_code == 200
    row = store.row("select expires_at from session")
    assert row is not None
    assert row["expires_at"] - datetime.now(UTC) > timedelta(hours=11)
    store.execute("update session set expires_at = now()")
    assert client.get("/api/v1/sources").status_code == 401


def test_behind_tls_the_cookie_is_secure(configured, store: Store) -> None:  # type: ignore[no-untyped-def]
    accounts.create(store, "lan", PASSWORD, "viewer", actor="test")
    with Api(configured(secure_cookies=True), store) as api:
        answer = api.anonymous().post("/api/v1/session", json={"username": "lan", "password": PASSWORD})
    assert "; Secure" in answer.headers["set-cookie"]


def test_guessing_is_slowed_down_by_name_and_address(api: Api) -> None:
    accounts.create(api.store, "lan", PASSWORD, "viewer", actor="test")
    client = api.anonymous()

    def sign_in(name: str, password: str) -> httpx.Response:
        return client.post("/api/v1/session", json={"username": name, "password": password})

    assert [sign_in("lan", "wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    refused = sign_in("lan", PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 301
    assert sign_in("nobody", "wrong").status_code == 401


def test_a_throttle_forgets_after_its_window() -> None:
    clock = [0.0]
    throttle = Throttle(attempts=2, window=10, keys=2, clock=lambda: clock[0])
    assert [throttle.attempt("a") for _ in range(3)] == [0, 0, 10]
    throttle.withdraw("a")
    assert throttle.attempt("a") == 0
    clock[0] = 10.5
    assert throttle.attempt("a") == 0
    throttle.forgive("a")
    assert [throttle.attempt("a") for _ in range(2)] == [0, 0]
    throttle.attempt("b")
    throttle.attempt("c")
    assert throttle.attempt("a") == 0, "the oldest key gave way"


def test_an_unknown_name_takes_as_long_as_a_known_one(store: Store) -> None:
    accounts.create(store, "lan", PASSWORD, "viewer", actor="test")

    def seconds(name: str) -> float:
        began = time.perf_counter()
        assert accounts.verify(store, name, "wrong") is None
        return time.perf_counter() - began

    # In turn, and the least of several: a busy machine slows some, a missing hash would be a hundred times less.
    tries = [(seconds("lan"), seconds("nobody")) for _ in range(7)]
    known, unknown = (min(column) for column in zip(*tries, strict=True))
    assert 0.1 < known / unknown < 10


def test_a_token_ends_when_it_is_revoked_or_expires(api: Api, store: Store) -> None:
    number, secret = tokens.create(store, "gateway", "viewer", actor="test")
    client = api.anonymous(headers={"Authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/sources").status_code == 200
    row = store.row("select used_at, digest from token where id = %s", (number,))
    assert row is not None
    assert row["used_at"] is not None
    assert secret.encode() not in row["digest"]
    tokens.revoke(store, number, actor="test")
    assert client.get("/api/v1/sources").status_code == 401
    with pytest.raises(ConfigError, match="revoked already"):
        tokens.revoke(store, number, actor="test")
    past = datetime.now(UTC) - timedelta(seconds=1)
    _, expired = tokens.create(store, "old", "viewer", actor="test", expires_at=past)
    assert client.get("/api/v1/sources", headers={"Authorization": f"Bearer {expired}"}).status_code == 401
    assert client.get("/api/v1/sources", headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_a_disabled_account_is_out_at_once(api: Api, store: Store) -> None:
    client = api.person("viewer")
    accounts.disable(store, "lan", actor="test")
    assert client.get("/api/v1/sources").status_code == 401
    assert client.post("/api/v1/session", json={"username": "lan", "password": PASSWORD}).status_code == 401


def test_a_new_password_ends_the_sessions_of_the_old(api: Api, store: Store) -> None:
    client = api.person("viewer")
    accounts.change_password(store, "lan", "mot mat khau khac", actor="test")
    assert client.get("/api/v1/sources").status_code == 401
    assert accounts.verify(store, "lan", PASSWORD) is None
    assert accounts.verify(store, "lan", "mot mat khau khac") == "viewer"


def test_the_first_start_makes_one_admin(store: Store) -> None:
    password = accounts.ensure_admin(store)
    assert password is not None
    assert accounts.verify(store, "admin", password) == "admin"
    assert accounts.ensure_admin(store) is None
    with pytest.raises(ConfigError, match="last admin"):
        accounts.disable(store, "admin", actor="test")


@pytest.mark.parametrize(("name", "password"), [("Lan", PASSWORD), ("", PASSWORD), ("lan", "short")])
def test_bad_names_and_passwords_are_refused(store: Store, name: str, password: str) -> None:
    with pytest.raises(ConfigError):
        accounts.create(store, name, password, "viewer", actor="test")


def test_a_name_is_taken_once(store: Store) -> None:
    accounts.create(store, "lan", PASSWORD, "viewer", actor="test")
    with pytest.raises(ConfigError, match="already"):
        accounts.create(store, "lan", PASSWORD, "admin", actor="test")
    with pytest.raises(ConfigError, match="none of this name"):
        accounts.change_password(store, "hoa", PASSWORD, actor="test")


def test_another_site_can_not_act_with_the_cookie(api: Api) -> None:
    client = api.person("operator")
    push = "/api/v1/messages/reports"
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.vn"}):
        answer = client.post(push, content=b"{}", headers=headers)
        assert answer.status_code == 403, headers
        assert answer.json()["type"].endswith("cross-site")
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": api.url}, {}):
        assert client.post(push, content=b"{}", headers=headers).status_code == 422, headers
    program = api.client("operator")
    assert program.post(push, content=b"{}", headers={"Origin": "https://evil.vn"}).status_code == 422
