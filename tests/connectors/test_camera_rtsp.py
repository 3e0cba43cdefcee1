"""What one look knows of the ones before: a picture is frozen where it stood still long enough, and not sooner."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from connectors.camera_rtsp import CameraRtsp
from connectors.contract import DeviceReport, Message, Undecodable
from connectors.talk import Answer, Arrived, Picture

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SEEN = {"status": 200, "codec": "h264", "width": 640, "height": 360, "mean": 99.0, "contrast": 40.0, "edges": 3.0,
        "black_pct": 1.0}  # fmt: skip
LIVE = SEEN | {"difference": 1.5, "moved_pct": 0.4, "fingerprint": "60" * 64}
STILL = SEEN | {"difference": 0.1, "moved_pct": 0.0, "fingerprint": "60" * 64}


def source(**more: Any) -> CameraRtsp:
    given = {"unit": "20791", "cameras": [{"name": "cam-1", "url": "rtsp://10.0.0.9/1"}]}
    return CameraRtsp(**{**given, "username": "u", "password": SecretStr("p"), **more})


class Camera:
    """A camera that is looked at every minute."""

    def __init__(self, **more: Any) -> None:
        self.source = source(**more)
        self.cursor = ""
        self.now = NOW
        self.asked: list[Picture] = []

    def look(self, said: dict[str, Any] | None, error: str = "") -> DeviceReport:
        self.now += timedelta(minutes=1)
        talk = self.source.talk("cam-1", self.cursor, self.now)
        picture = next(talk)
        assert isinstance(picture, Picture)
        self.asked.append(picture)
        arrived = talk.send(Answer(orjson.dumps(said) if said else b"", self.now, self.now, error=error))
        assert isinstance(arrived, Arrived)
        self.cursor = arrived.cursor or ""
        assert arrived.address == "rtsp://10.0.0.9/1"
        (report,) = self.source.decode(Message("x", arrived.address, arrived.body, self.now))
        return report


def test_frozen_after_ten_minutes_of_the_same_picture_and_not_before() -> None:
    camera = Camera()
    assert camera.look(LIVE).state == "online"
    states = [camera.look(STILL).state for _ in range(12)]
    assert states == ["online"] * 10 + ["fault"] * 2
    assert camera.look(STILL).values["picture_still_s"] == 12 * 60
    assert camera.look(LIVE).state == "online"
    assert camera.look(LIVE).values["picture_still_s"] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"fingerprint": "60" * 63 + "62"},
        {"difference": 0.3},
        {"moved_pct": 0.002},
        {"difference": None, "moved_pct": None},
    ],
    ids=["a block is brighter", "noise", "the clock in the picture", "one key frame only"],
)
def test_what_breaks_the_stillness(change: dict[str, Any]) -> None:
    camera = Camera()
    for _ in range(9):
        camera.look(STILL)
    camera.look({key: value for key, value in (STILL | change).items() if value is not None})
    assert [camera.look(STILL).state for _ in range(9)] == ["online"] * 9


def test_a_block_that_is_rounded_otherwise_is_the_same() -> None:
    camera = Camera()
    shown = [STILL | {"fingerprint": f"{0x60 + n % 2:02x}" * 64} for n in range(12)]
    assert [camera.look(one).state for one in shown][-1] == "fault"


def test_an_unanswered_look_tells_nothing_of_the_picture_but_a_missing_one_does() -> None:
    camera = Camera()
    for _ in range(6):
        camera.look(STILL)
    gone = camera.look(None, "no answer within 10 s")
    assert (gone.state, gone.values) == ("offline", {"decodable": 0})
    for _ in range(4):
        camera.look(STILL)
    assert camera.look(STILL).state == "fault"
    assert camera.look({"status": 200, "codec": "h264", "fault": "no picture: none came"}).state == "no_signal"
    assert camera.look(STILL).state == "online"


def test_a_refused_password_rests() -> None:
    camera = Camera()
    refused = {"status": 401, "fault": "DESCRIBE is answered by 401"}
    for _ in range(33):
        report = camera.look(refused)
        assert (report.state, "decodable" in report.values) == ("fault", False)
    signed = [picture.password is not None for picture in camera.asked]
    assert [n for n, one in enumerate(signed) if one] == [0, 30]
    assert all(picture.url == "rtsp://10.0.0.9/1" for picture in camera.asked)


@given(cursor=st.text() | st.sampled_from(["[]", "3", '{"still_since": 3}', '{"fingerprint": "zz"}']))
def test_any_cursor_is_survived(cursor: str) -> None:
    camera = Camera()
    camera.cursor = cursor
    assert camera.look(STILL).state == "online"


@given(body=st.binary(max_size=80))
def test_an_answer_of_another_form_is_refused(body: bytes) -> None:
    talk = source().talk("cam-1", "", NOW)
    next(talk)
    arrived = talk.send(Answer(body, NOW, NOW))
    assert isinstance(arrived, Arrived)
    with pytest.raises(Undecodable):
        source().decode(Message("x", arrived.address, arrived.body, NOW))


@pytest.mark.parametrize(
    "url", ["rtsp://u:p@10.0.0.9/1", "http://10.0.0.9/1", "rtsp://10.0.0.9/phố", "rtsp://", "rtsp://h/ x"]
)
def test_addresses_that_an_operator_may_not_write(url: str) -> None:
    with pytest.raises(ValidationError):
        source(cameras=[{"name": "a", "url": url}])
