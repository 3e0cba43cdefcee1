"""Boards: what all panels of a page cost the database, for a commune and a province; how fast they are built.

Pages are measured in CPU time of the one process that answers them, since a busy machine's clock says nothing. What
runs costs more the longer it does, so the database's clock stands late on a day, in the last second before the job
keeps the hour that is over.
"""

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg

from connectors.contract import LOCAL, Message
from dashboards import indicators
from ingest import migrate, partitions, rollup
from ingest.batch import Committer
from ingest.pipeline import Understood
from ingest.store import Store
from tests.bench.meter import cpu_s
from tests.bench.site import Site, site
from tests.bench.table import Line, Target
from tests.clock import move, stand
from tests.dashboards.asked import Query, queries
from tests.dashboards.lived import offices
from tests.screen.commune import UNIT

YEAR = timedelta(days=365)
_TIMES = 20
_ENOUGH = 0.2
"""Seconds of CPU after which reading rows raw has been measured well enough."""
_BUILD = "import hashlib; from dashboards import build; print(hashlib.sha256(repr(build.files()).encode()).hexdigest())"


def figure(*, quick: bool) -> list[Line]:
    """Take all: building twice, a commune of 100 devices, a province of 100 communes."""
    return [*_built(), *_scale("a commune", 1, 100, quick=quick), *_scale("a province", 100, 100, quick=quick)]


def _built() -> list[Line]:
    took, digests = [], set()
    for _ in range(3):
        began = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", _BUILD], capture_output=True, text=True, check=True)
        took.append(time.perf_counter() - began)
        digests.add(done.stdout)
    return [
        Line("boards and provisioning built, Python's start included", "s", took, target=Target("<", 2, "measured")),
        Line("  texts that differ between builds", "files", [len(digests) - 1], target=Target("<", 1, "measured")),
    ]


