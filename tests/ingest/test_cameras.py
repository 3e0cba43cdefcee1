"""Cameras over ONVIF and RTSP through the real poller, against devices that nobody here wrote the other side of."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal

import pytest
from pydantic import SecretStr

from connectors.camera_onvif import CameraOnvif
from connectors.camera_rtsp import CameraRtsp
from connectors.contract import DeviceId
from ingest.store import Store
from simulators.camera_onvif import OnvifCameraSimulator, OnvifOffice
from simulators.clips import clip_apart
from simulators.office import Offices
from simulators.rtsp_server import RtspServer
from tests.peers import onvif_device, onvif_viewer, rtsp_camera
from tests.polling import polling
from tests.servers import free_port

UNIT = "05068"
USER, PASSWORD = "giamsat", "mo phong @:/&"


def newest(store: Store, source: str) -> dict[str, dict[str, Any]]:
    """Return the newest report of each camera of a source."""
    rows = store.rows("select distinct on (name) name, state, readings, labels from device_report where source = %s"
                      " order by name, at desc", (source,))  # fmt: skip
    return {row["name"]: {"state": row["state"], **(row["readings"] or {}), **(row["labels"] or {})} for row in rows}


def stored_texts(store: Store) -> str:
    """Return all that was kept of messages, wherever."""
    tables = ("device_report", "device_state", "cursor", "source")
    rows = [row for name in tables for row in store.rows(f"select to_jsonb(t)::text as text from {name} t")]  # noqa: S608
    rows += store.rows("select encode(body, 'escape') || address || reason as text from rejection")
    return "\n".join(row["text"] for row in rows)


def onvif(ports: Sequence[int], password: str = onvif_device.PASSWORD, **more: Any) -> CameraOnvif:
    cameras = [{"name": f"cam-{n}", "host": "127.0.0.1", "port": port} for n, port in enumerate(ports)]
    return CameraOnvif(unit=UNIT, cameras=cameras, username=onvif_device.USER, password=SecretStr(password), **more)


def rtsp(*urls: str, password: str = PASSWORD, **more: Any) -> CameraRtsp:
    cameras = [{"name": f"cam-{n}", "url": url} for n, url in enumerate(urls)]
    return CameraRtsp(unit=UNIT, cameras=cameras, username=USER, password=SecretStr(password), **more)


def test_devices_of_another_soap_library_in_both_ways_of_signing_in(store: Store) -> None:
    with (
        onvif_device.serving("digest", 47) as one,
        onvif_device.serving("token", -3600) as two,
        onvif_device.serving("digest", 0.5) as three,
        polling(store, onvif=onvif([one, two, three])) as poller,
    ):
        looks = [poller.look("onvif") for _ in range(3)]
    assert [look.outcomes for look in looks] == [{"stored": 3}] * 3
    assert [look.questions for look in looks] == [16, 15, 15], "which way a camera takes was not remembered"
    said = newest(store, "onvif")
    assert {name: round(camera["clock_skew_s"], -1) for name, camera in said.items()} == {
        "cam-0": 50, "cam-1": -3600, "cam-2": 0,
    }  # fmt: skip
    assert abs(said["cam-0"]["clock_skew_s"] - 47) < 1.1
    for camera in said.values():
        assert camera["state"] == "online"
        assert camera["connected"] == 1
        assert 0 < camera["onvif_ms"] < 5000
        assert {word: camera[word] for word in ("manufacturer", "model", "firmware", "stream")} == {
            "manufacturer": "Thử & Nghiệm", "model": "TN-1 <spyne>", "firmware": "1.2.3", "stream": "/live/main",
        }  # fmt: skip
    kept = stored_texts(store)
    assert not any(word in kept for word in ("SN-0123456789", "secret", onvif_device.PASSWORD))


def test_a_wrong_password_is_tried_once_and_the_camera_is_still_there(store: Store) -> None:
    with (
        onvif_device.serving("digest") as one,
        onvif_device.serving("token") as two,
        polling(store, onvif=onvif([one, two], "sai")) as poller,
    ):
        assert [poller.look("onvif").questions for _ in range(2)] == [6, 2]
    for camera in newest(store, "onvif").values():
        assert (camera["state"], camera["connected"]) == ("online", 1)
        assert "login refused" in camera["onvif"]
        assert "model" not in camera


def test_dead_cameras_of_every_kind_are_results_and_delay_nobody(store: Store) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        full_of_strangers() as unreachable,
        onvif_device.serving("digest") as alive,
    ):
        mute = int(silent.getsockname()[1])
        ports = [free_port(), mute, unreachable, alive, *[mute] * 12]
        source = onvif(ports, timeout=timedelta(seconds=1), retries=0)
        with polling(store, onvif=source) as poller:
            began = time.monotonic()
            look = poller.look("onvif")
            took = time.monotonic() - began
    assert look.outcomes == {"stored": 16}
    assert look.fault == "", "a dead camera is no fault of the source"
    assert took < 10, "fourteen dead ones were waited for one after the other"
    said = newest(store, "onvif")
    assert {name for name, camera in said.items() if camera["state"] != "offline"} == {"cam-3"}
    assert said["cam-3"]["state"] == "online"
    assert {name for name, camera in said.items() if camera["connected"]} == {"cam-3"}
    assert said["cam-1"]["onvif"] == "no answer within 1 s"
    assert "clock_skew_s" not in said["cam-0"]


@contextmanager
def full_of_strangers() -> Iterator[int]:
    """A port whose queue of connections is full: a newcomer gets no answer at all, as from a host that is off."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        port = int(server.getsockname()[1])
        waiting = [socket.socket() for _ in range(3)]
        for stranger in waiting:
            stranger.setblocking(False)
            with suppress(BlockingIOError):
                stranger.connect(("127.0.0.1", port))
        time.sleep(0.05)
        yield port
        for stranger in waiting:
            stranger.close()


