-- A province's boards: the time of ten thousand devices within a window at once, and how often each failed by the day.

-- Spans that stand, and those that ended within a window, without a look at each device's own.
create index state_span_stands on state_span (unit, kind, name) include (started_at, state) where ended_at is null;
create index state_span_ended on state_span (ended_at);

-- Microseconds of a length; of none, none.
create function micros(p_length interval) returns bigint language sql immutable parallel safe as
    $$ select coalesce((extract(epoch from p_length) * 1000000)::bigint, 0) $$;

-- Microseconds of devices within [p_start, p_stop): what device_slices gives, summed. Most devices have spans, and times
-- when their sources could not see, and nothing else: these are added up together, and only those that were absent, under
-- maintenance or excluded from a contract are cut into pieces one by one. fell: whether it may have begun to be seen down
-- within the window. A procedure, as those below, so that what is not needed is not even planned.
create function device_sums(p_units text[], p_kind text, p_start timestamptz, p_stop timestamptz)
returns table (unit text, kind text, name text, hamlet text, online bigint, offline bigint, fault bigint,
               maintenance bigint, blind bigint, contract_online bigint, contract_down bigint, fell boolean)
language plpgsql stable parallel safe as $$
#variable_conflict use_column
declare
    stop timestamptz := least(p_stop, now());
    units text[];
    kinds text[];
    names text[];
