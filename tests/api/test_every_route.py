"""Whatever is asked of a route, and however oddly: an answer or a problem with its reason, never a failure of ours."""

import re
from collections.abc import Iterator
from typing import Any

import httpx

from dashboards import indicators
from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import figure, note, register, status, take

ODD = (
    "", "x", "-1", "99999999999999999999999", "%00", "%ED%9F%BF'%25_", "1899-12-31", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59-12:00", "2199-12-31T23:59:59Z", "PT0S", "e30", "WyJkZXZpY2VzIiwxLDIsM10",
)  # fmt: skip
"""Values of parameters: empty, of another type, beyond every bound, cursors of something else."""
BODIES = (b"", b"{", b"[]", b"null", b'"x"', b"{}", b"\xff", b"[" * 5000)
THERE = {"id": "cam-1", "key": "devices_camera_availability", "source": "loudspeakers", "name": "loudspeakers",
         "unit": "00004", "kind": "field_report"}  # fmt: skip
STREAM = "/api/v1/stream"


def questions(document: dict[str, Any]) -> Iterator[tuple[str, str, bytes | None]]:
    """Yield method, address and body: each route by itself, then each of its parameters with every odd value."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            writes = method in ("post", "put", "patch")
            its = operation.get("parameters", [])
            yield method, _filled(path), b"{}" if writes else None
            for one in its:
                for value in ODD:
                    if one["in"] == "path" and value:
                        yield method, _filled(path, {one["name"]: value}), b"{}" if writes else None
                    if one["in"] == "query" and method == "get" and path != STREAM:
                        yield method, f"{_filled(path)}?{one['name']}={value}", None
            for body in BODIES if writes else ():
                yield method, _filled(path), body


def _filled(path: str, given: dict[str, str] | None = None) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: {**THERE, **(given or {})}.get(m[1], "1"), path)


def _fault(answer: httpx.Response) -> str | None:
    if answer.status_code >= 500:
        return f"{answer.status_code} {answer.text[:200]}"
    if answer.status_code >= 400:
        if answer.headers["content-type"] != "application/problem+json":
            return f"no problem but {answer.headers['content-type']}"
        if len(answer.json()["detail"]) < 10:
            return f"no reason: {answer.text[:200]}"
    return None


def test_no_question_fails(api: Api, store: Store) -> None:
    indicators.install(store)
    register(store, "cam-1")
    take(store, [status("cam-1"), status("loa-1", kind="loudspeaker", state="idle")])
    note(store, [figure("1000.5"), figure(None)])
    client = api.client("admin")
    faults: dict[str, str] = {}
    asked = 0
    for method, address, body in questions(client.get("/api/v1/openapi.json").json()):
        if address.startswith(STREAM) and method == "get":
            continue  # it goes on; tests of its own
        asked += 1
        answer = client.request(method, address, content=body, headers={"content-type": "application/json"})
        if fault := _fault(answer):
            faults[f"{method} {address}"] = fault
    assert not faults
    assert asked > 1000, "the document names fewer parameters than there are"
