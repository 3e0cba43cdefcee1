"""zeep with the WSDL of ONVIF itself (as the wheel onvif-zeep brings it): a client that reads every answer strictly."""

import sysconfig
from pathlib import Path
from typing import Any, Literal

from tests.servers import ServerMissing

_CAMERA = "http://www.onvif.org/ver10/{}/wsdl"


def seen(url: str, user: str, password: str, way: Literal["digest", "token"]) -> dict[str, Any]:
    """Return what a camera's services answer; raises what zeep raises for XML that the schema does not allow."""
    from requests import Session
    from requests.auth import HTTPDigestAuth
    from zeep import Client, Settings, Transport
    from zeep.wsse.username import UsernameToken

    wsdl = Path(sysconfig.get_path("purelib")) / "wsdl"
    if not (wsdl / "devicemgmt.wsdl").exists():
        raise ServerMissing("the WSDL of ONVIF is missing: pip install -e '.[dev]'")
    with Session() as session:
        session.auth = HTTPDigestAuth(user, password) if way == "digest" else None
        token = UsernameToken(user, password, use_digest=True) if way == "token" else None

        def service(file: str, name: str, binding: str) -> Any:
            client = Client(str(wsdl / file), transport=Transport(session=session), settings=Settings(strict=True),
                            wsse=token)  # fmt: skip
            return client.create_service(f"{{{_CAMERA.format(name)}}}{binding}", url)

        device = service("devicemgmt.wsdl", "device", "DeviceBinding")
        media = service("media.wsdl", "media", "MediaBinding")
        profile = media.GetProfiles()[0]
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        return {
            "clock": device.GetSystemDateAndTime().UTCDateTime,
            "information": device.GetDeviceInformation(),
            "media": device.GetCapabilities(Category="Media").Media.XAddr,
            "services": [one.XAddr for one in device.GetServices(IncludeCapability=False)],
            "encoding": profile.VideoEncoderConfiguration.Encoding,
            "stream": media.GetStreamUri(StreamSetup=setup, ProfileToken=profile.token).Uri,
        }
