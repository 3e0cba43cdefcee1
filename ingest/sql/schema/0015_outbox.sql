-- Who is told of incidents, what each is still to be told, and the messages on their way.
create table receiver (
    name          text primary key,
    kind          text not null,
    title         text not null default '',
    configured    boolean not null default true,
    sent_at       timestamptz,               -- when a message last arrived there
    failing_since timestamptz,               -- null: the last attempt succeeded, or there was none
    error         text not null default ''
);

-- A message is frozen before it is tried, so that every attempt says the same under the same key.
create table outbox (
    id          bigint generated always as identity primary key,
    key         uuid not null unique default gen_random_uuid(),
    receiver    text not null references receiver on delete cascade,
    severity    text not null check (severity in ('info', 'warning', 'critical', 'emergency')),
    urgent      boolean not null,            -- goes out in quiet hours too
    content     jsonb not null,              -- title, text, items
    state       text not null default 'waiting' check (state in ('waiting', 'sent', 'dead')),
    made_at     timestamptz not null,
    attempts    integer not null default 0,
    next_try_at timestamptz not null,        -- while it is being tried: when it is anybody's again
    ended_at    timestamptz,                 -- when it arrived, or was given up
    error       text not null default '',
    check ((state = 'waiting') = (ended_at is null))
);
create index outbox_waiting on outbox (receiver, id) where state = 'waiting';
create index outbox_made on outbox (receiver, made_at desc);
create index outbox_list on outbox (state, id desc);

-- One step of an incident for one receiver; told once, in one message.
create table notice (
    receiver text not null references receiver on delete cascade,
    event    bigint not null references incident_event on delete cascade,
    action   text not null,                  -- the step's, or unacknowledged: told here because nobody took it up there
    incident bigint not null references incident on delete cascade,
    severity text not null check (severity in ('info', 'warning', 'critical', 'emergency')),
    at       timestamptz not null,           -- since when it is to be told
    message  bigint references outbox on delete cascade,  -- null: not yet in a message
    primary key (receiver, event, action)
);
create index notice_waiting on notice (receiver, event) where message is null;
create index notice_incident on notice (incident, receiver);
create index notice_message on notice (message);

-- Steps that nobody has looked at yet for whom to tell. The trigger writes them with the step, whoever makes it: a
-- cursor over ids would pass by a step whose transaction commits after that of a later one.
create table untold (event bigint primary key references incident_event on delete cascade);

create function incident_event_untold() returns trigger language plpgsql as $$
begin
    insert into untold select id from step;
    return null;
end $$;
create trigger incident_event_untold after insert on incident_event
    referencing new table as step for each statement execute function incident_event_untold();
