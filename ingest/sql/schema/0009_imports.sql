-- What was delivered in one piece, and which figures it brought, so that the last of it can be undone.
create table import (
    id          bigint generated always as identity primary key,
    source      text not null,
    key         uuid not null unique,      -- one delivery, in however many transactions it is stored
    address     text not null,             -- the file's path or name, or the request's path
    digest      bytea not null,            -- SHA-256 of all of it
    actor       text not null,             -- who brought it: an account, a token, the command line, or the folder
    at          timestamptz not null,
    new         integer not null default 0,
    changed     integer not null default 0,
    same        integer not null default 0,
    undone_at   timestamptz,
    undone_by   text
);
create index import_source on import (source, id);
create index import_content on import (source, digest) where undone_at is null;

-- A revision counts while something that states it does: its import, or one of those that said the same after it.
alter table observation
    add column import    bigint,           -- null: a page of a conversation or a device, which nobody undoes
    add column stated_by bigint[] not null default '{}',  -- others that said the same later; 0: what is no import
    add column undone_at timestamptz,
    add column undone_by text;
create index observation_import on observation (import) where import is not null;
create index observation_stated on observation using gin (stated_by) where stated_by <> '{}';

alter table taken add column undone_at timestamptz;  -- a file that lies in its folder is not taken again by itself
alter table rejection add column faults jsonb not null default '[]';
