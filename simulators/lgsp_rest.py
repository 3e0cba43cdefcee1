"""A simulated provincial gateway (mô phỏng): tokens that end, services that fail, and offices that stand behind it."""

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import ClassVar

from connectors.contract import DeviceId, DeviceReport, Message, Record, Simulator
from simulators.office import Asked, Office, Told
from simulators.signals import between, episode, smooth

SERVICES: Mapping[str, str] = {
    "mot-cua": "Hệ thống một cửa điện tử",
    "van-ban": "Quản lý văn bản và điều hành",
    "dan-cu": "CSDL quốc gia về dân cư",
    "ho-tich": "Hộ tịch điện tử",
    "tabmis": "Kho bạc (TABMIS)",
}
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_HEALTH = {"online": (200, "UP"), "degraded": (200, "DEGRADED"), "fault": (500, "DOWN"), "offline": (503, "")}
_REASONS = {
    "online": "",
    "degraded": "it says degraded",
    "fault": "HTTP 500",
    "offline": "HTTP 503: the gateway does not reach it",
}


class ProvincialGateway(Simulator):
    """A gateway with ``/token`` (client credentials), ``/<service>/health``, and ``offices`` below it.

    A token lives ``lifetime`` at most; a question without one is refused. Offices have their own prefix below the
    gateway's, and no token of their own.
    """

    connector: ClassVar[str] = "lgsp_rest"

    def __init__(
        self,
        unit: str,
        seed: int,
        services: Mapping[str, str] = SERVICES,
        prefix: str = "/lgsp",
        client: tuple[str, str] = ("commune-ioc", "mo-phong"),
        lifetime: timedelta = timedelta(minutes=5),
        offices: Sequence[Office] = (),
    ) -> None:
        self.unit = unit
        self.seed = seed
        self.services = services
        self.prefix = prefix
        self.client = client
        self.lifetime = lifetime
        self.offices = tuple(offices)

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the state of every service at the instant."""
        return tuple(self._report(name, at.astimezone(UTC)) for name in self.services)

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return what asking each service finds out."""
        return tuple(self._message(record, at) for record in records if isinstance(record, DeviceReport))

    def answer(self, asked: Asked, now: datetime) -> Told:
        """Answer as a gateway: tokens, the health of services, and what the offices behind it answer."""
        if asked.path == "/token":
            return self._token(asked, now)
        if asked.headers.get("authorization") not in {f"Bearer {token}" for token in self._valid(now)}:
            return Told(b'{"error": "invalid_token"}', 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        name, _, what = asked.path.removeprefix("/").partition("/")
        if name in self.services and what == "health":  # the gateway itself says so, not the office behind it
            status, word = _HEALTH[self._report(name, now.astimezone(UTC)).state]
            return Told(json.dumps({"status": word}).encode() if word else b"", status)
        for office in self.offices:
            if f"{asked.path}/".startswith(f"{office.prefix}/"):
                return office.answer(replace(asked, path=asked.path.removeprefix(office.prefix)), now)
        return Told(b'{"error": "no such service"}', 404)

    def _token(self, asked: Asked, now: datetime) -> Told:
        kind, _, secret = asked.headers.get("authorization", "").partition(" ")
        try:
            known = kind.lower() == "basic" and b64decode(secret).decode() == ":".join(self.client)
        except ValueError:
            known = False
        if not known or b"grant_type=client_credentials" not in asked.body:
            return Told(b'{"error": "invalid_client"}', 401)
        said = {"access_token": self._valid(now)[0], "token_type": "Bearer", "expires_in": self.lifetime.seconds}
        return Told(json.dumps(said).encode())

    def _valid(self, now: datetime) -> tuple[str, str]:
        """Return the token that is given out now, and the one before it."""
        slot = (now - _EPOCH) // self.lifetime
        return self._named(slot), self._named(slot - 1)

    def _named(self, slot: int) -> str:
        return blake2b(f"{self.seed} {slot}".encode(), digest_size=12).hexdigest()

    def _report(self, name: str, at: datetime) -> DeviceReport:
        device = DeviceId(self.unit, "network", f"lgsp-{name}")
        hours = {"offline": (240, 30), "fault": (300, 20), "degraded": (60, 25)}
        state = "online"
        for its, (every, lasting) in hours.items():
            if episode(self.seed, f"{device} {its}", at, timedelta(hours=every), timedelta(minutes=lasting), 0.5):
                state = its
                break
        flow = smooth(self.seed, f"{device} flow", at, timedelta(minutes=7))
        values = {"connected": 0.0 if state == "offline" else 1.0}
        if state != "offline":
            values["latency_ms"] = between(900, 1900, flow) if state == "degraded" else between(25, 180, flow)
        reason = _REASONS[state]
        labels = {"service": self.services[name]} | ({"reason": reason} if reason else {})
        return DeviceReport(device, at, state, values, labels)

    def _message(self, report: DeviceReport, at: datetime) -> Message:
        name = report.device.name.removeprefix("lgsp-")
        status, word = _HEALTH[report.state]
        body = {
            "service": name,
            "at": report.at.isoformat(),
            "status": status,
            "latency_ms": report.values.get("latency_ms", 12.0),
            "error": "",
            "health": word if status == 200 else "",
        }
        return Message(self.connector, f"/{name}", json.dumps(body).encode(), at.astimezone(UTC))
