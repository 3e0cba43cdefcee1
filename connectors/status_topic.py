"""The house's own device format: ``ioc/<unit>/<kind>/<device>/status`` (JSON) and ``…/connection`` (last will).

One class a kind fills in its tables; the format itself is read here once. Hot path: a commune sends three of these a
second, a nation eleven thousand.
"""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import ClassVar

import orjson
from pydantic import Field

from connectors.contract import FUTURE, DeviceId, DeviceReport, Message, Quantity, Subscribed, Undecodable
from connectors.json_fields import single

_TOPIC = re.compile(r"ioc/([^/]*)/([^/]*)/([^/]*)/(status|connection)")
_UNIT = re.compile(r"[0-9]{5}")
_DEVICE = re.compile(r"[a-z0-9-]{1,64}")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


class StatusTopic(Subscribed):
    """A kind of device that speaks the house's format; JSON numbers, booleans as 1 and 0, instants with zone."""

    kind: ClassVar[str]
    states: ClassVar[frozenset[str]]
    flags: ClassVar[frozenset[str]] = frozenset()
    """Boolean facts, kept as 1 and 0."""
    texts: ClassVar[Mapping[str, frozenset[str] | None]] = {"firmware": None}
    """Text fields, with their allowed words where there is a list."""

    unit: str = Field(default="+", pattern=r"^(\+|[0-9]{5})$")
    """Commune code to listen to; ``+`` is every commune of the broker."""

    limits: ClassVar[Mapping[str, tuple[float, float, str]]] = {}
    """Lowest, highest, unit by quantity: an index of the class, because a model's private fields are slow to read."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        """Index the quantities by key."""
        cls.limits = {q.key: (q.lowest, q.highest, q.unit) for q in cls.quantities}

    def topics(self) -> tuple[str, ...]:
        """Return the status and the connection filter of this kind."""
        return tuple(f"ioc/{self.unit}/{self.kind}/+/{leaf}" for leaf in ("status", "connection"))

    def decode(self, message: Message) -> Iterable[DeviceReport]:
        """Give one report a message; raises :class:`Undecodable` naming the field and what it should be."""
        device, leaf = _addressed(message.address, self.kind)
        if leaf == "connection":
            return (self._connection(device, message),)
        said = single(message.body, self.largest_body)
        if rb"\u0000" in message.body:
            _refuse_nul(said)
        return (self._status(device, said, message.received_at),)

    def _connection(self, device: DeviceId, message: Message) -> DeviceReport:
        state = message.body.decode("utf-8", "replace").strip()
        if state not in ("online", "offline"):
            raise Undecodable(f"{state[:40]!r} is neither 'online' nor 'offline'", place="body")
        return DeviceReport(device, message.received_at, state, {}, {"evidence": "connection"})

    def _status(self, device: DeviceId, said: dict[str, object], received_at: datetime) -> DeviceReport:
        at = received_at
        state = "online"
        values: dict[str, float] = {}
        labels: dict[str, str] = {}
        limits = self.limits
        for key, value in said.items():
            kind = type(value)
            if value is None:
                continue  # not stated, which is not zero
            if key in limits:
                if kind is not float and kind is not int:
                    raise Undecodable(f"a number is expected, not {value!r:.60}", place=key)
                lowest, highest, unit = limits[key]
                if not lowest <= value <= highest:  # type: ignore[operator]  # a number by the line above
                    raise Undecodable(f"{value} {unit} is not between {lowest:g} and {highest:g}", place=key)
                values[key] = value  # type: ignore[assignment]  # same
            elif key == "at":
                at = _instant(value, received_at)
            elif key == "state":
                if kind is not str or value not in self.states:
                    raise Undecodable(f"{value!r:.60} is none of {', '.join(sorted(self.states))}", place=key)
                state = str(value)
            elif key in self.flags:
                if kind is not bool:
                    raise Undecodable(f"true or false is expected, not {value!r:.60}", place=key)
                values[key] = 1 if value else 0
            elif key in self.texts:
                labels[key] = self._text(key, value)
            elif key in ("unit", "kind", "device"):
                if value != getattr(device, "name" if key == "device" else key):
                    raise Undecodable(f"{value!r:.60} differs from the topic's {device}", place=key)
            elif kind is str:
                labels[key] = value  # type: ignore[assignment]  # a string by the test
            elif kind is bool:
                values[key] = 1 if value else 0
            elif kind is int or kind is float:
                if not math.isfinite(value):  # type: ignore[arg-type]  # a number by the test
                    raise Undecodable("the number is not finite", place=key)
                values[key] = value  # type: ignore[assignment]  # same
            else:
                labels[key] = orjson.dumps(value).decode()
        return DeviceReport(device, at, state, values, labels)

    def _text(self, key: str, value: object) -> str:
        if type(value) is not str:
            raise Undecodable(f"a text is expected, not {value!r:.60}", place=key)
        words = self.texts[key]
        if words is not None and value not in words:
            raise Undecodable(f"{value!r:.60} is none of {', '.join(sorted(words))}", place=key)
        return value


def _refuse_nul(said: Mapping[str, object]) -> None:
    """Raise :class:`Undecodable` for a name or text with the sign NUL, which no store of texts takes."""
    for key, value in said.items():
        if "\0" in key or (type(value) is str and "\0" in value):
            raise Undecodable(
                "a text holds the sign NUL: mend the sender's program", place=key.replace("\0", "") or "body"
            )


@lru_cache(maxsize=1 << 16)
def _addressed(topic: str, its_kind: str) -> tuple[DeviceId, str]:
    match = _TOPIC.fullmatch(topic)
    if match is None:
        raise Undecodable(f"{topic!r} is not ioc/<unit>/{its_kind}/<device>/status or …/connection", place="topic")
    unit, kind, name, leaf = match.groups()
    if not _UNIT.fullmatch(unit):
        raise Undecodable(f"unit {unit!r} is not a 5-digit commune code", place="topic")
    if kind != its_kind:
        raise Undecodable(f"kind {kind!r} comes to the connector of {its_kind!r}", place="topic")
    if not _DEVICE.fullmatch(name):
        raise Undecodable(f"device {name!r} is not 1 to 64 of a-z, 0-9 and '-'", place="topic")
    return DeviceId(unit, kind, name), leaf


def _instant(value: object, received_at: datetime) -> datetime:
    """Read RFC 3339 with zone; a clock a day ahead is refused (contract), a late one is kept."""
    if type(value) is not str or not _RFC3339.fullmatch(value):
        raise Undecodable(f"{value!r:.60} is not RFC 3339 with a zone, as 2026-11-21T07:00:00+07:00", place="at")
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is not UTC:
            at = at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Undecodable(f"{value!r} is no instant: {error}", place="at") from error
    if at - received_at > FUTURE:
        ahead = FUTURE / timedelta(hours=1)
        raise Undecodable(f"{value!r} is more than {ahead:g} h ahead of its reception", place="at")
    return at


UPTIME = Quantity("uptime_s", "second", 0, 1e10)
LATENCY = Quantity("latency_ms", "millisecond", 0, 600_000)
