"""Mentions are counted once, however often and in whatever overlap a feed shows them; no text and no person stays."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.contract import LOCAL, Message, Observation, SourceDown
from connectors.internet_feed import InternetFeed
from connectors.internet_feed.memory import WINDOW
from connectors.internet_feed.topics import spoken_of
from connectors.talk import Answer, Arrived, Request

URL = "https://bao.example/a.rss"
NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)
CHANGED = "Sat, 21 Nov 2026 05:00:00 GMT"
TOPICS = {"Hợp Kim": ("xã Hợp Kim",), "Y tế": ("trạm y tế", "tiem chung")}
SITES: tuple[Mapping[str, str], ...] = ({"name": "Báo", "url": URL},)


def feed(**fields: Any) -> InternetFeed:
    return InternetFeed(**{"unit": "20791", "topics": TOPICS, "sites": SITES, **fields})


def document(*items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>Báo</title>{"".join(items)}</channel></rss>'.encode()


def item(number: int, at: datetime | None, title: str = "Tin xã Hợp Kim") -> str:
    dated = f"<pubDate>{format_datetime(at)}</pubDate>" if at else ""
    return f"<item><title>{title}</title><guid>{number}</guid>{dated}<author>Trần Thị Kín</author></item>"


def look(
    source: InternetFeed, cursor: str, body: bytes, now: datetime, status: int = 200, etag: str = "", modified: str = ""
) -> tuple[Request, list[Arrived]]:
    """Hold one conversation against one canned answer; returns the question and what arrived."""
    talk = source.talk("Báo", cursor, now)
    question = next(talk)
    assert isinstance(question, Request)
    arrived: list[Arrived] = []
    answer = Answer(body, now, now, status, {"etag": etag, "last-modified": modified})
    try:
        while True:
            step = talk.send(answer)
            assert isinstance(step, Arrived)
            arrived.append(step)
            answer = Answer(b"", now, now)
    except StopIteration:
        return question, arrived


class Shelf:
    """What would be stored: the latest figure of each day and topic, and the cursor."""

    def __init__(self, source: InternetFeed) -> None:
        self.source = source
        self.cursor = ""
        self.figures: dict[tuple[date, str], int] = {}

    def look(self, body: bytes, now: datetime) -> int:
        _, arrived = look(self.source, self.cursor, body, now)
        for one in arrived:
            for figure in self.source.decode(Message("internet_feed", one.address, one.body, now)):
                key = figure.period.start, figure.dims.get("topic", "")
                assert figure.value is not None
                assert int(figure.value) >= self.figures.get(key, 0), "a figure only grows"
                self.figures[key] = int(figure.value)
            self.cursor = one.cursor or self.cursor
        return len(arrived)

    def counts(self, topic: str = "") -> dict[date, int]:
        return {day: count for (day, name), count in self.figures.items() if name == topic and count}


@settings(max_examples=150, deadline=None)
@given(
    published=st.lists(st.tuples(st.integers(0, 90 * 24), st.booleans()), min_size=1, max_size=60),
    looks=st.lists(st.tuples(st.integers(0, 95 * 24), st.integers(1, 25)), min_size=1, max_size=25),
    republished=st.sets(st.integers(0, 59)),
)
def test_every_mention_counts_once_whatever_the_overlap(
    published: list[tuple[int, bool]], looks: list[tuple[int, int]], republished: set[int]
) -> None:
    """The law of this feed: what stands in the figures is the set of matching entries that were shown in time."""
    begins = NOON - timedelta(days=100)
    entries = [(begins + timedelta(hours=hour), matches) for hour, matches in sorted(published)]
    shelf = Shelf(feed())
    counted: dict[int, date] = {}
    for hour, shows in sorted(looks):
        now = begins + timedelta(hours=hour)
        out = [number for number, (at, _) in enumerate(entries) if at <= now]
        # The last entries, and some old ones that the site pushes to the top again.
        shown = out[-shows:] + [number for number in out[:-shows] if number in republished]
        items = [item(n, entries[n][0], "Tin xã Hợp Kim" if entries[n][1] else "Tin khác") for n in shown]
        shelf.look(document(*items), now)
        oldest = (now - WINDOW).astimezone(LOCAL).date()
        for number in shown:
            day = entries[number][0].astimezone(LOCAL).date()
            if entries[number][1] and day >= oldest:
                counted.setdefault(number, day)
    assert shelf.counts() == Counter(counted.values())
    assert shelf.counts("Hợp Kim") == Counter(counted.values())
    assert not shelf.counts("Y tế")


@settings(max_examples=60, deadline=None)
@given(shown=st.lists(st.lists(st.integers(0, 30), max_size=12, unique=True), min_size=1, max_size=12))
def test_entries_without_a_date_count_on_the_day_they_were_first_seen(shown: list[list[int]]) -> None:
    shelf = Shelf(feed())
    first: dict[int, date] = {}
    for hour, numbers in enumerate(shown):
        now = NOON + timedelta(hours=7 * hour)
        shelf.look(document(*(item(number, None) for number in numbers)), now)
        for number in numbers:
            first.setdefault(number, now.astimezone(LOCAL).date())
    assert shelf.counts() == Counter(first.values())


def test_an_unchanged_feed_is_one_request_and_no_message() -> None:
    source = feed()
    body = document(item(1, NOON))
    question, (arrived,) = look(source, "", body, NOON, etag='"a"', modified=CHANGED)
    assert "If-None-Match" not in question.headers
    assert arrived.cursor is not None
    question, nothing = look(source, arrived.cursor, b"", NOON + timedelta(days=2), status=304)
    assert question.headers["If-None-Match"] == '"a"'
    assert question.headers["If-Modified-Since"] == CHANGED
    assert nothing == []
    # A server without validators sends the same again: nothing, too.
    _, (first,) = look(source, "", body, NOON)
    assert look(source, first.cursor or "", body, NOON + timedelta(hours=1))[1] == []


def test_new_validators_are_kept_though_nothing_concerns_us() -> None:
    source = feed()
    _, (first,) = look(source, "", document(item(1, NOON)), NOON, etag='"a"')
    other = document(item(1, NOON), item(2, NOON, "Tin khác"))
    _, (second,) = look(source, first.cursor or "", other, NOON + timedelta(hours=1), etag='"b"')
    figures = [list(source.decode(Message("internet_feed", URL, one.body, NOON))) for one in (first, second)]
    assert figures[0] == figures[1]
    assert look(source, second.cursor or "", b"", NOON, status=304)[0].headers["If-None-Match"] == '"b"'


def test_the_first_document_of_a_day_says_zero() -> None:
    shelf = Shelf(feed())
    shelf.look(document(item(1, NOON)), NOON)
    shelf.look(document(item(1, NOON)), NOON + timedelta(days=1))
    today = NOON.astimezone(LOCAL).date()
    assert shelf.figures[today, ""] == 1
    assert shelf.figures[today + timedelta(days=1), ""] == 0


def test_a_wrong_document_is_refused_and_the_feed_goes_on_where_it_was() -> None:
    shelf = Shelf(feed())
    shelf.look(document(item(1, NOON)), NOON)
    kept = shelf.cursor
    _, (wrong,) = look(shelf.source, kept, b"<html>Xin moi Nguyen Van Kin dang nhap</html>", NOON, etag='"x"')
    assert wrong.cursor is None
    assert b"Nguyen" not in wrong.body
    shelf.look(document(item(1, NOON), item(2, NOON)), NOON)
    assert sum(shelf.counts().values()) == 2


def test_terms_that_match_too_much_are_refused_and_not_half_counted() -> None:
    source = feed()
    _, (arrived,) = look(source, "", document(*(item(number, NOON) for number in range(2001))), NOON)
    assert arrived.body == b'{"fault":"crowded"}'
    assert arrived.cursor is None


def test_a_site_that_is_away_says_so_with_the_remedy() -> None:
    with pytest.raises(SourceDown, match=r"a\.rss answers 404; open it in a browser"):
        look(feed(), "", b"", NOON, status=404)


def test_another_address_of_a_site_starts_with_no_validators_and_counts_nothing_again() -> None:
    _, (first,) = look(feed(), "", document(item(1, NOON)), NOON, etag='"a"')
    moved = feed(sites=({"name": "Báo", "url": "https://bao.example/moi.rss"},))
    question, (second,) = look(moved, first.cursor or "", document(item(1, NOON), item(2, NOON)), NOON)
    assert "If-None-Match" not in question.headers
    (whole, *_) = moved.decode(Message("internet_feed", "https://bao.example/moi.rss", second.body, NOON))
    assert isinstance(whole, Observation)
    assert whole.value == 2


def test_nothing_of_an_entry_is_stored_but_that_it_was() -> None:
    source = feed()
    _, (arrived,) = look(source, "", document(item(1, NOON, "Xã Hợp Kim: bà Lê Thị Kín 0900000999")), NOON)
    for text in (arrived.body.decode(), arrived.cursor or "", source.cleanse(document(item(1, NOON))).decode()):
        assert not any(part in text for part in ("Kín", "0900", "Trần", "Tin", "guid", "Báo"))


@pytest.mark.parametrize(
    ("texts", "topics"),
    [
        (["Xã Hợp Kim họp"], ["Hợp Kim"]),
        (["XÃ HỢP KIM"], ["Hợp Kim"]),
        (["xa hop kim"], ["Hợp Kim"]),
        (["#tin: Xa Hop-Kim!"], ["Hợp Kim"]),
        (["xã họp kim", "xã Hợp Kiêm", "hợp kim", "xã hợp kimono"], []),
        (["xã", "Hợp Kim"], []),
        (["Trạm y tê"], []),
        (["Tiêm chủng tại TRẠM Y TẾ"], ["Y tế"]),
        (["tiêm chủng", "xã hợp kim"], ["Hợp Kim", "Y tế"]),
    ],
)
def test_topics_are_whole_words(texts: Sequence[str], topics: Sequence[str]) -> None:
    assert list(spoken_of(texts, TOPICS)) == topics


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"topics": {}}, "at least 1"),
        ({"topics": {"A": ["…"]}}, "at least one word"),
        ({"sites": ({"name": "A", "url": "https://u:p@a.example"},)}, "leave it out"),
        ({"sites": (*SITES, *SITES)}, "a name and an address of its own"),
        ({"sites": ({"name": "A", "url": URL, "source_type": "tv"},)}, "newspaper"),
    ],
)
def test_what_an_operator_may_get_wrong(fields: Mapping[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        feed(**fields)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Fri, 20 Nov 2026 23:30:00 GMT+7", 20),
        ("Fri, 20 Nov 2026 23:30:00 UTC+07:00", 20),
        ("Fri, 20 Nov 2026 23:30:00 ICT", 20),
        ("Fri, 20 Nov 2026 23:30:00 +07", 20),
        ("Fri, 20 Nov 2026 16:30:00 GMT", 20),
        ("2026-11-20T23:30:00+07:00", 20),
        ("20/11/2026 23:30", 20),
        ("20-11-2026 23:30:00", 20),
        ("Thứ Sáu, 20/11/2026, 23:30:00 GMT+7", 20),
        ("2026/11/20 23:30:00", 20),
        ("05/11/2026", 5),
        ("31/02/2026 08:00", 21),  # none: the day on which it was seen
        ("hôm qua", 21),
    ],
)
def test_dates_as_sites_write_them(written: str, day: int) -> None:
    entry = item(1, None).replace("<author>", f"<pubDate>{written}</pubDate><author>")
    source = feed()
    figures = source.decode(Message("s", URL, source.cleanse(document(entry)), NOON))
    counted = {o.period.start: o.value for o in figures if isinstance(o, Observation) and not o.dims.get("topic")}
    assert {start: value for start, value in counted.items() if value} == {date(2026, 11, day): 1}
