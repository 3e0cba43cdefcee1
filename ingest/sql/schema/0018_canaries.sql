-- Our own sight: each canary says whether one of its ways works, and whom it hides when it doesn't.
create table canary (
    name        text primary key,          -- gateway uplink dns broker clock
    state       text not null check (state in ('ok', 'failing', 'unknown')),
    since       timestamptz not null,      -- the true begin: of a failure the last time that it was well
    reason      text not null default '',
    good_at     timestamptz,
    checked_at  timestamptz not null,
    every       interval not null,
    measured    double precision,          -- milliseconds of an answer; of the clock, seconds that ours is ahead
    hides       text[] not null default '{}'   -- sources that can't see because of it
);

-- A canary that nobody looks after says nothing.
create view canary_now as
select name,
       case when stale then 'unknown' else state end as state,
       case when stale then checked_at else since end as since,
       case when stale then 'not_checked' else reason end as reason,
       good_at, checked_at, measured,
       case when stale then '{}' else hides end as hides
from (select *, checked_at < now() - greatest(every * 5, interval '30 seconds') as stale from canary) c;
