"""What the SNMP sources share: who we are to the agents, the question, and the sample that becomes a message.

A message's body is JSON: ``{"at", "values": {oid: value}}``, or ``{"at", "error"}`` where the agent was silent, with
what a connector adds; its address is ``snmp://host/device``.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, NamedTuple

import orjson
from pydantic import Field, SecretStr, model_validator

from connectors.contract import Message, Undecodable
from connectors.probe import Probes, Target, whole
from connectors.talk import Answer, Snmp

OID = r"^\d+(\.\d+)+$"
SYS_DESCR, SYS_UPTIME = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.3.0"
"""RFC 3418; the uptime is in hundredths of a second, and starts again at 2³² of them (497 days)."""

_LONGEST_TEXT = 4_096
_SHORTEST_PASSWORD = 8
"""Signs; RFC 3414, 11.2."""


class Agent(Target):
    """One device with an SNMP agent."""

    port: int = Field(default=161, ge=1, le=65535)


class SnmpAgents(Probes):
    """Devices that are asked over SNMP: v2c with ``community``, or v3 with ``username``; secrets come from the
    environment only.
    """

    scheme: ClassVar[str] = "snmp"

    devices: Sequence[Agent] = Field(min_length=1)
    community: SecretStr | None = None
    """v2c (``IOC_SOURCES__<NAME>__COMMUNITY``); it travels in clear."""
    username: str = Field(default="", max_length=32)
    """v3; with both passwords it signs and hides what is said (authPriv), with the first alone it signs."""
    auth_password: SecretStr | None = None
    """v3: what messages are signed with, 8 characters and more."""
    privacy_password: SecretStr | None = None
    """v3: what they are hidden with."""
    auth_protocol: Literal["sha", "sha256", "sha512"] = "sha"
    """v3: how they are signed."""
    privacy_protocol: Literal["aes", "aes256"] = "aes"
    """v3: how they are hidden."""
    timeout: timedelta = timedelta(seconds=3)
    """How long one question may take."""
    retries: int = Field(default=1, ge=0, le=10)
    """A datagram may be lost; a device that is off is not asked for long."""
    parallel: int = Field(default=16, ge=1, le=256)
    """Devices at a time."""

    @model_validator(mode="after")
    def _one_identity(self) -> "SnmpAgents":
        if (self.community is None) == (not self.username):
            raise ValueError("either community (v2c), as IOC_SOURCES__<NAME>__COMMUNITY, or username (v3)")
        passwords = [p for p in (self.auth_password, self.privacy_password) if p is not None]
        if passwords and not self.username:
            raise ValueError("passwords are of v3, which needs a username")
        if self.username and self.auth_password is None:
            raise ValueError("a username needs auth_password, as IOC_SOURCES__<NAME>__AUTH_PASSWORD")
        if any(len(p.get_secret_value()) < _SHORTEST_PASSWORD for p in passwords):
            raise ValueError(f"a password of SNMPv3 has at least {_SHORTEST_PASSWORD} signs (RFC 3414)")
        return self

    def question(self, agent: Agent, get: Sequence[str] = (), walk: Sequence[str] = ()) -> Snmp:
        """Return a question to one device."""
        return Snmp(
            agent.host, agent.port, tuple(get), tuple(walk), self.community, self.username, self.auth_password,
            self.privacy_password, self.auth_protocol, self.privacy_protocol,
        )  # fmt: skip

    def sample(self, message: Message) -> "Sample":
        """Read a message's body; raises :class:`Undecodable`."""
        at, said = self.found(message)
        silence, values = said.get("error", ""), said.get("values", {})
        if type(silence) is not str:
            raise Undecodable(f"a text is expected, not {silence!r:.60}", place="error")
        if type(values) is not dict:
            raise Undecodable(f"an object of values by OID is expected, not {values!r:.60}", place="values")
        if not silence and not values:
            raise Undecodable("neither an error nor a value: this device has nothing of what we ask", place="values")
        return Sample(at, values, silence, said)


class Sample(NamedTuple):
    """What an agent said at an instant (UTC); ``error`` where it was silent, ``rest`` all of the message."""

    at: datetime
    values: Mapping[str, object]
    error: str
    rest: Mapping[str, Any]

    def number(self, oid: str, *, highest: int = 2**64 - 1) -> int | None:
        """Return a whole number from 0; none where the agent doesn't have it; raises :class:`Undecodable`."""
        value = self.values.get(oid)
        return None if value is None else whole(value, oid, highest=highest)

    def text(self, oid: str) -> str:
        """Return a text without control signs, empty where the agent has none; raises :class:`Undecodable`."""
        value = self.values.get(oid, "")
        if type(value) is not str or len(value) > _LONGEST_TEXT:
            raise Undecodable(f"a text of at most {_LONGEST_TEXT} signs is expected, not {value!r:.60}", place=oid)
        return " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())

    def column(self, oid: str) -> dict[str, object]:
        """Return the values below an OID by what follows it (a table's row)."""
        below = f"{oid}."
        return {key.removeprefix(below): value for key, value in self.values.items() if key.startswith(below)}


def body(answer: Answer, **beside: object) -> bytes:
    """Return the body of the message that an answer becomes."""
    said = {"error": answer.error} if answer.error else {"values": orjson.loads(answer.body)}
    return orjson.dumps({"at": answer.answered_at.isoformat(), **beside, **said})
