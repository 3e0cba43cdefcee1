"""Simulated ONVIF cameras (mô phỏng): a clock that drifts, a login that is checked, an office that speaks SOAP."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import orjson

from connectors.contract import DeviceId, DeviceReport, Message, Record, Simulator
from simulators import onvif_answers as answers
from simulators.office import Asked, Told
from simulators.onvif_gate import Gate
from simulators.signals import between, chance, episode, smooth

_MODELS = (("Mô Phỏng", "MP-2CD2043", "V5.7.12 build 250310"), ("Gia Dinh", "GD-HFW1230S", "2.840.0000000.18.R"))


class OnvifCameraSimulator(Simulator):
    """One camera: it answers but while its power is off; every fifth one's clock was never set right."""

    connector: ClassVar[str] = "camera_onvif"

    def __init__(self, device: DeviceId, seed: int) -> None:
        self.device = device
        self.seed = seed

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return what a look that ends at the instant (UTC) finds out."""
        now = at.astimezone(UTC)
        if self.away(now):
            return (DeviceReport(self.device, now, "offline", {"connected": 0.0}, {"onvif": "no answer within 5 s"}),)
        took_ms = self._took_ms(now)
        middle = now - timedelta(milliseconds=took_ms) / 2
        values = {
            "connected": 1.0,
            "onvif_ms": float(took_ms),
            "clock_skew_s": round((self.clock(middle) - middle).total_seconds(), 3),
        }
        maker, model, firmware = self.made
        labels = {"manufacturer": maker, "model": model, "firmware": firmware, "stream": self.stream,
                  "onvif": "ok"}  # fmt: skip
        return (DeviceReport(self.device, now, "online", values, labels),)

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return one message a camera, with the answers that it would give."""
        return tuple(self._message(record) for record in records if isinstance(record, DeviceReport))

    def away(self, now: datetime) -> bool:
        """Tell whether it has no power."""
        return episode(self.seed, f"{self.device} power", now, timedelta(days=5), timedelta(minutes=40), 0.3)

    def clock(self, now: datetime) -> datetime:
        """Return what its clock shows, to the second."""
        drift = between(-1.5, 1.5, smooth(self.seed, f"{self.device} clock", now, timedelta(days=1)), 2)
        if chance(self.seed, self.device, "unset") < 0.2:
            drift += between(-3_600, 3_600, chance(self.seed, self.device, "clock"), 0)
        return (now + timedelta(seconds=drift)).replace(microsecond=0)

    @property
    def made(self) -> tuple[str, str, str]:
        """Manufacturer, model and firmware; no real maker's."""
        return _MODELS[int(chance(self.seed, self.device, "model") * len(_MODELS))]

    @property
    def stream(self) -> str:
        """The path of its stream."""
        return f"/Streaming/Channels/{self.device.name}"

    def answer(self, call: str, now: datetime, path: str, rtsp: str) -> str:
        """Return the SOAP envelope that answers a call; ``path`` is its device service, ``rtsp`` a host with port."""
        maker, model, firmware = self.made
        serial = f"{int(chance(self.seed, self.device, 'serial') * 1e9):09d}"
        write: dict[str, Callable[[], str]] = {
            "GetSystemDateAndTime": lambda: answers.clock(self.clock(now)),
            "GetDeviceInformation": lambda: answers.information(maker, model, firmware, serial),
            "GetCapabilities": lambda: answers.capabilities(path),
            "GetServices": lambda: answers.services(path),
            "GetProfiles": answers.profiles,
            "GetStreamUri": lambda: answers.stream(f"rtsp://{rtsp}{self.stream}?transport=tcp"),
        }
        return write[call]() if call in write else answers.fault("ter:ActionNotSupported", f"no {call}")

    def _took_ms(self, now: datetime) -> int:
        return int(between(4, 90, smooth(self.seed, f"{self.device} line", now, timedelta(minutes=3)), 0))

    def _message(self, report: DeviceReport) -> Message:
        until = report.at
        first: dict[str, object] = {"call": "GetSystemDateAndTime", "answered_at": until.isoformat()}
        if report.state == "offline":
            error = report.labels["onvif"]
            calls: list[dict[str, object]] = [
                first | {"asked_at": (until - timedelta(seconds=5)).isoformat(), "error": error}
            ]
        else:
            took = timedelta(milliseconds=report.values["onvif_ms"])
            asked: dict[str, object] = {
                "asked_at": (until - took).isoformat(),
                "answered_at": until.isoformat(),
                "status": 200,
            }
            path = f"/onvif/{self.device.name}/device_service"
            names = ("GetSystemDateAndTime", "GetDeviceInformation", "GetCapabilities", "GetProfiles", "GetStreamUri")
            calls = [
                asked | {"call": name, "xml": self.answer(name, until - took / 2, path, "192.0.2.7:554")}
                for name in names
            ]
        body = {"camera": self.device.name, "login": "none" if report.state == "offline" else "accepted",
                "calls": calls}  # fmt: skip
        return Message(self.connector, f"http://{self.device.name}/onvif/device_service", orjson.dumps(body), until)


