-- What became of every planned broadcast on every cluster; and the tokens of receivers that renew theirs.

-- A plan for all means the clusters that were there then: registered, and neither waiting, switched off nor retired.
create or replace view broadcast_due as
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
    where p.device = '' and d.unit = p.unit and d.kind = 'loudspeaker' and d.registered_at <= p.starts_at
      and (s.source = p.source or not exists (
          select from device_state o where o.unit = p.unit and o.kind = 'loudspeaker' and o.source = p.source))
      and not exists (
          select from absence_of(d.unit, d.kind, d.name) a
          where coalesce(a.starts_at, '-infinity') <= p.starts_at and coalesce(a.ends_at, 'infinity') > p.starts_at)
) c(device)
where p.kind = 'planned' and p.state = 'planned';

-- Whether somebody would know if a cluster had begun to play within a time: the log that tells of it was read to the
-- end after that time; or, where clusters themselves say that they play, nobody was blind then.
create function broadcast_observed(p_unit text, p_source text, p_device text, p_from timestamptz, p_to timestamptz)
returns boolean language sql stable parallel safe as $$
    select exists (
        select from source s
        where (s.name = p_source or (
                  -- A person planned it: whoever tells of that cluster.
                  p_source = 'operator' and s.feed = 'loudspeaker_status' and s.name = any (
                      select unnest(v.sources) from device_source v
                      where (v.unit, v.kind, v.name) = (p_unit, 'loudspeaker', p_device))))
          and case when s.transport = 'polled' then (select p.good_at from poll p where p.source = s.name)
                   else s.last_message_at end >= p_to
          and (s.transport = 'polled' or not exists (
              select from blind_span b
              where b.source = s.name and b.started_at < p_to and coalesce(b.ended_at, 'infinity') > p_from)))
$$;

-- Planned broadcasts by cluster with what became of each; the one definition of that, and of the percentage:
-- 100 * in_time / counted. played: begun within five minutes of the plan. late: begun after that, before the plan's
-- end, and not another plan's. due: its five minutes are not over. maintenance, unobserved: nobody can say; not counted.
create view broadcast_outcome as
select d.unit, d.source, d.id, d.device, d.programme, d.priority, d.starts_at, d.ends_at, o.heard_at, o.outcome,
       d.starts_at + interval '5 minutes' <= now() and o.outcome in ('played', 'late', 'not_heard') as counted,
       d.starts_at + interval '5 minutes' <= now() and o.outcome = 'played' as in_time
from broadcast_due d
cross join lateral (
    select min(b.starts_at) as at
    from broadcast b
    where d.heard_at is null and b.unit = d.unit and b.kind = 'played' and b.state in ('playing', 'played')
      and b.device in (d.device, '') and b.starts_at > d.starts_at + interval '5 minutes'
      and b.starts_at < greatest(d.ends_at, d.starts_at + interval '10 minutes')
      and not exists (
          select from broadcast n
          where n.unit = d.unit and n.kind = 'planned' and n.state = 'planned' and n.device in (d.device, '')
            and n.starts_at between b.starts_at - interval '5 minutes' and b.starts_at + interval '5 minutes')
) l
cross join lateral (
    select coalesce(d.heard_at, l.at) as heard_at,
           case when d.heard_at is not null then 'played'
                when l.at is not null then 'late'
                when d.starts_at + interval '5 minutes' > now() then 'due'
                when exists (
                    select from maintenance_of(d.unit, 'loudspeaker', d.device) m
                    where m.starts_at <= d.starts_at + interval '5 minutes' and m.ends_at > d.starts_at)
                    then 'maintenance'
                when not broadcast_observed(d.unit, d.source, d.device, d.starts_at, d.starts_at + interval '5 minutes')
                    then 'unobserved'
                else 'not_heard' end as outcome
) o;

-- Tokens of a receiver that renews them by itself: the pair is encrypted, its key is not in the database.
create table receiver_token (
    receiver   text primary key references receiver on delete cascade,
    origin     text not null,               -- digest of the configured token: a new one there counts again
    sealed     text not null,
    expires_at timestamptz,
    renewed_at timestamptz,                 -- null: as configured, not renewed yet
    refused_at timestamptz,                 -- when a renewal was refused; null: it was not
    refusal    text not null default ''
);
