-- What people want of the centre, said on its screen: thresholds of alarm rules, and programmes to be played.

-- A rule as a commune wants it from a day on: over what the configuration says, whole, so that one row says it all.
-- Of several in force the newest day counts, of one day the last said. Nothing is rewritten: neither is a row changed,
-- nor does one hold from before it was said.
create table threshold (
    id          bigint generated always as identity primary key,
    rule        text not null,
    unit        text not null,
    valid_from  date not null,             -- local
    holds_from  timestamptz not null,      -- that day's midnight; where the day had begun, when it was said
    wants       jsonb not null,            -- key of [[rules.<rule>]] -> value; {}: again as the configuration says
    actor       text not null,
    reason      text not null,
    changed_at  timestamptz not null default now(),
    check (holds_from >= changed_at)
);
create index threshold_of on threshold (rule, unit, holds_from, id);

create function threshold_stays() returns trigger language plpgsql as $$
begin
    raise exception 'thresholds are only added to: say the next one';
end $$;
create trigger threshold_stays before update or delete on threshold execute function threshold_stays();

-- A programme that a person planned here: each time and cluster of it is a row of broadcast, source 'operator', with the
-- id <plan>.<YYYYMMDD> or <plan>.<YYYYMMDD>.<cluster>. What was changed, and by whom, is in the audit.
create table broadcast_plan (
    unit         text not null,
    id           text not null,
    programme    text not null,
    genre        text not null check (genre in ('bulletin', 'notice', 'relay', 'campaign', 'other')),
    priority     text not null check (priority in ('normal', 'priority', 'emergency')),
    reason       text not null default '',       -- why it is an emergency
    devices      text[] not null,                -- clusters by name; with hamlets empty: all
    hamlets      text[] not null,                -- their clusters when it was saved
    first_day    date not null,                  -- local
    starts       time not null,                  -- local
    minutes      integer not null check (minutes between 1 and 1440),
    weekdays     smallint[] not null,            -- 1 Monday .. 7 Sunday; empty: once, on the first day
    last_day     date not null,
    skipped      date[] not null default '{}',   -- days on which it was cancelled by itself
    version      integer not null default 1,
    created_by   text not null,
    created_at   timestamptz not null default now(),
    changed_by   text not null,
    changed_at   timestamptz not null default now(),
    cancelled_by text,
    cancelled_at timestamptz,
    primary key (unit, id),
    check (last_day >= first_day),
    check ((cancelled_by is null) = (cancelled_at is null)),
    check ((priority = 'emergency') = (reason <> ''))
);
create index broadcast_plan_days on broadcast_plan (unit, last_day);
