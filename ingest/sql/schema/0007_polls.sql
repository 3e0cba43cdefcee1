-- Conversations with sources that are asked: where each goes on, and when a source was last asked.
create table cursor (
    source      text not null,
    name        text not null,             -- the conversation's own name; empty where a source holds but one
    value       text not null,
    moved_at    timestamptz not null default now(),
    primary key (source, name)
);

create table poll (
    source      text primary key,
    began_at    timestamptz not null,
    ended_at    timestamptz,
    good_at     timestamptz                -- the end of the last look without a fault
);

alter table source add column contact_at timestamptz;   -- when it last answered, be it that there is nothing new
alter table observation add column level text not null default '';

drop view source_now;
create view source_now as
select s.*,
       case when not configured then 'paused'
            when error <> '' then 'error'
            -- Its collector says every second that it looks; a silent one is down.
            when transport <> 'received' and heartbeat_at < now() - interval '15 seconds' then 'error'
            when greatest(last_message_at, contact_at) is null then 'never'
            when now() - greatest(last_message_at, contact_at) > stale_after then 'stale'
            else 'ok' end as state,
       extract(epoch from now() - greatest(last_message_at, contact_at)) as lag_s
from source s;

-- Where several sources speak of one device, each one's word: [word, the device's instant, reception].
alter table device_state add column facts jsonb not null default '{}';
