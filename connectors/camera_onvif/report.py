"""What the answers of one look mean: a report of the camera."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element  # the type only; parsing is defusedxml's

from connectors.camera_onvif import soap
from connectors.camera_onvif.clock import ahead, instant
from connectors.camera_onvif.envelope import Call, Envelope, utc
from connectors.contract import FUTURE, DeviceId, DeviceReport, Undecodable

_LENGTH = 128
_LONGEST_MS = 600_000
_GATEWAY = frozenset({502, 503, 504})
"""What a gateway answers for a camera that does not."""
_LABELS = {"Manufacturer": "manufacturer", "Model": "model", "FirmwareVersion": "firmware"}
_NO_LOGIN = {
    "wanted": "asks for a login; set username and password",
    "refused": "login refused; correct username and password",
    "paused": "login refused a while ago; asked again after login_pause",
}


def report(unit: str, said: Envelope, received_at: datetime) -> DeviceReport:
    """Return the report of a look; raises :class:`Undecodable` naming the call.

    No answer is ``offline``, an answer that is no ONVIF is ``fault``; a refused login leaves ``online``, because the
    camera is there and we are the ones who can't see more. ``connected`` is 1 or 0, ``clock_skew_s`` positive where
    the camera is ahead.
    """
    clock = said.calls[0]
    if clock.call != "GetSystemDateAndTime":
        raise Undecodable("the first call is GetSystemDateAndTime", place="calls.0.call")
    at = utc(said.calls[-1].answered_at, "calls.answered_at")
    if at - received_at > FUTURE:
        hours = FUTURE / timedelta(hours=1)
        raise Undecodable(
            f"{at.isoformat()} is more than {hours:g} h ahead of its reception", place="calls.answered_at"
        )
    device = DeviceId(unit, "camera", said.camera)
    if clock.error or clock.status in _GATEWAY:
        return DeviceReport(device, at, "offline", {"connected": 0.0}, {"onvif": _reason(clock)})
    took_ms = round((clock.answered_at - clock.asked_at) / timedelta(milliseconds=1), 1)
    if not 0 <= took_ms <= _LONGEST_MS:
        raise Undecodable(f"{took_ms} ms is not between 0 and {_LONGEST_MS}", place="calls.0.answered_at")
    values = {"connected": 1.0, "onvif_ms": took_ms}
    answer = soap.parsed(clock.xml)
    if answer is None and 200 <= clock.status < 300:
        raise Undecodable("its answer is no SOAP envelope; is this an ONVIF device service?", place=clock.call)
    if answer is None and clock.status != 401:
        return DeviceReport(device, at, "fault", values, {"onvif": f"no ONVIF: {_reason(clock)}"})
    if instant(answer) is not None:
        skew = ahead(answer, clock)
        assert skew is not None  # noqa: S101 - it stated its instant
        values["clock_skew_s"] = round(skew.total_seconds(), 3)
    return DeviceReport(device, at, "online", values, _labels(said))


def _labels(said: Envelope) -> dict[str, str]:
    labels: dict[str, str] = {}
    for call in said.calls[1:]:
        answer = soap.parsed(call.xml)
        if answer is None and 200 <= call.status < 300:
            raise Undecodable("its answer is no SOAP envelope", place=call.call)
        if call.call == "GetDeviceInformation":
            labels |= {ours: _text(answer, call, theirs) for theirs, ours in _LABELS.items()}
        elif call.call == "GetStreamUri":
            labels["stream"] = _stream(_text(answer, call, "Uri"))
    faults = (f"{call.call}: {_reason(call)}" for call in said.calls if call.error or soap.fault(soap.parsed(call.xml)))
    labels["onvif"] = _NO_LOGIN.get(said.login, "") or next(faults, "ok")
    return {name: text for name, text in labels.items() if text}


def _text(answer: Element | None, call: Call, name: str) -> str:
    text = soap.text(answer, f"{call.call}Response", name) or soap.text(answer, "MediaUri", name)
    if len(text) > _LENGTH:
        raise Undecodable(f"{len(text)} signs, at most {_LENGTH} are believed", place=f"{call.call}.{name}")
    return " ".join(text.split())


def _stream(uri: str) -> str:
    """Return the path of a stream's address: its host is known, and credentials hide in the query."""
    try:
        return " ".join(urlsplit(uri).path.split())
    except ValueError as error:
        raise Undecodable(f"{uri!r:.60} is no address", place="GetStreamUri.Uri") from error


def _reason(call: Call) -> str:
    words = call.error or soap.fault(soap.parsed(call.xml)) or f"HTTP {call.status}"
    return words.replace("\0", "")[:200]
