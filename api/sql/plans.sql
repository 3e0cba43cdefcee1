-- Named queries: programmes that people planned here, as they are told.

-- plans: every programme, with its next time; over: nothing of it is to come
select p.unit, p.id, p.programme, p.genre, p.priority, p.reason, p.devices, p.hamlets, p.first_day,
       to_char(p.starts, 'HH24:MI') as starts, p.minutes, p.weekdays, p.last_day, p.skipped, p.version, p.created_by,
       p.created_at, p.changed_by, p.changed_at, p.cancelled_by, p.cancelled_at, n.next_at, n.clusters,
       case when p.cancelled_at is not null then 'cancelled' when n.next_at is null then 'over' else 'active' end as state
from broadcast_plan p
left join lateral (
    select b.starts_at as next_at,
           case when bool_or(b.device = '') then null else count(*) end as clusters
    from broadcast b
    where b.unit = p.unit and b.kind = 'planned' and b.source = 'operator' and b.state = 'planned'
      and starts_with(b.id, p.id || '.') and b.starts_at > now()
    group by b.starts_at
    order by b.starts_at
    limit 1
) n on true

-- put_plan: a programme, new or changed
insert into broadcast_plan (unit, id, programme, genre, priority, reason, devices, hamlets, first_day, starts, minutes,
                            weekdays, last_day, skipped, created_by, changed_by)
values (%(unit)s, %(id)s, %(programme)s, %(genre)s, %(priority)s, %(reason)s, %(devices)s, %(hamlets)s, %(first_day)s,
        %(starts)s, %(minutes)s, %(weekdays)s, %(last_day)s, %(skipped)s, %(by)s, %(by)s)
on conflict (unit, id) do update set
    (programme, genre, priority, reason, devices, hamlets, first_day, starts, minutes, weekdays, last_day, skipped) =
    row (excluded.programme, excluded.genre, excluded.priority, excluded.reason, excluded.devices, excluded.hamlets,
         excluded.first_day, excluded.starts, excluded.minutes, excluded.weekdays, excluded.last_day, excluded.skipped),
    version = broadcast_plan.version + 1, changed_by = excluded.changed_by, changed_at = now()

-- cancel_plan: nothing of it is wanted any more
update broadcast_plan set cancelled_by = %(by)s, cancelled_at = now(), changed_by = %(by)s, changed_at = now(),
       version = version + 1
where unit = %(unit)s and id = %(id)s

-- plan_changes: what was changed of a programme since a version of it, in order
select actor, at, detail -> 'fields' as fields
from audit
where action in ('broadcast.edit', 'broadcast.cancel') and subject = %(id)s and detail ->> 'unit' = %(unit)s
  and (detail ->> 'version')::integer > %(version)s
order by id
