"""What the states of a device must be, whatever was heard of it, in whatever order it came."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from ingest.timeline import Heard, Interval, Rhythm, Span, in_the_dark, timeline

T0 = datetime(2026, 11, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RHYTHM = {
    "mqtt": Rhythm(MINUTE, 3 * MINUTE),
    "icmp": Rhythm(MINUTE, 3 * MINUTE),
    "rtsp": Rhythm(5 * MINUTE, 15 * MINUTE),
}
UNTIL = T0 + timedelta(hours=4)


def spans(
    heard: list[Heard],
    rhythm: dict[str, Rhythm],
    until: datetime,
    *,
    blind: dict[str, list[Interval]] | None = None,
    maintenance: list[Interval] | None = None,
) -> list[Span]:
    return timeline(heard, rhythm, until, blind=blind, maintenance=maintenance or []).spans


def minute(n: float) -> datetime:
    return T0 + n * MINUTE


def say(
    n: float, word: str = "online", source: str = "mqtt", *, received: float | None = None, link: bool = False
) -> Heard:
    return Heard(source, minute(n), minute(n if received is None else received), word, link)


def every_minute(first: int, last: int, word: str = "online", source: str = "mqtt") -> list[Heard]:
    return [say(n, word, source) for n in range(first, last)]


def said(found: list[Span]) -> list[tuple[float, str, str]]:
    return [((span.started_at - T0) / MINUTE, span.state, span.reason) for span in found]


@st.composite
def stories(draw: st.DrawFn) -> list[Heard]:
    """Everything that happens to messages: late, doubled, from clocks that run ahead or behind."""
    found = []
    for _ in range(draw(st.integers(1, 25))):
        received = draw(st.integers(0, 239))
        source = draw(st.sampled_from(sorted(RHYTHM)))
        link = source == "mqtt" and draw(st.booleans())
        word = draw(
            st.sampled_from(["online", "offline"] if link else ["idle", "fault", "degraded", "no_signal", "offline"])
        )
        behind = 0 if link else draw(st.sampled_from([0, 0, 0, 1, 30, 120, -60]))
        found.append(say(received - behind, word, source, received=received, link=link))
    return found


blindness = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 40)), max_size=2)


def dark(drawn: list[tuple[int, int]]) -> dict[str, list[tuple[datetime, datetime]]]:
    found: list[tuple[datetime, datetime]] = []
    for start, length in sorted(drawn):
        if not found or minute(start) > found[-1][1]:
            found.append((minute(start), minute(start + length)))
    return {"mqtt": found}


@given(stories(), st.randoms(use_true_random=False), blindness)
def test_the_order_of_arrival_and_doubles_make_no_difference(
    story: list[Heard], chance: random.Random, drawn: list[tuple[int, int]]
) -> None:
    shuffled = [*story, *chance.sample(story, len(story) // 2)]
    chance.shuffle(shuffled)
    assert spans(shuffled, RHYTHM, UNTIL, blind=dark(drawn)) == spans(story, RHYTHM, UNTIL, blind=dark(drawn))


@example([say(10, "offline")], [(5, 20)])
@given(stories(), blindness)
def test_spans_begin_with_the_first_word_and_each_differs_from_the_last(
    story: list[Heard], drawn: list[tuple[int, int]]
) -> None:
    found = spans(story, RHYTHM, UNTIL, blind=dark(drawn))
    # A source that could not see calls nobody gone.
    words = [one for one in story if not in_the_dark(one, dark(drawn).get(one.source, ()))]
    firsts = sorted(min(one.at, one.received_at) for one in words)
    assert [span.started_at for span in found[:1]] == firsts[:1]
    assert all(a.started_at < b.started_at for a, b in pairwise(found))
    assert all((a.state, a.reason) != (b.state, b.reason) for a, b in pairwise(found))
    assert all(span.started_at < UNTIL for span in found)


@given(stories(), st.integers(1, 239))
def test_the_past_does_not_change_with_time_but_by_silence(story: list[Heard], now: int) -> None:
    """What was known at an instant stands later, up to the silences that the patience still hid."""
    known = [one for one in story if one.received_at <= minute(now)]
    if not known:
        return
    early, late = spans(known, RHYTHM, minute(now)), spans(known, RHYTHM, UNTIL)
    hidden = max(r.limit for r in RHYTHM.values())
    settled = [span for span in early if span.started_at <= minute(now) - hidden]
    assert late[: len(settled)] == settled


def test_silence_begins_with_the_first_word_that_did_not_come() -> None:
    heard = [*every_minute(0, 10), *every_minute(30, 40)]
    assert said(spans(heard, RHYTHM, minute(40))) == [(0, "online", ""), (10, "offline", "silence"), (30, "online", "")]


def test_patience_hides_a_word_or_two() -> None:
    heard = [say(0), say(3), say(6)]
    assert said(spans(heard, RHYTHM, minute(7))) == [(0, "online", "")]


def test_our_blindness_is_no_outage_and_a_short_one_hides_nothing() -> None:
    heard = [*every_minute(0, 10), *every_minute(40, 50)]
    blind = {"mqtt": [(minute(9.5), minute(39))]}
    assert said(spans(heard, RHYTHM, minute(50), blind=blind)) == [
        (0, "online", ""), (9.5, "unknown", "blind"), (40, "online", "")
    ]  # fmt: skip
    assert said(spans(every_minute(0, 10), RHYTHM, minute(10), blind={"mqtt": [(minute(4.2), minute(4.9))]})) == [
        (0, "online", "")
    ]


def test_after_a_blindness_a_device_gets_its_whole_patience_again() -> None:
    blind = {"mqtt": [(minute(10), minute(30))]}
    heard = every_minute(0, 10)
    assert said(spans(heard, RHYTHM, minute(33), blind=blind))[-1] == (10, "unknown", "blind")
    assert said(spans(heard, RHYTHM, minute(34), blind=blind))[-1] == (31, "offline", "silence")


def test_a_buffer_sent_after_the_outage_repairs_it() -> None:
    buffered = [say(n, received=30) for n in range(10, 30)]
    heard = [*every_minute(0, 10), *buffered, *every_minute(30, 40)]
    assert said(spans(heard, RHYTHM, minute(40))) == [(0, "online", "")]


def test_a_clock_that_is_hours_behind_or_ahead_is_alive() -> None:
    for skew in (-180, 600):
        heard = [say(n + skew, received=n) for n in range(200, 240)]
        assert said(spans(heard, RHYTHM, minute(240)))[-1][1] == "online"
        assert not [s for s in spans(heard, RHYTHM, minute(240)) if s.state == "offline" and s.started_at > minute(200)]


def test_a_last_will_is_the_end_and_a_connection_the_return_of_what_was_said() -> None:
    heard = [say(0, "no_signal"), say(1, "offline", link=True), say(5, "online", link=True)]
    assert said(spans(heard, RHYTHM, minute(6))) == [
        (0, "fault", "reported"), (1, "offline", "last_will"), (5, "fault", "reported")
    ]  # fmt: skip


def test_several_sources_one_state() -> None:
    heard = [
        *every_minute(0, 60),
        *every_minute(0, 20, source="icmp"),
        *(say(n, "offline", "icmp") for n in range(20, 30)),
        *every_minute(30, 60, source="icmp"),
        say(40, "no_signal", "rtsp"), say(45, "online", "rtsp"), say(50, "online", "rtsp"), say(55, "online", "rtsp"),
    ]  # fmt: skip
    assert said(spans(heard, RHYTHM, minute(60))) == [
        (0, "online", ""), (20, "degraded", "no_answer"), (30, "online", ""), (40, "fault", "reported"),
        (45, "online", ""),
    ]  # fmt: skip


def test_maintenance_covers_all_and_what_was_before_returns() -> None:
    windows = [(minute(5), minute(25))]
    heard = [*every_minute(0, 10), *every_minute(30, 40)]
    assert said(spans(heard, RHYTHM, minute(40), maintenance=windows)) == [
        (0, "online", ""), (5, "maintenance", "maintenance"), (25, "offline", "silence"), (30, "online", "")
    ]  # fmt: skip


def test_who_is_called_gone_by_a_source_that_can_t_see_is_unknown() -> None:
    heard = [say(n, "offline" if 10 <= n < 30 else "online", "icmp") for n in range(40)]
    dark = {"icmp": [(minute(9), minute(29.5))]}
    assert said(spans(heard, RHYTHM, minute(40))) == [
        (0, "online", ""),
        (10, "offline", "reported"),
        (30, "online", ""),
    ]
    assert said(spans(heard, RHYTHM, minute(40), blind=dark)) == [
        (0, "online", ""), (9, "unknown", "blind"), (30, "online", "")
    ]  # fmt: skip
    answered = [*heard, say(20, "idle", "icmp", received=20.5)]
    assert (20, "online", "") in said(spans(answered, RHYTHM, minute(40), blind=dark)), "an answer always counts"


def test_what_is_not_there_to_be_seen_has_no_outage() -> None:
    windows, heard = [(minute(5), minute(15))], [*every_minute(0, 10), *every_minute(30, 40)]
    gone = [(minute(12), minute(25), "disabled")]
    found = timeline(heard, RHYTHM, minute(40), maintenance=windows, absence=gone).spans
    assert said(found) == [
        (0, "online", ""), (5, "maintenance", "maintenance"), (12, "disabled", "register"), (25, "offline", "silence"),
        (30, "online", ""),
    ]  # fmt: skip
