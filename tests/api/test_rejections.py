"""What was refused: seen with its original, fetched whole, and taken after all when its cause is gone."""

from typing import Any

import httpx
import pytest

from ingest.store import Store
from tests.api.conftest import Api

NOWHERE = "99998"
LIST = "/api/v1/sources/loudspeakers/rejections"
SAID = '{"state": "playing", "programme": "Bản tin <b>sáng</b>"}'


def push(client: httpx.Client, name: str, body: bytes = SAID.encode()) -> None:
    address = f"ioc/{NOWHERE}/loudspeaker/{name}/status"
    assert client.post("/api/v1/messages/loudspeakers", content=body, params={"address": address}).status_code == 422


def found_commune(store: Store) -> None:
    """Let the commune exist, as an update of the nation's units does."""
    store.execute(
        "insert into unit (code, valid_from, level, name) values (%s, '2026-01-01', 'commune', 'Xã Mới')", (NOWHERE,)
    )


def listed(client: httpx.Client, **asked: str | int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get(LIST, params={"body": 20, **asked}).json()["items"]
    return items


@pytest.fixture
def client(api: Api) -> httpx.Client:
    return api.client("technician")


def test_one_is_taken_when_its_cause_is_gone(api: Api, client: httpx.Client, store: Store) -> None:
    push(client, "loa-1")
    (one,) = listed(client)
    address = f"{LIST}/{one['id']}"
    still = client.post(f"{address}/retry").json()
    assert (still["outcome"], still["rejection"]["resolved_at"]) == ("rejected", None)
    assert "99998" in still["rejection"]["faults"][0]["vi"]
    found_commune(store)
    taken = client.post(f"{address}/retry").json()
    assert (taken["outcome"], taken["rejection"]["resolved_at"] is None) == ("stored", False)
    device = client.get("/api/v1/devices/loa-1", params={"unit": NOWHERE}).json()
    assert device["reported"] == "playing"
    again = client.post(f"{address}/retry")
    assert (again.status_code, again.json()["type"].rpartition(":")[2]) == (409, "taken-already")
    assert listed(client, open=True) == []
    assert len(listed(client, open=False)) == 1
    audited = store.rows("select actor, detail->>'outcome' as outcome from audit where action = 'rejection.retry'")
    assert [(row["actor"], row["outcome"]) for row in audited] == [
        ("token:test-technician", "rejected"), ("token:test-technician", "stored"),
    ]  # fmt: skip


def test_all_of_a_source_are_tried_and_what_stays_wrong_stays(client: httpx.Client, store: Store) -> None:
    for name in ("loa-1", "loa-2"):
        push(client, name)
    push(client, "loa-3", b'{"state": "dancing"}')
    found_commune(store)
    assert client.post(f"{LIST}/retry").json() == {
        "tried": 3, "stored": 2, "duplicate": 0, "rejected": 1, "after": None,
    }  # fmt: skip
    (left,) = listed(client, open=True)
    assert "loa-3" in left["address"]


def test_an_original_is_shown_from_its_begin_and_fetched_whole(client: httpx.Client) -> None:
    push(client, "loa-1", "Bảng ".encode() * 100)
    (one,) = listed(client, body=2)
    assert (one["encoding"], one["body"], one["size"]) == ("text", "B", 700)  # a letter is never cut
    whole = client.get(f"{LIST}/{one['id']}/body")
    assert whole.content == "Bảng ".encode() * 100
    assert whole.headers["content-type"] == "application/octet-stream"
    assert whole.headers["content-disposition"].startswith("attachment")
    assert client.get(LIST).json()["items"][0]["body"] == "Bảng " * 100


def test_only_technicians_may(api: Api, client: httpx.Client) -> None:
    push(client, "loa-1")
    (one,) = listed(client)
    for role in ("viewer", "operator"):
        other = api.client(role)
        assert other.get(f"{LIST}/{one['id']}/body").status_code == 403
        assert other.post(f"{LIST}/{one['id']}/retry").status_code == 403
        assert other.post(f"{LIST}/retry").status_code == 403
        assert other.get("/api/v1/export/rejections.csv").status_code == 403
    assert client.post(f"{LIST}/999/retry").status_code == 404
    assert client.post("/api/v1/sources/nothing/rejections/retry").status_code == 404
    assert client.get("/api/v1/sources/cameras/rejections/1/body").status_code == 404


def test_a_source_is_told_with_how_it_is_asked_and_what_came_by_minute(api: Api, client: httpx.Client) -> None:
    push(client, "loa-1")
    one = client.get("/api/v1/sources/loudspeakers").json()
    assert (one["rejected"], one["transport"], one["every_s"], one["files"]) == (1, "subscribed", None, [])
    assert one["owes_since"] is None
    (minute,) = client.get("/api/v1/sources/loudspeakers/minutes").json()["items"]
    assert (minute["stored"], minute["rejected"]) == (0, 1)  # of no commune, and counted nevertheless
    assert client.get("/api/v1/sources/nothing").status_code == 404
    long = {"start": "2020-01-01", "stop": "2026-01-01"}
    assert client.get("/api/v1/sources/loudspeakers/minutes", params=long).status_code == 422


def test_files_of_sources_imports_and_rejections(client: httpx.Client) -> None:
    push(client, "loa-1")
    for name, words in (("sources", "loudspeakers"), ("imports", "digest"), ("rejections", NOWHERE)):
        assert words in client.get(f"/api/v1/export/{name}.csv").text
        assert client.get(f"/api/v1/export/{name}.xlsx").content[:2] == b"PK"
    assert "sáng" not in client.get("/api/v1/export/rejections.csv").text
