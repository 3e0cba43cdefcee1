-- What numbers make of five minutes of a commune's reports (a slot), kept while the hour is not: so that an hour costs as
-- much in its last minute as in its first. A mark says now which five minutes were written to; its hour is due with it.

create table reading_slot (
    key     text not null,                 -- of the number
    unit    text not null,
    at      timestamptz not null,          -- where the five minutes begin
    label   text not null,
    samples double precision[] not null,
    primary key (key, unit, at, label)
);

create function slot_of(p_at timestamptz) returns timestamptz language sql immutable parallel safe as
    $$ select date_bin('5 minutes', p_at, timestamptz '2020-01-01 00:00+07') $$;

-- at: where the five minutes begin; of marks that are older than this column, the hour.
alter table reading_due add column kept boolean not null default false;  -- the slot is kept, and as the reports are
create index reading_due_at on reading_due (at, unit);

create or replace function reports_changed() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        insert into reading_due (unit, at) select distinct g.unit, slot_of(g.at) from gone g order by 1, 2
        on conflict (unit, at) do update set kept = false;
    end if;
    insert into reading_due (unit, at) select distinct b.unit, slot_of(b.at) from born b order by 1, 2
    on conflict (unit, at) do update set kept = false;
    return null;
end
$$;

create or replace function all_reports_gone() returns trigger language plpgsql as $$
begin
    delete from reading_slot;
    delete from reading_hour;
    delete from reading_due;
    delete from reading_day;
    delete from reading_day_due;
    delete from reading_greatest;
    delete from reading_greatest_of;
    return null;
end
$$;

create or replace function hours_due(p_units text[], p_start timestamptz, p_stop timestamptz)
returns table (units text[], start timestamptz, stop timestamptz) language sql stable parallel safe as $$
    select s.units, s.start, s.stop
    from (select array_agg(unit) as units, array_agg(hour) as hours
          from (select distinct unit, hour_of(at) as hour
                from reading_due where unit = any (p_units) and at >= p_start and at < p_stop) h) d
    cross join lateral spans_of(d.units, d.hours, '1 hour') s
$$;

-- What of these hours is to be read from the reports where slots are kept: all but these.
create function slots_due(p_units text[], p_start timestamptz, p_stop timestamptz)
returns table (units text[], start timestamptz, stop timestamptz) language sql stable parallel safe as $$
    with due as materialized (
        select unit, hour_of(at) as hour, array_agg(at) filter (where kept) as kept
        from reading_due where unit = any (p_units) and at >= p_start and at < p_stop
        group by unit, hour_of(at)
    )
    select s.units, s.start, s.stop
    from (select array_agg(unit) as units, array_agg(hour) as hours from due where kept is null) d
    cross join lateral spans_of(d.units, d.hours, '1 hour') s
    union all
    select s.units, s.start, s.stop
    from (select array_agg(d.unit) as units, array_agg(g.at) as slots
          from due d cross join lateral generate_series(d.hour, d.hour + interval '55 minutes', '5 minutes') as g(at)
          where g.at <> all (d.kept)) d
    cross join lateral spans_of(d.units, d.slots, '5 minutes') s
$$;

-- Keep at most so many slots of communes that are over, of hours that are not kept yet; returns how many.
create function roll_slots(p_most integer) returns integer language plpgsql as $$
declare
    its text[];
    slots timestamptz[];
    span record;
begin
    if to_regprocedure('indicator.keep_slots(timestamptz,timestamptz,text[])') is null then
        return 0;  -- the numbers are not there yet
    end if;
    perform pg_advisory_xact_lock(17, 23);
    with taken as (
        update reading_due set kept = true
        where (unit, at) in (select unit, at from reading_due
                             where not kept and at >= hour_of(now() - interval '5 minutes')
                               and at < slot_of(now() - interval '1 minute')
                             order by at, unit limit p_most for update skip locked)
        returning unit, at)
    select array_agg(unit), array_agg(at) into its, slots from taken;
    if its is null then
        return 0;
    end if;
    -- What follows sees what every writer of a mark that was taken has committed.
    for span in select * from spans_of(its, slots, '5 minutes') loop
        perform indicator.keep_slots(span.start, span.stop, span.units);
    end loop;
    return cardinality(its);
end
$$;

-- As before, by marks of slots, whose own are not needed any more.
create or replace function roll_hours(p_most integer) returns integer language plpgsql as $$
declare
    its text[];
    hours timestamptz[];
    span record;
begin
    if to_regprocedure('indicator.keep_hours(timestamptz,timestamptz,text[])') is null then
        return 0;
    end if;
    perform pg_advisory_xact_lock(17, 23);
    with newest as materialized (
        select unit, at from reading_due where at < hour_of(now() - interval '5 minutes')
        order by at desc, unit desc limit p_most for update skip locked
    ), taken as (
        delete from reading_due
        where (unit, at) in (select d.unit, d.at
                             from (select distinct unit, hour_of(at) as hour from newest) n
                             join reading_due d on d.unit = n.unit and d.at >= n.hour and d.at < n.hour + interval '1 hour'
                             for update of d skip locked)
        returning unit, at
    ), used as (
        delete from reading_slot k using taken t where (k.unit, k.at) = (t.unit, t.at)
    )
    select array_agg(unit), array_agg(hour) into its, hours
    from (select distinct unit, hour_of(at) as hour from taken) t;
    if its is null then
        return 0;
    end if;
    -- What follows sees what every writer of a mark that was taken has committed.
    insert into reading_day_due
    select distinct h.unit, g.at
    from (select distinct unit, day_of(at) as at from unnest(its, hours) as t(unit, at)) h
    cross join lateral generate_series(h.at, h.at + interval '6 days', '1 day') as g(at)
    order by 1, 2
    on conflict (unit, at) do update set at = excluded.at;
    delete from reading_greatest_of o using unnest(its, hours) as t(unit, at)
    where o.unit = t.unit and t.at < o.upto and t.at >= o.day - interval '6 days';
    for span in select * from spans_of(its, hours, '1 hour') loop
        perform indicator.keep_hours(span.start, span.stop, span.units);
    end loop;
    return cardinality(its);
