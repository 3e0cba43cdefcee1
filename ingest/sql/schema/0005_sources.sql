-- What each source did: counters that obey received = stored + duplicate + rejected + queued, and what was refused.
create table source (
    name            text primary key,
    connector       text not null,
    feed            text not null,
    title           text not null,
    transport       text not null check (transport in ('subscribed', 'polled', 'received')),
    stale_after     interval not null,
    configured      boolean not null default true,
    received        bigint not null default 0,
    stored          bigint not null default 0,
    duplicate       bigint not null default 0,
    rejected        bigint not null default 0,
    queued          bigint not null default 0,
    last_message_at timestamptz,
    last_stored_at  timestamptz,
    heartbeat_at    timestamptz,           -- when its collector last said that it looks
    error           text not null default '',
    error_since     timestamptz
);

create view source_now as
select s.*,
       case when not configured then 'paused'
            when error <> '' then 'error'
            -- Its collector says every second that it looks; a silent one is down.
            when transport <> 'received' and heartbeat_at < now() - interval '15 seconds' then 'error'
            when last_message_at is null then 'never'
            when now() - last_message_at > stale_after then 'stale'
            else 'ok' end as state,
       extract(epoch from now() - last_message_at) as lag_s
from source s;

create table source_minute (
    unit        text not null,
    source      text not null,
    minute      timestamptz not null,
    stored      integer not null default 0,
    duplicate   integer not null default 0,
    rejected    integer not null default 0,
    primary key (unit, source, minute)
);

create table rejection (
    id          bigint generated always as identity primary key,
    source      text not null,
    address     text not null,
    body        bytea not null,            -- whole, as it came (persons already dropped)
    digest      bigint not null,
    received_at timestamptz not null,      -- the last time
    first_at    timestamptz not null,
    times       integer not null default 1,
    stage       text not null,             -- understand | store
    place       text not null,
    reason      text not null,
    retried_at  timestamptz,
    resolved_at timestamptz,
    unique (source, address, digest)
);
create index rejection_source on rejection (source, id desc);

create table taken (
    source      text not null,
    digest      bytea not null,            -- SHA-256 of the content: a file is taken once, by content
    address     text not null,
    taken_at    timestamptz not null default now(),
    primary key (source, digest)
);

create table subscription (
    client      text not null,             -- the MQTT client id whose persistent session holds it
    filter      text not null,
    primary key (client, filter)
);
