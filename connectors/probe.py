"""What the sources share that probe devices one by one: the list of devices, a conversation each, and the reading of
what a probe found: a JSON object with ``at`` (RFC 3339 with zone), below an address that ends with the device's name.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.contract import FUTURE, Message, Polled, Undecodable
from connectors.json_fields import single

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")


class Target(BaseModel):
    """One device, and where it answers."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    """As in the register of devices."""
    host: str = Field(min_length=1, max_length=253)
    """Name or address, IPv4 or IPv6."""


class Probes(Polled):
    """Devices of one commune that are probed, each in a conversation of its own: a dead one delays no other."""

    scheme: ClassVar[str]
    """Of the addresses of messages."""

    unit: str = Field(pattern=r"^[0-9]{5}$")
    """Code of the commune that the devices stand in."""
    devices: Sequence[Target] = Field(min_length=1)

    @field_validator("devices")
    @classmethod
    def _told_apart(cls, devices: Sequence[Target]) -> Sequence[Target]:
        names = [device.name for device in devices]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two devices of one name: {', '.join(twice)}")
        return devices

    def talks(self) -> tuple[str, ...]:
        """Return one conversation a device."""
        return tuple(device.name for device in self.devices)

    def address(self, name: str) -> str:
        """Return the address of a device's messages."""
        host = next(device.host for device in self.devices if device.name == name)
        return f"{self.scheme}://{host}/{name}"

    def addressed(self, message: Message) -> str:
        """Return the name of the device that a message is of; raises :class:`Undecodable`."""
        for device in self.devices:
            if message.address == self.address(device.name):
                return device.name
        raise Undecodable(
            f"{message.address[:200]!r} is no device of this source; compare name and host in `devices`",
            place="address",
        )

    def found(self, message: Message) -> tuple[datetime, dict[str, Any]]:
        """Return when a probe was made (UTC) and all that it found; raises :class:`Undecodable`."""
        said = single(message.body, self.largest_body)
        at = instant(said.get("at"), "at")
        if at - message.received_at > FUTURE:
            hours = FUTURE / timedelta(hours=1)
            raise Undecodable(f"{at.isoformat()} is more than {hours:g} h ahead of its reception", place="at")
        return at, said


def instant(value: object, place: str) -> datetime:
    """Read RFC 3339 with zone in UTC; raises :class:`Undecodable`."""
    if type(value) is not str or not _RFC3339.fullmatch(value):
        raise Undecodable(f"{value!r:.60} is not RFC 3339 with a zone, as 2026-11-21T07:00:00+07:00", place=place)
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Undecodable(f"{value!r} is no instant: {error}", place=place) from error


def whole(value: object, place: str, *, lowest: int = 0, highest: int = 2**64 - 1) -> int:
    """Return a whole number from ``lowest`` to ``highest``; raises :class:`Undecodable`."""
    if type(value) is not int or not lowest <= value <= highest:
        raise Undecodable(f"a whole number from {lowest} to {highest} is expected, not {value!r:.60}", place=place)
    return value
