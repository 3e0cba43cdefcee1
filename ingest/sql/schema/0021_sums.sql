-- Totals of the devices of a kind in a hamlet by the local day, so that a province's year is as fast as a commune's.

-- In microseconds, of the day alone.
create table uptime_sum (
    unit            text not null,
    kind            text not null,
    hamlet          text not null,         -- where the devices stand now
    day             date not null,
    online          bigint not null,
    offline         bigint not null,
    fault           bigint not null,
    maintenance     bigint not null,
    blind           bigint not null,
    contract_online bigint not null,
    contract_down   bigint not null,
    primary key (unit, kind, hamlet, day)
);

-- Up to which day the sums are right, and of which devices.
create table uptime_summed (
    unit    text not null,
    kind    text not null,
    hamlet  text not null,
    upto    date not null,                 -- the first day that is not in
    members bigint not null,
    primary key (unit, kind, hamlet)
);

-- The devices of a kind in a hamlet, and up to which day the totals of all may be used; who never spoke has none.
create view uptime_grouped as
select k.unit, k.kind, k.hamlet, bit_xor(hashtextextended(k.name, 0)) as members,
       min(coalesce(k.upto, case when exists (select from state_span s
                                              where (s.unit, s.kind, s.name) = (k.unit, k.kind, k.name))
                                 then date '-infinity' end)) as upto
from uptime_known k
group by k.unit, k.kind, k.hamlet;

-- Bring the totals of at most so many devices up to today; returns how many there were. Writers of spans and windows
-- hold the same lock shared: none of them is half way while totals are made.
create or replace function roll_up(p_most integer) returns integer language plpgsql as $$
declare
    today date := local_day(now());
    rolling uptime_rolled[];
begin
    perform pg_advisory_xact_lock(17, 17);
    -- upto is where to begin here: after what stands, else with the first span.
    select array_agg(row(k.unit, k.kind, k.name, k.since, k.sources, k.hamlet, k.lifecycle, k.contract)::uptime_rolled)
    into rolling
    from (select u.*, coalesce(u.upto, local_day(s.started_at)) as since
          from uptime_known u
          cross join lateral (select p.started_at from state_span p
                              where (p.unit, p.kind, p.name) = (u.unit, u.kind, u.name)
                              order by p.started_at limit 1) s
          where u.upto is null or u.upto < today
          limit p_most) k;
    if rolling is null then
        return 0;
    end if;
    delete from uptime_day d using unnest(rolling) r
    where (d.unit, d.kind, d.name) = (r.unit, r.kind, r.name) and d.day >= r.upto;
    insert into uptime_day
    select s.unit, s.kind, s.name, s.day, coalesce(b.online, 0) + sum(s.online) over sofar,
           coalesce(b.offline, 0) + sum(s.offline) over sofar, coalesce(b.fault, 0) + sum(s.fault) over sofar,
           coalesce(b.maintenance, 0) + sum(s.maintenance) over sofar, coalesce(b.blind, 0) + sum(s.blind) over sofar,
           coalesce(b.contract_online, 0) + sum(s.contract_online) over sofar,
           coalesce(b.contract_down, 0) + sum(s.contract_down) over sofar
    from (select array_agg(r.unit) as units, array_agg(r.kind) as kinds, array_agg(r.name) as names,
                 array_agg(midnight(r.upto)) as starts, array_agg(midnight(today)) as stops
          from unnest(rolling) r) l
    cross join lateral device_slices(l.units, l.kinds, l.names, l.starts, l.stops) s
    left join lateral (
        select * from uptime_day u where (u.unit, u.kind, u.name) = (s.unit, s.kind, s.name)
        order by u.day desc limit 1) b on true
    window sofar as (partition by s.unit, s.kind, s.name order by s.day);
    insert into uptime_rolled
    select r.unit, r.kind, r.name, today, r.sources, r.hamlet, r.lifecycle, r.contract from unnest(rolling) r
    on conflict (unit, kind, name) do update set
        upto = excluded.upto, sources = excluded.sources, hamlet = excluded.hamlet, lifecycle = excluded.lifecycle,
        contract = excluded.contract;
    -- What was summed stays right up to the first day that was made anew.
    update uptime_summed s set upto = c.upto
    from (select r.unit, r.kind, r.hamlet, min(r.upto) as upto from unnest(rolling) r group by r.unit, r.kind, r.hamlet) c
    where (s.unit, s.kind, s.hamlet) = (c.unit, c.kind, c.hamlet) and s.upto > c.upto;
    return cardinality(rolling);
end
$$;

-- Bring at most so many sums up to where the totals of their devices go; returns how many.
create function roll_sums(p_most integer) returns integer language plpgsql as $$
declare
    summing uptime_summed[];
