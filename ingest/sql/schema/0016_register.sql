-- The register as people keep it: where a device stands and since when, the names in its messages, what was changed and
-- by whom. And the devices whose states are to be computed anew: after a window, a move, a blindness noticed late.
alter table device
    add column place      text not null default '',   -- in words: a gate, a pole, a house
    add column replaces   text not null default '',   -- ref (unit.kind.name) of the device that stood here before
    add column edited_at  timestamptz;                -- when a person last changed it; null: as the configuration says

-- A device keeps the name under which it is registered; the names in its messages may change, each from an instant on.
create table device_name (
    unit        text not null,
    kind        text not null,
    name        text not null,             -- as messages say it
    of_unit     text not null,
    of_name     text not null,             -- the registered device that is meant, of the same kind
    since       timestamptz not null default now(),
    primary key (unit, kind, name),
    foreign key (of_unit, kind, of_name) references device (unit, kind, name)
);
create index device_name_of on device_name (of_unit, kind, of_name);

create table device_change (
    id          bigint generated always as identity primary key,
    unit        text not null,
    kind        text not null,
    name        text not null,
    field       text not null,
    old         text,                      -- null: it was not registered
    new         text not null,
    valid_from  timestamptz not null,      -- since when it holds; changed_at is when it was written
    changed_at  timestamptz not null default now(),
    actor       text not null,
    reason      text not null default ''
);
create index device_change_of on device_change (unit, kind, name, field, valid_from, id);

insert into device_change (unit, kind, name, field, new, valid_from, actor)
select unit, kind, name, 'lifecycle', lifecycle, registered_at, 'migration'
from device where lifecycle in ('pending_install', 'disabled', 'retired');

-- What a field of one device said, and when; before the first entry of a device nothing is known of it.
create function device_past(p_unit text, p_kind text, p_name text, p_field text)
returns table (value text, during tstzrange) language sql stable parallel safe as $$
    with said as (
        select old, new, valid_from, id, lead(valid_from) over w as until, row_number() over w as n
        from device_change
        where (unit, kind, name, field) = (p_unit, p_kind, p_name, p_field)
        window w as (order by valid_from, id)
    )
    select new, tstzrange(valid_from, until, '[)') from said
    union all
    select old, tstzrange(null, valid_from, '[)') from said where n = 1 and old is not null
    union all
    select case p_field when 'hamlet' then hamlet when 'lifecycle' then lifecycle end, tstzrange(null, null)
    from device
    where (unit, kind, name) = (p_unit, p_kind, p_name) and not exists (select from said)
$$;

-- When a device was not there to be seen (waiting, switched off, gone): never an outage. Null: without an end.
create function absence_of(p_unit text, p_kind text, p_name text)
returns table (starts_at timestamptz, ends_at timestamptz, lifecycle text) language sql stable parallel safe as $$
    select lower(during), upper(during), value
    from device_past(p_unit, p_kind, p_name, 'lifecycle')
    where value in ('pending_install', 'disabled', 'retired') and not isempty(during)
$$;

-- The windows of one device, apart from each other; those of a hamlet while it stood there.
create or replace function maintenance_of(p_unit text, p_kind text, p_name text)
returns table (starts_at timestamptz, ends_at timestamptz) language sql stable parallel safe as $$
    select lower(r), upper(r)
    from unnest((
        select range_agg(tstzrange(m.starts_at, m.ends_at, '[)') * coalesce(p.during, tstzrange(null, null)))
        from maintenance m
        left join device_past(p_unit, p_kind, p_name, 'hamlet') p on p.value = m.hamlet
        where m.unit = p_unit and m.cancelled_at is null and coalesce(m.kind, p_kind) = p_kind
          and coalesce(m.name, p_name) = p_name and (m.hamlet is null or p.value is not null))) as r
$$;

-- Null: its devices' spans do not follow it yet; else the instant up to which they do.
alter table maintenance
    add column followed_at timestamptz,
    add column cancelled_by text,
    add column ended_by text,
    add column planned_until timestamptz;  -- where it was ended early: when it was to end

create table renewal (
    unit        text not null,
    kind        text not null,
    name        text not null,
    since       timestamptz not null,
    primary key (unit, kind, name)
);