end
$$;

-- As before, by hours: a mark may lie within one.
create or replace function roll_greatest(p_most integer) returns integer language plpgsql as $$
declare
    today timestamptz := day_of(now());
    first timestamptz := today - interval '6 days';
    done integer := 0;
    span record;
begin
    if to_regprocedure('indicator.keep_greatest(timestamptz,timestamptz,text[])') is null then
        return 0;
    end if;
    perform pg_advisory_xact_lock(17, 23);
    for span in
        select array_agg(w.unit order by w.unit) as units, w.since, w.until
        from (select u.unit, u.until, case when o.day = today and o.upto <= u.until then o.upto else first end as since
              from (select h.unit, least(hour_of(now() - interval '5 minutes'), hour_of(min(d.at))) as until
                    from (select distinct unit from device) h
                    left join reading_due d on d.unit = h.unit and d.at >= first
                    group by h.unit) u
              left join reading_greatest_of o using (unit)
              where u.until > first and (o.day is distinct from today or o.upto <> u.until)
              order by u.unit limit p_most) w
        group by w.since, w.until
    loop
        if span.since = first then
            delete from reading_greatest g where g.unit = any (span.units);
        end if;
        perform indicator.keep_greatest(span.since, span.until, span.units);
        insert into reading_greatest_of
        select unit, today, span.until from unnest(span.units) as unit
        on conflict (unit) do update set day = excluded.day, upto = excluded.upto;
        done := done + cardinality(span.units);
    end loop;
    return done;
end
$$;

create or replace function forget_readings(p_before timestamptz) returns void language sql as $$
    delete from reading_slot where at < p_before;
    delete from reading_hour where at < p_before;
    delete from reading_due where at < p_before;
    delete from reading_day where at < p_before;
    delete from reading_day_due where at < p_before;
$$;

-- The plan that PostgreSQL keeps after five calls, for any communes, takes three times as long for a hundred of them.
alter function device_sums(text[], text, timestamptz, timestamptz) set plan_cache_mode = 'force_custom_plan';

-- The same; of longer windows whole days from the totals, and what is before and after these of all devices at once.
-- Those whose totals don't go as far, one by one.
create or replace function device_uptime(p_units text[], p_kind text, p_start timestamptz, p_stop timestamptz)
returns table (unit text, kind text, name text, online_s double precision, offline_s double precision,
               fault_s double precision, maintenance_s double precision, blind_s double precision,
               contract_online_s double precision, contract_down_s double precision)
language plpgsql stable parallel safe as $$
#variable_conflict use_column
declare
    first date := local_day(p_start + interval '1 day' - interval '1 us');
    cut date := least(local_day(p_stop), local_day(now()));
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
    with known as materialized (
        select k.unit, k.kind, k.name, coalesce(cut > first and k.upto >= cut, false) as whole
        from uptime_known k
        where k.unit = any (p_units) and (p_kind is null or k.kind = p_kind)
    ), rest as materialized (
        select array_agg(unit) as units, array_agg(kind) as kinds, array_agg(name) as names,
               array_agg(p_start) as starts, array_agg(p_stop) as stops
        from known where not whole
    ), part as (
        select unit, kind, name, online, offline, fault, maintenance, blind, contract_online, contract_down
        from (select * from device_sums(p_units, p_kind, p_start, midnight(first))
              union all
              select * from device_sums(p_units, p_kind, midnight(cut), p_stop)) s
        where (unit, kind, name) in (select unit, kind, name from known where whole)
        union all
        select k.unit, k.kind, k.name, e.sign * d.online, e.sign * d.offline, e.sign * d.fault, e.sign * d.maintenance,
               e.sign * d.blind, e.sign * d.contract_online, e.sign * d.contract_down
        from known k
        cross join lateral (values (1, cut), (-1, first)) as e(sign, day)
        cross join lateral (
            select * from uptime_day u
            where (u.unit, u.kind, u.name) = (k.unit, k.kind, k.name) and u.day < e.day
            order by u.day desc limit 1) d
        where k.whole
    ), total as (
        select unit, kind, name, sum(online) as online, sum(offline) as offline, sum(fault) as fault,
               sum(maintenance) as maintenance, sum(blind) as blind, sum(contract_online) as contract_online,
               sum(contract_down) as contract_down
        from part group by unit, kind, name
        union all
        select r.units[u.n], r.kinds[u.n], r.names[u.n], u.online, u.offline, u.fault, u.maintenance, u.blind,
               u.contract_online, u.contract_down
        from rest r cross join lateral uptime_in(r.units, r.kinds, r.names, r.starts, r.stops) u
    )
    select t.unit, t.kind, t.name, (t.online / 1e6)::float, (t.offline / 1e6)::float, (t.fault / 1e6)::float,
           (t.maintenance / 1e6)::float, (t.blind / 1e6)::float, (t.contract_online / 1e6)::float,
           (t.contract_down / 1e6)::float
    from total t
    where t.online + t.offline + t.fault + t.maintenance + t.blind > 0;
end
$$;