begin
    perform pg_advisory_xact_lock(17, 17);
    -- upto is where to begin here; sums of other devices than now begin anew.
    select array_agg(row(g.unit, g.kind, g.hamlet, g.since, g.members)::uptime_summed) into summing
    from (select g.unit, g.kind, g.hamlet, case when s.members = g.members then s.upto else '-infinity' end as since,
                 g.members
          from uptime_grouped g
          left join uptime_summed s using (unit, kind, hamlet)
          where g.upto > '-infinity' and (s.upto is null or s.members <> g.members or s.upto < g.upto)
          limit p_most) g;
    if summing is null then
        return 0;
    end if;
    delete from uptime_sum u using unnest(summing) s
    where (u.unit, u.kind, u.hamlet) = (s.unit, s.kind, s.hamlet) and u.day >= s.upto;
    insert into uptime_sum
    select unit, kind, hamlet, day, sum(online), sum(offline), sum(fault), sum(maintenance), sum(blind),
           sum(contract_online), sum(contract_down)
    from (
        select d.unit, d.kind, d.hamlet, u.day, s.upto as since,
               u.online - lag(u.online, 1, 0::bigint) over w as online,
               u.offline - lag(u.offline, 1, 0::bigint) over w as offline,
               u.fault - lag(u.fault, 1, 0::bigint) over w as fault,
               u.maintenance - lag(u.maintenance, 1, 0::bigint) over w as maintenance,
               u.blind - lag(u.blind, 1, 0::bigint) over w as blind,
               u.contract_online - lag(u.contract_online, 1, 0::bigint) over w as contract_online,
               u.contract_down - lag(u.contract_down, 1, 0::bigint) over w as contract_down
        from unnest(summing) s
        join uptime_grouped g using (unit, kind, hamlet)
        join device d using (unit, kind, hamlet)
        cross join lateral (
            select * from uptime_day t
            where (t.unit, t.kind, t.name) = (d.unit, d.kind, d.name) and t.day >= s.upto and t.day < g.upto
            union all
            (select * from uptime_day t
             where (t.unit, t.kind, t.name) = (d.unit, d.kind, d.name) and t.day < s.upto
             order by t.day desc limit 1)) u
        window w as (partition by d.unit, d.kind, d.name order by u.day)) m
    where day >= since
    group by unit, kind, hamlet, day;
    insert into uptime_summed
    select s.unit, s.kind, s.hamlet, g.upto, s.members
    from unnest(summing) s join uptime_grouped g using (unit, kind, hamlet)
    on conflict (unit, kind, hamlet) do update set upto = excluded.upto, members = excluded.members;
    return cardinality(summing);
end
$$;

-- Microseconds of the devices of some communes by kind, hamlet and local day, for days in [p_start, p_stop), both local
-- midnights: days that are summed, then the totals of each device as far as these go, the rest from the spans. A day may
-- have several rows.
create function uptime_by_day(p_units text[], p_start timestamptz, p_stop timestamptz)
returns table (unit text, kind text, hamlet text, day date, online bigint, down bigint, maintenance bigint, blind bigint,
               contract_online bigint, contract_down bigint)
language sql stable parallel safe as $$
with summed as materialized (
    select g.unit, g.kind, g.hamlet, least(g.upto, s.upto) as cut
    from uptime_grouped g
    join uptime_summed s using (unit, kind, hamlet)
    where g.unit = any (p_units) and s.members = g.members and g.upto is not null
), known as materialized (  -- since: from where a device is counted by itself
    select k.unit, k.kind, k.name, k.hamlet, k.upto, greatest(local_day(p_start), s.cut) as since
    from uptime_known k
    left join summed s using (unit, kind, hamlet)
    where k.unit = any (p_units)
), total as (
    select k.unit, k.kind, k.name, k.hamlet, k.since, u.*
    from known k
    cross join lateral (
        select t.day, t.online, t.offline + t.fault as down, t.maintenance, t.blind, t.contract_online, t.contract_down
        from uptime_day t
        where (t.unit, t.kind, t.name) = (k.unit, k.kind, k.name) and t.day >= k.since
          and t.day < least(k.upto, local_day(p_stop))
        union all
        (select t.day, t.online, t.offline + t.fault, t.maintenance, t.blind, t.contract_online, t.contract_down
         from uptime_day t
         where (t.unit, t.kind, t.name) = (k.unit, k.kind, k.name) and t.day < k.since
         order by t.day desc limit 1)) u
    where k.upto > k.since and k.since < local_day(p_stop)
), moved as (
    select unit, kind, hamlet, day, since, online - lag(online, 1, 0::bigint) over w as online,
           down - lag(down, 1, 0::bigint) over w as down,
           maintenance - lag(maintenance, 1, 0::bigint) over w as maintenance,
           blind - lag(blind, 1, 0::bigint) over w as blind,
           contract_online - lag(contract_online, 1, 0::bigint) over w as contract_online,
           contract_down - lag(contract_down, 1, 0::bigint) over w as contract_down
    from total window w as (partition by unit, kind, name order by day)
), live as materialized (
    select array_agg(unit) as units, array_agg(kind) as kinds, array_agg(name) as names,
           array_agg(midnight(greatest(since, upto))) as starts, array_agg(p_stop) as stops
    from known where midnight(greatest(since, upto)) < least(p_stop, now())
)
select u.unit, u.kind, u.hamlet, u.day, u.online, u.offline + u.fault, u.maintenance, u.blind, u.contract_online,
       u.contract_down
from summed s
join uptime_sum u using (unit, kind, hamlet)
where u.day >= local_day(p_start) and u.day < s.cut and u.day < local_day(p_stop)
union all
select unit, kind, hamlet, day, online, down, maintenance, blind, contract_online, contract_down
from moved where day >= since
union all
select s.unit, s.kind, k.hamlet, s.day, s.online, s.offline + s.fault, s.maintenance, s.blind, s.contract_online,
       s.contract_down
from live l
cross join lateral device_slices(l.units, l.kinds, l.names, l.starts, l.stops) s
join known k using (unit, kind, name)
$$;
