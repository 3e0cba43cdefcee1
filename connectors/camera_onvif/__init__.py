"""Cameras asked over ONVIF: whether they answer, how wrong their clock is, what they are and where they stream.

One conversation a camera, so a dead one delays nobody; a camera that does not answer is a result, not a fault.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import Field

from connectors.camera_onvif.door import cleansed
from connectors.camera_onvif.envelope import Envelope
from connectors.camera_onvif.login import Login
from connectors.camera_onvif.look import Look
from connectors.camera_onvif.report import report
from connectors.camera_site import CameraSite, NamedCamera
from connectors.contract import DeviceReport, Message, Quantity, Undecodable
from connectors.talk import Arrived, Talk

LATENCY = Quantity("onvif_ms", "millisecond", 0, 600_000)
SKEW = Quantity("clock_skew_s", "second", -1e10, 1e10)


class Camera(NamedCamera):
    """One camera: its name in the register of devices, and where its ONVIF device service is."""

    host: str = Field(pattern=r"^([A-Za-z0-9._-]{1,253}|[0-9a-fA-F:.]{2,45})$")
    """Name or address, without scheme, port and credentials."""
    port: int = Field(default=80, ge=1, le=65535)
    path: str = Field(default="/onvif/device_service", pattern=r"^/[^\s?#@]{0,200}$")

    @property
    def origin(self) -> str:
        """Scheme, host and port of its address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


class CameraOnvif(CameraSite[Camera]):
    """The cameras of one commune, over ONVIF (SOAP 1.2 over HTTP), signed in by HTTP digest or WS-UsernameToken."""

    feed: ClassVar[str] = "camera_status"
    title: ClassVar[str] = "Camera an ninh (ONVIF)"
    quantities: ClassVar[tuple[Quantity, ...]] = (Quantity("connected", "", 0, 1), SKEW, LATENCY)

    every: timedelta = timedelta(minutes=5)
    """Pause between two looks."""
    timeout: timedelta = timedelta(seconds=5)
    """How long one question may take."""
    retries: int = Field(default=1, ge=0, le=10)
    """How often a question is put again; a probe's "no answer" is a result, so seldom."""
    parallel: int = Field(default=32, ge=1, le=256)
    """Cameras at a time."""

    def cleanse(self, body: bytes) -> bytes:
        """Return the body without credentials in stream addresses and without serial numbers."""
        return cleansed(body)

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Ask one camera for its clock, then signed in for what it is and where it streams; one message for all."""
        camera = self.camera(name)
        login = Login.remembered(cursor, self.username, self.password, now - self.login_pause)
        look = Look(camera.origin, camera.path, name, login)
        yield from look.all()
        said = Envelope(camera=name, login=login.word, calls=tuple(look.calls)).model_dump_json().encode()
        yield Arrived(camera.origin + camera.path, said, cursor=login.cursor(now))

    def decode(self, message: Message) -> Iterable[DeviceReport]:
        """Give one report a camera; raises :class:`Undecodable` naming the call and the element."""
        if len(message.body) > self.largest_body:
            raise Undecodable(f"{len(message.body)} bytes, at most {self.largest_body} are read", place="body")
        return (report(self.unit, Envelope.read(message.body), message.received_at),)
