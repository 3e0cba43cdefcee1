-- What a device's time counts as, exactly; and totals by the local day, so that a year is as fast as an hour.
--
-- availability = 100 * online / (online + offline + fault): the observed time without maintenance; null where nothing
-- was observed. Maintenance comes first, then what we could not see, then the state. Degraded counts as online,
-- unknown as blind. While a device waits for installation, is out of use or retired, its time counts as nothing.

-- Hours that a contract speaks of, by kind, from the local midnight; closes later than 24:00 is the next day.
create table contract_hours (
    kind   text primary key,
    opens  interval not null,
    closes interval not null,
    check (opens >= '0' and closes > opens and closes <= opens + interval '24 hours')
);

-- Windows that a contract does not count, as cuts of power that were acknowledged.
create table contract_exclusion (
    unit      text not null,
    kind      text,                        -- null: all kinds
    hamlet    text,                        -- null: all hamlets
    starts_at timestamptz not null,
    ends_at   timestamptz not null,
    reason    text not null,
    check (ends_at > starts_at)
);

-- Totals of a device from its first word to the end of a local day, in microseconds: a window is a difference of two.
create table uptime_day (
    unit            text not null,
    kind            text not null,
    name            text not null,
    day             date not null,
    online          bigint not null,
    offline         bigint not null,
    fault           bigint not null,
    maintenance     bigint not null,
    blind           bigint not null,
    contract_online bigint not null,       -- within the contract's hours, without its exclusions
    contract_down   bigint not null,       -- offline or fault, the same
    primary key (unit, kind, name, day)
);

-- Up to which day the totals of a device are right, and what they were made with.
create table uptime_rolled (
    unit      text not null,
    kind      text not null,
    name      text not null,
    upto      date not null,               -- the first day that is not in
    sources   text[] not null,             -- where these differ from the present, the totals are not used
    hamlet    text not null,
    lifecycle text not null,
    contract  text not null,
    primary key (unit, kind, name)
);
create index uptime_rolled_upto on uptime_rolled (upto);

create function local_day(p_at timestamptz) returns date language sql immutable parallel safe as
    $$ select (p_at at time zone 'Asia/Ho_Chi_Minh')::date $$;
create function midnight(p_day date) returns timestamptz language sql immutable parallel safe as
    $$ select p_day::timestamp at time zone 'Asia/Ho_Chi_Minh' $$;

-- The sources that speak of each device: it is unseen only while none of them sees.
create view device_source as
select unit, kind, name,
       case when facts = '{}' then array[source] else array(select jsonb_object_keys(facts)) end as sources
from device_state;

-- Intervals of devices, each within its window [start, stop), n counting the windows, as what they count and why. This
-- is the one definition: whatever is said of availability is a sum of these. counted: online offline fault maintenance
-- blind, or null. Spans of a device do not overlap; one that lasts ends now.
create function device_pieces(p_units text[], p_kinds text[], p_names text[],
                              p_starts timestamptz[], p_stops timestamptz[])
returns table (n bigint, unit text, kind text, name text, started_at timestamptz, ended_at timestamptz, counted text,
               state text, reason text, source text, word text)
