"""The interface as it describes itself, and what it counts."""

import re
from typing import Any

from fastapi.openapi.models import OpenAPI
from fastapi.routing import APIRoute, iter_route_contexts
from prometheus_client.parser import text_string_to_metric_families

from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import UNIT, register, report
from tests.api.test_push import NDJSON, NOW, PUSH

PROMISED = """
GET /healthz | GET /readyz | GET /metrics | POST /messages/{source} | GET /units | GET /units/{code} | GET /devices
GET /devices/{id} | GET /devices/{id}/reports | GET /devices/{id}/spans | GET /devices/{id}/uptime | GET /uptime
GET /observations | GET /cases | GET /indicators | GET /indicators/{key} | GET /indicators/{key}/now | GET /sources
GET /sources/{name}/rejections | GET /stream | GET /export/devices.csv | GET /export/observations.csv
GET /export/cases.csv | POST /session | DELETE /session
"""


def test_the_document_is_valid_and_lists_every_route(api: Api) -> None:
    document: dict[str, Any] = api.client().get("/api/v1/openapi.json").json()
    OpenAPI.model_validate(document)
    described = {(m.upper(), path) for path, operations in document["paths"].items() for m in operations}
    there = {
        (method, context.path.replace(":path", ""))
        for context in iter_route_contexts(api.app.router.routes)
        if isinstance(context.original_route, APIRoute) and context.include_in_schema
        for method in context.methods or ()
    }
    assert described == there
    short = {f"{method} {path.removeprefix('/api/v1')}" for method, path in described}
    assert set(re.split(r"\s*[|\n]\s*", PROMISED.strip())) <= short
    text = str(document)
    schemas = document["components"]["schemas"]
    assert set(re.findall(r"#/components/schemas/([\w-]+)", text)) <= set(schemas)
    assert "HTTPValidationError" not in text
    operations = [o for path in document["paths"].values() for o in path.values()]
    assert len({o["operationId"] for o in operations}) == len(operations)
    for path, name in (("/api/v1/devices", "Device"), ("/api/v1/cases", "Case")):
        answer = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert answer == {"$ref": f"#/components/schemas/Listed_{name}_"}
    assert schemas["Observation"]["properties"]["value"]["anyOf"][0] == {"type": "number"}
    asked = {p["name"] for p in document["paths"]["/api/v1/devices"]["get"]["parameters"]}
    assert asked == {"unit", "kind", "state", "hamlet", "q", "limit", "cursor"}


def test_no_page_fetches_from_another_host(api: Api) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert api.client("admin").get(path).status_code == 404


def test_metrics_count_feeds_devices_and_requests(api: Api, store: Store) -> None:
    client = api.client("operator")
    register(store, "cam-1")
    client.post(PUSH, content=report("PA-1", at=NOW) + b"\n{}", headers=NDJSON)
    client.get("/api/v1/devices/cam-1")
    client.get("/api/v1/nothing/at/all")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    samples = {
        (s.name, frozenset(s.labels.values())): s.value
        for f in text_string_to_metric_families(answer.text)
        for s in f.samples
    }
    assert samples["ioc_messages_total", frozenset({"reports", "stored"})] == 1
    assert samples["ioc_messages_total", frozenset({"reports", "rejected"})] == 1
    assert samples["ioc_messages_total", frozenset({"reports", "duplicate"})] == 0
    assert samples["ioc_received_total", frozenset({"reports"})] == 2
    assert samples["ioc_queued", frozenset({"reports"})] == 0
    assert samples["ioc_source_up", frozenset({"reports"})] == 1
    assert samples["ioc_source_up", frozenset({"cameras"})] == 0
    assert samples["ioc_source_lag_seconds", frozenset({"reports"})] < 60
    assert samples["ioc_devices", frozenset({UNIT, "camera", "unknown"})] == 1
    assert samples["ioc_streams", frozenset()] == 0
    assert samples["ioc_http_requests_total", frozenset({"GET", "/api/v1/devices/{id}", "200"})] == 1
    assert samples["ioc_http_requests_total", frozenset({"POST", "/api/v1/messages/{source}", "202"})] == 1
    assert "/nothing" not in answer.text