@pytest.mark.parametrize("way", ["digest", "token"])
def test_our_simulated_onvif_cameras_satisfy_the_wsdl_of_onvif(way: Literal["digest", "token"]) -> None:
    camera = well(OnvifCameraSimulator, 3)
    name = camera.device.name
    office = OnvifOffice([camera], USER, PASSWORD, token_only=[name] if way == "token" else [])
    with Offices([office]) as offices:
        said = onvif_viewer.seen(offices.url + office.path(name), USER, PASSWORD, way)
        with pytest.raises(Exception, match=r"not authorized|401"):
            onvif_viewer.seen(offices.url + office.path(name), USER, "sai", way)
    maker, model, firmware = camera.made
    information = said["information"]
    assert (information.Manufacturer, information.Model, information.FirmwareVersion) == (maker, model, firmware)
    assert (said["clock"].Date.Year, said["encoding"]) == (datetime.now(UTC).year, "H264")
    assert said["stream"].startswith(f"rtsp://127.0.0.1:8554{camera.stream}")


def test_our_simulated_office_of_onvif_cameras(store: Store) -> None:
    cameras = [well(OnvifCameraSimulator, seed) for seed in range(6)]
    names = [camera.device.name for camera in cameras]
    office = OnvifOffice(cameras, USER, PASSWORD, token_only=names[:2])
    with Offices([office]) as offices:
        port = int(offices.url.rpartition(":")[2])
        tables = [{"name": name, "host": "127.0.0.1", "port": port, "path": office.path(name)} for name in names]
        tables.append({"name": "cam-none", "host": "127.0.0.1", "port": port, "path": office.path("cam-none")})
        source = CameraOnvif(unit=UNIT, cameras=tables, username=USER, password=SecretStr(PASSWORD), parallel=4)
        with polling(store, onvif=source) as poller:
            assert poller.look("onvif").outcomes == {"stored": 7}
    said = newest(store, "onvif")
    assert said.pop("cam-none")["state"] == "fault"
    for camera in cameras:
        heard = said[camera.device.name]
        assert (heard["manufacturer"], heard["model"], heard["firmware"]) == camera.made
        assert heard["stream"] == camera.stream
        now = datetime.now(UTC)
        assert abs(heard["clock_skew_s"] - (camera.clock(now) - now).total_seconds()) < 2


def well(simulator: Any, seed: int) -> Any:
    """Return a simulated camera that has no fault during the test."""
    now = datetime.now(UTC)
    for number in range(seed * 100, seed * 100 + 100):
        camera = simulator(DeviceId(UNIT, "camera", f"cam-{number}"), number)
        if all(camera.measure(now + timedelta(minutes=m))[0].state == "online" for m in (0, 5, 10)):
            return camera
    raise AssertionError("every simulated camera is broken")


def verdict(said: dict[str, Any]) -> str:
    """Return what the label says of the picture, without its numbers."""
    return str(said["picture"]).partition(":")[0]