language sql stable parallel safe as $$
with asked as materialized (
    select a.n, a.unit, a.kind, a.name, a.start, least(a.stop, now()) as stop,
           s.sources
    from unnest(p_units, p_kinds, p_names, p_starts, p_stops) with ordinality as a(unit, kind, name, start, stop, n)
    left join device_source s using (unit, kind, name)
    where a.start < least(a.stop, now())
), dim as materialized (  -- when each source could not see
    select b.source, range_agg(tstzrange(b.started_at, coalesce(b.ended_at, 'infinity'), '[)')) as blind
    from blind_span b
    where b.started_at < (select max(stop) from asked)
      and coalesce(b.ended_at, 'infinity') > (select min(start) from asked)
    group by b.source
), dark as materialized (  -- when none of several could
    select a.sources, (select range_intersect_agg(coalesce(d.blind, '{}'))
                       from unnest(a.sources) as one(source) left join dim d using (source)) as blind
    from (select distinct sources from asked where sources && array(select source from dim)) a
), away as materialized (  -- when it was not there to be seen
    select c.unit, c.kind, c.name, range_agg(tstzrange(b.starts_at, b.ends_at, '[)')) as absent
    from (select distinct unit, kind, name from asked) c
    join device d using (unit, kind, name)
    cross join lateral absence_of(c.unit, c.kind, c.name) b
    where d.lifecycle in ('pending_install', 'disabled', 'retired')
       or exists (select from device_change g
                  where (g.unit, g.kind, g.name, g.field) = (c.unit, c.kind, c.name, 'lifecycle'))
    group by c.unit, c.kind, c.name
), tended as materialized (  -- when it was under maintenance
    select c.unit, c.kind, c.name, range_agg(tstzrange(w.starts_at, w.ends_at, '[)')) as kept
    from (select distinct unit, kind, name from asked) c
    cross join lateral maintenance_of(c.unit, c.kind, c.name) w
    where c.unit in (select m.unit from maintenance m where m.ends_at > (select min(start) from asked))
    group by c.unit, c.kind, c.name
)
select a.n, a.unit, a.kind, a.name, lower(c.piece), upper(c.piece), c.counted, s.state, s.reason, s.source, s.word
from asked a
left join dark d using (sources)
left join away y using (unit, kind, name)
left join tended t using (unit, kind, name)
cross join lateral (
    (select started_at, ended_at, state, reason, source, word from state_span p
     where (p.unit, p.kind, p.name) = (a.unit, a.kind, a.name) and started_at <= a.start
     order by started_at desc limit 1)
    union all
    select started_at, ended_at, state, reason, source, word from state_span p
    where (p.unit, p.kind, p.name) = (a.unit, a.kind, a.name) and started_at > a.start and started_at < a.stop) s
cross join lateral (
    select tstzmultirange(tstzrange(greatest(s.started_at, a.start), least(s.ended_at, a.stop), '[)'))
           - coalesce(y.absent, '{}') as there
    where coalesce(s.ended_at, 'infinity') > greatest(s.started_at, a.start)) w
cross join lateral (
    select 'maintenance' as counted, piece from unnest(w.there * coalesce(t.kept, '{}')) as piece
    union all
    select 'blind', piece from unnest((w.there - coalesce(t.kept, '{}')) * coalesce(d.blind, '{}')) as piece
    union all
    select case when s.state in ('online', 'degraded') then 'online' when s.state = 'unknown' then 'blind'
                when s.state in ('offline', 'fault', 'maintenance') then s.state end, piece
    from unnest(w.there - coalesce(t.kept, '{}') - coalesce(d.blind, '{}')) as piece) c
$$;

-- The same by the local day, in microseconds.
create function device_slices(p_units text[], p_kinds text[], p_names text[],
                              p_starts timestamptz[], p_stops timestamptz[])
returns table (n bigint, unit text, kind text, name text, day date, online bigint, offline bigint, fault bigint,
               maintenance bigint, blind bigint, contract_online bigint, contract_down bigint)
