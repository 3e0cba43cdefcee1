"""What goes wrong, as RFC 9457 problem details: one shape for every error of the API."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from ingest.errors import ConfigError, StoreDown

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_S = 5
"""Seconds after which to ask again while the database is away."""

_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "description": "urn:commune-ioc:problem:<kind>"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "Path of the request"},
        "reasons": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "line": {"type": ["integer", "null"], "description": "Of a push of many lines, from 1"},
                    "place": {"type": "string"},
                    "reason": {"type": "string"},
                    "vi": {"type": "string", "description": "The reason in Vietnamese, where it is known"},
                },
            },
        },
    },
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": _SCHEMA}}}
    for status in (400, 401, 403, 404, 422, 503)
}
"""For OpenAPI: the problems that every route may answer."""

_MISSING = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.InvalidSchemaName,
)
"""What the database says where its schema is older than this program."""


class Problem(HTTPException):
    """An error that the caller is told of; ``fields`` go into the body beside the standard ones."""

    def __init__(
        self, status: int, kind: str, detail: str, *, headers: Mapping[str, str] | None = None, **fields: object
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.kind = kind
        self.fields = fields


def answer(request: Request, problem: Problem) -> Response:
    """Return the response that tells a problem."""
    body = {
        "type": f"urn:commune-ioc:problem:{problem.kind}",
        "title": problem.kind.replace("-", " ").capitalize(),
        "status": problem.status_code,
        "detail": problem.detail,
        "instance": request.url.path,
    }
    return Response(
        orjson.dumps(body | problem.fields),
        problem.status_code,
        {"Cache-Control": "no-store", **(problem.headers or {})},
        MEDIA_TYPE,
    )


def _http(request: Request, error: Exception) -> Response:
    if isinstance(error, Problem):
        return answer(request, error)
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    kind = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    detail = {
        404: f"there is nothing at {request.url.path}; the routes are in /api/v1/openapi.json",
        405: f"{request.method} is not possible here; see the Allow header",
    }.get(error.status_code, str(error.detail))
    return answer(request, Problem(error.status_code, kind, detail, headers=error.headers))


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    reasons = [
        {
            "place": ".".join(str(part) for part in fault["loc"]),
            "reason": str(fault["msg"]).removeprefix("Value error, "),
        }
        for fault in error.errors()
    ]
    detail = "; ".join(f"{reason['place']}: {reason['reason']}" for reason in reasons)
    return answer(request, Problem(422, "invalid-request", detail, reasons=reasons))


def _away(request: Request, error: Exception) -> Response:
    detail = f"the database can't answer now: {error}"
    return answer(request, Problem(503, "store-away", detail, headers={"Retry-After": str(RETRY_S)}))


def _misfit(request: Request, error: Exception) -> Response:
    log.error("the schema does not fit path=%s error=%r", request.url.path, str(error))
    detail = str(error) if isinstance(error, ConfigError) else "the database's schema does not fit; run `ioc migrate`"
    return answer(request, Problem(503, "schema-misfit", detail, headers={"Retry-After": str(RETRY_S)}))


def _value(request: Request, error: Exception) -> Response:
    return answer(request, Problem(422, "invalid-request", f"a value that can't be asked for: {error}".splitlines()[0]))


def _bug(request: Request, _error: Exception) -> Response:
    detail = "a bug of ours; the log tells more, please report it"
    return answer(request, Problem(500, "internal-error", detail))


def handle(app: FastAPI) -> None:
    """Make every error of the app a problem."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(StoreDown, _away)
    app.add_exception_handler(ConfigError, _misfit)
    app.add_exception_handler(psycopg.DataError, _value)
    for missing in _MISSING:
        app.add_exception_handler(missing, _misfit)
    app.add_exception_handler(Exception, _bug)