def test_a_real_stream_that_moves_hangs_goes_black_and_is_covered(store: Store) -> None:
    limits = {"frozen_after": timedelta(seconds=1)}
    with (
        rtsp_camera.serving(USER, PASSWORD) as camera,
        polling(store, rtsp=rtsp(camera.url(), limits=limits)) as poller,
    ):

        def look(state: str = "") -> dict[str, Any]:
            """Look once; with a state, until the server shows what it was told to, or five times."""
            for _ in range(5):
                assert poller.look("rtsp").outcomes == {"stored": 1}
                said = newest(store, "rtsp")["cam-0"]
                if said["state"] == state or not state:
                    break
            return said

        for _ in range(2):
            moving = look()
            assert (moving["state"], moving["decodable"]) == ("online", 1)
            assert moving["picture_still_s"] == 0
        assert (moving["codec"], moving["width"], moving["height"]) == ("h264", 640, 360)
        assert 9 <= moving["fps"] <= 11
        assert 100 < moving["bitrate_kbps"] < 4000
        camera.show("frozen")
        assert look()["state"] == "online", "one look can't tell"
        frozen = look("fault")
        assert (frozen["state"], verdict(frozen), frozen["decodable"]) == ("fault", "frozen", 1)
        assert frozen["picture_still_s"] >= 1
        camera.show("moving")
        assert look("online")["state"] == "online"
        camera.show("black")
        black = look("no_signal")
        assert (black["state"], verdict(black), black["decodable"]) == ("no_signal", "black", 1)
        assert black["picture_black_pct"] == 100
        camera.show("covered")
        covered = look("degraded")
        assert (covered["state"], verdict(covered)) == ("degraded", "covered")
    assert PASSWORD not in stored_texts(store)


def test_a_real_server_that_hangs_refuses_or_has_no_such_stream(store: Store) -> None:
    with rtsp_camera.serving(USER, PASSWORD) as camera:
        urls = [camera.url(path) for path in ("/live", "/mjpeg", "/shared", "/nothing")]
        urls.append(f"rtsp://127.0.0.1:{free_port()}/live")
        source = rtsp(*urls, timeout=timedelta(seconds=4))
        with polling(store, rtsp=source, wrong=rtsp(urls[0], password="sai")) as poller:
            poller.look("rtsp")
            said = newest(store, "rtsp")
            assert [one["state"] for one in said.values()] == ["online", "online", "online", "fault", "no_signal"]
            assert [one["decodable"] for one in said.values()] == [1, 1, 1, 0, 0]
            assert said["cam-1"]["codec"] == "mjpeg"
            poller.look("wrong")
            stranger = newest(store, "wrong")["cam-0"]
            assert (stranger["state"], verdict(stranger)) == ("fault", "login")
            assert "decodable" not in stranger
            camera.hang()
            began = time.monotonic()
            poller.look("rtsp")
            took = time.monotonic() - began
            camera.wake()
    assert took < 12, "four that hang were waited for one after the other"
    said = newest(store, "rtsp")
    assert [one["state"] for one in said.values()] == ["offline", "offline", "offline", "offline", "no_signal"]
    assert said["cam-0"]["picture"] == "no answer within 4 s"
    assert PASSWORD not in stored_texts(store)


def test_ffprobe_reads_our_simulated_streams() -> None:
    with RtspServer({"cam": lambda _: ("moving", 1)}, "u", "p") as server:
        found = rtsp_camera.probed(f"{server.url.replace('//', '//u:p@')}/cam")
    assert (found["codec_name"], found["width"], found["height"]) == ("h264", 640, 360)
    assert (found["avg_frame_rate"], int(found["nb_read_frames"]) >= 5) == ("10/1", True)


def shows(scene: str, _now: datetime) -> tuple[str, int]:
    return scene, 2


def test_our_simulated_streams_many_by_path(store: Store) -> None:
    scenes = ["moving", "black", "covered", "frozen", "away", "silent", "moving"]
    showing = {f"cam-{n}": partial(shows, scene) for n, scene in enumerate(scenes)}
    for scene in ("moving", "black", "covered", "frozen"):
        clip_apart(scene, 2)  # coded before anybody waits for it
    with RtspServer(showing, USER, PASSWORD) as server:
        urls = [f"{server.url}/cam-{n}" for n in range(len(scenes))]
        source = rtsp(*urls, timeout=timedelta(seconds=8), limits={"frozen_after": timedelta(seconds=0.5)})
        with polling(store, rtsp=source) as poller:
            poller.look("rtsp")
            for _ in range(3):  # two pictures tell a frozen one where half a second lies between them
                poller.look("rtsp")
                states = [one["state"] for one in newest(store, "rtsp").values()]
                if "fault" in states:
                    break
    assert states == ["online", "no_signal", "degraded", "fault", "offline", "offline", "online"]
