"""What one look at a camera brought, as one JSON message: every call with its instants and its XML as it came."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from connectors.camera_onvif.login import Word
from connectors.contract import Undecodable

CallName = Literal["GetSystemDateAndTime", "GetDeviceInformation", "GetCapabilities", "GetProfiles", "GetStreamUri"]


class Call(BaseModel):
    """One call and its answer; ``error`` where nothing came, ``xml`` is the SOAP envelope, instants are UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    call: CallName
    asked_at: AwareDatetime
    answered_at: AwareDatetime
    status: int = Field(default=0, ge=0, le=999)
    error: str = ""
    xml: str = ""


class Envelope(BaseModel):
    """The message: the camera's name, whether it knew us, and the calls in their order, the clock first."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    camera: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    login: Word
    calls: tuple[Call, ...] = Field(min_length=1, max_length=5)

    @classmethod
    def read(cls, body: bytes) -> "Envelope":
        """Read a message; raises :class:`Undecodable` naming the field."""
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"])) or "body"
            reason = "not JSON in UTF-8: " if first["type"] == "json_invalid" else ""
            raise Undecodable(f"{reason}{first['msg']}", place=place) from error


def utc(instant: datetime, place: str) -> datetime:
    """Return the instant in UTC; raises :class:`Undecodable` at both ends of time."""
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise Undecodable(f"{instant.isoformat()} is no instant: {error}", place=place) from error
