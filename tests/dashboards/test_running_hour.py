"""The hour that runs is what its reports give, in its last minute as in its first, whatever of it is kept already."""

import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connectors.contract import LOCAL
from dashboards import indicators
from ingest.rollup import roll_readings
from ingest.store import Link, Store
from tests.clock import move
from tests.dashboards.lines import OTHER, two_communes
from tests.dashboards.test_kept import ALL_DUE, shown
from tests.screen.commune import UNIT
from tests.servers import Postgres

HOURLY = ("network_latency", "network_loss", "network_line_load_p95")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
REPORT = """
insert into device_report (unit, kind, name, at, digest, received_at, state, readings, source)
select %(unit)s, 'network', %(name)s, %(at)s, coalesce(max(digest), 0) + 1, %(at)s, 'online',
       jsonb_build_object('latency_ms', %(value)s::float, 'loss_pct', %(value)s::float / 8,
                          'load_in_pct', %(value)s::float), 'test'
from device_report
"""


@pytest.fixture(scope="module")
def store(postgres: Postgres, template: str) -> Iterator[Store]:
    """A database with every number's functions and two communes' devices, whose clock stands at ten."""
    with two_communes(postgres, template, "ioc_running", ten()) as store:
        yield store


def ten() -> datetime:
    """Return ten o'clock of yesterday."""
    return datetime.now(LOCAL).replace(hour=10, minute=0, second=0, microsecond=0) - timedelta(days=1)


def begin(store: Store) -> datetime:
    """Forget all reports, and let it be ten again."""
    store.execute("truncate device_report")
    at = ten()
    go(store, at)
    return at


def go(store: Store, now: datetime) -> None:
    """Set the clock."""
    with store.transaction() as link:
        move(link, now)


def report(link: Link | Store, unit: str, name: str, at: datetime, value: float) -> None:
    """Store what a device measured."""
    link.execute(REPORT, {"unit": unit, "name": name, "at": at, "value": value})


def fill(store: Store, start: datetime, minutes: int) -> None:
    """Store a report of each minute."""
    with store.transaction() as link:
        for n in range(minutes):
            report(link, UNIT, "a", start + n * MINUTE, n)


def loss(store: Store, start: datetime) -> list[Decimal]:
    """Return the loss of the first commune, by hours from an instant on."""
    return [row["value"] for row in indicators.series(store, "network_loss", start, start + 2 * HOUR, [UNIT])]


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from([UNIT, OTHER]), st.sampled_from(["a", "b"]),
            st.one_of(st.integers(-3, 20), st.integers(-3, 130)), st.integers(0, 800),
        ),
        st.integers(1, 40),
        st.sampled_from(["roll", "roll slots", "shown"]),
    ),
    min_size=1, max_size=25,
)  # fmt: skip


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_hour_is_what_the_reports_give(store: Store, steps: Sequence[object]) -> None:
    """Reports on time, late or ahead, the clock going on, the job when it likes: numbers are those of the reports."""
    first = now = begin(store)
    said: list[tuple[str, str, datetime, int]] = []
    for step in [*steps, "roll", "shown"]:
        if isinstance(step, tuple):
            unit, name, ago, value = step
            if unit == OTHER:
                name = "a"
            said.append((unit, name, now - ago * MINUTE, value))
            report(store, *said[-1])
        elif isinstance(step, int):
            now += step * MINUTE
            go(store, now)
        elif step == "roll":
            roll_readings(store)
        elif step == "roll slots":
            store.execute("select roll_slots(2)")
        else:
            assert hours(store, first, now) == reckoned(said, now)
    with store.transaction() as link:
        span = (first - 3 * HOUR, now + HOUR)
        seen = {key: shown(link, key, *span) for key in HOURLY}
        link.execute(ALL_DUE, ([UNIT, OTHER], first - 3 * HOUR))
        assert seen == {key: shown(link, key, *span) for key in HOURLY}
        link.rollback()


Hours = dict[tuple[str, datetime, str], Decimal]


