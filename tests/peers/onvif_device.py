"""An ONVIF camera written with spyne, a SOAP library of others: its own XML, its own way of checking who asks.

``python -m tests.peers.onvif_device WAY SECONDS USER PASSWORD`` serves one on a free loopback port, which it writes.
``WAY`` is how it wants to be signed in to (``digest``, ``token``), ``SECONDS`` how far its clock is ahead. Its media
service lives at another path than its device service, and it names itself by an address that nobody can reach.
"""

import base64
import hashlib
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.request import parse_http_list, parse_keqv_list

from tests.servers import ServerMissing

DEVICE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
SCHEMA = "http://www.onvif.org/ver10/schema"
USER, PASSWORD = "giamsat", "mo phong & <thu>"
PATH = "/onvif/device_service"
Wsgi = Callable[..., Iterable[bytes]]


@contextmanager
def serving(way: str = "digest", ahead: float = 0, user: str = USER, password: str = PASSWORD) -> Iterator[int]:
    """Run the device in a process of its own; yields its port."""
    words = [sys.executable, "-m", __name__, way, str(ahead), user, password]
    root = Path(__file__).parents[2]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            line = process.stdout.readline()
            if not line:
                raise ServerMissing(f"the ONVIF device does not start (pip install -e '.[dev]' brings spyne): "
                                    f"{process.stderr.read()[-2000:]}")  # fmt: skip
            yield int(line)
        finally:
            process.terminate()


def device(way: str, ahead: timedelta, user: str, password: str) -> Wsgi:
    """Return the device as a WSGI application."""
    from spyne import Application, Boolean, ComplexModel, Fault, Integer, ServiceBase, Unicode, XmlAttribute, rpc
    from spyne.protocol.soap import Soap12
    from spyne.server.wsgi import WsgiApplication

    def model(name: str, **members: Any) -> Any:
        return type(name, (ComplexModel,), {"__namespace__": SCHEMA, "_type_info": list(members.items())})

    time = model("Time", Hour=Integer, Minute=Integer, Second=Integer)
    date = model("Date", Year=Integer, Month=Integer, Day=Integer)
    instant = model("DateTime", Time=time, Date=date)
    zone = model("TimeZone", TZ=Unicode)
    clock = model("SystemDateTime", DateTimeType=Unicode, DaylightSavings=Boolean, TimeZone=zone, UTCDateTime=instant,
                  LocalDateTime=instant)  # fmt: skip
    media_service = model("MediaCapabilities", XAddr=Unicode)
    capabilities = model("Capabilities", Media=media_service)
    profile = model("Profile", Name=Unicode, token=XmlAttribute(Unicode))
    uri = model("MediaUri", Uri=Unicode, InvalidAfterConnect=Boolean, InvalidAfterReboot=Boolean, Timeout=Unicode)

    def now() -> datetime:
        return datetime.now(UTC) + ahead

    def stated(at: datetime) -> Any:
        return instant(Time=time(Hour=at.hour, Minute=at.minute, Second=at.second),
                       Date=date(Year=at.year, Month=at.month, Day=at.day))  # fmt: skip

    class Device(ServiceBase):
        @rpc(_returns=clock, _out_variable_name="SystemDateAndTime")
        def GetSystemDateAndTime(_ctx: Any) -> Any:  # noqa: N802, N805 - ONVIF's name, spyne's first argument
            at = now()
            return clock(DateTimeType="NTP", DaylightSavings=False, TimeZone=zone(TZ="CST-7"), UTCDateTime=stated(at),
                         LocalDateTime=stated(at + timedelta(hours=7)))  # fmt: skip

        @rpc(
            _returns=[Unicode] * 5,
            _out_variable_names=["Manufacturer", "Model", "FirmwareVersion", "SerialNumber", "HardwareId"],
        )
        def GetDeviceInformation(_ctx: Any) -> Any:  # noqa: N802, N805 - same
            return "Thử & Nghiệm", "TN-1 <spyne>", "1.2.3", "SN-0123456789", "H1"

        @rpc(Unicode, _in_variable_names={"category": "Category"}, _returns=capabilities,
             _out_variable_name="Capabilities")  # fmt: skip
        def GetCapabilities(_ctx: Any, category: Any) -> Any:  # noqa: N802, N805 - same
            return capabilities(Media=media_service(XAddr=f"http://192.0.2.1:8000/media/{category}?x=1"))

    class Media(ServiceBase):
        @rpc(_returns=profile.customize(max_occurs="unbounded"), _out_variable_name="Profiles")
        def GetProfiles(_ctx: Any) -> Any:  # noqa: N802, N805 - same
            return [profile(Name="Luồng chính", token="P & 1"), profile(Name="Luồng phụ", token="P2")]

        @rpc(Unicode, _in_variable_names={"token": "ProfileToken"}, _returns=uri, _out_variable_name="MediaUri")
        def GetStreamUri(_ctx: Any, token: Any) -> Any:  # noqa: N802, N805 - same
            if token != "P & 1":
                raise Fault("Client.NoProfile", f"ter:NoProfile: {token}")
            return uri(Uri=f"rtsp://{user}:secret@192.0.2.1:554/live/main?user={user}&password=secret",
                       InvalidAfterConnect=False, InvalidAfterReboot=False, Timeout="PT60S")  # fmt: skip

    def soap(service: Any, namespace: str) -> Wsgi:
        served: Wsgi = WsgiApplication(Application([service], namespace, in_protocol=Soap12(), out_protocol=Soap12()))
        return served

    services = {PATH: soap(Device, DEVICE), "/media/Media": soap(Media, MEDIA)}
    gate = (_digest if way == "digest" else _token)(user, password, now)

    def outer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        served = services.get(environ["PATH_INFO"])
        if served is None:
            start("404 Not Found", [("Content-Type", "text/html")])
            return [b"<html>not here</html>"]
        refusal = b"" if b"GetSystemDateAndTime" in body else gate(environ, body, start)
        return [refusal] if refusal else served(environ, start)

    return outer


