"""Several sources about one camera: the wall shows one state, and every fact beside it."""

from datetime import UTC, datetime, timedelta

from connectors.contract import DeviceId, DeviceReport, Message
from ingest.batch import Committer
from ingest.pipeline import Understood
from ingest.store import Store

CAMERA = DeviceId("05068", "camera", "cam-01")
BEGAN = datetime.now(UTC) - timedelta(minutes=30)


def say(source: str, minute: float, state: str, **values: float) -> Understood:
    at = BEGAN + timedelta(minutes=minute)
    return Understood(Message(source, "", b"", at), (DeviceReport(CAMERA, at, state, values),))


def wall(store: Store) -> tuple[str, dict[str, float]]:
    row = store.row("select state, readings from device_state")
    assert row is not None
    return row["state"], row["readings"]


def spans(store: Store) -> list[str]:
    return [row["state"] for row in store.rows("select state from state_span order by started_at")]


def test_facts_of_several_sources_stand_side_by_side(store: Store) -> None:
    committer = Committer(store)
    committer.commit([say("mqtt", 0, "online", fps=25, recording=1)])
    committer.commit([say("icmp", 1, "online", latency_ms=3), say("rtsp", 1, "no_signal", decodable=0)])
    assert wall(store) == ("fault", {"fps": 25, "recording": 1, "latency_ms": 3, "decodable": 0})
    committer.commit([say("mqtt", 2, "online", fps=24, recording=1)])
    assert wall(store) == ("fault", {"fps": 24, "recording": 1, "latency_ms": 3, "decodable": 0})
    committer.commit([say("rtsp", 3, "online", decodable=1)])
    assert wall(store)[0] == "online"
    committer.commit([say("icmp", 4, "offline")])
    assert wall(store)[0] == "degraded", "a ping that fails does not switch off a camera that speaks"
    committer.commit([say("mqtt", 5, "offline"), say("rtsp", 5.1, "offline")])
    assert wall(store)[0] == "offline"
    assert spans(store) == ["online", "fault", "online", "degraded", "offline"]


def test_a_source_that_fell_silent_no_longer_counts(store: Store) -> None:
    committer = Committer(store)
    committer.commit([say("mqtt", 0, "online"), say("rtsp", 0, "no_signal")])
    assert wall(store)[0] == "fault"
    committer.commit([say("mqtt", 20, "online")])
    assert wall(store)[0] == "online"


def test_what_comes_late_from_one_source_changes_nothing(store: Store) -> None:
    committer = Committer(store)
    committer.commit([say("mqtt", 0, "online"), say("rtsp", 5, "online")])
    late = Message("rtsp", "", b"", BEGAN + timedelta(minutes=6))
    at = BEGAN + timedelta(minutes=4)
    committer.commit([Understood(late, (DeviceReport(CAMERA, at, "no_signal"),))])
    assert wall(store)[0] == "online"
