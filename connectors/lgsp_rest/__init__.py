"""The provincial gateway (LGSP) and what stands behind it: the state of each service, asked as its users ask."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.contract import DeviceId, DeviceReport, Message, Quantity, Undecodable
from connectors.gateway import Gateway
from connectors.json_door import kept
from connectors.json_fields import Json, read
from connectors.paging import page_of
from connectors.spelling import code
from connectors.talk import Answer, Arrived, Request, Talk

_FIELDS = ("service", "at", "status", "latency_ms", "error", "health")
_AWAY = frozenset({502, 503, 504})
_LONGEST_MS = Decimal(600_000)
_HEALTH: Mapping[str, str] = {
    **dict.fromkeys(("up", "ok", "pass", "healthy", "online", "hoat_dong", "binh_thuong"), "online"),
    **dict.fromkeys(("warn", "warning", "degraded", "unstable", "cham", "maintenance", "bao_tri"), "degraded"),
    **dict.fromkeys(("down", "fail", "error", "fault", "out_of_service", "unhealthy", "loi"), "fault"),
}
"""A state by the word that a service says of itself (Spring Boot's actuator, health+json, Vietnamese vendors)."""


class Service(BaseModel):
    """One service behind the gateway, asked for at a path of the gateway."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str = Field(pattern=r"^[a-z0-9-]{1,48}$")
    """Its device is ``lgsp-<name>``."""
    path: str = Field(pattern=r"^/[^\s?#]*$")
    """What is asked for with GET, below ``url``; best the service's health, else something small."""
    title: str = Field(default="", max_length=80)
    """Vietnamese name."""
    slow: timedelta = timedelta(seconds=2)
    """An answer that takes longer is degraded."""


class LgspRest(Gateway):
    """The services of a provincial gateway, each a device of kind ``network``; what fails is a state, not an error."""

    feed: ClassVar[str] = "network_status"
    title: ClassVar[str] = "Trục liên thông (LGSP)"
    quantities: ClassVar[tuple[Quantity, ...]] = (
        Quantity("latency_ms", "millisecond", 0, float(_LONGEST_MS)),
        Quantity("connected", "", 0, 1),
    )

    unit: str = Field(pattern=r"^[0-9]{5}$")
    """Code of the commune whose connections these are."""
    services: tuple[Service, ...] = Field(min_length=1, max_length=200)
    every: timedelta = timedelta(minutes=1)
    """Pause between two looks."""
    timeout: timedelta = timedelta(seconds=10)
    """How long one service may take to answer."""
    retries: int = Field(default=1, ge=0, le=10)
    """How often a service is asked again before it counts as away."""

    @field_validator("services")
    @classmethod
    def _have_names(cls, services: tuple[Service, ...]) -> tuple[Service, ...]:
        names = [service.name for service in services]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{', '.join(twice)}: two services of one name")
        return services

    def talks(self) -> tuple[str, ...]:
        """Return one conversation a service, so that a slow one delays no other."""
        return tuple(service.name for service in self.services)

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Ask one service once; whatever comes of it arrives."""
        service = next(service for service in self.services if service.name == name)
        url = self.url.rstrip("/") + service.path
        answer = yield Request(url, params=self.params, headers={"Accept": "application/json"}, auth=self.auth())
        yield Arrived(f"/{name}", _told(name, answer))

    def cleanse(self, body: bytes) -> bytes:
        """Return what was found out about a service, and nothing that it said beyond."""
        return kept(body, _FIELDS)

    def decode(self, message: Message) -> Iterable[DeviceReport]:
        """Give one report; raises :class:`Undecodable` for what is none of our services."""
        page = page_of(message.body, self.largest_body)
        said = page.at("service")
        service = next((service for service in self.services if service.name == said.text()), None)
        if service is None:
            raise said.expected(f"one of {', '.join(service.name for service in self.services)}"[:300])
        if message.address != f"/{service.name}":
            raise Undecodable(f"{message.address!r:.80} is not that of the service {service.name}", place="address")
        at = page.at("at").instant(message.received_at)
        if at is None:
            raise page.at("at").expected("the instant of the answer")
        state, reason = self._state(service, page)
        latency = page.at("latency_ms").number(Decimal(0), _LONGEST_MS)
        values = {"connected": 0.0 if state == "offline" else 1.0}
        if latency is not None and state != "offline":
            values["latency_ms"] = float(latency)
        labels = {"service": service.title or service.name} | ({"reason": reason} if reason else {})
        return (DeviceReport(DeviceId(self.unit, "network", f"lgsp-{service.name}"), at, state, values, labels),)

    def _state(self, service: Service, page: Json) -> tuple[str, str]:
        """Return the state, and why it is none of the best."""
        error, health = page.at("error").text(300), code(page.at("health").text(40))
        status = page.at("status").count()
        latency = page.at("latency_ms").number(Decimal(0), _LONGEST_MS) or Decimal(0)
        if error or status is None or not status:
            return "offline", error or "no answer"
        state = _HEALTH.get(health, "online")
        if status in _AWAY and state != "fault":  # a service that says itself that it is down was reached
            return "offline", f"HTTP {status}: the gateway does not reach it"
        if status == 429:
            return "degraded", "HTTP 429: asked too often"
        if not 200 <= status < 300:
            return "fault", f"HTTP {status}" + (": our sign-in is refused" if status in (401, 403) else "")
        if state != "online":
            return state, f"it says {health}"
        slow = service.slow.total_seconds()
        return ("degraded", f"slower than {slow:g} s") if latency > slow * 1000 else ("online", "")


def _told(name: str, answer: Answer) -> bytes:
    """Return what an answer tells of its service; its content is looked at for one word."""
    found = {
        "service": name,
        "at": answer.answered_at.astimezone(UTC).isoformat(),
        "status": answer.status,
        "latency_ms": round((answer.answered_at - answer.asked_at) / timedelta(milliseconds=1), 1),
        "error": "".join(sign if sign.isprintable() else " " for sign in answer.error)[:120],
        "health": _health(answer.body),
    }
    return json.dumps(found, ensure_ascii=False).encode()


def _health(body: bytes) -> str:
    try:
        said = read(body, 64 * 1024)
        return said.at("status", "health", "trangThai").text(40) if isinstance(said.value, dict) else ""
    except Undecodable:
        return ""
