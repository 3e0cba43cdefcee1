-- Since when a source is named in the configuration: one that was named a moment ago has not failed to speak.
alter table source add column declared_at timestamptz not null default now();

-- Since which local day a device stands where it stands, as people know it; null: since it is registered. Whether it was
-- waited for is another matter, and begins with registered_at: before, nobody called its silence an outage.
alter table device add column installed_on date;

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
    where p.device = '' and d.unit = p.unit and d.kind = 'loudspeaker'
      and coalesce(d.installed_on::timestamp at time zone 'Asia/Ho_Chi_Minh', d.registered_at) <= p.starts_at
      and (s.source = p.source or not exists (
          select from device_state o where o.unit = p.unit and o.kind = 'loudspeaker' and o.source = p.source))
      and not exists (
          select from absence_of(d.unit, d.kind, d.name) a
          where coalesce(a.starts_at, '-infinity') <= p.starts_at and coalesce(a.ends_at, 'infinity') > p.starts_at)
) c(device)
where p.kind = 'planned' and p.state = 'planned';
