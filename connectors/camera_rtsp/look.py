"""The message of one look: the camera, the instant, what was seen, and since when the picture stands still."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from connectors.contract import Undecodable

_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
_MS = Field(default=None, ge=0, le=600_000)
_LEVEL = Field(default=None, ge=0, le=255)
_PERCENT = Field(default=None, ge=0, le=100)


class Look(BaseModel):
    """What ``ingest.fetch.rtsp`` answers to :class:`~connectors.talk.Picture`; what could not be told is absent."""

    model_config = _STRICT

    status: int = Field(ge=0, le=999)
    """RTSP's status of DESCRIBE; 0: nobody there speaks RTSP."""
    fault: str = Field(default="", max_length=200)
    options_ms: float | None = _MS
    describe_ms: float | None = _MS
    picture_ms: float | None = _MS
    codec: str = Field(default="", max_length=32)
    width: int | None = Field(default=None, ge=1, le=65_536)
    height: int | None = Field(default=None, ge=1, le=65_536)
    fps: float | None = Field(default=None, ge=0, le=1_000)
    bitrate_kbps: float | None = Field(default=None, ge=0, le=10_000_000)
    mean: float | None = _LEVEL
    contrast: float | None = _LEVEL
    edges: float | None = _LEVEL
    black_pct: float | None = _PERCENT
    difference: float | None = _LEVEL
    moved_pct: float | None = _PERCENT
    fingerprint: str = Field(default="", pattern=r"^([0-9a-f]{128})?$")
    """Mean levels of 8 × 8 blocks."""

    @classmethod
    def said(cls, body: bytes) -> "Look | None":
        """Read an answer; None where it is none."""
        try:
            return cls.model_validate_json(body)
        except ValidationError:
            return None


class Looked(BaseModel):
    """The message: ``error`` where nobody answered, else ``look``; instants with zone."""

    model_config = _STRICT

    camera: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    at: AwareDatetime
    error: str = Field(default="", max_length=200)
    still_since: AwareDatetime | None = None
    look: Look | None = None

    @classmethod
    def read(cls, body: bytes) -> "Looked":
        """Read a message; raises :class:`Undecodable` naming the field."""
        try:
            looked = cls.model_validate_json(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"])) or "body"
            reason = "not JSON in UTF-8: " if first["type"] == "json_invalid" else ""
            raise Undecodable(f"{reason}{first['msg']}", place=place) from error
        if (looked.look is None) == (looked.error == ""):
            raise Undecodable("either `look` or `error` says what came of it; not both, not neither", place="look")
        return looked