begin
    if p_start >= stop then
        return;
    end if;
    select array_agg(a.unit), array_agg(a.kind), array_agg(a.name) into units, kinds, names
    from (
        select d.unit, d.kind, d.name from device d
        where d.unit = any (p_units) and d.lifecycle in ('pending_install', 'disabled', 'retired')
        union
        select g.unit, g.kind, g.name from device_change g where g.unit = any (p_units) and g.field = 'lifecycle'
        union
        select d.unit, d.kind, d.name
        from maintenance m
        join device d on d.unit = m.unit and d.kind = coalesce(m.kind, d.kind) and d.name = coalesce(m.name, d.name)
        where m.unit = any (p_units) and m.cancelled_at is null and m.ends_at >= p_start and m.starts_at < p_stop
        union
        select d.unit, d.kind, d.name
        from contract_exclusion x
        join device d on d.unit = x.unit and d.kind = coalesce(x.kind, d.kind)
        where x.unit = any (p_units) and x.ends_at > p_start and x.starts_at < p_stop) a
    where p_kind is null or a.kind = p_kind;
    return query
    with dim as materialized (  -- when each source could not see
        select b.source, range_agg(tstzrange(b.started_at, coalesce(b.ended_at, 'infinity'), '[)')) as blind
        from blind_span b
        where b.started_at < p_stop and coalesce(b.ended_at, 'infinity') >= p_start
        group by b.source
    ), veiled as materialized (  -- devices all of whose sources could not see at some time
        select s.unit, s.kind, s.name, s.sources from device_source s
        where exists (select from dim) and s.unit = any (p_units) and (p_kind is null or s.kind = p_kind)
          and s.sources <@ array(select source from dim) and s.sources <> '{}'
    ), part as materialized (  -- the window, cut for those who share their sources
        select '{}'::text[] as sources, p_start as start, stop, true as seen
        union all
        select d.sources, lower(w.piece), upper(w.piece), w.seen
        from (select v.sources, (select range_intersect_agg(d.blind)
                                 from unnest(v.sources) as one(source) join dim d using (source)) as blind
              from (select distinct sources from veiled) v) d
        cross join lateral (
            select piece, true as seen from unnest(tstzmultirange(tstzrange(p_start, stop, '[)')) - d.blind) as piece
            union all
            select piece, false from unnest(tstzmultirange(tstzrange(p_start, stop, '[)')) * d.blind) as piece) w
    ), span as (
        select s.unit, s.kind, s.name, s.started_at, null::timestamptz as ended_at, s.state
        from state_span s
        where s.unit = any (p_units) and (p_kind is null or s.kind = p_kind) and s.ended_at is null
          and s.started_at < stop
        union all
        select s.unit, s.kind, s.name, s.started_at, s.ended_at, s.state
        from state_span s
        where s.unit = any (p_units) and (p_kind is null or s.kind = p_kind) and s.ended_at > p_start
          and s.ended_at <= stop
        union all  -- those that stood where the window ends, if that is past
        select s.unit, s.kind, s.name, s.started_at, s.ended_at, s.state
        from state_span s
        where p_stop < now() and s.unit = any (p_units) and (p_kind is null or s.kind = p_kind)
          and tstzrange(s.started_at, s.ended_at) @> stop and s.started_at < stop and s.ended_at > stop
        union all  -- or, by a clock that is ahead, now
        select s.unit, s.kind, s.name, s.started_at, s.ended_at, s.state
        from state_span s
        where p_stop >= now() and s.unit = any (p_units) and (p_kind is null or s.kind = p_kind)
          and s.started_at < stop and s.ended_at > stop
    ), piece as (
        select s.unit, s.kind, s.name, s.state, p.seen, greatest(s.started_at, p.start) as start,
               least(s.ended_at, p.stop) as stop, s.started_at >= p_start or v.unit is not null as begins
        from span s
        left join veiled v using (unit, kind, name)
        join part p on p.sources = coalesce(v.sources, '{}')
        where s.started_at < p.stop and coalesce(s.ended_at, 'infinity') > p.start
          and (units is null or (s.unit, s.kind, s.name) not in (select * from unnest(units, kinds, names)))
    ), total as (
        select p.unit, p.kind, p.name,
               sum(p.stop - p.start) filter (where p.seen and p.state in ('online', 'degraded')) as online,
               sum(p.stop - p.start) filter (where p.seen and p.state = 'offline') as offline,
               sum(p.stop - p.start) filter (where p.seen and p.state = 'fault') as fault,
               sum(p.stop - p.start) filter (where p.seen and p.state = 'maintenance') as maintenance,
               sum(p.stop - p.start) filter (where not p.seen or p.state = 'unknown') as blind,
               bool_or(p.begins and p.state in ('offline', 'fault')) as fell
        from piece p
        group by p.unit, p.kind, p.name
    ), agreed as (  -- what lies within a contract's hours: today's, and yesterday's if they pass midnight
        select p.unit, p.kind, p.name,
               sum(w.stop - w.start) filter (where p.state in ('online', 'degraded')) as online,
               sum(w.stop - w.start) filter (where p.state in ('offline', 'fault')) as down
        from piece p
        join contract_hours h using (kind)
        cross join lateral generate_series(local_day(p.start)::timestamp - interval '1 day', local_day(p.stop)::timestamp,
                                           '1 day') as l(day)
        cross join lateral (select greatest(p.start, midnight(l.day::date) + h.opens) as start,
                                   least(p.stop, midnight(l.day::date) + h.closes) as stop) w
        where p.seen and w.stop > w.start
        group by p.unit, p.kind, p.name
    )
    select d.unit, d.kind, d.name, d.hamlet, micros(t.online), micros(t.offline), micros(t.fault), micros(t.maintenance),
           micros(t.blind), micros(case when h.kind is null then t.online else a.online end),
           case when h.kind is null then micros(t.offline) + micros(t.fault) else micros(a.down) end, t.fell
    from total t
    join device d using (unit, kind, name)
    left join contract_hours h using (kind)
    left join agreed a using (unit, kind, name);
    if units is not null then
        return query
        select d.unit, d.kind, d.name, d.hamlet, sum(s.online)::bigint, sum(s.offline)::bigint, sum(s.fault)::bigint,
               sum(s.maintenance)::bigint, sum(s.blind)::bigint, sum(s.contract_online)::bigint,
               sum(s.contract_down)::bigint, true
        from device_slices(units, kinds, names, array_fill(p_start, array[cardinality(units)]),
                           array_fill(p_stop, array[cardinality(units)])) s
        join device d using (unit, kind, name)
        group by d.unit, d.kind, d.name, d.hamlet;
    end if;
end
$$;

-- The same in seconds; of longer windows whole days from the totals.
create or replace function device_uptime(p_units text[], p_kind text, p_start timestamptz, p_stop timestamptz)
returns table (unit text, kind text, name text, online_s double precision, offline_s double precision,
               fault_s double precision, maintenance_s double precision, blind_s double precision,
               contract_online_s double precision, contract_down_s double precision)
