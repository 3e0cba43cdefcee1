-- Cases by how they stand to their limit, each from when to when; and the greatest readings of the week that runs.

-- What deadline_class says of open cases, as times: a row for each class a case was in, closed_at null in the one it is in.
-- A class that has not begun has no row. ended_at: when the case itself was closed.
create view case_standing as
select c.unit, c.kind, p.deadline, p.opened_at, c.closed_at as ended_at,
       case when p.until <= now() then least(p.until, c.closed_at) else c.closed_at end as closed_at
from case_now c
cross join lateral (
    select c.due - interval '24 hours' as soon,
           case when c.kind = 'field_report' then c.due + interval '1 us' else midnight(local_day(c.due) + 1) end as late) l
cross join lateral (
    values ('no_due_date', c.opened_at, case when c.due is not null then c.opened_at end),
           ('in_time', c.opened_at, coalesce(l.soon, c.opened_at)),
           ('due_soon', greatest(c.opened_at, l.soon), coalesce(l.late, c.opened_at)),
           ('overdue', greatest(c.opened_at, l.late), case when c.due is null then c.opened_at end)
) as p(deadline, opened_at, until)
where p.opened_at < coalesce(p.until, 'infinity') and p.opened_at < coalesce(c.closed_at, 'infinity')
  and (p.opened_at <= now() or p.opened_at = c.opened_at);

create index case_now_closed on case_now (unit, kind, closed_at);
create index case_now_opened on case_now (unit, kind, opened_at);

-- When some communes' first case of a kind was opened.
create function first_cases(p_units text[], p_kind text) returns table (unit text, since timestamptz)
language sql stable parallel safe as $$
    select u.unit, c.opened_at
    from (select distinct unnest(p_units) as unit) u
    cross join lateral (select o.opened_at from case_now o where o.unit = u.unit and o.kind = p_kind
                        order by o.opened_at limit 1) c
$$;

-- The greatest samples of the seven local days whose last one runs, of the hours up to one that is over: what a percentile
-- of them needs, a twentieth of all, so that the day that runs costs its last hour and not a week.
create table reading_greatest (
    key     text not null,                 -- of the number
    unit    text not null,
    label   text not null,
    n       bigint not null,               -- of how many samples
    samples double precision[] not null,   -- the greatest first
    primary key (key, unit, label)
);
create table reading_greatest_of (
    unit text primary key,
    day  timestamptz not null,             -- the local midnight where the last of the seven days begins
    upto timestamptz not null              -- the first hour that is not in
);

-- Bring at most so many communes up to the last hour that is kept; returns how many.
create function roll_greatest(p_most integer) returns integer language plpgsql as $$
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
              from (select h.unit, least(hour_of(now() - interval '5 minutes'), min(d.at)) as until
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

-- As before, and of hours that are kept anew nothing greatest stands.
create or replace function roll_hours(p_most integer) returns integer language plpgsql as $$
declare
    its text[];
    hours timestamptz[];
    span record;
begin
    if to_regprocedure('indicator.keep_hours(timestamptz,timestamptz,text[])') is null then
        return 0;  -- the numbers are not there yet
    end if;
    perform pg_advisory_xact_lock(17, 23);
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
    delete from reading_greatest_of o using unnest(its, hours) as t(unit, at)
    where o.unit = t.unit and t.at < o.upto and t.at >= o.day - interval '6 days';
    for span in select * from spans_of(its, hours, '1 hour') loop
        perform indicator.keep_hours(span.start, span.stop, span.units);
    end loop;
    return cardinality(its);
end
$$;

create or replace function all_reports_gone() returns trigger language plpgsql as $$
begin
    delete from reading_hour;
    delete from reading_due;
    delete from reading_day;
    delete from reading_day_due;
    delete from reading_greatest;
    delete from reading_greatest_of;
    return null;
end
$$;
