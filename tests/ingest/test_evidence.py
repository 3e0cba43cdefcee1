"""Several sources about one camera: the wall shows one state, and every fact beside it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.contract import DeviceId, DeviceReport, Message
from ingest import states
from ingest.batch import Committer
from ingest.pipeline import Understood
from ingest.rhythm import Rhythms
from ingest.sections import Ingest
from ingest.store import Store
from ingest.timeline import Heard, Rhythm, timeline
from tests.ingest.test_timeline import RHYTHM, minute, stories

CAMERA = DeviceId("05068", "camera", "cam-01")
BEGAN = datetime.min.replace(tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> None:
    global BEGAN
    BEGAN = datetime.now(UTC)


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


def test_a_source_that_fell_silent_is_a_fact_of_its_own(store: Store) -> None:
    committer = Committer(store)
    committer.commit([say("mqtt", 0, "online"), say("rtsp", 0, "no_signal")])
    assert wall(store)[0] == "fault"
    committer.commit([say("mqtt", minute, "online") for minute in range(1, 20)])
    with store.transaction() as link:
        states.sweep(link, BEGAN + timedelta(minutes=19.5), Rhythms())
    assert wall(store)[0] == "degraded"
    reasons = [row["reason"] for row in store.rows("select reason from state_span order by started_at")]
    assert reasons == ["reported", "no_answer"]


def test_what_comes_late_repairs_the_past(store: Store) -> None:
    committer = Committer(store)
    committer.commit([say("mqtt", 0, "online"), say("mqtt", 1, "online"), say("mqtt", 3, "online")])
    late = Message("mqtt", "", b"", BEGAN + timedelta(minutes=3.5))
    committer.commit([Understood(late, (DeviceReport(CAMERA, BEGAN + timedelta(minutes=2), "no_signal"),))])
    assert wall(store)[0] == "online"
    assert spans(store) == ["online", "fault", "online"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories(), cuts=st.lists(st.integers(0, 25), max_size=3))
def test_spans_in_the_database_equal_the_pure_ones(store: Store, story: list[Heard], cuts: list[int]) -> None:
    """Whatever comes, in whatever batches, with nothing remembered between them: the same as from all at once."""
    for table in ("device_state", "state_span", "device_report", "blind_span"):
        store.execute(f"truncate {table}")
    store.execute(
        "insert into device (unit, kind, name, lifecycle, registered_at)"
        " values ('05068', 'camera', 'cam-01', 'installed', '2020-01-01') on conflict do nothing"
    )
    shift = datetime.now(UTC) - minute(240)  # the last of it is now
    story = sorted(
        {(h.received_at, h.at, h.word, h.source, h.connection): h for h in story}.values(), key=lambda h: h.received_at
    )
    heard = [h._replace(at=h.at + shift, received_at=h.received_at + shift) for h in story]
    batch = [
        Understood(
            Message(h.source, "", b"", h.received_at),
            (DeviceReport(CAMERA, h.at, h.word, {}, {"evidence": "connection"} if h.connection else {"n": str(n)}),),
        )
        for n, h in enumerate(heard)
    ]
    edges = sorted({0, len(batch), *(min(cut, len(batch)) for cut in cuts)})
    for a, b in pairwise(edges):
        Committer(store).commit(batch[a:b])
    now = datetime.now(UTC)
    with store.transaction() as link:
        while states.sweep(link, now, Rhythms()):
            pass
    every = Ingest().expected_every["camera"]
    rhythm = dict.fromkeys(RHYTHM, Rhythm(every, every * Ingest().patience))
    pure = timeline(heard, rhythm, now).spans
    kept = store.rows("select started_at, ended_at, state, reason from state_span order by started_at")
    assert [(r["started_at"], r["state"], r["reason"]) for r in kept] == [
        (s.started_at, s.state, s.reason) for s in pure
    ]
    assert [r["ended_at"] for r in kept] == [*(s.started_at for s in pure[1:]), None]
