"""What the state machine must hold, whatever comes in whatever order."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingest.evidence import LIFE, Fact, fuse
from ingest.state import OFFLINE, ONLINE, UNKNOWN, Evidence, follow, means, silent

T0 = datetime(2026, 11, 21, tzinfo=UTC)
seconds = st.integers(0, 5_000).map(lambda n: T0 + timedelta(seconds=n))
words = st.sampled_from(["idle", "playing", "muted", "fault", "degraded", "no_signal", "not_recording", "online"])


@st.composite
def heard(draw: st.DrawFn) -> list[Evidence]:
    found, clock = [], T0
    for _ in range(draw(st.integers(1, 30))):
        clock += timedelta(seconds=draw(st.integers(0, 100)))
        if draw(st.booleans()):
            found.append(Evidence(clock - timedelta(seconds=draw(st.integers(0, 900))), clock, draw(words)))
        else:
            found.append(Evidence(clock, clock, draw(st.sampled_from(["online", "offline"])), connection=True))
    return found


def say(at: int, word: str, *, received: int | None = None, connection: bool = False) -> Evidence:
    return Evidence(
        T0 + timedelta(seconds=at), T0 + timedelta(seconds=at if received is None else received), word, connection
    )


@given(heard())
def test_spans_follow_each_other_and_the_last_one_is_what_is_known(evidence: list[Evidence]) -> None:
    known, spans = follow(None, evidence)
    assert known is not None
    assert [s.started_at for s in spans] == sorted(s.started_at for s in spans)
    assert all(a.state != b.state for a, b in pairwise(spans))
    assert (spans[-1].state, spans[-1].started_at) == (known.state, known.since)


@given(heard(), st.integers(0, 30))
def test_batches_make_no_difference(evidence: list[Evidence], cut: int) -> None:
    whole = follow(None, evidence)
    before, first = follow(None, evidence[:cut])
    after, second = follow(before, evidence[cut:])
    assert (after, first + second) == whole


@given(heard())
def test_the_last_word_of_a_living_device_is_its_state(evidence: list[Evidence]) -> None:
    last = max(e.received_at for e in evidence) + timedelta(seconds=1)
    known, _ = follow(None, [*evidence, Evidence(last, last, "idle")])
    assert known is not None
    assert known.state == ONLINE


def test_a_last_will_is_an_outage_and_the_next_report_ends_it() -> None:
    known, spans = follow(None, [say(0, "idle"), say(30, "offline", connection=True), say(60, "idle")])
    assert [(s.state, s.started_at.second) for s in spans] == [(ONLINE, 0), (OFFLINE, 30), (ONLINE, 0)]
    assert known is not None
    assert known.since == T0 + timedelta(seconds=60)


def test_a_device_whose_clock_is_an_hour_late_comes_back_all_the_same() -> None:
    late = 3600
    known, spans = follow(
        None,
        [
            say(-late, "idle", received=0),
            say(30, "offline", connection=True),
            say(60 - late, "idle", received=60),
            say(90 - late, "fault", received=90),
        ],
    )
    assert [s.state for s in spans] == [ONLINE, OFFLINE, ONLINE, "fault"]
    assert known is not None


def test_a_clock_that_ran_ahead_does_not_silence_what_follows() -> None:
    known, spans = follow(None, [say(3 * 3600, "idle", received=0), say(30, "fault"), say(60, "idle")])
    assert [s.state for s in spans] == [ONLINE, "fault", ONLINE]
    assert known is not None
    assert known.at == T0 + timedelta(seconds=60)


def test_an_old_report_changes_no_state() -> None:
    known, spans = follow(None, [say(100, "idle"), say(50, "fault", received=110)])
    assert len(spans) == 1
    assert known is not None
    assert known.state == ONLINE


def test_silence_is_an_outage_only_when_we_were_looking() -> None:
    every, later = timedelta(seconds=30), T0 + timedelta(seconds=100)
    assert silent(T0, every, 3, T0 + timedelta(seconds=80), []) is None
    gone = silent(T0, every, 3, later, [])
    assert gone is not None
    assert (gone.state, gone.started_at) == (OFFLINE, T0 + every)
    blind = silent(T0, every, 3, later, [(T0 + timedelta(seconds=10), None)])
    assert blind is not None
    assert (blind.state, blind.started_at) == (UNKNOWN, T0 + timedelta(seconds=10))


@given(seconds, seconds, st.integers(1, 300))
def test_after_a_blind_time_a_device_gets_its_whole_patience_again(
    start: datetime, end: datetime, now_after: int
) -> None:
    start, end = sorted((start, end))
    span = silent(T0, timedelta(seconds=30), 3, end + timedelta(seconds=now_after), [(start, end)])
    blind_matters = end > T0
    if blind_matters and now_after <= 90:
        assert span is None
    elif blind_matters:
        assert span is not None
        assert span.started_at >= end


@given(
    said=st.dictionaries(st.sampled_from("abcd"), words | st.just("offline"), min_size=1), minutes=st.integers(0, 30)
)
def test_a_device_is_alive_where_anybody_hears_it_and_as_ill_as_the_worst_finds_it(
    said: dict[str, str], minutes: int
) -> None:
    now = T0 + timedelta(minutes=minutes)
    word = fuse({source: Fact(word, T0, T0) for source, word in said.items()}, now)
    states = [means(word) for word in said.values()]
    if timedelta(minutes=minutes) > LIFE or set(states) == {"offline"}:
        assert word == "offline"
    elif "fault" in states:
        assert means(word) == "fault"
    elif set(states) == {"online"}:
        assert means(word) == "online"
    else:
        assert means(word) == "degraded"