language plpgsql stable parallel safe as $$
#variable_conflict use_column
begin
    if p_stop - p_start <= interval '2 days' then
        return query
        select s.unit, s.kind, s.name, s.online / 1e6::float, s.offline / 1e6::float, s.fault / 1e6::float,
               s.maintenance / 1e6::float, s.blind / 1e6::float, s.contract_online / 1e6::float,
               s.contract_down / 1e6::float
        from device_sums(p_units, p_kind, p_start, p_stop) s
        where s.online + s.offline + s.fault + s.maintenance + s.blind > 0;
        return;
    end if;
    return query
    with numbered as materialized (
        select d.unit, d.kind, d.name, row_number() over () as n
        from device d
        where d.unit = any (p_units) and (p_kind is null or d.kind = p_kind)
    ), listed as (
        select array_agg(unit order by n) as units, array_agg(kind order by n) as kinds,
               array_agg(name order by n) as names, array_agg(p_start) as starts, array_agg(p_stop) as stops
        from numbered
    )
    select s.unit, s.kind, s.name, u.online / 1e6::float, u.offline / 1e6::float, u.fault / 1e6::float,
           u.maintenance / 1e6::float, u.blind / 1e6::float, u.contract_online / 1e6::float,
           u.contract_down / 1e6::float
    from listed l
    cross join lateral uptime_in(l.units, l.kinds, l.names, l.starts, l.stops) u
    join numbered s using (n);
end
$$;

-- How often devices failed by the local day, from local midnights on: how often they were seen down when they had been
-- seen to work last, or had not yet been seen in the local month. Time that was not seen, or was maintenance, neither ends
-- an outage nor counts in it.
create function device_failures(p_units text[], p_kinds text[], p_names text[],
                                p_starts timestamptz[], p_stops timestamptz[])
returns table (n bigint, unit text, kind text, name text, day date, failures bigint)
language sql stable parallel safe as $$
with seen as (
    select p.n, p.unit, p.kind, p.name, l.month, p.counted <> 'online' as down,
           greatest(p.started_at, l.month at time zone 'Asia/Ho_Chi_Minh') as at
    from (select array_agg(date_trunc('month', start, 'Asia/Ho_Chi_Minh') order by position) as starts
          from unnest(p_starts) with ordinality as s(start, position)) m
    cross join lateral device_pieces(p_units, p_kinds, p_names, m.starts, p_stops) p
    cross join lateral generate_series(
        date_trunc('month', p.started_at at time zone 'Asia/Ho_Chi_Minh'),
        (p.ended_at - interval '1 us') at time zone 'Asia/Ho_Chi_Minh', '1 month') as l(month)
    where p.counted in ('online', 'offline', 'fault')
), turn as (
    select *, coalesce(lag(down) over (partition by n, month order by at), false) as before from seen
)
select n, unit, kind, name, local_day(at), count(*)
from turn
where down and not before and at >= p_starts[n::integer]
group by n, unit, kind, name, local_day(at)
$$;

-- Failures from a device's first word to the end of a local day, and those of a day; all are made anew with them.
alter table uptime_day add column failures bigint not null default 0;
alter table uptime_sum add column failures bigint not null default 0;
truncate uptime_day, uptime_sum, uptime_rolled, uptime_summed;

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
           coalesce(b.contract_down, 0) + sum(s.contract_down) over sofar,
           coalesce(b.failures, 0) + coalesce(sum(f.failures) over sofar, 0)
    from (select array_agg(r.unit) as units, array_agg(r.kind) as kinds, array_agg(r.name) as names,
                 array_agg(midnight(r.upto)) as starts, array_agg(midnight(today)) as stops
          from unnest(rolling) r) l
    cross join lateral device_slices(l.units, l.kinds, l.names, l.starts, l.stops) s
    left join device_failures(l.units, l.kinds, l.names, l.starts, l.stops) f on (f.n, f.day) = (s.n, s.day)
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

