"""States kept live equal states computed anew, whatever comes, however late, with restarts and silences between."""

from bisect import insort
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.live import Live
from ingest.timeline import Heard, Span, in_the_dark, timeline
from tests.ingest.test_timeline import MINUTE, RHYTHM, T0, blindness, dark, minute, say, stories


def kept(story: list[Heard], looks: list[int], blind: dict[str, list[tuple[datetime, datetime]]]) -> list[Span]:
    """Play a story as ingest lives it: in the order of reception, with a look for silence at some minutes."""
    happenings: list[tuple[datetime, int, Heard | None]] = []
    for n, one in enumerate(story):
        insort(happenings, (one.received_at, n, one), key=lambda h: (h[0], h[1]))
    for look in looks:
        insort(happenings, (minute(look) + MINUTE / 2, -1, None), key=lambda h: (h[0], h[1]))
    known: list[Heard] = []
    spans: list[Span] = []
    live = Live()
    for now, _, one in happenings:
        # An instant is past when the next one is reached.
        seen = {source: [(a, min(b, now + MINUTE / 100)) for a, b in its if a <= now] for source, its in blind.items()}
        if one is not None:
            known.append(one)
            repair = None if in_the_dark(one, blind.get(one.source, ())) else live.hear(one, RHYTHM)
        else:
            due = live.due_at(RHYTHM)
            repair = due if due is not None and due < now else None
        if repair is not None:
            whole = timeline(known, RHYTHM, now + MINUTE / 100, blind=seen)
            # Only what a word there can change is replaced.
            start = min([repair, *(span.started_at for span in live.begun)]) - max(r.limit for r in RHYTHM.values())
            spans = [s for s in spans if s.started_at < start]
            spans += [s for s in whole.spans if s.started_at >= start or not spans]
            live = Live(spans[-1], whole.facts, max(fact.at for fact in whole.facts.values()))
        spans += live.begun
        live = Live(live.span, dict(live.facts), live.horizon)  # as after a restart
    return spans


@st.composite
def days(draw: st.DrawFn) -> list[Heard]:
    """A device as they are: a word a minute, and a few that are lost, late, different, or the broker's."""
    found = []
    for n in range(draw(st.integers(5, 60))):
        fate = draw(st.integers(0, 30))
        if fate == 0:
            continue
        late = {1: 2, 2: 7, 3: 30}.get(fate, 0)
        found.append(say(n, {4: "fault", 5: "offline", 6: "degraded"}.get(fate, "idle"), received=n + late))
        if fate == 7:
            found.append(say(n, "offline", link=True))
        if fate == 8:
            found.append(say(n, "online", "icmp"))
    gap = draw(st.integers(0, 60))
    lasting = draw(st.integers(0, 20))
    return [one for one in found if not minute(gap) <= one.received_at < minute(gap + lasting)] or found


@settings(max_examples=500, deadline=None)
@given(stories() | days(), st.lists(st.integers(0, 239), max_size=8), blindness)
def test_live_equals_anew(story: list[Heard], looks: list[int], drawn: list[tuple[int, int]]) -> None:
    # The last look comes when all patience has ended.
    anew = timeline(story, RHYTHM, minute(300), blind=dark(drawn)).spans
    assert kept(story, [*looks, 300], dark(drawn)) == anew


def test_the_usual_word_costs_no_repair() -> None:
    live = Live()
    for n in range(60):
        assert live.hear(Heard("mqtt", minute(n), minute(n + 0.1), "idle"), RHYTHM) is None
    assert live.hear(Heard("mqtt", minute(60), minute(60.1), "fault"), RHYTHM) is None
    assert [(span.started_at, span.state) for span in live.begun] == [(T0, "online"), (minute(60), "fault")]
