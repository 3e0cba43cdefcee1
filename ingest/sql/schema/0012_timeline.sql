-- Spans say who decided them; a device knows when to be looked at again though it says nothing.
alter table state_span add column source text not null default '', add column word text not null default '';
alter table device_state
    add column due_at timestamptz,                           -- null: nothing is waited for
    add column told_at timestamptz,                          -- the instant of the numbers; null: of several sources
    add column decided_by text not null default '',          -- the source, and its word, that the state follows from
    add column word text not null default '';
alter table source add column every interval;                -- how often it asks; null: it is spoken to
