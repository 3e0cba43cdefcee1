-- Named queries: programmes that people planned here, and their times as broadcasts.

-- plan_clusters: the loudspeakers of a commune that a plan may name, with their hamlets
select name, hamlet from device
where unit = %s and kind = 'loudspeaker' and lifecycle not in ('retired', 'disabled')
order by name

-- put_times: the times of a plan, each as it is wanted now; what has begun stays as it was
insert into broadcast as b (unit, kind, source, id, device, programme, priority, starts_at, ends_at, state, received_at)
select %(unit)s, 'planned', 'operator', w.id, w.device, %(programme)s, %(priority)s, w.starts_at, w.ends_at, 'planned',
       %(now)s
from unnest(%(ids)s::text[], %(devices)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
    as w(id, device, starts_at, ends_at)
on conflict (unit, kind, source, id) do update set
    device = excluded.device, programme = excluded.programme, priority = excluded.priority,
    starts_at = excluded.starts_at, ends_at = excluded.ends_at, state = excluded.state,
    received_at = excluded.received_at, changed_at = clock_timestamp()
where b.starts_at > %(now)s
  and (b.device, b.programme, b.priority, b.starts_at, b.ends_at, b.state) is distinct from
      (excluded.device, excluded.programme, excluded.priority, excluded.starts_at, excluded.ends_at, excluded.state)
returning id

-- cancel_times: the times of a plan that are to come and are wanted no more; they stay, as cancelled
update broadcast set state = 'cancelled', received_at = %(now)s, changed_at = clock_timestamp()
where unit = %(unit)s and kind = 'planned' and source = 'operator' and state = 'planned'
  and starts_with(id, %(plan)s || '.') and starts_at > %(now)s and not id = any(%(ids)s)
returning id

-- overlapping: what else is planned on the same clusters while a plan plays
select o.programme, o.starts_at, count(*) as many
from broadcast o
where o.unit = %(unit)s and o.kind = 'planned' and o.state = 'planned' and o.ends_at > %(now)s
  and (o.device = '' or %(devices)s::text[] = '{}' or o.device = any(%(devices)s))
  and not (o.source = 'operator' and starts_with(o.id, %(plan)s || '.'))
  and exists (select from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as w(starts_at, ends_at)
              where w.starts_at < o.ends_at and w.ends_at > o.starts_at)
group by o.programme, o.starts_at
order by o.starts_at, o.programme
limit 10

-- plan: one programme that a person planned
select * from broadcast_plan where unit = %s and id = %s for update
