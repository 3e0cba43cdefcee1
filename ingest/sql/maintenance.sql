-- turned_windows: windows that were made or changed, began or ended since they were followed, locked
select id, unit, kind, name, hamlet, starts_at, ends_at,
       case when followed_at is null or starts_at > followed_at then starts_at else ends_at end as since
from maintenance
where followed_at is null
   or (cancelled_at is null and ((starts_at > followed_at and starts_at <= %(now)s)
                              or (ends_at > followed_at and ends_at <= %(now)s)))
order by id
for update skip locked

-- windows_followed: what the renewals ask for stands for these windows up to now
update maintenance set followed_at = %s where id = any(%s)

-- renew_covered: the devices that a window covers, or covered
insert into renewal (unit, kind, name, since)
select s.unit, s.kind, s.name, %(since)s
from device_state s
where s.unit = %(unit)s and s.kind = coalesce(%(kind)s, s.kind) and s.name = coalesce(%(name)s, s.name)
  and (%(hamlet)s::text is null or exists (
      select from device_past(s.unit, s.kind, s.name, 'hamlet') p
      where p.value = %(hamlet)s and p.during && tstzrange(%(starts_at)s, %(ends_at)s, '[]')))
on conflict (unit, kind, name) do update set since = least(renewal.since, excluded.since)

-- ask_renewal: one device, from an instant on
insert into renewal (unit, kind, name, since) values (%s, %s, %s, %s)
on conflict (unit, kind, name) do update set since = least(renewal.since, excluded.since)

-- ask_renewals: devices that a backlog tells of, when no more of it came for two seconds; ten at the latest
insert into renewal (unit, kind, name, since, due_at)
select unit, kind, name, since, now() + interval '2 seconds'
from jsonb_to_recordset(%s::jsonb) as b(unit text, kind text, name text, since timestamptz)
order by unit, kind, name
on conflict (unit, kind, name) do update set since = least(renewal.since, excluded.since),
    due_at = least(excluded.due_at, renewal.asked_at + interval '10 seconds')

-- due_renewals: devices to compute anew
select unit, kind, name from renewal where due_at <= clock_timestamp() order by unit, kind, name limit %s

-- take_renewals: since when, of those of these that no other has done meanwhile; their states are locked already
delete from renewal r using unnest(%s::text[], %s::text[], %s::text[]) as b(unit, kind, name)
where (r.unit, r.kind, r.name) = (b.unit, b.kind, b.name)
returning r.unit, r.kind, r.name, r.since

-- renew_unseen: devices that a source called offline at a time when it could not see
insert into renewal (unit, kind, name, since)
select s.unit, s.kind, s.name, %(since)s
from device_state s
where s.facts -> %(source)s ->> 1 = 'offline' and not (s.facts -> %(source)s ->> 2)::boolean
  and (s.facts -> %(source)s ->> 0)::timestamptz between %(since)s and %(until)s
on conflict (unit, kind, name) do update set since = least(renewal.since, excluded.since)

-- windows: maintenance windows with their state now
select id, unit, kind, name, hamlet, starts_at, ends_at, reason,
       case when cancelled_at is not null then 'cancelled' when starts_at > now() then 'planned'
            when ends_at > now() then 'running' else 'over' end as state,
       created_by, created_at, cancelled_by, cancelled_at, ended_by, planned_until
from maintenance

-- window: one of them
select id, unit, kind, name, hamlet, starts_at, ends_at, reason,
       case when cancelled_at is not null then 'cancelled' when starts_at > clock_timestamp() then 'planned'
            when ends_at > clock_timestamp() then 'running' else 'over' end as state,
       created_by, created_at, cancelled_by, cancelled_at, ended_by, planned_until
from maintenance where id = %s

-- renew_silent: devices that a source lost, about when it stopped to see
insert into renewal (unit, kind, name, since)
select s.unit, s.kind, s.name, least((s.facts -> %(source)s ->> 0)::timestamptz, %(since)s)
from device_state s
where s.facts -> %(source)s ->> 1 in ('silent', 'offline')
  and (s.facts -> %(source)s ->> 0)::timestamptz > %(since)s - interval '1 hour'
on conflict (unit, kind, name) do update set since = least(renewal.since, excluded.since)

-- dark_now: those of some sources that can't see now, and since when
select source, min(started_at) from blind_span where ended_at is null and source = any(%s) group by source
