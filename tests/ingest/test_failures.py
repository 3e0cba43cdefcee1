"""What is added up of many devices at once, and how often they failed, is what their pieces say one by one."""

from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.contract import LOCAL
from ingest.rollup import roll_up
from ingest.store import Store

UNIT = "05068"
FLEET = ("a-1", "a-2", "a-3")
SPAN = 40 * 24
"""Hours of a story that ends now: always over a month's end, and into the day that runs."""
Change = tuple[str, str, int, int]
changes = st.lists(
    st.tuples(
        st.sampled_from(["offline", "fault", "online", "degraded", "unknown", "maintained", "blind", "disabled",
                         "excluded", "contract", "roll"]),
        st.sampled_from(FLEET),
        st.one_of(st.integers(0, SPAN), st.integers(0, 30)),
        st.integers(1, 60),
    ),
    max_size=10,
)  # fmt: skip

# Each device's local months apart: how often it was seen down after up, or first.
FAILURES: LiteralString = """
with asked as materialized (
    select d.unit, d.kind, d.name, m.at at time zone 'Asia/Ho_Chi_Minh' as start,
           (m.at + interval '1 month') at time zone 'Asia/Ho_Chi_Minh' as stop, row_number() over () as n
    from device d
    cross join generate_series(%(first)s::timestamp, now() at time zone 'Asia/Ho_Chi_Minh', '1 month') as m(at)
), seen as (
    select p.n, p.counted <> 'online' as down,
           coalesce(lag(p.counted) over (partition by p.n order by p.started_at), 'online') = 'online' as anew
    from (select array_agg(unit order by n) as units, array_agg(kind order by n) as kinds,
                 array_agg(name order by n) as names, array_agg(start order by n) as starts,
                 array_agg(stop order by n) as stops from asked) l
    cross join lateral device_pieces(l.units, l.kinds, l.names, l.starts, l.stops) p
    where p.counted in ('online', 'offline', 'fault')
)
select a.kind, local_day(a.start) as month, count(*) as failures
from seen join asked a using (n) where down and anew group by 1, 2 order by 1, 2
"""
ROLLED: LiteralString = """
select kind, date_trunc('month', day)::date as month, sum(failures)::bigint as failures
from uptime_by_day(array['05068'], %(first)s::timestamp at time zone 'Asia/Ho_Chi_Minh',
                   midnight(local_day(now()) + 1), %(kind)s, true)
where kind = coalesce(%(kind)s, kind)
group by 1, 2 having sum(failures) > 0 order by 1, 2
"""
SUMS: LiteralString = """
select name, online, offline, fault, maintenance, blind, contract_online, contract_down
from device_sums(array['05068'], null, %(start)s, %(stop)s)
where online + offline + fault + maintenance + blind > 0 order by name
"""
SLICES: LiteralString = """
select name, sum(online)::bigint as online, sum(offline)::bigint as offline, sum(fault)::bigint as fault,
       sum(maintenance)::bigint as maintenance, sum(blind)::bigint as blind,
       sum(contract_online)::bigint as contract_online, sum(contract_down)::bigint as contract_down
from (select array_agg(unit) as units, array_agg(kind) as kinds, array_agg(name) as names,
             array_agg(%(start)s::timestamptz) as starts, array_agg(%(stop)s::timestamptz) as stops from device) l
cross join lateral device_slices(l.units, l.kinds, l.names, l.starts, l.stops)
group by name having sum(online + offline + fault + maintenance + blind) > 0 order by name
"""
UPTIME: LiteralString = """
select name, (online_s * 1e6)::bigint, (offline_s * 1e6)::bigint, (fault_s * 1e6)::bigint,
       (maintenance_s * 1e6)::bigint, (blind_s * 1e6)::bigint, (contract_online_s * 1e6)::bigint,
       (contract_down_s * 1e6)::bigint
from device_uptime(array['05068'], null, %(start)s, %(stop)s) order by name
"""
DAYS: LiteralString = """
select * from (select name, day, online, offline, fault, maintenance, blind
               from (select array_agg(unit) as units, array_agg(kind) as kinds, array_agg(name) as names from device) l
               cross join lateral device_days(l.units, l.kinds, l.names, %(start)s, %(stop)s)) s
where online + offline + fault + maintenance + blind > 0 order by name, day
"""
DAYS_SLICED: LiteralString = """
select name, day, online, offline, fault, maintenance, blind
from (select array_agg(unit) as units, array_agg(kind) as kinds, array_agg(name) as names,
             array_agg(%(start)s::timestamptz) as starts, array_agg(%(stop)s::timestamptz) as stops from device) l
cross join lateral device_slices(l.units, l.kinds, l.names, l.starts, l.stops)
where online + offline + fault + maintenance + blind > 0
order by name, day
"""


def agreed(store: Store, what: str) -> None:
    """Note that the contracts are others, as who declares them does."""
    store.execute("insert into store_meta as m values ('contracts', %s) on conflict (key) do update"
                  " set value = m.value || excluded.value", (what,))  # fmt: skip


