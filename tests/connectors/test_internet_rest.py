"""A listening service's days: asked one by one, anew while services still judge, and whole whatever their pages."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.contract import LOCAL, Message, SourceDown
from connectors.internet_rest import InternetRest
from connectors.paging import Paging
from connectors.socio_rest import SocioRest
from connectors.talk import Answer, Arrived, Request
from simulators.internet_rest import ListeningService
from simulators.office import Asked

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)
SERVICE = ListeningService("20791", 4)


def listening(**fields: object) -> InternetRest:
    return InternetRest.model_validate({"url": "https://a.example", "unit": "20791", "back": 2} | fields)


def look(source: InternetRest, cursor: str, now: datetime) -> tuple[list[Mapping[str, str]], list[Arrived]]:
    """Hold one conversation with the simulated service; returns the questions and what arrived."""
    talk = source.talk("mentions", cursor, now)
    asked: list[Mapping[str, str]] = []
    arrived: list[Arrived] = []
    answer = None
    while True:
        try:
            step = next(talk) if answer is None else talk.send(answer)
        except StopIteration:
            return asked, arrived
        if isinstance(step, Arrived):
            arrived.append(step)
            answer = Answer(b"", now, now)
            continue
        assert isinstance(step, Request)
        asked.append(step.params)
        headers = {name.lower(): value for name, value in step.headers.items()}
        told = SERVICE.answer(Asked("GET", "/mentions", step.params, headers), now)
        answer = Answer(told.body, now, now, told.status, {k.lower(): v for k, v in told.headers.items()})


def days(asked: list[Mapping[str, str]]) -> list[date]:
    return [date.fromisoformat(one["from"]) for one in asked]


def test_the_first_look_of_a_day_asks_for_the_days_before_anew() -> None:
    today = NOON.astimezone(LOCAL).date()
    asked, arrived = look(listening(), "", NOON)
    assert days(asked) == [today - timedelta(days=2), today - timedelta(days=1), today]
    cursor = arrived[-1].cursor or ""
    assert look(listening(), cursor, NOON)[1] == []
    asked, arrived = look(listening(again=2), cursor, NOON + timedelta(days=1))
    assert days(asked) == [today + timedelta(days=n) for n in (-2, -1, 0, 1)]
    assert len(look(listening(), arrived[-1].cursor or "", NOON + timedelta(days=1))[0]) == 1


def test_days_missed_while_away_are_asked_for_one_by_one() -> None:
    _, arrived = look(listening(), "", NOON)
    asked, later = look(listening(again=0), arrived[-1].cursor or "", NOON + timedelta(days=40))
    assert len(asked) == 41
    assert all(one.cursor for one in later)


@settings(max_examples=30, deadline=None)
@given(rows=st.integers(1, 40), hour=st.integers(0, 23))
def test_the_pages_of_a_day_are_one_message_with_its_sums(rows: int, hour: int) -> None:
    now = NOON.astimezone(LOCAL).replace(hour=hour).astimezone(UTC)
    source = listening(back=0, paging=Paging(rows=rows).model_dump())
    _, (one,) = look(source, "", now)
    assert tuple(
        source.decode(Message("internet_rest", one.address, source.cleanse(one.body), now))
    ) == SERVICE.measure(now)


def test_a_page_that_is_none_arrives_to_be_refused_and_the_days_go_on() -> None:
    source = listening()
    talk = source.talk("mentions", "", NOON)
    next(talk)
    arrived = talk.send(Answer(b"<html>", NOON, NOON, 200))
    assert isinstance(arrived, Arrived)
    assert arrived.body == b"<html>"
    assert isinstance(talk.send(Answer(b"", NOON, NOON)), Request)


def test_a_refusal_is_said_with_the_remedy() -> None:
    talk = listening().talk("mentions", "", NOON)
    next(talk)
    with pytest.raises(SourceDown, match=r"https://a\.example/mentions answers 403: .* ask its owner"):
        talk.send(Answer(b"", NOON, NOON, 403))


sentiments = st.fixed_dictionaries({}, optional=dict.fromkeys(("positive", "neutral", "negative"), st.integers(0, 50)))


@settings(max_examples=100, deadline=None)
@given(parts=sentiments, total=st.none() | st.integers(0, 150))
def test_all_figures_stay_as_they_came_and_a_sum_that_differs_is_marked(
    parts: dict[str, int], total: int | None
) -> None:
    its = {"bucket_start": "2026-11-21", "source_type": "social", "topic": "T"}
    rows = [{**its, "sentiment": word, "mention_count": count} for word, count in parts.items()]
    rows += [{**its, "sentiment": None, "mention_count": total}] if total is not None else []
    message = Message("internet_rest", "/mentions", json.dumps({"data": rows}).encode(), NOON)
    figures = {one.indicator: one for one in listening().decode(message) if "topic" in one.dims}
    if not rows:
        assert not figures
        return
    whole = figures.pop("mentions_total")
    assert {name.removeprefix("mentions_"): one.value for name, one in figures.items()} == parts
    assert whole.value == Decimal(sum(parts.values()) if total is None else total)
    differs = total is not None and (sum(parts.values()) > total or (len(parts) == 3 and sum(parts.values()) != total))
    assert (whole.quality == "sum_mismatch") == differs


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"fields": {"author": "tac_gia"}}, "author: no such field"),
        ({"sentiments": {"Rất tệ": "very_negative"}}, "positive"),
        ({"token": "t", "username": "u", "password": "p"}, "not several"),
    ],
)
def test_what_an_operator_may_get_wrong(fields: dict[str, object], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        listening(**fields)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"catalogue": {}}, "at least 1"),
        ({"catalogue": {"A": {"indicator": "population", "measure": "persons"}}}, "person"),
        ({"catalogue": {"A": {"indicator": "revenue", "measure": "vnd", "written": "tấn"}}}, "is no unit of vnd"),
        ({"catalogue": {key: {"indicator": "population", "measure": "person"} for key in "AB"}}, "are one figure"),
        ({"fields": {"officer": "nguoiNhap"}}, "no such field"),
    ],
)
def test_what_a_catalogue_may_get_wrong(fields: dict[str, object], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        SocioRest.model_validate({"url": "https://a.example", "unit": "20791"} | fields)
