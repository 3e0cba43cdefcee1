"""News feeds, listening service, field reports and reporting system over HTTP: asked, stored, and asked for no more."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import SecretStr

from connectors.contract import LOCAL, CaseReport, Observation, Record, Simulator
from connectors.field_reports_rest import FieldReportsRest
from connectors.internet_feed import InternetFeed
from connectors.internet_rest import InternetRest
from connectors.paging import Paging
from connectors.socio_rest import SocioRest
from ingest.poll import Poller
from ingest.store import Store
from simulators.field_reports_rest import desk
from simulators.internet_feed import SITES, TOPICS, InternetSites
from simulators.internet_rest import ListeningService
from simulators.office import Office, Offices
from simulators.socio_rest import CATALOGUE, ReportingSystem
from tests.polling import polling

UNIT = "20791"
TOKEN = "mo-phong"
Key = tuple[str, str, date, tuple[tuple[str, str], ...]]


class Clock:
    """The clock of the offices, which a test sets."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def figures(store: Store) -> dict[Key, Decimal | None]:
    rows = store.rows("select unit, indicator, period_end, dims, value from observation where latest")
    return {
        (row["unit"], row["indicator"], row["period_end"], tuple(sorted(row["dims"].items()))): row["value"]
        for row in rows
    }


def said(records: Sequence[Record]) -> dict[Key, Decimal | None]:
    return {
        (one.unit, one.indicator, one.period.end, tuple(sorted(one.dims.items()))): one.value
        for one in records
        if isinstance(one, Observation)
    }


def nothing_new(poller: Poller, questions: int = 1) -> None:
    """The figure of the issue: with nothing new one request a conversation, and no rows."""
    seen = poller.look("its")
    assert (seen.questions, dict(seen.outcomes), seen.fault) == (questions, {}, "")


def test_mentions_grow_to_what_the_sites_published_and_unchanged_feeds_cost_a_304(store: Store) -> None:
    now = datetime.now(UTC)
    clock = Clock(now - timedelta(days=3))
    with Offices([office := Answers(InternetSites(UNIT, 7))], clock=clock) as offices:
        sites = InternetSites(UNIT, 7, base=offices.url)
        named = [{"name": site.name, "url": sites.url(site), "source_type": site.source_type} for site in SITES]
        source = InternetFeed.model_validate({"unit": UNIT, "topics": TOPICS, "sites": named})
        with polling(store, its=source) as poller:
            first = clock.at
            assert poller.look("its").outcomes == {"stored": 2}
            nothing_new(poller, questions=2)
            assert office.statuses[-2:] == [304, 304]
            while clock.at < now:
                clock.at = min(clock.at + timedelta(hours=5), now)
                assert poller.look("its").fault == ""
            nothing_new(poller, questions=2)
    whole = said(InternetSites(UNIT, 7, shown=200).measure(now))
    stored = figures(store)
    seen_whole = {key: value for key, value in whole.items() if key[2] > first.astimezone(LOCAL).date() and value}
    assert len(seen_whole) > 10
    assert {key: stored.get(key) for key in seen_whole} == seen_whole


def test_field_reports_become_what_the_province_has_and_no_person_is_stored(store: Store) -> None:
    now = datetime.now(UTC)
    clock = Clock(now - timedelta(days=2))
    its = desk(UNIT, 3, token=TOKEN)
    with Offices([office := Answers(its)], clock=clock) as offices:
        source = FieldReportsRest(url=f"{offices.url}/1022", token=SecretStr(TOKEN), unit=UNIT, paging=Paging(rows=25))
        with polling(store, its=source) as poller:
            seen = poller.look("its")
            assert seen.fault == ""
            assert seen.outcomes["stored"] >= len(its.measure(clock.at)) // 25
            nothing_new(poller)
            assert office.statuses[-1] in (200, 304)
            assert cases(store) == truth(its, clock.at)
            clock.at = now
            seen = poller.look("its")
            assert seen.questions < 12, "only what changed is asked for"
            assert cases(store).items() >= truth(its, now).items(), "the list forgets what is old, and we do not"
            nothing_new(poller)
    assert store.rows("select from rejection") == []