language sql stable parallel safe as $$
with excluded as materialized (
    select d.unit, d.kind, d.name, range_agg(tstzrange(x.starts_at, x.ends_at, '[)')) as windows
    from contract_exclusion x
    join device d on d.unit = x.unit and d.kind = coalesce(x.kind, d.kind) and d.hamlet = coalesce(x.hamlet, d.hamlet)
    where d.unit = any (p_units)
    group by d.unit, d.kind, d.name
), slice as (
    select p.n, p.unit, p.kind, p.name, p.counted, l.day::date as day,
           greatest(p.started_at, midnight(l.day::date)) as start,
           least(p.ended_at, midnight(l.day::date + 1)) as stop
    from device_pieces(p_units, p_kinds, p_names, p_starts, p_stops) p
    cross join lateral generate_series(local_day(p.started_at)::timestamp,
                                       local_day(p.ended_at - interval '1 us')::timestamp, '1 day') as l(day)
    where p.counted is not null
), measured as (
    select s.n, s.unit, s.kind, s.name, s.counted, s.day,
           (extract(epoch from s.stop - s.start) * 1000000)::bigint as whole,
           case when s.counted not in ('online', 'offline', 'fault') then 0
                when h.kind is null and x.windows is null
                then (extract(epoch from s.stop - s.start) * 1000000)::bigint
                else (select coalesce(sum(extract(epoch from upper(r) - lower(r)) * 1000000), 0)::bigint
                      from unnest(tstzmultirange(tstzrange(s.start, s.stop, '[)'))
                                  * coalesce(tstzmultirange(  -- today's hours, and yesterday's if they pass midnight
                                        tstzrange(midnight(s.day) + h.opens, midnight(s.day) + h.closes, '[)'),
                                        tstzrange(midnight(s.day - 1) + h.opens, midnight(s.day - 1) + h.closes, '[)')),
                                        '{(,)}')
                                  - coalesce(x.windows, '{}')) as r)
           end as agreed
    from slice s
    left join contract_hours h using (kind)
    left join excluded x using (unit, kind, name)
)
select n, unit, kind, name, day,
       coalesce(sum(whole) filter (where counted = 'online'), 0)::bigint,
       coalesce(sum(whole) filter (where counted = 'offline'), 0)::bigint,
       coalesce(sum(whole) filter (where counted = 'fault'), 0)::bigint,
       coalesce(sum(whole) filter (where counted = 'maintenance'), 0)::bigint,
       coalesce(sum(whole) filter (where counted = 'blind'), 0)::bigint,
       coalesce(sum(agreed) filter (where counted = 'online'), 0)::bigint,
       coalesce(sum(agreed) filter (where counted in ('offline', 'fault')), 0)::bigint
from measured
group by n, unit, kind, name, day
$$;

-- Each device with the day up to which its totals may be used; null: not at all.
create view uptime_known as
select d.unit, d.kind, d.name, d.hamlet, d.lifecycle, coalesce(s.sources, '{}') as sources, m.contract,
       case when (r.hamlet, r.lifecycle, r.contract) = (d.hamlet, d.lifecycle, m.contract)
             and r.sources = coalesce(s.sources, '{}') then r.upto end as upto
from device d
left join device_source s using (unit, kind, name)
left join uptime_rolled r using (unit, kind, name)
cross join (select coalesce((select value from store_meta where key = 'contracts'), '') as contract) m;

-- Microseconds of each window: whole days from the totals as far as these go, the rest from the spans.
create function uptime_in(p_units text[], p_kinds text[], p_names text[], p_starts timestamptz[], p_stops timestamptz[])
returns table (n bigint, online bigint, offline bigint, fault bigint, maintenance bigint, blind bigint,
               contract_online bigint, contract_down bigint)
language sql stable parallel safe as $$
with subject as materialized (
    select a.n, a.unit, a.kind, a.name, a.start, a.stop, local_day(a.start + interval '1 day' - interval '1 us') as first,
           case when k.upto < local_day(a.stop) then k.upto when k.upto is not null then local_day(a.stop) end as cut
    from unnest(p_units, p_kinds, p_names, p_starts, p_stops) with ordinality as a(unit, kind, name, start, stop, n)
    left join uptime_known k using (unit, kind, name)
), edge as (
    select n, unit, kind, name, start, case when cut > first then midnight(first) else stop end as stop from subject
    union all
    select n, unit, kind, name, midnight(cut), stop from subject where cut > first
), listed as (
    select array_agg(n) as ns, array_agg(unit) as units, array_agg(kind) as kinds, array_agg(name) as names,
           array_agg(start) as starts, array_agg(stop) as stops
    from edge where start < least(stop, now())
), part as (
    select l.ns[s.n] as n, s.online, s.offline, s.fault, s.maintenance, s.blind, s.contract_online, s.contract_down
    from listed l, device_slices(l.units, l.kinds, l.names, l.starts, l.stops) s
    union all
    select s.n, e.sign * d.online, e.sign * d.offline, e.sign * d.fault, e.sign * d.maintenance, e.sign * d.blind,
           e.sign * d.contract_online, e.sign * d.contract_down
    from subject s
    cross join lateral (values (1, s.cut), (-1, s.first)) as e(sign, day)
    cross join lateral (
        select * from uptime_day u
        where (u.unit, u.kind, u.name) = (s.unit, s.kind, s.name) and u.day < e.day
        order by u.day desc limit 1) d
    where s.cut > s.first
)
select n, sum(online)::bigint, sum(offline)::bigint, sum(fault)::bigint, sum(maintenance)::bigint, sum(blind)::bigint,
       sum(contract_online)::bigint, sum(contract_down)::bigint
