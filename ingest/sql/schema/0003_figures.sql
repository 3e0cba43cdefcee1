-- Figures of offices: period, bound, what was stated; revisions are kept, the newest counts.
create table observation (
    unit         text not null,
    indicator    text not null,
    period_start date not null,
    period_end   date not null,            -- the last day included
    period_kind  text not null,
    cumulative   boolean not null,
    scope        text not null default '',
    dims         jsonb not null default '{}',
    revision     integer not null,
    latest       boolean not null,
    value        numeric,                  -- null: the source says that there is none; never 0
    numerator    numeric,
    denominator  numeric,
    bound        text not null,
    low          numeric,
    high         numeric,
    stated       numeric,
    quality      text not null default '',
    source       text not null,
    address      text not null default '', -- the file or topic it came from
    received_at  timestamptz not null,
    primary key (unit, indicator, period_start, period_end, period_kind, cumulative, scope, dims, revision)
);
create unique index observation_latest
    on observation (unit, indicator, period_start, period_end, period_kind, cumulative, scope, dims) where latest;
create index observation_when on observation (indicator, unit, period_end) where latest;
