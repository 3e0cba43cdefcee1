"""Counters for Prometheus: of the feeds from the database, of HTTP from this process."""

import time
from collections.abc import Iterator

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import VIEWER
from api.context import TheHub, TheStore
from api.hub import Hub
from api.sql import QUERIES
from ingest.store import Store

router = APIRouter(tags=["probes"])


class Meter:
    """The HTTP counters of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("ioc_http_requests", "Requests answered", labels, registry=self.registry)
        self._seconds = Histogram("ioc_http_seconds", "Time to the answer's begin", ("route",), registry=self.registry)

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """Count an answer, by the route's pattern: an unknown path must not make a series of its own."""
        route = getattr(scope.get("route"), "path", "none")
        self._requests.labels(scope["method"], route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)


class Measured:
    """ASGI middleware that counts requests when their answers begin, so that a stream counts at once."""

    def __init__(self, app: ASGIApp, meter: Meter) -> None:
        self._app = app
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        answered = False

        async def counted(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                self._meter.count(scope, message["status"], time.perf_counter() - began)
            await send(message)

        try:
            await self._app(scope, receive, counted)
        except Exception:
            if not answered:  # the 500 is written further out
                self._meter.count(scope, 500, time.perf_counter() - began)
            raise


class _Feeds(Collector):
    """What the database says of feeds and devices, read at the scrape."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub

    def collect(self) -> Iterator[Metric]:
        messages = CounterMetricFamily("ioc_messages", "Messages by outcome", labels=("source", "outcome"))
        received = CounterMetricFamily("ioc_received", "Messages whose outcome is known", labels=("source",))
        queued = GaugeMetricFamily("ioc_queued", "Messages received and not yet stored", labels=("source",))
        lag = GaugeMetricFamily("ioc_source_lag_seconds", "Since the newest message", labels=("source",))
        up = GaugeMetricFamily("ioc_source_up", "1: the feed is ok", labels=("source",))
        for row in self._store.rows(QUERIES["sources"]):
            name = row["name"]
            for outcome in ("stored", "duplicate", "rejected"):
                messages.add_metric((name, outcome), row[outcome])
            received.add_metric((name,), row["received"])
            queued.add_metric((name,), row["queued"])
            up.add_metric((name,), row["state"] == "ok")
            if row["lag_s"] is not None:
                lag.add_metric((name,), row["lag_s"])
        devices = GaugeMetricFamily("ioc_devices", "Devices by state", labels=("unit", "kind", "state"))
        for row in self._store.rows(QUERIES["device_counts"]):
            devices.add_metric((row["unit"], row["kind"], row["state"]), row["devices"])
        streams = GaugeMetricFamily("ioc_streams", "Open live streams", value=self._hub.followers)
        yield from (messages, received, queued, lag, up, devices, streams)


@router.get("/metrics", response_class=Response, dependencies=[VIEWER])
def metrics(request: Request, store: TheStore, hub: TheHub) -> Response:
    """Return Prometheus text."""
    feeds = CollectorRegistry(auto_describe=False)
    feeds.register(_Feeds(store, hub))
    meter: Meter = request.app.state.meter
    return Response(generate_latest(feeds) + generate_latest(meter.registry), 200, media_type=CONTENT_TYPE_LATEST)
