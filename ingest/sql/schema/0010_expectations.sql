-- What sources owe, as the configuration says it, so that every process judges by the same rules.
create table due_rule (
    source      text not null,
    position    integer not null,
    rule        jsonb not null,            -- connectors.contract.Due, its units resolved
    declared_at timestamptz not null default now(),  -- what was due before, nobody was asked for
    primary key (source, position)
);

create table calendar_day (
    day         date primary key,          -- local
    working     boolean not null           -- by decision, whatever the week and the holidays say
);

create index observation_expected on observation (source, period_end) where undone_at is null;
