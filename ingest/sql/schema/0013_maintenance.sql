-- Windows of maintenance: time that counts for nothing.
create table maintenance (
    id           bigint generated always as identity primary key,
    unit         text not null,
    kind         text,                     -- null: all kinds
    name         text,                     -- null: all devices
    hamlet       text,                     -- null: all hamlets
    starts_at    timestamptz not null,
    ends_at      timestamptz not null,
    reason       text not null,
    created_by   text not null,
    created_at   timestamptz not null default now(),
    cancelled_at timestamptz,
    check (ends_at > starts_at)
);
create index maintenance_time on maintenance (unit, ends_at);

-- The windows of one device, apart from each other.
create function maintenance_of(p_unit text, p_kind text, p_name text)
returns table (starts_at timestamptz, ends_at timestamptz) language sql stable parallel safe as $$
    select lower(r), upper(r)
    from unnest((
        select range_agg(tstzrange(m.starts_at, m.ends_at, '[)'))
        from maintenance m
        left join device d on (d.unit, d.kind, d.name) = (p_unit, p_kind, p_name)
        where m.unit = p_unit and m.cancelled_at is null and coalesce(m.kind, p_kind) = p_kind
          and coalesce(m.name, p_name) = p_name and coalesce(m.hamlet, d.hamlet) is not distinct from d.hamlet)) as r
$$;
