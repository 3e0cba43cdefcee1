"""Availability: by how much calculators are wrong on the same timelines, what a year of faults looks like, how fast."""

import time
from datetime import timedelta
from statistics import mean

from ingest.rollup import roll_up
from ingest.store import Store
from tests.bench import calculators as by
from tests.bench.site import site
from tests.bench.table import Line, Target
from tests.bench.year import EVERY, year

UNIT = "05068"
_YEAR = """
select count(*) as devices
from device_uptime(%s, null, date_trunc('day', now(), 'Asia/Ho_Chi_Minh') - interval '365 days', now())
"""


def figure(*, quick: bool) -> list[Line]:
    """Take all: errors of calculators, a simulated year, and the time of a year's question."""
    return [*_errors(500 if quick else 10_000), *_simulated(20 if quick else 1_000), *_asked(100 if quick else 1_000)]


def _errors(count: int) -> list[Line]:
    ours, ratio, rows = [], [], []
    plain_ratio, plain_rows = [], []
    for story in by.stories(count):
        true = by.truth(story)
        ours.append(by.error_s(by.share(by.ours(story)), true))
        ratio.append(by.error_s(by.sample_ratio(story), true))
        rows.append(by.error_s(by.outage_rows(story), true))
        if story.plain:
            plain_ratio.append(ratio[-1])
            plain_rows.append(rows[-1])
    zero = Target("<", 0.001, "measured")
    samples, table = "sample ratio (Gatus, blackbox)", "outage rows (LibreNMS)"
    return [
        Line(
            f"error of availability, {count:,} timelines of 6 h, mean", "s", [mean(ours)], [mean(ratio)], samples, zero
        ),
        Line("  worst of them", "s", [max(ours)], [max(ratio)], samples, zero),
        Line("  mean", "s", [mean(ours)], [mean(rows)], table, zero),
        Line("  worst of them", "s", [max(ours)], [max(rows)], table, zero),
        Line("  peers where nothing but ended outages is, mean", "s", [mean(plain_ratio)], [mean(plain_rows)], table),
    ]


def _simulated(devices: int) -> list[Line]:
    its = [year(seed) for seed in range(devices)]
    transitions = 2 * sum(one.outages for one in its)
    error = sum((one.error for one in its), timedelta()) / transitions / EVERY
    worst = max(edge for one in its for edge in one.edges) / EVERY
    none = Target("<", 1, "measured")
    return [
        Line(f"{devices:,} devices for a year, {transitions:,} transitions: mean error of each", "intervals", [error],
             target=none),
        Line("  worst edge of a found outage", "intervals", [worst], target=Target("<", 1.01, "measured")),
        Line("  missed outages longer than the threshold", "outages", [sum(one.missed for one in its)], target=none),
        Line("  outages that never were", "outages", [sum(one.invented for one in its)], target=none),
    ]  # fmt: skip


def _asked(devices: int) -> list[Line]:
    with site() as here, here.store() as store:
        fill(store, devices)
        began = time.perf_counter()
        assert roll_up(store) == devices
        rolled = time.perf_counter() - began
        store.execute("analyze uptime_day, uptime_rolled")
        took = [_time(store, devices) for _ in range(7)]
        store.execute("delete from uptime_rolled")
        exact = [_time(store, devices) for _ in range(2)]
    return [
        Line(f"availability of {devices:,} devices over a year", "ms", took, exact, "from spans alone",
             Target("<", 200, "measured")),
        Line("  their totals of a year made anew", "s", [rolled]),
    ]  # fmt: skip


def _time(store: Store, devices: int) -> float:
    began = time.perf_counter()
    row = store.row(_YEAR, ([UNIT],))
    assert row is not None
    assert row["devices"] == devices
    return 1000 * (time.perf_counter() - began)


def fill(store: Store, devices: int) -> None:
    """Write a year of spans: a fault a day of each device, and forty times when nobody saw."""
    store.execute(
        "insert into device (unit, kind, name, lifecycle, hamlet, registered_at)"
        " select %s, 'camera', 'cam-' || n, 'installed', 'Thôn ' || n %% 10, now() - interval '365 days'"
        " from generate_series(1, %s) n",
        (UNIT, devices),
    )
    store.execute(
        "insert into device_state (unit, kind, name, at, seen_at, state, reported, since, source, facts)"
        " select unit, kind, name, now(), now(), 'online', 'online', now(), 'mqtt', '{\"mqtt\": []}' from device"
    )
    store.execute(
        "insert into blind_span select 'mqtt', now() - n * interval '9 days', now() - n * interval '9 days'"
        " + interval '10 minutes', 'test' from generate_series(1, 40) n"
    )
    store.execute(
        "insert into state_span (unit, kind, name, started_at, ended_at, state)"
        " select unit, kind, name, at, lead(at) over (partition by name order by at),"
        " case when n %% 2 = 0 then 'online' else 'offline' end from ("
        "select unit, kind, name, n, date_trunc('day', now()) - %(year)s::interval + n * interval '12 hours'"
        " + random() * interval '11 hours' as at from device, generate_series(0, 729) n) said where at < now()",
        {"year": "365 days"},
    )
    store.execute("analyze state_span, device, device_state")
