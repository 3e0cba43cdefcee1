"""The application: every route, every error a problem, the hub; it lives while the database is away."""

from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from api import (
    PREFIX,
    airtime,
    alerts,
    audit_trail,
    broadcasts,
    canaries,
    cases,
    devices,
    exports,
    handling,
    imports,
    incidents,
    indicators,
    maintenance,
    messages,
    metrics,
    observations,
    outlines,
    password,
    people,
    plans,
    played,
    probes,
    problems,
    receivers,
    register,
    rejections,
    roster,
    session,
    sources,
    stream,
    thresholds,
    totals,
    units,
    uptime,
)
from api.access import VIEWER
from api.answer import Json
from api.body import Limit
from api.hub import Hub
from api.messages import Entrance
from api.metrics import Measured, Meter
from api.throttle import Throttle
from ingest.config import Settings
from ingest.store import Store

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app(
    settings: Settings, store: Store | None = None, *, screen: Callable[[FastAPI], None] | None = None
) -> FastAPI:
    """Return the application; ``screen`` mounts pages on it once the API's own routes are there.

    A store that is given stays its owner's to open and close; otherwise one is opened for the application's life.
    """
    shelf = store or Store(settings.database.url, pool=settings.database.pool, name="ioc-api", wait=2.0)
    # Connections of its own: a crowd at the API must not silence the stream.
    ear = Store(shelf.url, pool=2, name="ioc-hub")
    hub = Hub(ear)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as stack:
            if store is None:
                stack.enter_context(shelf)
            stack.enter_context(ear)
            hub.start()
            stack.callback(hub.close)
            yield

    app = FastAPI(
        title="commune-ioc",
        version=version("commune-ioc"),
        summary="The data service under a commune's operations centre.",
        openapi_url=None,  # ours needs a sign-in; the pages that show it would fetch from another host
        docs_url=None,
        redoc_url=None,
        lifespan=life,
        responses=problems.RESPONSES,
        generate_unique_id_function=lambda route: route.name,
    )
    meter = Meter()
    app.state.settings, app.state.store, app.state.hub = settings, shelf, hub
    app.state.throttle, app.state.entrance, app.state.meter = Throttle(), Entrance(settings, shelf), meter
    app.add_middleware(Limit, largest=settings.http.largest_body)
    app.add_middleware(Measured, meter=meter)
    problems.handle(app)
    for part in (
        probes, metrics, session, password, people, audit_trail, thresholds, messages, imports, units, outlines,
        devices, observations, totals, cases, uptime, played, plans, broadcasts, airtime, incidents, alerts, handling,
        indicators, maintenance, roster, register, sources, canaries, receivers, rejections, stream, exports,
    ):  # fmt: skip
        app.include_router(part.router)
    app.include_router(_document(app))
    app.include_router(_nothing(app), include_in_schema=False)
    if screen is not None:
        screen(app)
    return app


def _document(app: FastAPI) -> APIRouter:
    router = APIRouter(tags=["probes"])

    @router.get(f"{PREFIX}/openapi.json", dependencies=[VIEWER])
    def openapi() -> dict[str, Any]:
        """Return this interface as OpenAPI."""
        return app.openapi()

    return router


def _nothing(app: FastAPI) -> APIRouter:
    """Answer what no route does under ``/api``: else the screen, mounted at ``/``, would answer with a page."""
    router = APIRouter()

    @router.api_route("/api/{rest:path}", methods=_METHODS)
    async def nothing(request: Request) -> Json:
        allowed = {
            method.upper()
            for path, operations in app.openapi()["paths"].items()
            if compile_path(path)[0].match(request.url.path)
            for method in operations
        }
        if allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
        raise HTTPException(404)

    return router
