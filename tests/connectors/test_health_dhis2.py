"""Figures of a DHIS2 come in whole, once and in order of nothing, however the other side behaves."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from connectors.contract import Message, Observation, Period, SourceDown
from connectors.gateway import OAuth
from connectors.health_dhis2 import HealthDhis2
from connectors.health_dhis2.period import period_of
from connectors.talk import Answer, Arrived, Request
from ingest.store import Store
from simulators import health_dhis2 as office
from simulators.office import Offices
from tests.peers.dhis2 import ELEMENT, Dhis2, serving
from tests.polling import polling

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
SETTINGS: dict[str, Any] = {"data_sets": ["BieuTramYT1"], "within": ["TinhDaNang1"],
                            "elements": {ELEMENT: {"indicator": "visits"}}}  # fmt: skip


def source(url: str = "http://dhis2.example", **fields: Any) -> HealthDhis2:
    return HealthDhis2(url=url, **{"page_size": 5, **SETTINGS, **fields})


def stored(store: Store) -> list[tuple[str, date, int | None]]:
    rows = store.rows("select unit, period_start, value from observation where latest order by 2, 1")
    return [(row["unit"], row["period_start"], row["value"]) for row in rows]


def truth(peer: Dhis2) -> list[tuple[str, date, int]]:
    values = peer.values(datetime(2020, 1, 1, tzinfo=UTC), 0, 0)
    told = {(v["period"], v["orgUnit"]): int(v["value"]) for v in reversed(values)}
    return [(unit, date.fromisoformat(day), number) for (day, unit), number in sorted(told.items())]


def held(
    connector: HealthDhis2, answers: list[list[dict[str, Any]]], cursor: str = ""
) -> tuple[list[str], list[Arrived]]:
    """Play the other side with canned pages; returns what was asked, and what arrived."""
    asked, arrived = [], []
    talk = connector.talk("values", cursor, NOW)
    step = next(talk)
    pages = iter(answers)
    try:
        while True:
            if isinstance(step, Arrived):
                arrived.append(step)
                step = talk.send(Answer(b"", NOW, NOW))
            else:
                assert isinstance(step, Request)
                asked.append(step.url)
                step = talk.send(Answer(json.dumps({"dataValues": next(pages)}).encode(), NOW, NOW, 200, {}))
    except StopIteration:
        return asked, arrived


def test_every_value_once_through_all_troubles(store: Store) -> None:
    with serving(Dhis2(troubles=[503, "cut", 429, "hang up", 200 + 302], token_lasts=3)) as peer:
        oauth = OAuth(token_url=f"{peer.url}/token", client_id="ioc", client_secret=SecretStr("s"))
        with polling(store, dhis2=source(peer.url, oauth=oauth, retries=6, timeout=timedelta(seconds=5))) as poller:
            look = poller.look("dhis2")
        assert look.fault == ""
        assert stored(store) == truth(peer)
        assert peer.tokens > 1
        assert store.row("select count(*) as n from observation") == {"n": 21}


def test_with_nothing_new_one_question_and_no_body(store: Store) -> None:
    with serving(Dhis2()) as peer, polling(store, dhis2=source(peer.url)) as poller:
        poller.look("dhis2")
        poller.look("dhis2")  # the first quiet answer, whose tag is kept
        asked, sent = len(peer.asked), peer.bodies
        look = poller.look("dhis2")
        assert (look.questions, sum(look.outcomes.values()), look.fault) == (1, 0, "")
        assert (len(peer.asked) - asked, peer.bodies - sent) == (1, 0)
        peer.knows_etags = False
        poller.look("dhis2")
        look = poller.look("dhis2")
        assert (look.questions, sum(look.outcomes.values())) == (1, 0)
        assert stored(store) == truth(peer)


def test_only_what_changed_is_asked_for_and_a_change_is_a_revision(store: Store) -> None:
    with serving(Dhis2()) as peer, polling(store, dhis2=source(peer.url)) as poller:
        poller.look("dhis2")
        peer.late = [{**peer.value(9, "20791", 99), "period": "20260103"},
                     {**peer.value(9, "05068", 0), "period": "20260104", "deleted": True}]  # fmt: skip
        look = poller.look("dhis2")
        assert look.questions == 1
        figures = {(unit, day): value for unit, day, value in stored(store)}
        assert figures["20791", date(2026, 1, 3)] == 99
        assert figures["05068", date(2026, 1, 4)] is None
        assert store.row("select count(*) as n from observation where not latest") == {"n": 2}


def test_a_run_that_broke_off_goes_on_where_it_was(store: Store) -> None:
    with serving(Dhis2(troubles=["", "", 500])) as peer, polling(store, dhis2=source(peer.url)) as poller:
        assert "500" in poller.look("dhis2").fault
        assert poller.look("dhis2").fault == ""
        assert [query["offset"][0] for query in peer.asked] == ["0", "4", "8", "8", "12", "16", "20"]
        assert stored(store) == truth(peer)


def test_a_list_that_moved_is_read_again(store: Store) -> None:
    with serving(Dhis2()) as peer, polling(store, dhis2=source(peer.url)) as poller:
        original = peer.values

        def moving(since: datetime, offset: int, limit: int) -> list[dict[str, Any]]:
            if offset == 8 and not peer.late:
                peer.late = [{**peer.value(6, "20791", 77), "period": "20251231"}]
            return original(since, offset, limit)

        peer.values = moving  # type: ignore[method-assign]
        assert poller.look("dhis2").fault == ""
        assert stored(store) == truth(peer)


def test_a_version_without_offset_is_a_fault_with_its_remedy_and_read_at_once_instead(store: Store) -> None:
    with serving(Dhis2(knows_offset=False)) as peer:
        with polling(store, dhis2=source(peer.url)) as poller:
            assert "`page_size` = 0" in poller.look("dhis2").fault
        with polling(store, dhis2=source(peer.url, page_size=0)) as poller:
            assert poller.look("dhis2").fault == ""
        assert "limit" not in peer.asked[-1]
        assert stored(store) == truth(peer)


def test_a_page_for_people_is_a_source_that_is_down(store: Store) -> None:
    with serving(Dhis2(troubles=["login"])) as peer, polling(store, dhis2=source(peer.url)) as poller:
        assert "for people" in poller.look("dhis2").fault
        assert store.row("select count(*) as n from rejection") == {"n": 0}


def test_of_a_page_with_a_person_nothing_is_stored_and_the_next_pages_come(store: Store) -> None:
    person = {"HO_TEN": "Nguyễn Thị Bí Mật", "SO_CCCD": "001199012345"}
    with serving(Dhis2()) as peer, polling(store, dhis2=source(peer.url)) as poller:
        peer.late = [{**peer.value(0, "20791", 1), **person}]
        assert poller.look("dhis2").fault == ""
        kept = store.rows("select place, body from rejection")
        assert [row["place"] for row in kept] == ["dataValues[0].HO_TEN"]
        assert not any(word in bytes(kept[0]["body"]) for word in ("Nguyễn".encode(), b"0011", b"20260101"))
        assert len(stored(store)) == 21 - 4 + 1  # the last of the refused page is the first of the next


def test_unknown_identifiers_are_kept_beside_what_is_known(store: Store) -> None:
    with serving(Dhis2()) as peer, polling(store, dhis2=source(peer.url)) as poller:
        peer.late = [{**peer.value(0, "20791", 8), "dataElement": "SinhCon0001"}]
        assert poller.look("dhis2").fault == ""
        assert len(stored(store)) == 21
        kept = store.row("select reason, body from rejection")
        assert kept is not None
        assert "SinhCon0001: write what it is" in kept["reason"]
        known = source(elements={ELEMENT: {"indicator": "visits"}, "SinhCon0001": {"indicator": "births"}})
        again = list(known.decode(Message("dhis2", "", bytes(kept["body"]), NOW)))
        assert [figure.value for figure in again if figure.indicator == "births"] == [8]


def test_a_change_stored_late_is_met_by_the_overlap() -> None:
    peer = Dhis2()
    new = peer.value(0, "20791", 5) | {"lastUpdated": "2026-11-21T01:58:00.000+0000"}
    _, (arrived,) = held(source(), [[new]])
    asked, _ = held(source(), [[new]], arrived.cursor or "")
    assert "lastUpdated=2026-11-21T01%3A50%3A00.000%2B0000" in asked[0]
    old = peer.value(0, "20791", 5) | {"lastUpdated": "2026-11-20T01:58:00.123+0000"}
    _, (arrived,) = held(source(), [[old]])
    asked, _ = held(source(), [[]], arrived.cursor or "")
    assert "lastUpdated=2026-11-20T01%3A58%3A00.124%2B0000" in asked[0]


def test_a_clock_ahead_on_the_other_side_hides_no_later_change() -> None:
    ahead = Dhis2().value(0, "20791", 5) | {"lastUpdated": "2027-06-01T00:00:00.000+0000"}
    _, (arrived,) = held(source(), [[ahead]])
    asked, _ = held(source(), [[]], arrived.cursor or "")
    assert "lastUpdated=2026-11-21T01%3A50" in asked[0]


def test_unreadable_pages_are_kept_and_passed_and_two_in_a_row_are_a_fault() -> None:
    connector = source()
    talk = connector.talk("values", "", NOW)
    next(talk)
    torn = Answer(b'{"dataValues": [', NOW, NOW, 200, {})
    assert isinstance(talk.send(torn), Arrived)
    asked = talk.send(Answer(b"", NOW, NOW))
    assert isinstance(asked, Request)
    assert "offset=4" in asked.url
    assert isinstance(talk.send(torn), Arrived)
    with pytest.raises(SourceDown, match="two answers"):
        talk.send(Answer(b"", NOW, NOW))


@given(
    sizes=st.integers(2, 9),
    count=st.integers(0, 30),
)
def test_pages_of_any_size_bring_every_value(sizes: int, count: int) -> None:
    peer = Dhis2(days=count)
    connector = source(page_size=sizes)
    since = datetime(2020, 1, 1, tzinfo=UTC)
    pages = [peer.values(since, offset, sizes) for offset in range(0, 3 * count + sizes, sizes - 1)]
    _, arrived = held(connector, pages)
    figures = [
        figure
        for page in arrived
        for figure in connector.decode(Message("dhis2", page.address, connector.cleanse(page.body), NOW))
    ]
    assert len({(figure.unit, figure.period) for figure in figures}) == 3 * count


@given(day=st.dates(date(1990, 1, 1), date(2060, 12, 31)))
def test_every_day_lies_in_its_week_month_quarter_half_and_year(day: date) -> None:
    year, week, _ = day.isocalendar()
    quarter, half = (day.month - 1) // 3 + 1, (day.month - 1) // 6 + 1
    for text in (f"{day:%Y%m%d}", f"{year}W{week:02}", f"{year}W{week}", f"{day:%Y%m}", f"{day.year}Q{quarter}",
                 f"{day.year}S{half}", f"{day.year}"):  # fmt: skip
        period = period_of(text)
        assert period.start <= day <= period.end
        told = period_of(text, cumulative=True)
        assert (told.start.month, told.start.day, told.cumulative) == (1, 1, True)
        assert told.end.year == told.start.year


@pytest.mark.parametrize(
    "text", ["", "2026W54", "202613", "2026Q5", "20260230", "1899", "２０２６", "2026-01", "2026BiW1"]
)
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        period_of(text)


def test_faults_of_the_settings_name_their_remedy() -> None:
    with pytest.raises(ValidationError, match="within"):
        source(within=())
    with pytest.raises(ValidationError, match="overlap by one"):
        source(page_size=1)
    with pytest.raises(ValidationError, match="5 digits"):
        source(org_units={"TramYT1": "123456"})


def test_the_simulated_office_is_read_to_the_end(store: Store) -> None:
    its = office.HealthDhis2Simulator(["05068"], 7, username="ioc", password="mo-phong")
    with Offices([its], clock=lambda: NOW) as offices:
        fields = {**office.settings(["05068"]), "page_size": 20, "username": "ioc", "password": SecretStr("mo-phong")}
        with polling(store, dhis2=HealthDhis2(url=f"{offices.url}/dhis2", **fields)) as poller:
            assert poller.look("dhis2").fault == ""
            poller.look("dhis2")
            assert poller.look("dhis2").outcomes == {}
        with polling(store, dhis2=HealthDhis2(url=f"{offices.url}/dhis2", **office.settings(["05068"]))) as poller:
            assert "401" in poller.look("dhis2").fault
    rows = store.rows("select value from observation where indicator = 'ehr_rate' and period_start = '2021-01-01'")
    assert [row["value"] for row in rows] == [100]
    figures = {figure for day in range(40) for figure in map(_key, its.measure(NOW - timedelta(days=day)))}
    kept = {(row["indicator"], Period(row["period_start"], row["period_end"], row["period_kind"])) for row in
            store.rows("select indicator, period_start, period_end, period_kind from observation")}  # fmt: skip
    assert figures <= kept


def _key(figure: object) -> tuple[str, Period]:
    assert isinstance(figure, Observation)
    return figure.indicator, figure.period
