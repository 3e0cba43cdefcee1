"""Every error is a problem that says what to do; the API lives while the database does not."""

import logging
import time
from collections.abc import Callable

import httpx
import pytest

from ingest.config import Settings
from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import report
from tests.api.test_push import NOW, PUSH
from tests.servers import Postgres, await_that


def told(answer: httpx.Response, status: int) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, object] = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= set(problem)
    assert problem["status"] == status
    assert str(problem["type"]).startswith("urn:commune-ioc:problem:")
    assert problem["instance"] == answer.request.url.path
    assert problem["detail"]
    return problem


def test_each_class_of_error(api: Api) -> None:
    client = api.client("operator")
    told(client.get("/nothing"), 404)
    told(client.get("/api/v1/nothing"), 404)
    told(client.get("/api/nothing"), 404)
    told(client.get("/api/v1/devices/nothing"), 404)
    assert told(client.delete("/api/v1/devices"), 405)
    assert client.delete("/api/v1/devices").headers["allow"] == "GET, POST"
    assert "POST" in client.get(PUSH).headers["allow"]
    told(api.anonymous().get("/api/v1/devices"), 401)
    told(client.get("/api/v1/sources/reports/rejections"), 403)
    told(client.get("/api/v1/devices?cursor=x"), 400)
    told(client.post(PUSH, content=b"{}"), 422)
    told(api.anonymous().post("/api/v1/session", json={"username": "lan"}), 422)
    told(api.anonymous().post("/api/v1/session", content=b"{broken"), 422)
    told(api.anonymous().post("/api/v1/session", json={"username": "a", "password": "b"}), 401)


BAD = [
    ("devices?limit=0", "limit", "greater"),
    ("devices?limit=1001", "limit", "less"),
    ("devices?comune=00004", "comune", "not permitted"),
    ("uptime?start=2026-11-21T07:00:00", "start", "zone"),
    ("uptime?start=2026-11-21", "start", "zone"),
    ("uptime?start=1763700000", "start", "zone"),
    ("uptime?start=2026-02-30T00:00:00Z", "start", "no instant"),
    ("uptime?stop=0001-01-01T00:00:00Z", "stop", "1900"),
    ("uptime/groups?start=9999-12-31T23:59:59Z", "start", "2199"),
    ("export/uptime.xlsx?start=9999-12-31T23:59:59-12:00", "start", "2199"),
    ("broadcasts/played?stop=0001-01-01", "stop", "1900"),
    ("sources/reports/expected?stop=9999-12-31", "stop", "2199"),
    ("indicators/devices_camera_availability?stop=1899-12-31", "stop", "1900"),
    ("uptime?start=2026-11-21T07:00:00Z&stop=2026-11-21T07:00:00Z", "query", "before"),
    ("observations?start=2026-02-30", "start", "no day"),
    ("cases?kind=letters", "kind", "field_report"),
    ("units?current=perhaps", "current", "boolean"),
    ("devices?unit=%00", "", "NUL"),
]


def test_a_bad_question_is_told_where_and_how_to_mend_it(api: Api) -> None:
    client = api.client()
    for path, place, remedy in BAD:
        problem = told(client.get(f"/api/v1/{path}"), 422)
        assert place in str(problem["detail"]), path
        assert remedy in str(problem["detail"]), path


def test_an_offset_whose_plus_was_not_escaped_is_understood(api: Api) -> None:
    assert api.client().get("/api/v1/uptime?start=2026-11-21T07:00:00+07:00").status_code == 200


def test_a_bug_is_a_problem_too(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    api.app.router.add_api_route("/broken", broken)
    api.app.router.routes.insert(0, api.app.router.routes.pop())
    with caplog.at_level(logging.CRITICAL, "uvicorn.error"):
        problem = told(api.anonymous().get("/broken"), 500)
    assert "ZeroDivision" not in str(problem)


def test_a_password_is_not_told_back(api: Api) -> None:
    answer = api.anonymous().post("/api/v1/session", json={"username": "", "password": "geheim" * 300})
    assert "geheim" not in answer.text


def test_the_database_goes_and_comes_back(api: Api, postgres: Postgres) -> None:
    client = api.client("operator")
    assert client.get("/readyz").json() == {"status": "ready"}
    postgres.stop()
    try:
        assert client.get("/healthz").status_code == 200
        began = time.monotonic()
        for answer in (client.get("/readyz"), client.get("/api/v1/devices"), client.post(PUSH, content=b"{}")):
            told(answer, 503)
            assert int(answer.headers["retry-after"]) > 0
        assert time.monotonic() - began < 25, "a caller waits for a database that is away"
    finally:
        postgres.start()
    await_that(lambda: client.get("/readyz").status_code == 200, "readiness")
    assert client.post(PUSH, content=report("PA-1", at=NOW)).status_code == 202


def test_it_starts_while_the_database_is_away(
    configured: Callable[..., Settings], store: Store, postgres: Postgres
) -> None:
    settings = configured()
    with Api(settings, store) as api:
        client = api.client("operator")
    postgres.stop()
    try:
        with Api(settings, store) as api:
            client = api.anonymous(headers=client.headers)
            assert client.get("/healthz").status_code == 200
            told(client.get("/readyz"), 503)
            postgres.start()
            await_that(lambda: client.get("/readyz").status_code == 200, "readiness")
            assert client.post(PUSH, content=report("PA-1", at=NOW)).status_code == 202
            await_that(lambda: api.app.state.hub.present, "the hub")
    finally:
        postgres.stop()
        postgres.start()


def test_a_schema_that_does_not_fit_is_not_ready(api: Api, store: Store) -> None:
    client = api.client()
    store.execute("update migration set digest = 'other' where number = 1")
    assert "0001" in str(told(client.get("/readyz"), 503)["detail"])
    store.execute("alter table case_now rename to case_then")
    assert "migrate" in str(told(client.get("/api/v1/cases"), 503)["detail"])
