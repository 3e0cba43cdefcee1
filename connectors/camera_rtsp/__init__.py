"""Pictures of cameras over RTSP: is there one, and does it show anything; statistics only, no frame is kept."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import Field

from connectors.camera_rtsp.look import Look, Looked
from connectors.camera_rtsp.past import Past
from connectors.camera_rtsp.verdict import Limits, report
from connectors.camera_site import CameraSite, NamedCamera
from connectors.contract import DeviceReport, Message, Quantity, Undecodable
from connectors.talk import Arrived, Picture, Talk


class Camera(NamedCamera):
    """One camera: its name in the register of devices, and the address of its (smaller) stream."""

    url: str = Field(pattern=r"^rtsp://[A-Za-z0-9.\[\]:_-]+(/[!-?A-~]*)?$")
    """``rtsp://host[:port]/path``, without user name and password."""


class CameraRtsp(CameraSite[Camera]):
    """The streams of one commune's cameras: two key frames of each a look, and what their brightness tells."""

    feed: ClassVar[str] = "camera_status"
    title: ClassVar[str] = "Camera an ninh (RTSP)"
    quantities: ClassVar[tuple[Quantity, ...]] = (
        Quantity("decodable", "", 0, 1),
        Quantity("fps", "frame/s", 0, 1_000),
        Quantity("bitrate_kbps", "kbit/s", 0, 10_000_000),
        Quantity("describe_ms", "millisecond", 0, 600_000),
        Quantity("picture_ms", "millisecond", 0, 600_000),
        Quantity("width", "pixel", 1, 65_536),
        Quantity("height", "pixel", 1, 65_536),
        Quantity("picture_mean", "level", 0, 255),
        Quantity("picture_contrast", "level", 0, 255),
        Quantity("picture_edges", "level", 0, 255),
        Quantity("picture_black_pct", "percent", 0, 100),
        Quantity("picture_difference", "level", 0, 255),
        Quantity("picture_moved_pct", "percent", 0, 100),
        Quantity("picture_still_s", "second", 0, 1e10),
    )

    limits: Limits = Limits()
    """When a picture counts as black, covered or frozen."""
    every: timedelta = timedelta(minutes=1)
    """Pause between two looks."""
    timeout: timedelta = timedelta(seconds=10)
    """How long one look may take."""
    retries: int = Field(default=0, ge=0, le=10)
    """How often a look is tried again; the next one comes soon anyhow."""
    parallel: int = Field(default=48, ge=1, le=256)
    """Cameras at a time; most of a look is waiting."""

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Look once; what must be known of this picture the next time travels in the cursor."""
        camera = self.camera(name)
        past = Past.read(cursor)
        signed = self.password is not None and not past.refused_since(now - self.login_pause)
        picture = Picture(camera.url, self.username, self.password) if signed else Picture(camera.url)
        answer = yield picture
        look = Look.said(answer.body)
        refused = self.password is not None and look is not None and look.status in (401, 403)
        past = past.after(look, answer.answered_at, self.limits.frozen_difference, refused=refused and signed)
        looked = Looked(camera=name, at=answer.answered_at, error=answer.error[:200], still_since=past.still_since,
                        look=look)  # fmt: skip
        body = looked.model_dump_json(exclude_none=True).encode() if look or answer.error else answer.body
        yield Arrived(camera.url, body, cursor=past.write())

    def decode(self, message: Message) -> Iterable[DeviceReport]:
        """Give one report a camera; raises :class:`Undecodable` naming the field."""
        if len(message.body) > self.largest_body:
            raise Undecodable(f"{len(message.body)} bytes, at most {self.largest_body} are read", place="body")
        return (report(self.unit, Looked.read(message.body), self.limits, message.received_at),)
