-- What devices are there, what they said, and the states that follow from it.
create table device (
    unit           text not null,
    kind           text not null,
    name           text not null,          -- the name that the device uses in its own messages
    title          text not null default '',
    hamlet         text not null default '',
    latitude       double precision,
    longitude      double precision,
    owner          text not null default '',
    upstream       text not null default '',
    expected_every interval,               -- null: the kind's default
    horns          integer,
    lifecycle      text not null check (lifecycle in
        ('unconfirmed', 'installed', 'pending_install', 'disabled', 'retired')),
    simulated      boolean not null default false,
    registered_at  timestamptz not null default now(),
    primary key (unit, kind, name)
);

-- One row a message: its numbers in one jsonb. Measured against an array in docs/decisions.md.
create table device_report (
    unit        text not null,
    kind        text not null,
    name        text not null,
    at          timestamptz not null,      -- the device's own instant, or that of reception
    digest      bigint not null,           -- of what it says: two different reports of one instant are both kept
    received_at timestamptz not null,
    state       text not null,
    readings    jsonb,                     -- numbers by quantity
    labels      jsonb,                     -- texts by name
    source      text not null,
    primary key (unit, name, at, digest)
) partition by range (at);
-- Only what lies further back than the partitions reach; never refused for want of one.
create table device_report_default partition of device_report default;

-- One row a device: what the wall reads.
create table device_state (
    unit        text not null,
    kind        text not null,
    name        text not null,
    at          timestamptz not null,      -- instant of the newest evidence
    seen_at     timestamptz not null,      -- when it reached us
    state       text not null,             -- the dictionary's: online degraded fault offline unknown
    reported    text not null,             -- the device's own word
    since       timestamptz not null,
    reason      text not null default '',
    readings    jsonb,
    labels      jsonb,
    source      text not null,
    changed_at  timestamptz not null default now(),
    primary key (unit, kind, name)
) with (fillfactor = 50);

create table state_span (
    unit        text not null,
    kind        text not null,
    name        text not null,
    started_at  timestamptz not null,
    ended_at    timestamptz,               -- null: it lasts
    state       text not null,
    reason      text not null default '',
    primary key (unit, kind, name, started_at),
    check (ended_at >= started_at)
);
create unique index state_span_open on state_span (unit, kind, name) where ended_at is null;
create index state_span_time on state_span using gist (tstzrange(started_at, ended_at));

-- When we could not see: the broker connection down, the collector stopped. Never counted as a device's outage.
create table blind_span (
    source      text not null,
    started_at  timestamptz not null,
    ended_at    timestamptz,
    reason      text not null,
    primary key (source, started_at)
);

create view device_now as
select d.unit, d.kind, d.name, d.title, d.hamlet, d.latitude, d.longitude, d.owner, d.upstream, d.horns, d.lifecycle,
       d.simulated, d.expected_every,
       case when d.lifecycle in ('pending_install', 'disabled', 'retired') then d.lifecycle
            else coalesce(s.state, 'unknown') end as state,
       s.reported, coalesce(s.since, d.registered_at) as since, s.at as last_seen, s.reason, s.readings, s.labels,
       s.source, coalesce(s.changed_at, d.registered_at) as changed_at
from device d
left join device_state s using (unit, kind, name);

-- Seconds in each state within [p_start, p_stop), per device; degraded counts as online, unknown as blind.
-- availability = 100 * online / (online + offline + fault): observed time without maintenance; null where nothing was
-- observed. Maintenance windows arrive with their own migration.
create function device_uptime(p_units text[], p_kind text, p_start timestamptz, p_stop timestamptz)
returns table (unit text, kind text, name text, online_s double precision, offline_s double precision,
               fault_s double precision, maintenance_s double precision, blind_s double precision)
language sql stable parallel safe as $$
with sight as (  -- when the source of a device could not see; another source's blindness is none of its
    select source, range_agg(tstzrange(started_at, coalesce(ended_at, now()), '[)')) as blind
    from blind_span
    where started_at < p_stop and coalesce(ended_at, now()) > p_start
    group by source
), part as (
    select s.unit, s.kind, s.name, s.state,
           tstzmultirange(tstzrange(greatest(s.started_at, p_start),
                                    least(coalesce(s.ended_at, now()), p_stop), '[)')) as whole,
           coalesce(i.blind, '{}'::tstzmultirange) as blind
    from state_span s
    left join device_state d using (unit, kind, name)
    left join sight i on i.source = d.source
    where s.unit = any (p_units) and (p_kind is null or s.kind = p_kind)
      and s.started_at < least(p_stop, now()) and coalesce(s.ended_at, now()) > p_start
), seen as (
    select p.unit, p.kind, p.name, p.state, r.piece
    from part p, unnest(p.whole - p.blind) as r(piece)
), hidden as (
    select p.unit, p.kind, p.name, r.piece
    from part p, unnest(p.whole * p.blind) as r(piece)
), piece as (
    select unit, kind, name, state, extract(epoch from upper(piece) - lower(piece)) as s from seen
    union all
    select unit, kind, name, 'unknown', extract(epoch from upper(piece) - lower(piece)) from hidden
)
select unit, kind, name,
       coalesce(sum(s) filter (where state in ('online', 'degraded')), 0)::double precision,
       coalesce(sum(s) filter (where state = 'offline'), 0)::double precision,
       coalesce(sum(s) filter (where state = 'fault'), 0)::double precision,
       coalesce(sum(s) filter (where state = 'maintenance'), 0)::double precision,
       coalesce(sum(s) filter (where state = 'unknown'), 0)::double precision
from piece
group by unit, kind, name
$$;
