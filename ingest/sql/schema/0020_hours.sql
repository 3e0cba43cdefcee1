-- What numbers make of an hour of a commune's reports, kept, so that a year is as fast as a day. Which numbers, and how,
-- is said with them (schema "indicator"). An hour is kept once it is over; whoever writes to its reports marks it in the
-- same transaction, and until it is made anew it is read from the reports. What is kept is therefore never wrong.

create table reading_hour (
    key     text not null,                 -- of the number
    unit    text not null,
    at      timestamptz not null,          -- where the hour begins
    label   text not null,
    value   numeric,
    n       bigint not null,               -- of how many readings
    samples double precision[],            -- where a percentile of longer than an hour is made of them, ascending
    primary key (key, unit, at, label)
);

-- Hours of communes whose reports were written to since they were kept.
create table reading_due (
    unit text not null,
    at   timestamptz not null,
    primary key (unit, at)
) with (fillfactor = 50);

-- What is made of the hours of seven days, by the local day that is their last; days whose hours were kept anew since.
create table reading_day (
    key   text not null,
    unit  text not null,
    at    timestamptz not null,            -- the local midnight where the day begins
    label text not null,
    value numeric,
    primary key (key, unit, at, label)
);
create table reading_day_due (
    unit text not null,
    at   timestamptz not null,
    primary key (unit, at)
) with (fillfactor = 50);

create function hour_of(p_at timestamptz) returns timestamptz language sql immutable parallel safe as
    $$ select date_bin('1 hour', p_at, timestamptz '2020-01-01 00:00+07') $$;
create function day_of(p_at timestamptz) returns timestamptz language sql immutable parallel safe as
    $$ select date_bin('1 day', p_at, timestamptz '2020-01-01 00:00+07') $$;

-- The mark is locked until the writer commits: who keeps hours passes by, and comes again. Deleting has no trigger, since
-- TimescaleDB's columns refuse one that sees what is gone: who deletes says so himself (drop_doubles).
create function reports_changed() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        insert into reading_due select distinct g.unit, hour_of(g.at) from gone g order by 1, 2
        on conflict (unit, at) do update set at = excluded.at;
    end if;
    insert into reading_due select distinct b.unit, hour_of(b.at) from born b order by 1, 2
    on conflict (unit, at) do update set at = excluded.at;
    return null;
end
$$;
create trigger reports_inserted after insert on device_report referencing new table as born
    for each statement execute function reports_changed();
create trigger reports_updated after update on device_report referencing old table as gone new table as born
    for each statement execute function reports_changed();

create function all_reports_gone() returns trigger language plpgsql as $$
begin
    delete from reading_hour;
    delete from reading_due;
    delete from reading_day;
    delete from reading_day_due;
    return null;
end
$$;
create trigger all_reports_gone after truncate on device_report
    for each statement execute function all_reports_gone();

-- Reports in [p_start, p_stop) of the devices of a kind that hold one of the quantities. Its bounds are constants to the
-- planner, which then looks at one or two days; with bounds like now() it would plan for each of four hundred.
create function device_reports(p_units text[], p_kind text, p_quantities text[],
                               p_start timestamptz, p_stop timestamptz)
returns table (unit text, name text, at timestamptz, readings jsonb, labels jsonb)
language plpgsql stable parallel safe as $$
begin
    return query execute format($sql$
        select r.unit, r.name, r.at, r.readings, r.labels
        from device d
        join device_report r on (r.unit, r.name, r.kind) = (d.unit, d.name, d.kind)
        where d.unit = any ($1) and d.kind = $2 and r.readings ?| $3 and r.at >= %L and r.at < %L
        $sql$, p_start, p_stop) using p_units, p_kind, p_quantities;
end
$$;

-- The last of them in each step from p_start on (``slot``), of each device. One descent of the index each: what lies
-- between is not read.
create function last_reports(p_units text[], p_kind text, p_quantity text,
                             p_start timestamptz, p_stop timestamptz, p_step interval)
