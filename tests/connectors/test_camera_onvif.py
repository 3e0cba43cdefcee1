"""The conversation with a camera, played by canned answers: what is asked, in which order, and what is never said."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from connectors.camera_onvif import CameraOnvif
from connectors.camera_onvif.door import cleansed
from connectors.contract import DeviceReport, Message
from connectors.talk import Answer, Arrived, Digest, Request
from simulators import onvif_answers as answers

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SKEW = timedelta(seconds=100)
Camera = Callable[[Request, str], tuple[int, str]]


def source(**more: Any) -> CameraOnvif:
    given = {"unit": "20791", "cameras": [{"name": "cam-1", "host": "10.0.0.9", "port": 8080}]}
    return CameraOnvif(**{**given, "username": "u", "password": SecretStr("mật khẩu"), **more})


def good(_request: Request, call: str) -> tuple[int, str]:
    """Answer as a camera that knows everybody."""
    return 200, {
        "GetSystemDateAndTime": answers.clock(NOW + SKEW),
        "GetDeviceInformation": answers.information("M", "N", "1", "SN-1"),
        "GetCapabilities": answers.capabilities("/elsewhere/media").replace("192.0.2.7", "evil.example"),
        "GetProfiles": answers.profiles(),
        "GetStreamUri": answers.stream("rtsp://a:b@10.0.0.9/live?x=1"),
    }[call]


def held(its: CameraOnvif, camera: Camera, cursor: str = "", now: datetime = NOW) -> tuple[list[Request], Arrived]:
    """Hold one conversation; returns what was asked and what arrived."""
    asked: list[Request] = []
    talk = its.talk("cam-1", cursor, now)
    step = next(talk)
    while isinstance(step, Request):
        asked.append(step)
        call = re.search(rb"<s:Body><(\w+)", step.body or b"")
        assert call is not None
        status, xml = camera(step, call[1].decode())
        error = "no answer within 5 s" if not status else ""
        step = talk.send(Answer(xml.encode(), now, now + timedelta(milliseconds=20), status, {}, error))
    assert isinstance(step, Arrived)
    with pytest.raises(StopIteration):
        talk.send(Answer(b"", now, now))
    return asked, step


def reported(its: CameraOnvif, arrived: Arrived) -> DeviceReport:
    (said,) = its.decode(Message("x", arrived.address, its.cleanse(arrived.body), NOW + timedelta(minutes=1)))
    return said


def test_the_password_goes_to_the_host_of_the_list_only_and_not_before_it_must() -> None:
    asked, arrived = held(source(), good)
    assert [request.url for request in asked] == [
        *["http://10.0.0.9:8080/onvif/device_service"] * 3, *["http://10.0.0.9:8080/elsewhere/media"] * 2,
    ]  # fmt: skip
    assert asked[0].auth is None
    assert all(isinstance(request.auth, Digest) for request in asked[1:])
    assert not any(b"Security" in (request.body or b"") for request in asked), "both ways of signing in at once"
    assert "mật khẩu" not in arrived.body.decode()
    assert reported(source(), arrived).labels["stream"] == "/live"


def test_the_token_is_made_by_the_cameras_clock_and_never_twice() -> None:
    nonces = []

    def old(request: Request, call: str) -> tuple[int, str]:
        body = (request.body or b"").decode()
        if call == "GetSystemDateAndTime":
            return good(request, call)
        if request.auth is not None or "UsernameToken" not in body:
            return 400, answers.fault("ter:NotAuthorized", "no")
        said = dict(re.findall(r"<\w:(Username|Password|Nonce|Created)[^>]*>([^<]*)", body))
        created = datetime.fromisoformat(said["Created"])
        assert timedelta() <= created - (NOW + SKEW) < timedelta(seconds=2)
        nonce = base64.b64decode(said["Nonce"])
        proof = hashlib.sha1(nonce + said["Created"].encode() + "mật khẩu".encode()).digest()  # noqa: S324
        assert said["Password"] == base64.b64encode(proof).decode()
        nonces.append(nonce)
        return good(request, call)

    asked, arrived = held(source(), old)
    assert len(asked) == 6
    again, _ = held(source(), old, arrived.cursor or "", NOW + timedelta(seconds=0.5))
    assert len(again) == 5
    assert len(set(nonces)) == len(nonces) == 8
    assert reported(source(), arrived).labels["model"] == "N"


def test_a_refused_password_rests_and_is_tried_again_after_the_pause() -> None:
    def stranger(request: Request, call: str) -> tuple[int, str]:
        return good(request, call) if call == "GetSystemDateAndTime" else (401, "")

    asked, arrived = held(source(), stranger)
    assert len(asked) == 3
    cursor = arrived.cursor or ""
    assert "u" not in json.loads(cursor)
    asked, arrived = held(source(), stranger, cursor, NOW + timedelta(minutes=29))
    assert len(asked) == 1
    assert arrived.cursor == cursor
    asked, arrived = held(source(), good, cursor, NOW + timedelta(minutes=31))
    assert len(asked) == 5
    assert "refused_at" not in (arrived.cursor or "")


def test_without_credentials_nothing_is_signed() -> None:
    its = source(username="", password=None)
    asked, arrived = held(its, good)
    assert all(request.auth is None and b"Security" not in (request.body or b"") for request in asked)
    assert json.loads(arrived.body)["login"] == "none"
    asked, arrived = held(its, lambda request, call: good(request, call) if "Date" in call else (401, ""))
    assert "set username and password" in reported(its, arrived).labels["onvif"]


def test_who_falls_silent_is_not_asked_on() -> None:
    asked, arrived = held(source(), lambda *_: (0, ""))
    assert len(asked) == 1
    assert reported(source(), arrived).state == "offline"
    asked, arrived = held(source(), lambda request, call: good(request, call) if "Date" in call else (0, ""))
    assert len(asked) == 2
    assert reported(source(), arrived).values["clock_skew_s"] == pytest.approx(100, abs=0.1)


@given(cursor=st.text() | st.sampled_from(["[]", "null", '{"way": 3}', '{"refused_at": "x"}', '{"refused_at": 5}']))
def test_any_cursor_is_survived(cursor: str) -> None:
    assert len(held(source(), good, cursor)[0]) == 5


@given(xml=st.text(max_size=80) | st.sampled_from([answers.profiles(), answers.fault("a", "b"), "<Envelope/>"]))
def test_any_answer_is_survived(xml: str) -> None:
    _, arrived = held(source(), lambda *_: (200, xml))
    assert json.loads(arrived.body)["camera"] == "cam-1"


@pytest.mark.parametrize(
    "uri",
    [
        "rtsp://admin:bimat99@10.0.0.9:554/live",
        "rtsp://10.0.0.9/live?user=admin&amp;password=bimat99&amp;x=1",
        "rtsp://10.0.0.9:554/user=admin_password=bimat99_channel=1_stream=0.sdp",
        "rtsp://10.0.0.9/live?Pwd=bimat99",
        "rtsp://10.0.0.9/live?token=bimat99;x",
        "rtsp://ad/min:bi@mat:bimat99@10.0.0.9/live",
    ],
)
def test_no_password_passes_the_door(uri: str) -> None:
    for body in (f"<Uri>{uri}</Uri>", json.dumps({"xml": f"<Uri>{uri}</Uri>"}), uri):
        kept = cleansed(body.encode())
        assert b"bimat99" not in kept
        assert b"admin" not in kept
        assert b"10.0.0.9" in kept


@given(st.binary(max_size=200) | st.from_regex(rb"(://|user=|pwd=|@|_channel|SerialNumber>|<|\*|x){0,20}"))
def test_cleansing_twice_is_cleansing_once(body: bytes) -> None:
    assert cleansed(cleansed(body)) == cleansed(body)


@pytest.mark.parametrize(
    "wrong",
    [
        {"cameras": [{"name": "a", "host": "h"}, {"name": "a", "host": "i"}]},
        {"cameras": [{"name": "a", "host": "u:p@h"}]},
        {"cameras": [{"name": "A", "host": "h"}]},
        {"cameras": [{"name": "a", "host": "h", "path": "/x?y"}]},
        {"password": None},
        {"unit": "1"},
    ],
)
def test_what_an_operator_may_not_write(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        source(**wrong)
