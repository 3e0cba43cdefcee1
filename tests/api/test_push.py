"""Pushed messages: 202 means committed, and the counts add up."""

from datetime import UTC, datetime
from itertools import islice

import httpx
import orjson
import pytest

from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import UNIT, report

NOW = datetime.now(UTC).replace(microsecond=0)
NDJSON = {"Content-Type": "application/x-ndjson; charset=utf-8"}
PUSH = "/api/v1/messages/reports"


def counted(answer: httpx.Response) -> dict[str, int]:
    body = answer.json()
    assert body["received"] == body["stored"] + body["duplicate"] + body["rejected"]
    return {key: body[key] for key in ("received", "stored", "duplicate", "rejected")}


def test_one_message_is_stored_once(api: Api, store: Store) -> None:
    client = api.client("operator")
    first = client.post(PUSH, content=report("PA-1", at=NOW))
    assert first.status_code == 202
    assert counted(first) == {"received": 1, "stored": 1, "duplicate": 0, "rejected": 0}
    assert counted(client.post(PUSH, content=report("PA-1", at=NOW))) == {
        "received": 1, "stored": 0, "duplicate": 1, "rejected": 0,
    }  # fmt: skip
    row = store.row("select received, stored, duplicate, rejected from source where name = 'reports'")
    assert row == {"received": 2, "stored": 1, "duplicate": 1, "rejected": 0}
    assert [c["id"] for c in client.get("/api/v1/cases").json()["items"]] == ["PA-1"]


def test_many_lines_some_good_some_bad_some_again(api: Api) -> None:
    good = [report(f"PA-{n}", at=NOW) for n in range(10)]
    body = b"\n\r\n".join([*good, good[3], b"{}", b"not json", b"  "]) + b"\n"
    client = api.client("operator")
    answer = client.post(PUSH, content=body, headers=NDJSON)
    assert answer.status_code == 202
    assert counted(answer) == {"received": 13, "stored": 10, "duplicate": 1, "rejected": 2}
    reasons = answer.json()["reasons"]
    assert len(reasons) == 2
    assert all(set(r) == {"line", "place", "reason", "vi"} and r["reason"] for r in reasons)
    assert [r["line"] for r in reasons] == [23, 25], "blank lines count, as an editor counts them"
    again = client.post(PUSH, content=body, headers=NDJSON)
    assert counted(again) == {"received": 13, "stored": 0, "duplicate": 11, "rejected": 2}
    assert counted(client.post(PUSH, content=b"\n\n", headers=NDJSON))["received"] == 0


def test_all_refused_says_why_and_keeps_them(api: Api, store: Store) -> None:
    client = api.client("technician")
    answer = client.post(PUSH, content=b'{"id": "PA-1", "unit": "99999"}\n{"unit": "00004"}', headers=NDJSON)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert counted(answer) == {"received": 2, "stored": 0, "duplicate": 0, "rejected": 2}
    assert [r["place"] for r in problem["reasons"]] == ["unit", "id"]
    kept = client.get("/api/v1/sources/reports/rejections").json()["items"]
    assert [(k["place"], k["times"], k["encoding"]) for k in kept] == [("id", 1, "text"), ("unit", 1, "text")]
    assert orjson.loads(kept[1]["body"]) == {"id": "PA-1", "unit": "99999"}


def test_a_refused_binary_body_is_kept_whole(api: Api) -> None:
    client = api.client("technician")
    body = bytes(range(256)) * 40
    topic = f"ioc/{UNIT}/camera/cam-1/status"
    answer = client.post("/api/v1/messages/cameras", content=body, params={"address": topic})
    assert answer.status_code == 422
    (kept,) = client.get("/api/v1/sources/cameras/rejections").json()["items"]
    import base64

    assert kept["encoding"] == "base64"
    assert base64.b64decode(kept["body"]) == body
    assert kept["address"] == topic


def test_a_device_message_comes_with_its_topic(api: Api) -> None:
    client = api.client("operator")
    topic = f"ioc/{UNIT}/camera/cam-1/status"
    answer = client.post("/api/v1/messages/cameras", content=b'{"state":"degraded"}', params={"address": topic})
    assert counted(answer)["stored"] == 1
    assert client.get("/api/v1/devices/cam-1").json()["state"] == "degraded"
    pathless = client.post("/api/v1/messages/cameras", content=b'{"state":"degraded"}')
    assert pathless.status_code == 422
    assert "/api/v1/messages/cameras" in pathless.json()["reasons"][0]["reason"]


def test_an_unknown_source_names_those_there_are(api: Api) -> None:
    answer = api.client("operator").post("/api/v1/messages/nothing", content=b"{}")
    assert answer.status_code == 404
    assert answer.json()["sources"] == ["cameras", "loudspeakers", "reports"]


@pytest.mark.parametrize("chunked", [False, True])
def test_too_large_is_refused_while_it_comes(configured, store: Store, chunked: bool) -> None:  # type: ignore[no-untyped-def]
    with Api(configured(largest_body=100_000), store) as api:
        client = api.client("operator")
        piece = b" " * 50_000
        body = islice((piece for _ in iter(int, 1)), 40) if chunked else piece * 40
        answer = client.post(PUSH, content=body)
        assert answer.status_code == 413
        assert answer.json()["type"].endswith("too-large")
        assert client.post(PUSH, content=report("PA-1", at=NOW)).status_code == 202
        # the sign-in reads its body by itself; the bound holds there too
        assert api.anonymous().post("/api/v1/session", content=piece * 3).status_code == 413


def test_more_lines_than_a_batch(configured, store: Store) -> None:  # type: ignore[no-untyped-def]
    with Api(configured(), store) as api:
        api.app.state.entrance.piece = 7
        lines = [report(f"PA-{n}", at=NOW) for n in range(20)] + [b"{}"] * 130
        answer = api.client("operator").post(PUSH, content=b"\n".join(lines), headers=NDJSON)
        assert counted(answer) == {"received": 150, "stored": 20, "duplicate": 0, "rejected": 130}
        assert len(answer.json()["reasons"]) == 100