def hours(store: Store, first: datetime, now: datetime) -> Hours:
    """Return latency and loss by number, hour and commune."""
    span = (first - 3 * HOUR, now + HOUR)
    return {
        (key, row["time"], row["unit"]): row["value"]
        for key in HOURLY[:2]
        for row in indicators.series(store, key, *span, [UNIT, OTHER])
    }


def reckoned(said: Sequence[tuple[str, str, datetime, int]], now: datetime) -> Hours:
    """Reckon the same from the reports whose instant has come."""
    values: dict[tuple[datetime, str], list[int]] = defaultdict(list)
    for unit, _, at, value in said:
        if at <= now:
            values[at.replace(minute=0), unit].append(value)
    found = {}
    for (hour, unit), its in values.items():
        found["network_latency", hour, unit] = Decimal(statistics.median(its))
        found["network_loss", hour, unit] = Decimal(sum(its)) / len(its) / 8
    return {row: value.quantize(Decimal("0.01"), "ROUND_HALF_UP") for row, value in found.items()}


def test_what_is_kept_is_what_is_shown_until_a_report_comes_late(store: Store) -> None:
    """False samples show that no report is read; a late report takes back its own five minutes, at once."""
    start = begin(store)
    fill(store, start, 59)
    go(store, start + 59 * MINUTE)
    roll_readings(store)
    store.execute("update reading_slot set samples = array[100]")
    kept = store.rows("select at from reading_slot where key = 'network_loss' order by at")
    assert [row["at"] for row in kept] == [start + n * 5 * MINUTE for n in range(11)]
    last = [n / 8 for n in range(55, 59)]
    assert float(loss(store, start)[0]) == pytest.approx((1100 + sum(last)) / 15, abs=0.006)
    report(store, UNIT, "b", start + 7 * MINUTE, 8)
    late = [*(n / 8 for n in range(5, 10)), 1]
    assert float(loss(store, start)[0]) == pytest.approx((1000 + sum(late) + sum(last)) / 20, abs=0.006)
    roll_readings(store)
    assert float(loss(store, start)[0]) == pytest.approx((1000 + sum(late) + sum(last)) / 20, abs=0.006)


def test_five_minutes_that_a_writer_has_in_hand_are_not_missed(store: Store) -> None:
    start = begin(store)
    fill(store, start, 20)
    go(store, start + 20 * MINUTE)
    with store.transaction() as writer:
        report(writer, UNIT, "b", start + 7 * MINUTE, 800)
        roll_readings(store)
        held = store.rows("select at from reading_due where kept order by at")
        assert [row["at"] for row in held] == [start, start + 10 * MINUTE]
    assert float(loss(store, start)[0]) == pytest.approx((100 + sum(n / 8 for n in range(20))) / 21, abs=0.006)


@pytest.mark.parametrize("commits", [True, False])
def test_an_hour_that_is_kept_while_a_writer_has_some_of_it_in_hand(store: Store, *, commits: bool) -> None:
    """Whether he commits or gives up, its kept minutes are used or not as they should be."""
    start = begin(store)
    fill(store, start, 60)
    go(store, start + 59 * MINUTE)
    roll_readings(store)
    go(store, start + 70 * MINUTE)
    with store.transaction() as writer:
        report(writer, UNIT, "b", start + 7 * MINUTE, 800)
        roll_readings(store)
        if not commits:
            writer.rollback()
    values = [n / 8 for n in range(60)] + ([100] if commits else [])
    for _ in range(2):
        assert float(loss(store, start)[0]) == pytest.approx(statistics.mean(values), abs=0.006)
        roll_readings(store)


def test_of_an_hour_that_is_kept_no_minutes_are(store: Store) -> None:
    start = begin(store)
    fill(store, start, 60)
    go(store, start + 62 * MINUTE)
    roll_readings(store)
    assert store.rows("select from reading_slot") != []
    before = loss(store, start)
    go(store, start + 67 * MINUTE)
    roll_readings(store)
    assert store.rows("select from reading_slot") == store.rows("select from reading_due") == []
    assert loss(store, start) == before
