-- Programmes on the loudspeakers: what was planned, and what was played; each as its source last said.
create table broadcast (
    unit        text not null,
    kind        text not null check (kind in ('planned', 'played')),
    source      text not null,
    id          text not null,             -- the source's own name of it
    device      text not null default '',  -- a cluster's name; empty: all clusters of the source
    programme   text not null,
    priority    text not null check (priority in ('normal', 'priority', 'emergency')),
    starts_at   timestamptz not null,
    ends_at     timestamptz,               -- null: not known, or it plays on
    state       text not null,
    received_at timestamptz not null,      -- when its source said so
    changed_at  timestamptz not null default clock_timestamp(),
    primary key (unit, kind, source, id),
    check (ends_at >= starts_at),
    check (state = any (case kind when 'planned' then array['planned', 'cancelled']
                                  else array['playing', 'played', 'failed'] end))
);
create index broadcast_time on broadcast (unit, starts_at);
create index broadcast_changed on broadcast (changed_at);

-- Every planned broadcast, once for each cluster that is meant, with the instant at which it was heard there: a play
-- that began within five minutes of the plan. A plan for all means the clusters that speak through the same source;
-- where none does (a person planned it), all loudspeakers of the commune.
create view broadcast_due as
select p.unit, p.source, p.id, c.device, p.programme, p.priority, p.starts_at, p.ends_at,
       (select min(b.starts_at) from broadcast b
        where b.unit = p.unit and b.kind = 'played' and b.state in ('playing', 'played')
          and b.device in (c.device, '')
          and b.starts_at between p.starts_at - interval '5 minutes' and p.starts_at + interval '5 minutes') as heard_at
from broadcast p
cross join lateral (
    select p.device where p.device <> ''
    union all
    select d.name
    from device d
    left join device_state s using (unit, kind, name)
    where p.device = '' and d.unit = p.unit and d.kind = 'loudspeaker' and d.lifecycle in ('installed', 'unconfirmed')
      and (s.source = p.source or not exists (
          select from device_state o where o.unit = p.unit and o.kind = 'loudspeaker' and o.source = p.source))
) c(device)
where p.kind = 'planned' and p.state = 'planned';
