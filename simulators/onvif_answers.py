"""Answers as ONVIF devices write them (SOAP 1.2; ONVIF Core and Media Specification), for simulated cameras."""

from datetime import datetime
from xml.sax.saxutils import escape

_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:ter="http://www.onvif.org/ver10/error"'
    ' xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl"'
    ' xmlns:tt="http://www.onvif.org/ver10/schema"><env:Body>{}</env:Body></env:Envelope>'
)


def clock(now: datetime) -> str:
    """Answer GetSystemDateAndTime; ``now`` is what the camera's clock shows, UTC."""
    return _ENVELOPE.format(
        "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>"
        "<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>CST-7:00:00</tt:TZ></tt:TimeZone>"
        f"<tt:UTCDateTime><tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute>"
        f"<tt:Second>{now.second}</tt:Second></tt:Time><tt:Date><tt:Year>{now.year}</tt:Year>"
        f"<tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day></tt:Date></tt:UTCDateTime>"
        "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    )


def information(maker: str, model: str, firmware: str, serial: str) -> str:
    """Answer GetDeviceInformation."""
    return _ENVELOPE.format(
        f"<tds:GetDeviceInformationResponse><tds:Manufacturer>{escape(maker)}</tds:Manufacturer>"
        f"<tds:Model>{escape(model)}</tds:Model><tds:FirmwareVersion>{escape(firmware)}</tds:FirmwareVersion>"
        f"<tds:SerialNumber>{serial}</tds:SerialNumber><tds:HardwareId>1</tds:HardwareId>"
        "</tds:GetDeviceInformationResponse>"
    )


def capabilities(path: str) -> str:
    """Answer GetCapabilities, with the address that the camera has in its own net."""
    return _ENVELOPE.format(
        "<tds:GetCapabilitiesResponse><tds:Capabilities>"
        f"<tt:Device><tt:XAddr>http://192.0.2.7{path}</tt:XAddr></tt:Device>"
        f"<tt:Media><tt:XAddr>http://192.0.2.7{path}</tt:XAddr><tt:StreamingCapabilities>"
        "<tt:RTPMulticast>false</tt:RTPMulticast><tt:RTP_TCP>true</tt:RTP_TCP>"
        "<tt:RTP_RTSP_TCP>true</tt:RTP_RTSP_TCP></tt:StreamingCapabilities></tt:Media>"
        "</tds:Capabilities></tds:GetCapabilitiesResponse>"
    )


def services(path: str) -> str:
    """Answer GetServices."""
    return _ENVELOPE.format(
        "<tds:GetServicesResponse>"
        + "".join(
            f"<tds:Service><tds:Namespace>http://www.onvif.org/ver10/{name}/wsdl</tds:Namespace>"
            f"<tds:XAddr>http://192.0.2.7{path}</tds:XAddr>"
            "<tds:Version><tt:Major>2</tt:Major><tt:Minor>6</tt:Minor></tds:Version></tds:Service>"
            for name in ("device", "media")
        )
        + "</tds:GetServicesResponse>"
    )


def profiles() -> str:
    """Answer GetProfiles: one."""
    return _ENVELOPE.format(
        '<trt:GetProfilesResponse><trt:Profiles token="Profile_1" fixed="true"><tt:Name>mainStream</tt:Name>'
        '<tt:VideoSourceConfiguration token="V1"><tt:Name>V1</tt:Name><tt:UseCount>1</tt:UseCount>'
        '<tt:SourceToken>S1</tt:SourceToken><tt:Bounds x="0" y="0" width="1920" height="1080"/>'
        '</tt:VideoSourceConfiguration><tt:VideoEncoderConfiguration token="E1"><tt:Name>E1</tt:Name>'
        "<tt:UseCount>1</tt:UseCount><tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>1920</tt:Width>"
        "<tt:Height>1080</tt:Height></tt:Resolution><tt:Quality>3</tt:Quality><tt:RateControl>"
        "<tt:FrameRateLimit>25</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval>"
        "<tt:BitrateLimit>2048</tt:BitrateLimit></tt:RateControl><tt:H264><tt:GovLength>50</tt:GovLength>"
        "<tt:H264Profile>Main</tt:H264Profile></tt:H264><tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type>"
        "<tt:IPv4Address>0.0.0.0</tt:IPv4Address></tt:Address><tt:Port>0</tt:Port><tt:TTL>1</tt:TTL>"
        "<tt:AutoStart>false</tt:AutoStart></tt:Multicast><tt:SessionTimeout>PT60S</tt:SessionTimeout>"
        "</tt:VideoEncoderConfiguration></trt:Profiles></trt:GetProfilesResponse>"
    )


def stream(uri: str) -> str:
    """Answer GetStreamUri."""
    return _ENVELOPE.format(
        f"<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>{escape(uri)}</tt:Uri>"
        "<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>"
        "<tt:Timeout>PT60S</tt:Timeout></trt:MediaUri></trt:GetStreamUriResponse>"
    )


def fault(code: str, words: str) -> str:
    """Answer what can't be answered."""
    return _ENVELOPE.format(
        "<env:Fault><env:Code><env:Value>env:Sender</env:Value><env:Subcode><env:Value>"
        f"{escape(code)}</env:Value></env:Subcode></env:Code><env:Reason>"
        f'<env:Text xml:lang="en">{escape(words)}</env:Text></env:Reason></env:Fault>'
    )
