-- registered: devices of the register as they stand, locked in one order
select d.unit, d.kind, d.name, d.title, d.hamlet, d.place, d.latitude, d.longitude, d.owner, d.upstream, d.expected_every,
       d.horns, d.lifecycle, d.installed_on, d.edited_at
from device d
join unnest(%s::text[], %s::text[], %s::text[]) as b(unit, kind, name) using (unit, kind, name)
order by d.unit, d.kind, d.name
for update of d

-- meant_devices: the registered devices behind names of messages
select b.unit, b.kind, b.name, n.of_unit, n.of_name
from device_name n
join unnest(%s::text[], %s::text[], %s::text[]) as b(unit, kind, name) using (unit, kind, name)

-- enter_device: a device that was not registered; it may be heard for the first time meanwhile
insert into device (unit, kind, name, title, hamlet, place, latitude, longitude, owner, upstream, expected_every, horns,
                    lifecycle, installed_on, replaces, simulated, edited_at)
values (%(unit)s, %(kind)s, %(name)s, %(title)s, %(hamlet)s, %(place)s, %(latitude)s, %(longitude)s, %(owner)s,
        %(upstream)s, %(expected_every)s, %(horns)s, %(lifecycle)s, %(installed_on)s, %(replaces)s, %(simulated)s,
        %(edited_at)s)
on conflict (unit, kind, name) do update set
    title = excluded.title, hamlet = excluded.hamlet, place = excluded.place, latitude = excluded.latitude,
    longitude = excluded.longitude, owner = excluded.owner, upstream = excluded.upstream,
    expected_every = excluded.expected_every, horns = excluded.horns, lifecycle = excluded.lifecycle,
    installed_on = excluded.installed_on,
    replaces = excluded.replaces, simulated = excluded.simulated, edited_at = excluded.edited_at

-- amend_device: the register's entry of a device
update device set title = %(title)s, hamlet = %(hamlet)s, place = %(place)s, latitude = %(latitude)s,
    longitude = %(longitude)s, owner = %(owner)s, upstream = %(upstream)s, expected_every = %(expected_every)s,
    horns = %(horns)s, lifecycle = %(lifecycle)s, installed_on = %(installed_on)s,
    edited_at = coalesce(%(edited_at)s, edited_at)
where (unit, kind, name) = (%(unit)s, %(kind)s, %(name)s)

-- note_change: what a field said and says
insert into device_change (unit, kind, name, field, old, new, valid_from, actor, reason)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)

-- last_change: since when a field says what it says
select max(valid_from) from device_change where (unit, kind, name, field) = (%s, %s, %s, %s)

-- missing_devices: devices of some communes and kinds that a list does not name, but those that are gone
select d.unit, d.kind, d.name, d.title, d.lifecycle
from device d
where d.unit = any(%s) and d.kind = any(%s) and d.lifecycle <> 'retired' and not exists (
    select from unnest(%s::text[], %s::text[], %s::text[]) as b(unit, kind, name)
    where (b.unit, b.kind, b.name) = (d.unit, d.kind, d.name))
order by d.unit, d.kind, d.name

-- known_hamlets: the hamlets of communes, of the configuration and of the register
select unit, name from hamlet where unit = any(%(units)s)
union
select unit, hamlet from device where unit = any(%(units)s) and hamlet <> ''

-- drop_doubles: reports of a device that another holds too; their hours are due again (no trigger may say so: see 0020)
with gone as (
    delete from device_report r using device_report o
    where (r.unit, r.kind, r.name) = (%(unit)s, %(kind)s, %(name)s)
      and (o.unit, o.kind, o.name) = (%(of_unit)s, %(kind)s, %(of_name)s) and (o.at, o.digest) = (r.at, r.digest)
    returning r.unit, r.at)
insert into reading_due (unit, at) select distinct unit, slot_of(at) from gone order by 1, 2
on conflict (unit, at) do update set kept = false

-- adopt_reports: reports of one device become another's; answers when they begin
with moved as (
    update device_report set unit = %(of_unit)s, name = %(of_name)s
    where (unit, kind, name) = (%(unit)s, %(kind)s, %(name)s)
    returning at, received_at)
select min(least(at, received_at)) from moved

-- device_history: what was changed of a device and of those that stood in its place before
with recursive line as (
    select unit, kind, name, replaces, 0 as step from device where (unit, kind, name) = (%(unit)s, %(kind)s, %(name)s)
    union all
    select d.unit, d.kind, d.name, d.replaces, l.step + 1
    from line l
    join device d on l.step < 20 and l.replaces <> '' and d.unit || '.' || d.kind || '.' || d.name = l.replaces
)
select c.id, c.unit, c.kind, c.name, c.unit || '.' || c.kind || '.' || c.name as ref, c.field, c.old, c.new, c.valid_from,
       c.changed_at, c.actor, c.reason
from line
join device_change c using (unit, kind, name)
order by c.valid_from desc, c.id desc
limit 1000

-- device_line: a device and those that stood in its place before, newest first, with their names in messages
with recursive line as (
    select unit, kind, name, replaces, 0 as step from device where (unit, kind, name) = (%(unit)s, %(kind)s, %(name)s)
    union all
    select d.unit, d.kind, d.name, d.replaces, l.step + 1
    from line l
    join device d on l.step < 20 and l.replaces <> '' and d.unit || '.' || d.kind || '.' || d.name = l.replaces
)
select d.unit || '.' || d.kind || '.' || d.name as ref, d.unit, d.kind, d.name, d.title, d.hamlet, d.place, d.latitude,
       d.longitude, d.owner, d.upstream, extract(epoch from d.expected_every)::double precision as expected_every_s,
       d.horns, d.lifecycle, d.installed_on, d.registered_at, d.edited_at, d.replaces,
       array(select n.name from device_name n where (n.of_unit, n.kind, n.of_name) = (d.unit, d.kind, d.name)
             order by n.since, n.name) as other_names
from line
join device d using (unit, kind, name)
order by line.step
