"""SOAP 1.2 as ONVIF speaks it: the five calls as XML, and the answers as elements.

Source: ONVIF Core Specification 2.x (device management ``tds``), Media Service Specification (``trt``); prefixes are
free in XML, so answers are read by local names only.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError  # types only; parsing is defusedxml's
from xml.sax.saxutils import escape

from defusedxml import ElementTree

DEVICE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
_SCHEMA = "http://www.onvif.org/ver10/schema"

_BODIES = {
    "GetSystemDateAndTime": (DEVICE, ""),
    "GetDeviceInformation": (DEVICE, ""),
    "GetCapabilities": (DEVICE, "<Category>Media</Category>"),
    "GetProfiles": (MEDIA, ""),
    "GetStreamUri": (
        MEDIA,
        f'<StreamSetup><Stream xmlns="{_SCHEMA}">RTP-Unicast</Stream>'
        f'<Transport xmlns="{_SCHEMA}"><Protocol>RTSP</Protocol></Transport></StreamSetup>'
        "<ProfileToken>%s</ProfileToken>",
    ),
}


def request(call: str, header: str = "", argument: str = "") -> tuple[dict[str, str], bytes]:
    """Return the HTTP headers and the body of a call; ``argument`` is the profile's token, ``header`` XML."""
    namespace, inner = _BODIES[call]
    if "%s" in inner:
        inner %= escape(argument)
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">'
        f"<s:Header>{header}</s:Header>"
        f'<s:Body><{call} xmlns="{namespace}">{inner}</{call}></s:Body></s:Envelope>'
    )
    kind = f'application/soap+xml; charset=utf-8; action="{namespace}/{call}"'
    return {"Content-Type": kind}, body.encode()


def parsed(xml: str) -> Element | None:
    """Return the answer's SOAP envelope; None where it is no XML, or XML that attacks its reader."""
    try:
        root: Element = ElementTree.fromstring(xml, forbid_dtd=True)
    except (ParseError, ValueError, LookupError):
        return None
    return root if local(root) == "Envelope" else None


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def every(root: Element | None, *path: str) -> Iterator[Element]:
    """Yield the elements that a path of local names leads to, from anywhere below ``root``."""
    if root is None:
        return
    first, *rest = path
    for element in root.iter():
        if local(element) == first:
            yield from _below(element, rest)


def text(root: Element | None, *path: str) -> str:
    """Return the text of the first such element, stripped; empty where there is none."""
    found = next(every(root, *path), None)
    return (found.text or "").strip() if found is not None else ""


def fault(root: Element | None) -> str:
    """Return the words of a SOAP fault (its codes and its reason); empty where the answer is none."""
    told = next(every(root, "Fault"), None)
    if told is None:
        return ""
    words = [(element.text or "").strip() for element in told.iter() if local(element) in ("Value", "Text")]
    return " ".join(word for word in words if word)[:200] or "Fault"


def _below(element: Element, path: list[str]) -> Iterator[Element]:
    if not path:
        yield element
        return
    for child in element:
        if local(child) == path[0]:
            yield from _below(child, path[1:])
