"""Echoes: silence is a result, what could not be asked is a fault, and losses decide what a device is said to be."""

from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.camera_icmp import CameraIcmp
from connectors.contract import DeviceReport, Message, SourceDown
from connectors.talk import Answer, Arrived, Ping

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)
CAMERAS = CameraIcmp.model_validate({"unit": "05068", "devices": [{"name": "cam-01", "host": "10.20.1.11"}]})


def said(answer: Answer) -> Arrived:
    talk = CAMERAS.talk("cam-01", "", NOON)
    assert next(talk) == Ping("10.20.1.11", 3)
    arrived = talk.send(answer)
    assert isinstance(arrived, Arrived)
    with pytest.raises(StopIteration):
        talk.send(answer)
    return arrived


def report(times: list[float], sent: int) -> DeviceReport:
    body = orjson.dumps({"sent": sent, "received": len(times), "rtt_ms": times})
    arrived = said(Answer(body, NOON, NOON))
    (found,) = CAMERAS.decode(Message("cameras", arrived.address, arrived.body, NOON))
    return found


@given(st.lists(st.floats(0, 5000).map(lambda time: round(time, 3)), max_size=10), st.integers(0, 10))
def test_what_came_back_decides(times: list[float], lost: int) -> None:
    sent = max(len(times) + lost, 1)
    found = report(times, sent)
    assert (found.state == "offline") == (not times)
    assert found.values["connected"] == bool(times)
    assert 0 <= found.values["loss_pct"] <= 100
    assert ("latency_ms" in found.values) == bool(times), "no answer has no latency, which is not 0"
    assert ("jitter_ms" in found.values) == (len(times) > 1)
    if times:
        assert min(times) <= found.values["latency_ms"] <= max(times)
        assert found.values.get("jitter_ms", 0) <= max(times) - min(times) + 0.001
        assert (found.state == "degraded") == (2 * len(times) <= sent)


def test_what_could_not_be_asked_is_a_fault_of_the_source() -> None:
    with pytest.raises(SourceDown, match=r"cam-01: we have no right"):
        said(Answer(b"", NOON, NOON, error="we have no right to send ICMP: set sysctl …"))
