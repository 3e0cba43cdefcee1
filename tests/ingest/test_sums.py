"""Sums of devices by kind, hamlet and day are what their spans give, whatever changed since they were made."""

from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.contract import LOCAL
from ingest.rollup import roll_up
from ingest.store import Store

DAY = timedelta(days=1)
T0 = datetime(2026, 3, 1, tzinfo=LOCAL).astimezone(UTC)


def hour(n: float) -> datetime:
    return T0 + timedelta(hours=n)


BY_DAY: LiteralString = """
select kind, hamlet, day, sum(online) as online, sum(down) as down, sum(maintenance) as maintenance,
       sum(blind) as blind, sum(contract_online) as contract_online, sum(contract_down) as contract_down
from {} group by 1, 2, 3 having sum(online + down + maintenance + blind) > 0 order by 1, 2, 3
"""
SUMMED = BY_DAY.format("uptime_by_day(%(units)s, %(start)s, %(stop)s)")
SLICED = BY_DAY.format("""(
    select s.*, s.offline + s.fault as down, d.hamlet
    from (select array_agg(unit) as units, array_agg(kind) as kinds, array_agg(name) as names,
                 array_agg(%(start)s) as starts, array_agg(%(stop)s) as stops
          from device where unit = any (%(units)s)) l
    cross join lateral device_slices(l.units, l.kinds, l.names, l.starts, l.stops) s
    join device d using (unit, kind, name)) s""")
FLEET = ("a-1", "a-2", "a-3")
changes = st.one_of(
    st.tuples(st.just("span"), st.sampled_from(FLEET), st.integers(0, 200)),
    st.tuples(st.just("blind"), st.just("mqtt"), st.integers(0, 200)),
    st.tuples(st.just("maintenance"), st.sampled_from(FLEET), st.integers(0, 200)),
    st.tuples(st.just("hamlet"), st.sampled_from(FLEET), st.sampled_from(["Thôn 1", "Thôn 2", ""])),
    st.tuples(st.just("source"), st.sampled_from(FLEET), st.sampled_from(["mqtt", "icmp"])),
    st.tuples(st.just("contract"), st.just(""), st.integers(0, 2)),
    st.tuples(st.just("join"), st.just(""), st.integers(4, 6)),
    st.tuples(st.just("roll"), st.just(""), st.just(0)),
)  # fmt: skip


def change(store: Store, what: str, which: str, to: Any) -> None:
    """Do what changes the totals of a fleet."""
    match what:
        case "span":
            at = hour(to)
            store.execute("update state_span set ended_at = %s where name = %s and started_at < %s"
                          " and coalesce(ended_at, 'infinity') > %s", (at, which, at, at))  # fmt: skip
            store.execute("insert into state_span (unit, kind, name, started_at, ended_at, state)"
                          " select '05068', 'camera', %s, %s, min(started_at), 'offline' from state_span"
                          " where name = %s and started_at > %s"
                          " having not exists (select from state_span where name = %s and started_at = %s)",
                          (which, at, which, at, which, at))  # fmt: skip
        case "blind":
            store.execute("insert into blind_span values ('mqtt', %s, %s, 'test') on conflict do nothing",
                          (hour(to), hour(to + 3)))  # fmt: skip
        case "maintenance":
            store.execute("insert into maintenance (unit, name, starts_at, ends_at, reason, created_by)"
                          " values ('05068', %s, %s, %s, 'test', 'test')",
                          (which, hour(to), hour(to + 30)))  # fmt: skip
        case "hamlet":
            store.execute("update device set hamlet = %s where name = %s", (to, which))
        case "source":
            store.execute("update device_state set source = %s where name = %s", (to, which))
        case "contract":
            store.execute("delete from contract_hours")
            store.execute("insert into contract_hours select 'camera', %s, %s where %s > 0",
                          (timedelta(hours=5), timedelta(hours=5 + 6 * to), to))  # fmt: skip
            store.execute("insert into store_meta values ('contracts', %s) on conflict (key) do update"
                          " set value = excluded.value", (str(to),))  # fmt: skip
        case "join":
            enlist(store, f"a-{to}", "Thôn 1")
        case _:
            roll_up(store)


def enlist(store: Store, name: str, hamlet: str) -> None:
    """Register a camera that is online since the first hour."""
    store.execute("insert into device (unit, kind, name, lifecycle, hamlet, registered_at) values"
                  " ('05068', 'camera', %s, 'installed', %s, %s) on conflict do nothing",
                  (name, hamlet, hour(0)))  # fmt: skip
    store.execute("insert into device_state (unit, kind, name, at, seen_at, state, reported, since, source) values"
                  " ('05068', 'camera', %s, now(), now(), 'online', 'online', now(), 'mqtt') on conflict do nothing",
                  (name,))  # fmt: skip
    store.execute("insert into state_span (unit, kind, name, started_at, state) values ('05068', 'camera', %s, %s,"
                  " 'online') on conflict do nothing", (name, hour(0)))  # fmt: skip


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(changes, max_size=8))
def test_sums_by_kind_hamlet_and_day_are_the_spans_whatever_changed_since(
    store: Store, story: list[tuple[str, str, Any]]
) -> None:
    store.execute("truncate device, device_state, state_span, blind_span, maintenance, contract_hours, uptime_summed,"
                  " uptime_sum cascade")  # fmt: skip
    store.execute("delete from store_meta where key = 'contracts'")
    for name, hamlet in zip(FLEET, ("Thôn 1", "Thôn 1", "Thôn 2"), strict=True):
        enlist(store, name, hamlet)
    store.execute("insert into device (unit, kind, name, lifecycle, hamlet) values"
                  " ('05068', 'camera', 'silent', 'installed', 'Thôn 1')")  # fmt: skip
    for what, which, to in [("roll", "", 0), *story, ("roll", "", 0)]:
        change(store, what, which, to)
        for start, stop in ((T0 - DAY, T0 + 12 * DAY), (T0 + 2 * DAY, T0 + 3 * DAY)):
            midnights = [at.astimezone(LOCAL).replace(hour=0, minute=0) for at in (start, stop)]
            asked = {"units": ["05068"], "start": midnights[0], "stop": midnights[1]}
            assert store.rows(SUMMED, asked) == store.rows(SLICED, asked)
    assert (
        store.rows(
            "select from uptime_grouped g left join uptime_summed s using (unit, kind, hamlet)"
            " where g.upto is not null and (g.upto, g.members) is distinct from (s.upto, s.members)"
        )
        == []
    )


def test_sums_are_what_is_read(store: Store) -> None:
    """Sums that are false on purpose show it, until the past of a device changes."""
    enlist(store, "a-1", "Thôn 1")
    roll_up(store)
    store.execute("update uptime_sum set online = 7 where day = %s", ((T0 + 3 * DAY).date(),))
    asked = {"units": ["05068"], "start": T0, "stop": T0 + 6 * DAY}
    assert 7 in [row["online"] for row in store.rows(SUMMED, asked)]
    change(store, "span", "a-1", 1)
    assert 7 not in [row["online"] for row in store.rows(SUMMED, asked)]