def change(store: Store, now: datetime, what: str, which: str, before: int, hours: int) -> None:
    """Do what changes the time of a device, from ``before`` hours before now on, for some hours."""
    at, until = now - timedelta(hours=before), now - timedelta(hours=before - hours)
    match what:
        case "maintained":
            store.execute("insert into maintenance (unit, name, starts_at, ends_at, reason, created_by)"
                          " values (%s, %s, %s, %s, 'test', 'test')", (UNIT, which, at, until))  # fmt: skip
        case "blind":
            store.execute("insert into blind_span values ('mqtt', %s, %s, 'test') on conflict do nothing",
                          (at, min(until, now)))  # fmt: skip
        case "disabled":
            store.execute("insert into device_change (unit, kind, name, field, old, new, valid_from, actor)"
                          " values (%s, 'camera', %s, 'lifecycle', 'installed', 'disabled', %s, 'test'),"
                          " (%s, 'camera', %s, 'lifecycle', 'disabled', 'installed', %s, 'test')",
                          (UNIT, which, at, UNIT, which, until))  # fmt: skip
        case "excluded":
            store.execute("insert into contract_exclusion (unit, hamlet, starts_at, ends_at, reason)"
                          " values (%s, 'Thôn 1', %s, %s, 'test')", (UNIT, at, until))  # fmt: skip
            agreed(store, f"without {at} {until}")
        case "contract":
            store.execute("delete from contract_hours")
            store.execute("insert into contract_hours values ('camera', %s, %s)",
                          (timedelta(hours=before % 24), timedelta(hours=before % 24 + 1 + hours % 23)))  # fmt: skip
            agreed(store, f"{before % 24} {hours % 23}")
        case "roll":
            roll_up(store)
        case state:
            row = store.row("select started_at, ended_at from state_span where name = %s and started_at < %s"
                            " order by started_at desc limit 1", (which, at))  # fmt: skip
            if row and (row["ended_at"] is None or row["ended_at"] > at):
                store.execute("update state_span set ended_at = %s where name = %s and started_at = %s",
                              (at, which, row["started_at"]))  # fmt: skip
                store.execute("insert into state_span (unit, kind, name, started_at, ended_at, state)"
                              " values (%s, 'camera', %s, %s, %s, %s)",
                              (UNIT, which, at, row["ended_at"], state))  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes)
def test_sums_and_failures_are_the_pieces(store: Store, story: list[Change]) -> None:
    store.execute("truncate device, device_state, device_change, state_span, blind_span, maintenance, contract_hours,"
                  " contract_exclusion, uptime_summed, uptime_sum cascade")  # fmt: skip
    store.execute("delete from store_meta where key = 'contracts'")
    now = datetime.now(UTC).replace(microsecond=0)
    begin = now - timedelta(hours=SPAN + 24)
    for name, hamlet in zip(FLEET, ("Thôn 1", "Thôn 1", "Thôn 2"), strict=True):
        device: tuple[Any, ...] = (UNIT, name)
        store.execute("insert into device (unit, kind, name, lifecycle, hamlet, registered_at)"
                      " values (%s, 'camera', %s, 'installed', %s, %s)", (*device, hamlet, begin))  # fmt: skip
        store.execute("insert into device_state (unit, kind, name, at, seen_at, state, reported, since, source)"
                      " values (%s, 'camera', %s, now(), now(), 'online', 'online', now(), 'mqtt')",
                      device)  # fmt: skip
        store.execute("insert into state_span (unit, kind, name, started_at, state)"
                      " values (%s, 'camera', %s, %s, 'online')", (*device, begin))  # fmt: skip
    for one in story:
        change(store, now, *one)
    for _ in range(2):
        _holds(store, now)
        roll_up(store)
    _holds(store, now)


def _holds(store: Store, now: datetime) -> None:
    local = now.astimezone(LOCAL).replace(hour=0, minute=0, second=0)
    first = (local - timedelta(hours=SPAN + 48)).replace(day=1, tzinfo=None)
    with store.transaction() as link:  # one now() for both

        def rows(query: LiteralString, **asked: Any) -> list[tuple[Any, ...]]:
            return link.execute(query, asked).fetchall()

        for kind in (None, "camera"):
            assert rows(ROLLED, first=first, kind=kind) == rows(FAILURES, first=first)
        day = timedelta(days=1)
        for start, stop in ((now - day, now + day), (local, now + day), (now - 9 * day, now - 5 * day),
                            (local - 3 * day, local - 2 * day)):  # fmt: skip
            assert rows(SUMS, start=start, stop=stop) == rows(SLICES, start=start, stop=stop)
        for start, stop in ((now - 9 * day, now - 5 * day), (now - 20 * day, now + day), (local - 3 * day, local)):
            assert rows(UPTIME, start=start, stop=stop) == rows(SLICES, start=start, stop=stop)
        for start, stop in ((local - 33 * day, local + day), (local - 5 * day, local - 2 * day)):
            assert rows(DAYS, start=start, stop=stop) == rows(DAYS_SLICED, start=start, stop=stop)