from part
group by n
having sum(online + offline + fault + maintenance + blind) > 0
$$;

-- Where the devices of some communes stood within [p_start, p_stop): one that moved has a row for each place.
create function device_places(p_units text[], p_kind text, p_start timestamptz, p_stop timestamptz)
returns table (unit text, kind text, name text, hamlet text, start timestamptz, stop timestamptz)
language sql stable parallel safe as $$
    select d.unit, d.kind, d.name, d.hamlet, p_start, p_stop
    from device d
    where d.unit = any (p_units) and (p_kind is null or d.kind = p_kind)
      and not exists (select from device_change g
                      where (g.unit, g.kind, g.name, g.field) = (d.unit, d.kind, d.name, 'hamlet'))
    union all
    select d.unit, d.kind, d.name, p.value, greatest(lower(p.during), p_start), least(upper(p.during), p_stop)
    from (select distinct unit, kind, name from device_change
          where field = 'hamlet' and unit = any (p_units) and (p_kind is null or kind = p_kind)) d
    cross join lateral device_past(d.unit, d.kind, d.name, 'hamlet') p
    where p.during && tstzrange(p_start, p_stop, '[)')
$$;

-- Seconds that devices spent in each state within [p_start, p_stop), by the hamlets where they stood.
create function hamlet_uptime(p_units text[], p_kind text, p_start timestamptz, p_stop timestamptz)
returns table (unit text, kind text, name text, hamlet text, online_s double precision, offline_s double precision,
               fault_s double precision, maintenance_s double precision, blind_s double precision,
               contract_online_s double precision, contract_down_s double precision)
language sql stable parallel safe as $$
with numbered as materialized (
    select p.*, row_number() over () as n from device_places(p_units, p_kind, p_start, p_stop) p
), listed as (
    select array_agg(unit order by n) as units, array_agg(kind order by n) as kinds,
           array_agg(name order by n) as names, array_agg(start order by n) as starts, array_agg(stop order by n) as stops
    from numbered
)
select s.unit, s.kind, s.name, s.hamlet, sum(u.online) / 1e6, sum(u.offline) / 1e6, sum(u.fault) / 1e6,
       sum(u.maintenance) / 1e6, sum(u.blind) / 1e6, sum(u.contract_online) / 1e6, sum(u.contract_down) / 1e6
from listed l
cross join lateral uptime_in(l.units, l.kinds, l.names, l.starts, l.stops) u
join numbered s using (n)
group by s.unit, s.kind, s.name, s.hamlet
$$;

-- The same by device.
drop function device_uptime;
create function device_uptime(p_units text[], p_kind text, p_start timestamptz, p_stop timestamptz)
returns table (unit text, kind text, name text, online_s double precision, offline_s double precision,
               fault_s double precision, maintenance_s double precision, blind_s double precision,
               contract_online_s double precision, contract_down_s double precision)
language sql stable parallel safe as $$
with numbered as materialized (
    select d.unit, d.kind, d.name, row_number() over () as n
    from device d
    where d.unit = any (p_units) and (p_kind is null or d.kind = p_kind)
), listed as (
    select array_agg(unit order by n) as units, array_agg(kind order by n) as kinds,
           array_agg(name order by n) as names, array_agg(p_start) as starts, array_agg(p_stop) as stops
    from numbered
)
select s.unit, s.kind, s.name, u.online / 1e6, u.offline / 1e6, u.fault / 1e6, u.maintenance / 1e6,
       u.blind / 1e6, u.contract_online / 1e6, u.contract_down / 1e6
