"""A year on a board is no more rows than a screen can show, whatever a commune's hundred devices went through."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from dashboards import indicators
from dashboards.panels import POINTS
from dashboards.walls import BOXED, BOXES
from ingest.rollup import roll_up
from ingest.store import Store
from tests.dashboards.asked import Query, queries
from tests.screen.commune import UNIT
from tests.servers import Postgres

DEVICES = 100
YEAR = timedelta(days=365)
LINES = 60
"""Most lines that a chart may draw: more have neither colours nor a legend that one could read."""
ROWS = 500
"""Most rows of a table, tiles of a wall, bars."""
DRAWN = ("timeseries", "status-history")
FILL = (
    """insert into device (unit, kind, name, title, hamlet, lifecycle, registered_at)
    select %(unit)s, (array['camera', 'loudspeaker', 'network'])[1 + n %% 3], 'dev-' || n, 'Thiết bị ' || n,
           'Thôn ' || n %% 10, 'installed', now() - interval '365 days'
    from generate_series(1, %(devices)s) n""",
    """insert into device_state (unit, kind, name, at, seen_at, state, reported, since, source)
    select unit, kind, name, now(), now(), 'online', 'online', now(), kind || 's' from device""",
    """insert into state_span (unit, kind, name, started_at, ended_at, state)
    select unit, kind, name, at, lead(at) over (partition by unit, kind, name order by at),
           (array['online', 'offline', 'online', 'fault'])[1 + n %% 4]
    from (select unit, kind, name, n, now() - interval '365 days' + n * interval '21 hours' as at
          from device, generate_series(0, 416) n) s""",
    """insert into reading_day (key, unit, at, label, value)
    select 'network_line_load_p95', unit, day_of(now()) - n * interval '1 day', name || '/' || way, n %% 90
    from device, unnest(array['in', 'out']) as way, generate_series(1, 365) n where kind = 'network'""",
)
"""A change of state a day of each device, and more."""


@pytest.fixture(scope="module")
def flapping(postgres: Postgres, template: str) -> Iterator[Store]:
    """A commune whose devices all flap, for a year."""
    postgres.execute(f"create database ioc_flapping template {template} strategy file_copy")
    with Store(postgres.url("ioc_flapping"), pool=2, name="test") as store:
        indicators.install(store)
        with store.transaction() as link:
            for statement in FILL:
                link.execute(statement, {"unit": UNIT, "devices": DEVICES})
        roll_up(store)
        yield store
    postgres.execute("drop database ioc_flapping with (force)")


def faults(query: Query, rows: list[dict[str, object]]) -> Iterator[str]:
    """Say in what a panel has more rows than can be seen."""
    if query.kind in DRAWN and query.form == "time_series":
        lines = Counter(str(row["metric"]) for row in rows)
        most = max(lines.values(), default=0)
        if len(lines) > LINES:
            yield f"{query}: {len(lines)} lines"
        if most > 2 * query.points:  # a step is rounded to one that a clock has
            yield f"{query}: {most} points a line where {query.points} are drawn"
    elif query.kind == "state-timeline":
        if len(rows) > LINES * 367:
            yield f"{query}: {len(rows)} spans"
    elif query.kind not in (*DRAWN, "variable", "annotation") and len(rows) > ROWS:
        yield f"{query}: {len(rows)} rows"


def test_a_year_has_no_more_rows_than_a_screen_can_show(flapping: Store) -> None:
    now = datetime.now(UTC)
    chosen = {"commune": [UNIT], "hamlet": [f"Thôn {n}" for n in range(10)],
              "kind": ("camera", "loudspeaker", "network")}  # fmt: skip
    found: list[str] = []
    counted: Counter[str] = Counter()
    for query in queries():
        if query.kind == "alert":
            continue
        sent = query.sent(now - YEAR, now, chosen).replace("%", "%%")
        rows = flapping.rows(sent, {})
        counted[query.kind] += len(rows)
        found += faults(query, rows)
    assert "\n".join(found) == ""
    # The busiest panels are not bounded by being empty.
    assert counted["state-timeline"] > 2 * LINES
    assert counted["status-history"] > 2 * 33 * BOXES / 3


def test_every_line_and_history_says_how_many_points_it_draws() -> None:
    """Without it the data source asks for as many as it takes, and Grafana gives a wide screen thousands."""
    drawn = [query for query in queries() if query.kind in DRAWN and query.form == "time_series"]
    assert {query.panel.get("maxDataPoints", 0) <= POINTS for query in drawn if query.rows_of} == {True}
    assert BOXED <= LINES
