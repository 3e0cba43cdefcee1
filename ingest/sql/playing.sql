-- Named queries: broadcasts that a loudspeaker tells of itself.

-- begin_playing: loudspeakers that say they play, where their source keeps no log of it; since their first such word
insert into broadcast (unit, kind, source, id, device, programme, priority, starts_at, state, received_at)
select s.unit, 'played', s.source,
       'heard/' || s.name || '@' || to_char(b.began at time zone 'UTC', 'YYYYMMDD"T"HH24MISS'), s.name,
       coalesce(nullif(s.labels ->> 'programme', ''), 'Không rõ chương trình'),
       case when s.labels ->> 'priority' in ('priority', 'emergency') then s.labels ->> 'priority' else 'normal' end,
       b.began, 'playing', %(now)s
from device_state s
join source c on c.name = s.source and c.transport = 'subscribed'
cross join lateral (
    select coalesce(min(r.at), s.at) as began
    from device_report r
    where (r.unit, r.kind, r.name) = (s.unit, s.kind, s.name) and r.state = 'playing' and r.at <= s.at
      and r.at > coalesce((
          select max(q.at) from device_report q
          where (q.unit, q.kind, q.name) = (s.unit, s.kind, s.name) and q.state <> 'playing'
            and q.labels ->> 'evidence' is distinct from 'connection'
            and q.at <= s.at and q.at > s.at - interval '1 day'), s.at - interval '1 day')
) b
-- A window of maintenance hides no sound: it was after a repair that a commune was woken at 03:15.
where s.kind = 'loudspeaker' and s.reported = 'playing' and s.state not in ('offline', 'unknown')
  and not exists (select from broadcast p
                  where p.unit = s.unit and p.kind = 'played' and p.source = s.source and p.device = s.name
                    and p.state = 'playing' and p.id like 'heard/%%')
on conflict do nothing
returning unit, kind, source, id

-- end_playing: those that say something else since, or are gone; until their first other word, or their last one
update broadcast b set
    state = 'played', received_at = %(now)s, changed_at = clock_timestamp(),
    ends_at = greatest(b.starts_at, coalesce((
        select min(r.at) from device_report r
        where (r.unit, r.kind, r.name) = (s.unit, s.kind, s.name) and r.state <> 'playing' and r.at > b.starts_at
          and r.labels ->> 'evidence' is distinct from 'connection'), s.at))
from device_state s
where b.kind = 'played' and b.state = 'playing' and b.id like 'heard/%%'
  and (s.unit, s.kind, s.name) = (b.unit, 'loudspeaker', b.device)
  and (s.reported <> 'playing' or s.state = 'offline')
returning b.unit, b.kind, b.source, b.id
