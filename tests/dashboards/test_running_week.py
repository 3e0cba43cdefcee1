"""The percentile of the week that runs, from the greatest samples that are kept, is that of all its samples."""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connectors.contract import LOCAL
from dashboards import kept
from ingest.rollup import roll_readings
from ingest.store import Store
from tests.dashboards.lines import OTHER, two_communes
from tests.screen.commune import UNIT
from tests.servers import Postgres

RUNNING = "select unit, label, value from indicator.network_line_load_p95_running(%s) order by 1, 2"
ANEW = (
    "select unit, label, value from indicator.network_line_load_p95_days_anew("
    " day_of(now()), day_of(now()) + interval '1 day', %s) order by 1, 2"
)
# Loads of every five minutes that one drew, some of them twice within; a hash of the instant is chance enough.
FILL = """
insert into device_report (unit, kind, name, at, digest, received_at, state, readings, source)
select d.unit, 'network', d.name, g.at, %(seed)s, now(), 'online',
       jsonb_build_object('load_in_pct', abs(hashtextextended(g.at::text || d.name, %(seed)s)) %% 1000 / 10.0,
                          'load_out_pct', %(seed)s %% 7), 'test'
from device d, generate_series(%(start)s::timestamptz, least(%(stop)s, now()), '5 minutes') g(at)
where d.unit = %(unit)s
on conflict do nothing
"""
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([UNIT, OTHER]), st.integers(0, 8 * 24), st.integers(1, 40), st.integers(0, 99)),
        st.sampled_from(["roll", "roll hours", "shown"]),
    ),
    min_size=1,
    max_size=9,
)


@pytest.fixture(scope="module")
def lines(postgres: Postgres, template: str) -> Iterator[Store]:
    """A database with every number's functions and two communes' lines."""
    with two_communes(postgres, template, "ioc_lines") as store:
        yield store


def fill(store: Store, unit: str, before: int, hours: int, seed: int) -> None:
    start = datetime.now(UTC) - timedelta(hours=before)
    store.execute(FILL, {"unit": unit, "start": start, "stop": start + timedelta(hours=hours), "seed": seed})


def same(store: Store) -> Sequence[tuple[object, ...]]:
    with store.transaction() as link:  # one now() for both
        shown = link.execute(RUNNING, ([UNIT, OTHER],)).fetchall()
        assert shown == link.execute(ANEW, ([UNIT, OTHER],)).fetchall()
    return shown


@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_week_that_runs_is_that_of_all_samples(lines: Store, steps: Sequence[object]) -> None:
    """Whatever came when, late or not, and was kept between."""
    lines.execute("truncate device_report")
    for step in [*steps, "roll", "shown"]:
        if isinstance(step, tuple):
            fill(lines, *step)
        elif step == "roll":
            roll_readings(lines)
        elif step == "roll hours":
            lines.execute("select roll_hours(3)")
        same(lines)


def test_a_whole_week_needs_no_more_than_is_kept(lines: Store) -> None:
    lines.execute("truncate device_report")
    fill(lines, UNIT, 8 * 24, 8 * 24, 1)
    roll_readings(lines)
    most = kept.most(0.95)
    assert most == 7 * 288 - math.ceil(0.95 * 7 * 288) + 1 == 101
    held = lines.rows("select n, cardinality(samples) as kept from reading_greatest where unit = %s", (UNIT,))
    assert len(held) == 4
    assert all(row["kept"] == most and row["n"] > 6 * 288 - 24 for row in held)
    assert len(same(lines)) == 4


@pytest.mark.parametrize("newest", [0, 55, 100])
def test_the_newest_sample_may_be_the_greatest(lines: Store, newest: float) -> None:
    """Whether it lies below, among or above all that are kept."""
    lines.execute("truncate device_report")
    fill(lines, UNIT, 30, 25, 1)
    roll_readings(lines)
    lines.execute(
        "insert into device_report (unit, kind, name, at, digest, received_at, state, readings, source)"
        " select unit, kind, name, now(), 0, now(), 'online', jsonb_build_object('load_in_pct', %s::float), 'test'"
        " from device where unit = %s",
        (newest, UNIT),
    )
    assert len(same(lines)) == 4


def test_what_is_kept_of_the_week_is_what_is_shown_until_late_data_come(lines: Store) -> None:
    """A false value shows that nothing else is read; a late report of the week takes it back at once."""
    lines.execute("truncate device_report")
    today = datetime.now(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    start = {"unit": UNIT, "start": today - timedelta(days=3), "stop": today - timedelta(days=2), "seed": 1}
    lines.execute(FILL, start)
    roll_readings(lines)
    lines.execute("update reading_greatest set samples = array_fill(777::float, array[cardinality(samples)])")
    assert {row["value"] for row in lines.rows(RUNNING, ([UNIT],))} == {777}
    lines.execute(FILL, {**start, "seed": 2, "stop": today - timedelta(days=3) + timedelta(minutes=1)})
    assert len(same(lines)) == 4
    roll_readings(lines)
    assert len(same(lines)) == 4