def _scale(name: str, communes: int, devices: int, *, quick: bool) -> list[Line]:
    now = datetime.now(LOCAL).replace(hour=23, minute=6, second=59, microsecond=0) - timedelta(days=1)
    with site() as here, _standing(here, now) as store:
        units = _fill(store, communes, devices, now, minutes=60 if quick else 2 * 1440 // (10 if communes > 1 else 1))
        lines = []
        for words, span in (("24 h", timedelta(days=1)), ("30 d", timedelta(days=30)), ("a year", YEAR)):
            pages = {
                board: [_page(store, its, now - span, now, units) for _ in range(1 if quick else 3)]
                for board, its in _boards().items()
            }
            worst = max(pages, key=lambda board: min(ms for ms, _ in pages[board]))
            lines.append(
                Line(
                    f"{name}, {words}: the slowest page ({worst})", "ms", [ms for ms, _ in pages[worst]],
                    [raw for _, raw in pages[worst]], "the same rows raw",
                    Target("<", 300 if communes == 1 else 1500, "measured"),
                )
            )  # fmt: skip
            lines.append(
                Line("  the overview", "ms", [ms for ms, _ in pages["ioc-overview"]],
                     [raw for _, raw in pages["ioc-overview"]], "the same rows raw")
            )  # fmt: skip
        slow = sorted(_each(store, now - YEAR, now, units), reverse=True)[:5]
        lines += [Line(f"  {name}, a year: {query}", "ms", [ms]) for ms, query in slow]
    return lines


@contextmanager
def _standing(here: Site, now: datetime) -> Iterator[Store]:
    """A store whose database has our schema and a clock that stands."""
    url = here.postgres.url(here.database(empty=True))
    stand(url, now)
    with Store(url, name="bench", wait=20) as store:
        migrate.migrate(store)
        indicators.install(store)
        yield store


def _boards() -> dict[str, list[Query]]:
    found: defaultdict[str, list[Query]] = defaultdict(list)
    for query in queries():
        if query.kind != "alert":
            found[query.board].append(query)
    return found


def _chosen(units: Sequence[str]) -> dict[str, Sequence[str]]:
    hamlets = [f"Thôn {n}" for n in range(10)]
    return {"commune": units, "hamlet": hamlets, "kind": ("camera", "loudspeaker", "network")}


def _page(
    store: Store, its: Sequence[Query], start: datetime, stop: datetime, units: Sequence[str]
) -> tuple[float, float]:
    """Return the CPU time of all queries of a page, and that of reading their rows from tables."""
    asked = [query.sent(start, stop, _chosen(units)) for query in its]
    with store.transaction() as link:
        link.execute("set local max_parallel_workers_per_gather = 0")
        pid = link.info.backend_pid
        began = cpu_s(pid)
        for text in asked:
            link.execute(text.encode(), prepare=False).fetchall()
        took = 1000 * (cpu_s(pid) - began)
        for n, text in enumerate(asked):
            link.execute(f"create temp table raw_{n} on commit drop as {text}".encode(), prepare=False)
        began, raw, times = cpu_s(pid), 0.0, 0
        while raw < _ENOUGH and times < _TIMES:  # the CPU clock ticks by hundredths of a second
            for n in range(len(asked)):
                link.execute(f"select * from raw_{n}".encode(), prepare=False).fetchall()  # noqa: S608 - our own name
            raw, times = cpu_s(pid) - began, times + 1
        return took, 1000 * max(raw, 0.01) / times


def _each(store: Store, start: datetime, stop: datetime, units: Sequence[str]) -> list[tuple[float, str]]:
    found = []
    for its in _boards().values():
        for query in its:
            with store.transaction() as link:
                link.execute("set local max_parallel_workers_per_gather = 0")
                began = cpu_s(link.info.backend_pid)
                link.execute(query.sent(start, stop, _chosen(units)).encode()).fetchall()
                found.append((1000 * (cpu_s(link.info.backend_pid) - began), str(query)))
    return found


def _fill(store: Store, communes: int, devices: int, now: datetime, *, minutes: int) -> list[str]:
    """Write a year: states, figures of offices, reports each minute of the last time and each hour before."""
    rows = store.rows(_PROVINCE, (UNIT,))
    units = [UNIT, *[row["code"] for row in rows if row["code"] != UNIT]][:communes]
    falls = 730 if communes == 1 else 52
    asked = {"units": units, "devices": devices, "falls": falls, "now": now, "minutes": minutes}
    with store.transaction() as link:
        partitions.make(link, (now.date() - timedelta(days=n) for n in range(-1, YEAR.days + 2)))
    with store.transaction() as link:
        for statement in _YEAR_OF_DEVICES:
            link.execute(statement.replace("{readings}", _READINGS).encode(), asked)
    at = now - YEAR
    while at < now:
        batch = [Understood(_message(name, at), office.measure(at)) for name, office in offices(UNIT)]
        Committer(store).commit(batch)
        at += timedelta(days=7 if communes == 1 else 28)
    with store.transaction() as link:
        for statement in _COPIES:
            link.execute(statement, {"unit": UNIT, "units": units[1:]})
    with store.transaction() as link:
        move(link, now - rollup.EVERY)
    while rollup.roll_up(store):
        pass
    rollup.roll_readings(store)
    with store.transaction() as link:
        for statement in _KEPT:
            link.execute(statement)
    rollup.roll_readings(store)
    with store.transaction() as link:
        move(link, now)
    with psycopg.connect(store.url, autocommit=True) as link:
        link.execute("vacuum analyze")
    return units


def _message(name: str, at: datetime) -> Message:
    return Message(name, name, b"", at)


_PROVINCE = """
select code from unit
where valid_to is null and parent = (select parent from unit where code = %s and valid_to is null)
"""
_READINGS = """case kind
    when 'camera' then jsonb_build_object('decodable', (random() > 0.02)::int, 'recording', (random() > 0.05)::int,
                                          'picture_mean', 90, 'clock_skew_s', random() * 40, 'fps', 25)
    when 'network' then jsonb_build_object('latency_ms', random() * 50, 'loss_pct', 0, 'load_in_pct', random() * 100,
                                           'load_out_pct', random() * 100)
                        || case when name in ('dev-3', 'dev-7') then '{"disk_free_pct": 40, "disks_failed": 0}'
                                else '{}' end::jsonb
    else '{"temperature": 41.5, "volume_pct": 30}' end"""
_YEAR_OF_DEVICES = (
    """insert into device (unit, kind, name, title, hamlet, lifecycle, registered_at)
    select u, (array['camera', 'camera', 'loudspeaker', 'network'])[1 + n %% 4], 'dev-' || n, 'Thiết bị ' || n,
           'Thôn ' || n %% 10, 'installed', %(now)s - interval '365 days'
    from unnest(%(units)s::text[]) u, generate_series(1, %(devices)s) n""",
    """insert into device_state (unit, kind, name, at, seen_at, state, reported, since, source, facts)
    select unit, kind, name, %(now)s, %(now)s, 'online', 'online', %(now)s, kind || 's', '{}' from device""",
    """insert into state_span (unit, kind, name, started_at, ended_at, state)
    select unit, kind, name, at, lead(at) over (partition by unit, kind, name order by at),
           case when n %% 2 = 0 then 'online' else 'offline' end
    from (select unit, kind, name, n, %(now)s - interval '365 days' + interval '365 days' * (n + 0.8 * random())
                 / %(falls)s as at
          from device, generate_series(0, %(falls)s - 1) n) s where at < %(now)s""",
    """insert into source (name, connector, feed, title, transport, stale_after, last_message_at, heartbeat_at)
    select k || 's', k || '_mqtt', k || '_status', k, 'subscribed', '10 minutes', %(now)s, %(now)s
    from unnest(array['camera', 'loudspeaker', 'network']) k""",
    """insert into source_minute (unit, source, minute, stored)
    select u, k || 's', m, 25 from unnest(%(units)s::text[]) u, unnest(array['camera', 'loudspeaker', 'network']) k,
           generate_series(date_trunc('hour', %(now)s - interval '365 days'), %(now)s, '1 hour') m""",
    """insert into device_report (unit, kind, name, at, digest, received_at, state, readings, source)
    select unit, kind, name, at, 1, at, 'online', {readings}, kind || 's'
    from device, generate_series(%(now)s - make_interval(mins => %(minutes)s), %(now)s, '1 minute') at""",
    """insert into device_report (unit, kind, name, at, digest, received_at, state, readings, source)
    select unit, kind, name, at, 2, at, 'online', {readings}, kind || 's'
    from device, generate_series(
        %(now)s - interval '365 days', %(now)s - interval '3 days',
        case when cardinality(%(units)s::text[]) > 1 then interval '3 days' else '1 hour' end) at""",
    """insert into incident (unit, rule, subject_kind, subject, title_vi, owner, severity, state, opened_at, since,
        announced_at, cleared_at, closed_at)
    select u, 'camera_offline', 'device', 'camera/dev-' || n, 'Camera mất kết nối', 'police_on_duty', 'warning',
           'resolved', at, at, at, at + interval '1 hour', at + interval '1 hour'
    from unnest(%(units)s::text[]) u, generate_series(1, 1000) n,
         lateral (select %(now)s - interval '365 days' * (n / 1001.0) as at) t""",
)
"""Statements that fill tables of devices for every commune; ``falls`` is how many spans a device has."""
_KEPT = (
    """insert into reading_hour (key, unit, at, label, value, n)
    select k.key, k.unit, h.at, k.label, round((random() * 50)::numeric, 2), 1500
    from (select distinct key, unit, label from reading_hour where samples is null) k,
         generate_series(hour_of(now() - interval '365 days'), hour_of(now() - interval '65 minutes'), '1 hour') h(at)
    on conflict do nothing""",
    """insert into reading_hour (key, unit, at, label, n, samples)
    select 'network_line_load_p95', l.unit, h.at, l.label, 60, array_agg(s.load order by s.load)
    from (select unit, name || '/' || way as label
          from device, unnest(array['in', 'out']) way where kind = 'network') l,
         generate_series(day_of(now()) - interval '7 days', hour_of(now() - interval '65 minutes'), '1 hour') h(at),
         lateral (select round((random() * 90)::numeric, 2) + 0 * length(l.label) as load
                  from generate_series(1, 12)) s
    group by l.unit, h.at, l.label
    on conflict (key, unit, at, label) do update set n = excluded.n, samples = excluded.samples""",
    """insert into reading_day (key, unit, at, label, value)
    select 'network_line_load_p95', unit, d.at, name || '/' || way, round((random() * 95)::numeric, 2)
    from device, unnest(array['in', 'out']) way,
         generate_series(day_of(now() - interval '365 days'), day_of(now() - interval '1 day'), '1 day') d(at)
    where kind = 'network' on conflict do nothing""",
    "delete from reading_greatest_of",
    "delete from reading_day_due where at < day_of(now())",
)
"""Statements that keep what is missing: hours of a year, seven days of a line's 288 samples each, days of a year."""
_COPIES = (
    """insert into observation (unit, indicator, period_start, period_end, period_kind, cumulative, scope, dims,
        revision, latest, value, numerator, denominator, bound, low, high, stated, quality, source, address,
        received_at, level)
    select u, indicator, period_start, period_end, period_kind, cumulative, scope, dims, revision, latest, value,
           numerator, denominator, bound, low, high, stated, quality, source, address, received_at, level
    from observation, unnest(%(units)s::text[]) u where unit = %(unit)s""",
    """insert into case_now (unit, kind, id, at, opened_at, closed_at, status, category, severity, due, channel, hamlet,
        source, received_at)
    select u, kind, id, at, opened_at, closed_at, status, category, severity, due, channel, hamlet, source, received_at
    from case_now, unnest(%(units)s::text[]) u where unit = %(unit)s""",
    """insert into broadcast (unit, kind, source, id, device, programme, priority, starts_at, ends_at, state,
        received_at)
    select u, kind, source, id, device, programme, priority, starts_at, ends_at, state, received_at
    from broadcast, unnest(%(units)s::text[]) u where unit = %(unit)s""",
)
