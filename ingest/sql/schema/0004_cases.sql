-- Field reports and dossiers: every event that came, and each case as it stands. No personal data.
create table case_event (
    unit        text not null,
    kind        text not null check (kind in ('field_report', 'dossier')),
    id          text not null,
    at          timestamptz not null,
    digest      bigint not null,
    opened_at   timestamptz not null,
    status      text not null,
    category    text not null,
    severity    text not null,
    due         timestamptz,
    channel     text not null default '',
    hamlet      text not null default '',
    latitude    double precision,
    longitude   double precision,
    source      text not null,
    received_at timestamptz not null,
    primary key (unit, kind, id, at, digest)
);

create table case_now (
    unit        text not null,
    kind        text not null,
    id          text not null,
    at          timestamptz not null,
    opened_at   timestamptz not null,
    closed_at   timestamptz,               -- null: open
    status      text not null,
    category    text not null,
    severity    text not null,
    due         timestamptz,
    channel     text not null default '',
    hamlet      text not null default '',
    latitude    double precision,
    longitude   double precision,
    source      text not null,
    received_at timestamptz not null,
    changed_at  timestamptz not null default now(),
    primary key (unit, kind, id)
);
create index case_now_open on case_now (unit, kind, due) where closed_at is null;
