"""GStreamer's RTSP server as a camera; run by the system's own Python, which has ``gi``.

``/usr/bin/python3 gst_rtsp.py USER PASSWORD`` writes its port, then obeys a word a line: ``moving``, ``frozen``,
``black``, ``covered``. H.264 at ``/live``, motion JPEG at ``/mjpeg``, both of them anew for every
viewer; at ``/shared`` H.264 with sound, the same for all who look. Without a user they are open to all.
"""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402 - versions come first

PATTERNS = {"moving": "smpte", "frozen": "smpte75", "black": "black", "covered": "solid-color"}
"""SMPTE's bars have a corner of snow, as a sensor has noise; the 75 % bars stand still."""
SOURCE = (
    "videotestsrc name=source is-live=true foreground-color=0xff5a5a5a pattern=smpte"
    " ! video/x-raw,format=I420,width=640,height=360,framerate=10/1"
)
H264 = "x264enc tune=zerolatency speed-preset=ultrafast bitrate=800 key-int-max=6"
SOUND = "audiotestsrc is-live=true ! alawenc ! rtppcmapay name=pay1 pt=8"
STREAMS = {
    "/live": f"( {SOURCE} ! {H264} ! rtph264pay name=pay0 pt=96 config-interval=1 )",
    "/shared": f"( {SOURCE} ! {H264} ! rtph264pay name=pay0 pt=96 {SOUND} )",
    "/mjpeg": f"( {SOURCE} ! jpegenc ! rtpjpegpay name=pay0 pt=26 )",
}

shown = "moving"
sources: list = []


def configured(_factory: object, media: object) -> None:
    source = media.get_element().get_by_name("source")  # type: ignore[attr-defined]
    source.set_property("pattern", PATTERNS[shown])
    sources.append(source)


def obey() -> None:
    global shown
    for line in sys.stdin:
        shown = line.strip()
        for source in sources:
            source.set_property("pattern", PATTERNS[shown])
        print(shown, flush=True)  # noqa: T201 - for who told us
    loop.quit()


Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
user, password = (*sys.argv[1:], "", "")[:2]
if user:
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(2)  # GST_RTSP_AUTH_DIGEST
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_digest(user, password, token)
    server.set_auth(auth)
for path, pipeline in STREAMS.items():
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(pipeline)
    factory.set_shared(path == "/shared")
    if user:
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        factory.set_permissions(permissions)
    factory.connect("media-configure", configured)
    server.get_mount_points().add_factory(path, factory)
server.attach(None)
print(server.get_bound_port(), flush=True)  # noqa: T201 - for who started us
loop = GLib.MainLoop()
threading.Thread(target=obey, daemon=True).start()
loop.run()