from listed l
cross join lateral uptime_in(l.units, l.kinds, l.names, l.starts, l.stops) u
join numbered s using (n)
$$;

-- Bring the totals of at most so many devices up to today; returns how many there were. Writers of spans and windows
-- hold the same lock shared: none of them is half way while totals are made.
create function roll_up(p_most integer) returns integer language plpgsql as $$
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
    return cardinality(rolling);
end
$$;

-- Whoever changes what lies in the past takes the totals back to that day, in the same transaction.
create function span_changed() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(17, 17);
    if tg_op = 'INSERT' then
        update uptime_rolled r set upto = c.day
        from (select unit, kind, name, local_day(min(started_at)) as day from born group by unit, kind, name) c
        where (r.unit, r.kind, r.name) = (c.unit, c.kind, c.name) and r.upto > c.day;
    elsif tg_op = 'DELETE' then
        update uptime_rolled r set upto = c.day
        from (select unit, kind, name, local_day(min(started_at)) as day from gone group by unit, kind, name) c
        where (r.unit, r.kind, r.name) = (c.unit, c.kind, c.name) and r.upto > c.day;
    else
        update uptime_rolled r set upto = c.day
        from (select unit, kind, name, local_day(min(case when g.state = b.state then least(g.ended_at, b.ended_at)
                                                          else started_at end)) as day
              from gone g
              full join born b using (unit, kind, name, started_at)
              where g.state is distinct from b.state or g.ended_at is distinct from b.ended_at
              group by unit, kind, name) c
        where (r.unit, r.kind, r.name) = (c.unit, c.kind, c.name) and r.upto > c.day;
    end if;
    return null;
end
$$;
create trigger span_inserted after insert on state_span referencing new table as born
    for each statement execute function span_changed();
create trigger span_updated after update on state_span referencing old table as gone new table as born
    for each statement execute function span_changed();
create trigger span_deleted after delete on state_span referencing old table as gone
    for each statement execute function span_changed();

create function blindness_changed() returns trigger language plpgsql as $$
declare
    since timestamptz := least(new.started_at, old.started_at);
begin
    perform pg_advisory_xact_lock_shared(17, 17);
    if tg_op = 'UPDATE' and (new.source, new.started_at) = (old.source, old.started_at) then
        since := least(new.ended_at, old.ended_at);  -- what lies before was blind and stays so; null: both last
    end if;
    update uptime_rolled set upto = local_day(since)
    where upto > local_day(since) and sources && array_remove(array[new.source, old.source], null);
    return null;
end
$$;
create trigger blindness_changed after insert or update or delete on blind_span
    for each row execute function blindness_changed();

create function maintenance_changed() returns trigger language plpgsql as $$
declare
    since date := local_day(least(new.starts_at, old.starts_at));
begin
    perform pg_advisory_xact_lock_shared(17, 17);
    update uptime_rolled set upto = since where upto > since and unit in (old.unit, new.unit);
    return null;
end
$$;
create trigger maintenance_changed after insert or delete on maintenance
    for each row execute function maintenance_changed();
create trigger maintenance_moved
    after update of unit, kind, name, hamlet, starts_at, ends_at, cancelled_at on maintenance
    for each row execute function maintenance_changed();

-- Where it stood and whether it was there, before and after.
create function device_changed() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(17, 17);
    delete from uptime_rolled
    where (unit, kind, name) in ((new.unit, new.kind, new.name), (old.unit, old.kind, old.name));
    return null;
end
$$;
create trigger device_changed after insert or update or delete on device_change
    for each row execute function device_changed();

create function all_changed() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(17, 17);
    delete from uptime_rolled;
    return null;
end
$$;
create trigger all_spans_gone after truncate on state_span for each statement execute function all_changed();
create trigger all_blindness_gone after truncate on blind_span for each statement execute function all_changed();
create trigger all_maintenance_gone after truncate on maintenance for each statement execute function all_changed();
create trigger all_changes_gone after truncate on device_change for each statement execute function all_changed();
