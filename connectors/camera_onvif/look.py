"""One look at one camera: the calls in their order, each answer kept, the next asked with what the last one told."""

from collections.abc import Generator
from datetime import timedelta
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element  # the type only; parsing is defusedxml's

from connectors.camera_onvif import soap
from connectors.camera_onvif.clock import ahead
from connectors.camera_onvif.envelope import Call, CallName
from connectors.camera_onvif.login import Login
from connectors.talk import Answer, Arrived, Question, Request

_Asking = Generator[Question | Arrived, Answer, Element | None]

_REFUSED = ("NotAuthorized", "FailedAuthentication", "FailedCheck", "InvalidSecurity", "OperationProhibited")
"""Subcodes of SOAP faults that mean: I don't know you (ONVIF Core, WS-Security 1.1, chapter 12)."""


class Look:
    """Holds the calls; :attr:`calls` is what came of them, in order."""

    def __init__(self, origin: str, path: str, camera: str, login: Login) -> None:
        self._origin = origin
        self._path = path
        self._camera = camera
        self._login = login
        self._ahead = timedelta()
        self.calls: list[Call] = []

    def all(self) -> Generator[Question | Arrived, Answer, None]:
        """Ask for everything that can be asked now; ends early where the camera falls silent."""
        clock = yield from self._ask("GetSystemDateAndTime", self._path, secured=False)
        if self._refused(clock) and not self._login.paused:  # against the standard, which leaves the clock open to all
            clock = yield from self._known("GetSystemDateAndTime", self._path)
        if clock is None or self._login.paused:
            return
        self._ahead = ahead(clock, self.calls[0]) or timedelta()
        if (yield from self._known("GetDeviceInformation", self._path)) is None or self._login.paused:
            return
        found = yield from self._known("GetCapabilities", self._path)
        # Only the path of what it answers: behind an address translation its host and port are those of another net,
        # and our password goes to no host that the operator did not name.
        media = _path(soap.text(found, "Media", "XAddr")) or self._path
        profiles = yield from self._known("GetProfiles", media)
        token = next((p.get("token", "") for p in soap.every(profiles, "Profiles")), "")
        if token:
            yield from self._known("GetStreamUri", media, token[:64])

    def _known(self, call: CallName, path: str, argument: str = "") -> _Asking:
        """Ask signed in; the other way of signing in where the first is refused."""
        if self.calls[-1].error:
            return None
        answer = yield from self._ask(call, path, argument)
        while self._refused(answer):
            if not self._login.refuse():
                return answer
            self.calls.pop()
            answer = yield from self._ask(call, path, argument)
        if answer is not None and not soap.fault(answer):
            self._login.accept()
        return answer

    def _ask(self, call: CallName, path: str, argument: str = "", *, secured: bool = True) -> _Asking:
        if self.calls and self.calls[-1].call == call:
            self.calls.pop()
        header = ""
        if secured and self.calls:
            header = self._login.header(f"{self._camera} {call}", self.calls[-1].answered_at, self._ahead)
        headers, body = soap.request(call, header, argument)
        auth = self._login.digest() if secured else None
        answer = yield Request(self._origin + path, "POST", {}, headers, body, auth)
        self.calls.append(
            Call(call=call, asked_at=answer.asked_at, answered_at=answer.answered_at, status=answer.status,
                 error=answer.error[:200], xml=answer.text)
        )  # fmt: skip
        return soap.parsed(answer.text)

    def _refused(self, answer: Element | None) -> bool:
        return self.calls[-1].status == 401 or any(code in soap.fault(answer) for code in _REFUSED)


def _path(address: str) -> str:
    """Return an address's path; empty where it is none."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    return path if path.startswith("/") else ""
