"""What the numbers of a picture mean: black, frozen, covered, or well; the limits are the operator's."""

from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from connectors.camera_rtsp.look import Look, Looked
from connectors.contract import FUTURE, DeviceId, DeviceReport, Undecodable


class Limits(BaseModel):
    """When a picture is none; levels of brightness are 0 to 255."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    black_pct: float = Field(default=98.0, ge=0, le=100)
    """Black: at least so many percent of it are darker than 10 % of white (FFmpeg ``blackdetect``:
    ``picture_black_ratio_th``, ``pixel_black_th``)."""
    frozen_difference: float = Field(default=0.255, ge=0, le=255)
    """Frozen: two key frames differ by at most so many levels in the mean (FFmpeg ``freezedetect``: noise 0.001) …"""
    frozen_after: timedelta = timedelta(minutes=10)
    """… and the picture was the same in every look for at least so long."""
    covered_edges: float = Field(default=1.0, ge=0, le=255)
    """Covered: neighbouring blocks differ by fewer levels than this in the mean …"""
    covered_contrast: float = Field(default=20.0, ge=0, le=255)
    """… and the whole picture's standard deviation is below this. Both are this house's proposal."""


_NUMBERS = {
    "fps": "fps", "bitrate_kbps": "bitrate_kbps", "describe_ms": "describe_ms", "picture_ms": "picture_ms",
    "width": "width", "height": "height", "mean": "picture_mean", "contrast": "picture_contrast",
    "edges": "picture_edges", "black_pct": "picture_black_pct", "difference": "picture_difference",
    "moved_pct": "picture_moved_pct",
}  # fmt: skip
_STRANGER = (401, 403)


def report(unit: str, looked: Looked, limits: Limits, received_at: datetime) -> DeviceReport:
    """Return the report of a look; raises :class:`Undecodable` for an instant that can't be.

    Nobody answers: ``offline``. No picture, or a black one: ``no_signal``. A wrong answer, a refused login, a picture
    that is frozen: ``fault``. A covered one: ``degraded``. ``decodable`` is absent where we were not let in.
    """
    try:
        at = looked.at.astimezone(UTC)
        still_s = (at - looked.still_since).total_seconds() if looked.still_since else None
    except OverflowError as error:
        raise Undecodable(f"{looked.at.isoformat()} is no instant: {error}", place="at") from error
    if at - received_at > FUTURE:
        hours = FUTURE / timedelta(hours=1)
        raise Undecodable(f"{at.isoformat()} is more than {hours:g} h ahead of its reception", place="at")
    if still_s is not None and still_s < 0:
        raise Undecodable("the picture stands still since a later instant than `at`", place="still_since")
    device = DeviceId(unit, "camera", looked.camera)
    if looked.look is None:
        return DeviceReport(device, at, "offline", {"decodable": 0.0}, {"picture": _plain(looked.error)})
    look = looked.look
    values = {ours: float(number) for theirs, ours in _NUMBERS.items() if (number := getattr(look, theirs)) is not None}
    if look.difference is not None:
        values["picture_still_s"] = round(still_s or 0.0, 1)
    if look.status not in _STRANGER:
        values["decodable"] = 1.0 if look.fingerprint else 0.0
    state, seen = _judged(look, still_s, limits)
    labels = {"codec": _plain(look.codec), "picture": seen}
    return DeviceReport(device, at, state, values, {name: text for name, text in labels.items() if text})


def _judged(look: Look, still_s: float | None, limits: Limits) -> tuple[str, str]:
    """Return the state and the label ``picture``: ``ok``, or the verdict with its numbers behind a colon."""
    if look.status in _STRANGER:
        return "fault", f"login: refused with {look.status}; correct username and password"
    if look.status not in (0, 200):
        remedy = "; correct the url" if look.status == 404 else ""
        return "fault", f"stream: DESCRIBE is answered by {look.status}{remedy}"
    if not look.fingerprint:
        return "no_signal", f"no picture: {_plain(look.fault) or 'none came'}"
    if look.black_pct is not None and look.black_pct >= limits.black_pct:
        return "no_signal", f"black: {look.black_pct:g} % of the picture"
    if still_s and still_s >= limits.frozen_after.total_seconds():
        return "fault", f"frozen: the same picture for {still_s:.0f} s"
    if _below(look.edges, limits.covered_edges) and _below(look.contrast, limits.covered_contrast):
        return "degraded", f"covered: edges {look.edges:g}, contrast {look.contrast:g}"
    return "online", "ok"


def _below(number: float | None, limit: float) -> bool:
    return number is not None and number < limit


def _plain(text: str) -> str:
    return text.replace("\0", "").removeprefix("no picture: ")