def test_a_page_that_is_refused_is_kept_without_its_persons_and_the_next_one_is_asked_for(store: Store) -> None:
    now = datetime.now(UTC)
    its = desk("99999", 3)  # of no commune
    with Offices([Answers(its)], clock=Clock(now)) as offices:
        source = FieldReportsRest(url=f"{offices.url}/1022", unit=UNIT, paging=Paging(rows=50))
        with polling(store, its=source) as poller:
            seen = poller.look("its")
            assert seen.fault == ""
            assert set(seen.outcomes) == {"rejected"}
            nothing_new(poller)
    kept = b"".join(bytes(row["body"]) for row in store.rows("select body from rejection"))
    assert b"1022-99999" in kept
    for part in ("Mô Phỏng", "Giả Định", "09000", "reporter", "content"):
        assert part.encode() not in kept


def test_a_listening_service_is_asked_day_by_day_and_then_for_today_only(store: Store) -> None:
    now = datetime.now(UTC)
    clock = Clock(now)
    service = ListeningService(UNIT, 5, token=TOKEN)
    with Offices([office := Answers(service)], clock=clock) as offices:
        source = InternetRest(url=f"{offices.url}/listening", token=SecretStr(TOKEN), unit=UNIT, back=3)
        with polling(store, its=source) as poller:
            seen = poller.look("its")
            assert (seen.questions, dict(seen.outcomes)) == (4, {"stored": 4})
            nothing_new(poller)
            assert office.statuses[-1] == 304
    today = now.astimezone(LOCAL).date()
    truth = said(service.measure(now))
    assert {key: value for key, value in figures(store).items() if key[2] == today} == truth
    assert {key[2] for key in figures(store)} == {today - timedelta(days=n) for n in range(4)}


def test_approved_figures_are_taken_in_our_units_and_drafts_are_counted_until_they_are(store: Store) -> None:
    now = datetime.now(UTC)
    system = ReportingSystem(UNIT, 2, token=TOKEN)
    clock = Clock(datetime(now.year, 10, 4, 12, tzinfo=LOCAL).astimezone(UTC))  # third quarter entered, not approved
    if clock.at > now:
        clock.at = datetime(now.year - 1, 10, 4, 12, tzinfo=LOCAL).astimezone(UTC)
    with Offices([Answers(system)], clock=clock) as offices:
        source = SocioRest.model_validate(
            {"url": f"{offices.url}/reporting", "token": TOKEN, "units": {"H28.24.7": UNIT}, "catalogue": CATALOGUE,
             "paging": {"rows": 10}}
        )  # fmt: skip
        with polling(store, its=source) as poller:
            assert poller.look("its").fault == ""
            assert figures(store) == said(system.measure(clock.at))
            assert waiting(store) == 5
            nothing_new(poller)
            clock.at += timedelta(days=20)
            assert poller.look("its").fault == ""
            assert figures(store) == said(system.measure(clock.at))
            assert waiting(store) == 0
            nothing_new(poller)
    (income,) = [value for key, value in figures(store).items() if key[1] == "income_per_capita"]
    assert income is not None
    assert 40 < income < 60, "million đồng, though the system writes thousands"


class Answers:
    """An office, with the statuses of what it answered."""

    def __init__(self, office: Office) -> None:
        self.prefix = office.prefix
        self.statuses: list[int] = []
        self._office = office

    def answer(self, asked: Any, now: datetime) -> Any:
        told = self._office.answer(asked, now)
        self.statuses.append(told.status)
        return told


def waiting(store: Store) -> Decimal:
    row = store.row("select sum(value) as sum from observation where latest and indicator = 'figures_draft'")
    assert row is not None
    return Decimal(row["sum"])


def cases(store: Store) -> Mapping[str, tuple[str, str]]:
    rows = store.rows("select id, status, severity from case_now where kind = 'field_report'")
    return {row["id"]: (row["status"], row["severity"]) for row in rows}


def truth(simulator: Simulator, at: datetime) -> Mapping[str, tuple[str, str]]:
    return {one.id: (one.status, one.severity) for one in simulator.measure(at) if isinstance(one, CaseReport)}
