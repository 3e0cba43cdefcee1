-- A backlog's words are late: the past that they change is computed anew once, when no more of it comes.

alter table renewal
    add column asked_at timestamptz not null default now(),
    add column due_at   timestamptz not null default now();  -- not before