class OnvifOffice:
    """Several cameras behind one HTTP server, each at ``<prefix>/<name>/device_service``; signed in but for the clock.

    ``rtsp`` is the host and port of their streams; ``token_only`` names the cameras that take the token in the SOAP
    header only, as old ones do. A camera without power answers 503, as a gateway does for it.
    """

    def __init__(
        self,
        cameras: Sequence[OnvifCameraSimulator],
        username: str = "",
        password: str = "",
        *,
        prefix: str = "/onvif",
        rtsp: str = "127.0.0.1:8554",
        token_only: Sequence[str] = (),
    ) -> None:
        self.prefix = prefix
        self._rtsp = rtsp
        self._cameras = {camera.device.name: camera for camera in cameras}
        self._gate = Gate(username, password) if username else None
        self._token_only = frozenset(token_only)

    def path(self, name: str) -> str:
        """Return the address of a camera's device service, without host."""
        return f"{self.prefix}/{name}/device_service"

    def answer(self, asked: Asked, now: datetime) -> Told:
        """Answer one call; 401 asks for HTTP digest, a SOAP fault for the token."""
        name = asked.path.strip("/").split("/")[0]
        camera = self._cameras.get(name)
        if camera is None:
            return Told(b"", 404)
        if camera.away(now):
            return Told(b"", 503)
        called = re.search(rb"<(?:[\w.-]+:)?Body[^>]*>\s*<(?:[\w.-]+:)?(\w+)", asked.body)
        if asked.method != "POST" or called is None:
            return _soap(answers.fault("ter:WellFormed", "a SOAP envelope is expected"), 400)
        call = called[1].decode()
        if self._gate is not None and call != "GetSystemDateAndTime":
            refusal = self._refusal(asked, camera, self._gate, now)
            if refusal is not None:
                return refusal
        xml = camera.answer(call, now, self.path(name), self._rtsp)
        return _soap(xml, 400 if "Fault>" in xml else 200)

    def _refusal(self, asked: Asked, camera: OnvifCameraSimulator, gate: Gate, now: datetime) -> Told | None:
        if b"UsernameToken" in asked.body:
            if gate.knows_token(asked.body, camera.clock(now)):
                return None
        elif camera.device.name not in self._token_only:
            if gate.knows_digest(asked.method, asked.headers.get("authorization", "")):
                return None
            return Told(b"", 401, {"WWW-Authenticate": gate.challenge(camera.device.name)})
        return _soap(answers.fault("ter:NotAuthorized", "Sender not authorized"), 400)


def _soap(xml: str, status: int) -> Told:
    return Told(xml.encode(), status, {"Content-Type": "application/soap+xml; charset=utf-8"})