create or replace function roll_sums(p_most integer) returns integer language plpgsql as $$
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
           sum(contract_online), sum(contract_down), sum(failures)
    from (
        select d.unit, d.kind, d.hamlet, u.day, s.upto as since,
               u.online - lag(u.online, 1, 0::bigint) over w as online,
               u.offline - lag(u.offline, 1, 0::bigint) over w as offline,
               u.fault - lag(u.fault, 1, 0::bigint) over w as fault,
               u.maintenance - lag(u.maintenance, 1, 0::bigint) over w as maintenance,
               u.blind - lag(u.blind, 1, 0::bigint) over w as blind,
               u.contract_online - lag(u.contract_online, 1, 0::bigint) over w as contract_online,
               u.contract_down - lag(u.contract_down, 1, 0::bigint) over w as contract_down,
               u.failures - lag(u.failures, 1, 0::bigint) over w as failures
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

-- Microseconds of the devices of some communes, of one kind or all, by kind, hamlet and local day, for days in
-- [p_start, p_stop), both local midnights; failures where p_failures, else null. Days that are over from the sums, or from
-- the totals of each device as far as these go, else from the spans; the running day from the spans of all at once. A day
-- may have several rows.
drop function uptime_by_day;
create function uptime_by_day(p_units text[], p_start timestamptz, p_stop timestamptz, p_kind text default null,
                              p_failures boolean default false)
returns table (unit text, kind text, hamlet text, day date, online bigint, down bigint, maintenance bigint, blind bigint,
               contract_online bigint, contract_down bigint, failures bigint)
language plpgsql stable parallel safe set enable_memoize = off as $$  -- devices are asked once each
#variable_conflict use_column
declare
    today timestamptz := midnight(local_day(now()));
    over date := least(local_day(p_stop), local_day(now()));
    summed uptime_summed[];                -- upto which day the sums may be used
    single uptime_rolled[];                -- devices that these don't cover
begin
    if local_day(p_start) < over then
        with member as materialized (
            select * from uptime_known k where k.unit = any (p_units) and (p_kind is null or k.kind = p_kind)
        ), usable as materialized (
            select g.unit, g.kind, g.hamlet, least(g.upto, s.upto) as cut, s.members
            from (select k.unit, k.kind, k.hamlet, bit_xor(hashtextextended(k.name, 0)) as members,  -- as uptime_grouped
                         min(coalesce(k.upto, case when exists (select from state_span s
                                                                where (s.unit, s.kind, s.name) = (k.unit, k.kind, k.name))
                                                   then date '-infinity' end)) as upto
                  from member k
                  group by k.unit, k.kind, k.hamlet) g
            join uptime_summed s using (unit, kind, hamlet)
            where s.members = g.members and g.upto is not null
        )
        select (select array_agg(row(unit, kind, hamlet, cut, members)::uptime_summed) from usable),
               (select array_agg(row(k.unit, k.kind, k.name, k.upto, '{}', k.hamlet, '', '')::uptime_rolled)
                from member k left join usable s using (unit, kind, hamlet)
                where greatest(local_day(p_start), s.cut) < over)
        into summed, single;
        return query
        select u.unit, u.kind, u.hamlet, u.day, u.online, u.offline + u.fault, u.maintenance, u.blind, u.contract_online,
               u.contract_down, u.failures
        from unnest(summed) s
        join uptime_sum u using (unit, kind, hamlet)
        where u.day >= local_day(p_start) and u.day < s.upto and u.day < over;
    end if;
    if single is not null then
        return query
        with known as materialized (  -- since: from where a device is counted by itself
            select k.unit, k.kind, k.name, k.hamlet, k.upto, greatest(local_day(p_start), s.upto) as since
            from unnest(single) k left join unnest(summed) s using (unit, kind, hamlet)
        ), total as (
            select k.unit, k.kind, k.name, k.hamlet, k.since, u.*
            from known k
            cross join lateral (
                select t.day, t.online, t.offline + t.fault as down, t.maintenance, t.blind, t.contract_online,
                       t.contract_down, t.failures
                from uptime_day t
                where (t.unit, t.kind, t.name) = (k.unit, k.kind, k.name) and t.day >= k.since
                  and t.day < least(k.upto, over)
                union all
                (select t.day, t.online, t.offline + t.fault, t.maintenance, t.blind, t.contract_online, t.contract_down,
                        t.failures
                 from uptime_day t
                 where (t.unit, t.kind, t.name) = (k.unit, k.kind, k.name) and t.day < k.since
                 order by t.day desc limit 1)) u
            where k.upto > k.since
        ), moved as (
            select unit, kind, hamlet, day, since, online - lag(online, 1, 0::bigint) over w as online,
                   down - lag(down, 1, 0::bigint) over w as down,
                   maintenance - lag(maintenance, 1, 0::bigint) over w as maintenance,
                   blind - lag(blind, 1, 0::bigint) over w as blind,
                   contract_online - lag(contract_online, 1, 0::bigint) over w as contract_online,
                   contract_down - lag(contract_down, 1, 0::bigint) over w as contract_down,
                   failures - lag(failures, 1, 0::bigint) over w as failures
            from total window w as (partition by unit, kind, name order by day)
        ), behind as materialized (
            select array_agg(unit) as units, array_agg(kind) as kinds, array_agg(name) as names,
                   array_agg(midnight(greatest(since, upto))) as starts, array_agg(midnight(over)) as stops
            from known where greatest(since, upto) < over
        )
        select unit, kind, hamlet, day, online, down, maintenance, blind, contract_online, contract_down, failures
        from moved where day >= since
        union all
        select s.unit, s.kind, k.hamlet, s.day, s.online, s.offline + s.fault, s.maintenance, s.blind, s.contract_online,
               s.contract_down, 0
        from behind l
        cross join lateral device_slices(l.units, l.kinds, l.names, l.starts, l.stops) s
        join known k using (unit, kind, name)
        union all
        select f.unit, f.kind, k.hamlet, f.day, 0, 0, 0, 0, 0, 0, f.failures
        from behind l
        cross join lateral device_failures(l.units, l.kinds, l.names, l.starts, l.stops) f
        join known k using (unit, kind, name)
        where p_failures;
    end if;
    if p_stop > today and p_start < now() then
        return query
        with live as materialized (
            select * from device_sums(p_units, p_kind, greatest(p_start, today), p_stop)
        )
        select s.unit, s.kind, s.hamlet, local_day(now()), sum(s.online)::bigint, sum(s.offline + s.fault)::bigint,
               sum(s.maintenance)::bigint, sum(s.blind)::bigint, sum(s.contract_online)::bigint,
               sum(s.contract_down)::bigint, 0::bigint
        from live s
        group by s.unit, s.kind, s.hamlet
        union all
        select f.unit, f.kind, d.hamlet, f.day, 0, 0, 0, 0, 0, 0, f.failures
        from (select array_agg(s.unit) as units, array_agg(s.kind) as kinds, array_agg(s.name) as names,
                     array_agg(greatest(p_start, today)) as starts, array_agg(p_stop) as stops
              from live s
              where p_failures and s.offline + s.fault > 0
                and (s.fell or extract(day from local_day(now())) = 1)) l
        cross join lateral device_failures(l.units, l.kinds, l.names, l.starts, l.stops) f
        join device d using (unit, kind, name);
    end if;
end
$$;

-- What the time of single devices counted as by the local day, in microseconds, for days in [p_start, p_stop), both local
-- midnights: their totals as far as these go, the rest from the spans. n: which device.
create function device_days(p_units text[], p_kinds text[], p_names text[], p_start timestamptz, p_stop timestamptz)
returns table (n bigint, unit text, kind text, name text, day date, online bigint, offline bigint, fault bigint,
               maintenance bigint, blind bigint)
language sql stable parallel safe as $$
with asked as materialized (
    select a.n, k.unit, k.kind, k.name, k.upto
    from unnest(p_units, p_kinds, p_names) with ordinality as a(unit, kind, name, n) join uptime_known k using (unit, kind, name)
), moved as (
    select a.n, a.unit, a.kind, a.name, u.day, u.online - lag(u.online, 1, 0::bigint) over w as online,
           u.offline - lag(u.offline, 1, 0::bigint) over w as offline,
           u.fault - lag(u.fault, 1, 0::bigint) over w as fault,
           u.maintenance - lag(u.maintenance, 1, 0::bigint) over w as maintenance,
           u.blind - lag(u.blind, 1, 0::bigint) over w as blind
    from asked a
    cross join lateral (
        select * from uptime_day t
        where (t.unit, t.kind, t.name) = (a.unit, a.kind, a.name) and t.day >= local_day(p_start)
          and t.day < least(a.upto, local_day(p_stop))
        union all
        (select * from uptime_day t
         where (t.unit, t.kind, t.name) = (a.unit, a.kind, a.name) and t.day < local_day(p_start)
         order by t.day desc limit 1)) u
    where a.upto > local_day(p_start)
    window w as (partition by a.n order by u.day)
), live as materialized (
    select array_agg(n) as ns, array_agg(unit) as units, array_agg(kind) as kinds, array_agg(name) as names,
           array_agg(midnight(greatest(local_day(p_start), upto))) as starts, array_agg(p_stop) as stops
    from asked where midnight(greatest(local_day(p_start), upto)) < least(p_stop, now())
)
select * from moved where day >= local_day(p_start)
union all
select l.ns[s.n], s.unit, s.kind, s.name, s.day, s.online, s.offline, s.fault, s.maintenance, s.blind
from live l cross join lateral device_slices(l.units, l.kinds, l.names, l.starts, l.stops) s
$$;