returns table (unit text, name text, slot timestamptz, readings jsonb, labels jsonb)
language plpgsql stable parallel safe as $$
begin
    return query execute format($sql$
        select d.unit, d.name, b.slot, r.readings, r.labels
        from device d
        cross join generate_series($4, $5 - interval '1 us', $6) as b(slot)
        cross join lateral (
            select r.readings, r.labels
            from device_report r
            where r.unit = d.unit and r.name = d.name and r.kind = d.kind and r.readings ? $3
              and r.at >= b.slot and r.at < b.slot + $6 and r.at >= %L and r.at < %L
            order by r.at desc limit 1) r
        where d.unit = any ($1) and d.kind = $2
        $sql$, p_start, p_stop) using p_units, p_kind, p_quantity, p_start, p_stop, p_step;
end
$$;

-- Steps of time that follow one another for the same communes, as spans.
create function spans_of(p_units text[], p_ats timestamptz[], p_step interval)
returns table (units text[], start timestamptz, stop timestamptz) language sql immutable parallel safe as $$
    select units, min(at), max(at) + p_step
    from (select units, at, at - row_number() over (partition by units order by at) * p_step as run
          from (select array_agg(unit order by unit) as units, at
                from unnest(p_units, p_ats) as h(unit, at) group by at) h) h
    group by units, run
$$;

-- Hours within [p_start, p_stop) that are to be read from the reports.
create function hours_due(p_units text[], p_start timestamptz, p_stop timestamptz)
returns table (units text[], start timestamptz, stop timestamptz) language sql stable parallel safe as $$
    select s.units, s.start, s.stop
    from (select array_agg(unit) as units, array_agg(at) as hours
          from reading_due where unit = any (p_units) and at >= p_start and at < p_stop) d
    cross join lateral spans_of(d.units, d.hours, '1 hour') s
$$;

-- Days within [p_start, p_stop) that are to be made of their hours.
create function days_due(p_units text[], p_start timestamptz, p_stop timestamptz)
returns table (unit text, at timestamptz) language sql stable parallel safe as $$
    select unit, at from reading_day_due where unit = any (p_units) and at >= p_start and at < p_stop
    union
    select d.unit, g.at
    from (select distinct unit, day_of(at) as at from reading_due
          where unit = any (p_units) and at >= p_start - interval '6 days' and at < p_stop) d
    cross join lateral generate_series(d.at, d.at + interval '6 days', '1 day') as g(at)
    where g.at >= p_start and g.at < p_stop
$$;

-- Keep at most so many hours of communes that are over and due, the newest first; returns how many.
create function roll_hours(p_most integer) returns integer language plpgsql as $$
declare
    its text[];
    hours timestamptz[];
    span record;
begin
    if to_regprocedure('indicator.keep_hours(timestamptz,timestamptz,text[])') is null then
        return 0;  -- the numbers are not there yet
    end if;
    with taken as (
        delete from reading_due
        where (unit, at) in (select unit, at from reading_due where at < hour_of(now() - interval '5 minutes')
                             order by at desc, unit limit p_most for update skip locked)
        returning unit, at)
    select array_agg(unit), array_agg(at) into its, hours from taken;
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
    for span in select * from spans_of(its, hours, '1 hour') loop
        perform indicator.keep_hours(span.start, span.stop, span.units);
    end loop;
    return cardinality(its);
end
$$;

-- The same for days that are over and none of whose hours is due.
create function roll_days(p_most integer) returns integer language plpgsql as $$
declare
    its text[];
    days timestamptz[];
    span record;
begin
    if to_regprocedure('indicator.keep_days(timestamptz,timestamptz,text[])') is null then
        return 0;
    end if;
    with taken as (
        delete from reading_day_due
        where (unit, at) in (select d.unit, d.at from reading_day_due d
                             where d.at < day_of(now() - interval '5 minutes')
                               and not exists (select from reading_due h where h.unit = d.unit
                                               and h.at >= d.at - interval '6 days' and h.at < d.at + interval '1 day')
                             order by d.at desc, d.unit limit p_most for update of d skip locked)
        returning unit, at)
    select array_agg(unit), array_agg(at) into its, days from taken;
    if its is null then
        return 0;
    end if;
    for span in select * from spans_of(its, days, '1 day') loop
        perform indicator.keep_days(span.start, span.stop, span.units);
    end loop;
    return cardinality(its);
end
$$;

-- What was kept of reports goes when they go.
create function forget_readings(p_before timestamptz) returns void language sql as $$
    delete from reading_hour where at < p_before;
    delete from reading_due where at < p_before;
    delete from reading_day where at < p_before;
    delete from reading_day_due where at < p_before;
$$;
