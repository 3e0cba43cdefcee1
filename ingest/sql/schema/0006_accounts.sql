-- People and programs, and what they did.
create table account (
    name          text primary key,
    role          text not null check (role in ('viewer', 'operator', 'technician', 'admin')),
    password_hash text not null,           -- argon2id
    disabled      boolean not null default false,
    created_at    timestamptz not null default now()
);

create table session (
    digest      bytea primary key,         -- SHA-256 of the cookie
    account     text not null references account on delete cascade,
    created_at  timestamptz not null default now(),
    expires_at  timestamptz not null
);

create table token (
    id          bigint generated always as identity primary key,
    name        text not null,
    role        text not null check (role in ('viewer', 'operator', 'technician', 'admin')),
    digest      bytea not null unique,     -- SHA-256 of the bearer token
    created_at  timestamptz not null default now(),
    expires_at  timestamptz,
    revoked_at  timestamptz,
    used_at     timestamptz
);

create table audit (
    id          bigint generated always as identity primary key,
    at          timestamptz not null default now(),
    actor       text not null,
    action      text not null,
    subject     text not null,
    detail      jsonb not null default '{}'
);