def _digest(user: str, password: str, _now: Callable[[], datetime]) -> Callable[..., bytes]:
    """Ask for HTTP digest (RFC 7616): nonces of this device only, and counters that only rise."""
    counters: dict[str, int] = {}

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 - as RFC 7616 has it

    def gate(environ: dict[str, Any], _body: bytes, start: Callable[..., Any]) -> bytes:
        scheme, _, rest = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        said = parse_keqv_list(parse_http_list(rest)) if scheme == "Digest" else {}
        nonce, count = said.get("nonce", ""), int(said.get("nc", "0"), 16)
        if nonce in counters and count > counters[nonce]:
            mine, its = md5(f"{user}:thử:{password}"), md5(f"{environ['REQUEST_METHOD']}:{said['uri']}")
            if said["response"] == md5(f"{mine}:{nonce}:{said['nc']}:{said['cnonce']}:{said['qop']}:{its}"):
                counters[nonce] = count
                return b""
        fresh = secrets.token_hex(8)
        counters[fresh] = 0
        realm = "thử".encode().decode("latin-1")
        challenge = f'Digest realm="{realm}", qop="auth", nonce="{fresh}", opaque="o", stale=false'
        start("401 Unauthorized", [("WWW-Authenticate", challenge), ("Content-Type", "text/plain")])
        return b"who are you?"

    return gate


def _token(user: str, password: str, now: Callable[[], datetime]) -> Callable[..., bytes]:
    """Ask for the UsernameToken of the SOAP header, made within 30 s by the device's own clock, and never twice."""
    from lxml import etree

    taken: set[bytes] = set()

    def gate(_environ: dict[str, Any], body: bytes, start: Callable[..., Any]) -> bytes:
        said = {etree.QName(one).localname: one.text or "" for one in etree.fromstring(body).iter(etree.Element)}
        if {"Username", "Password", "Nonce", "Created"} <= set(said):
            nonce = base64.b64decode(said["Nonce"])
            proof = hashlib.sha1(nonce + said["Created"].encode() + password.encode()).digest()  # noqa: S324
            fresh = abs(datetime.fromisoformat(said["Created"]) - now()) < timedelta(seconds=30)
            if fresh and nonce not in taken and said["Username"] == user:
                taken.add(nonce)
                if base64.b64decode(said["Password"]) == proof:
                    return b""
        start("400 Bad Request", [("Content-Type", "application/soap+xml")])
        return (
            b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Sender'
            b'</s:Value><s:Subcode><s:Value xmlns:ter="http://www.onvif.org/ver10/error">ter:NotAuthorized</s:Value>'
            b'</s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">who are you?</s:Text></s:Reason></s:Fault></s:Body>'
            b"</s:Envelope>"
        )

    return gate


def main() -> None:
    """Serve until terminated."""
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing: nobody reads it."""

    way, ahead, user, password = sys.argv[1:]
    app = device(way, timedelta(seconds=float(ahead)), user, password)
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        print(server.server_port, flush=True)  # noqa: T201 - for who started us
        server.serve_forever()


if __name__ == "__main__":
    main()
