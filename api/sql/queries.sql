-- Named queries: a line "-- name: what it does", then the statement. Lists name each column as the answer does.

-- devices: the register with what each device last said
select name as id, unit, kind, coalesce(nullif(title, ''), name) as name, unit || '.' || kind || '.' || name as ref,
       hamlet, state, reported, since, last_seen, coalesce(reason, '') as reason, lifecycle, simulated, latitude,
       longitude, horns, owner, upstream, extract(epoch from expected_every)::double precision as expected_every_s,
       coalesce(readings, '{}')::text as "values", coalesce(labels, '{}')::text as labels, changed_at
from device_now

-- device_refs: the devices that have this name, or have it in their messages
select unit, kind, name from device
where name = %(name)s and (%(unit)s::text is null or unit = %(unit)s) and (%(kind)s::text is null or kind = %(kind)s)
union
select of_unit, kind, of_name from device_name
where name = %(name)s and (%(unit)s::text is null or unit = %(unit)s) and (%(kind)s::text is null or kind = %(kind)s)
order by unit, kind

-- reports: what devices said
select unit, kind, name, at, digest, received_at, state, coalesce(readings, '{}')::text as "values",
       coalesce(labels, '{}')::text as labels, source
from device_report

-- spans: the states of devices from..to
select unit, kind, name, started_at, ended_at, state, reason,
       extract(epoch from coalesce(ended_at, now()) - started_at)::double precision as duration_s
from state_span

-- uptime: seconds in each state of every registered device; null where nothing was observed
select d.name as id, d.unit, d.kind, coalesce(nullif(d.title, ''), d.name) as name,
       d.unit || '.' || d.kind || '.' || d.name as ref, d.hamlet, d.lifecycle,
       coalesce(u.online_s, 0) as online_s, coalesce(u.offline_s, 0) as offline_s, coalesce(u.fault_s, 0) as fault_s,
       coalesce(u.maintenance_s, 0) as maintenance_s, coalesce(u.blind_s, 0) as blind_s,
       100 * (u.online_s / nullif(u.online_s + u.offline_s + u.fault_s, 0)) as availability,
       coalesce(u.contract_online_s, 0) as contract_online_s, coalesce(u.contract_down_s, 0) as contract_down_s,
       100 * (u.contract_online_s / nullif(u.contract_online_s + u.contract_down_s, 0)) as contract_availability
from device d
left join device_uptime(
    case when %(unit)s::text is null then array(select distinct unit from device) else array[%(unit)s::text] end,
    %(kind)s::text, %(start)s, %(stop)s) u using (unit, kind, name)

-- uptime_groups: the same added up by commune, by kind or by the hamlets where devices stood
select unit, kind, hamlet, count(distinct (unit, of_kind, name)) as devices, sum(online_s) as online_s,
       sum(offline_s) as offline_s, sum(fault_s) as fault_s, sum(maintenance_s) as maintenance_s,
       sum(blind_s) as blind_s,
       100 * (sum(online_s) / nullif(sum(online_s + offline_s + fault_s), 0)) as availability,
       sum(contract_online_s) as contract_online_s, sum(contract_down_s) as contract_down_s,
       100 * (sum(contract_online_s) / nullif(sum(contract_online_s + contract_down_s), 0)) as contract_availability
from (
    select unit, name, kind as of_kind, case when %(by)s = 'kind' then kind else '' end as kind,
           case when %(by)s = 'hamlet' then hamlet else '' end as hamlet, online_s, offline_s, fault_s, maintenance_s,
           blind_s, contract_online_s, contract_down_s
    from hamlet_uptime(
        case when %(unit)s::text is null then array(select distinct unit from device) else array[%(unit)s::text] end,
        %(kind)s::text, %(start)s, %(stop)s)
    where %(hamlet)s::text is null or hamlet = %(hamlet)s::text) u
group by unit, kind, hamlet

-- uptime_days: seconds of one device in each state by local day, oldest first; null where nothing was observed
select d.day, coalesce(u.online, 0) / 1e6 as online_s, coalesce(u.offline, 0) / 1e6 as offline_s,
       coalesce(u.fault, 0) / 1e6 as fault_s, coalesce(u.maintenance, 0) / 1e6 as maintenance_s,
       coalesce(u.blind, 0) / 1e6 as blind_s,
       100 * (u.online / nullif(u.online + u.offline + u.fault, 0)::double precision) as availability,
       coalesce(u.contract_online, 0) / 1e6 as contract_online_s, coalesce(u.contract_down, 0) / 1e6 as contract_down_s,
       100 * (u.contract_online / nullif(u.contract_online + u.contract_down, 0)::double precision)
           as contract_availability
from (
    select array_agg(day::date order by day) as days
    from generate_series(local_day(%(start)s), local_day(%(stop)s - interval '1 us'), interval '1 day') as day
) a
cross join lateral unnest(a.days) with ordinality as d(day, n)
left join uptime_in(
    array_fill(%(unit)s::text, array[cardinality(a.days)]), array_fill(%(kind)s::text, array[cardinality(a.days)]),
    array_fill(%(name)s::text, array[cardinality(a.days)]),
    array(select greatest(midnight(day), %(start)s) from unnest(a.days) with ordinality as x(day, n) order by n),
    array(select least(midnight(day + 1), %(stop)s) from unnest(a.days) with ordinality as x(day, n) order by n)
) u using (n)
order by d.day

-- uptime_why: what the time of one device counted as, with the evidence
select p.started_at, p.ended_at, extract(epoch from p.ended_at - p.started_at)::double precision as duration_s,
       p.state, p.reason, coalesce(p.counted, '') as counted, p.source, coalesce(s.title, '') as source_title, p.word,
       coalesce(case
           when p.counted = 'maintenance' then (
               select string_agg(distinct m.reason, '; ') from maintenance m
               where m.unit = %(unit)s and m.cancelled_at is null and coalesce(m.kind, p.kind) = p.kind
                 and coalesce(m.name, p.name) = p.name and m.starts_at < p.ended_at and m.ends_at > p.started_at
                 and (m.hamlet is null or exists (
                     select from device_past(p.unit, p.kind, p.name, 'hamlet') h
                     where h.value = m.hamlet and h.during && tstzrange(p.started_at, p.ended_at, '[)'))))
           when p.counted = 'blind' then (
               select string_agg(distinct b.reason, ' ') from blind_span b
               join device_source d on (d.unit, d.kind, d.name) = (p.unit, p.kind, p.name) and b.source = any (d.sources)
               where b.started_at < p.ended_at and coalesce(b.ended_at, 'infinity') > p.started_at)
       end, '') as note
from device_pieces(array[%(unit)s], array[%(kind)s], array[%(name)s], array[%(start)s], array[%(stop)s]) p
left join source s on s.name = p.source

-- units: communes and provinces of all times, with what became of them
select u.code, u.level, u.name, u.parent, u.valid_from, u.valid_to, u.latitude, u.longitude,
       (select s.successor from unit_successor s where s.code = u.code and s.valid_to = u.valid_to and s.main
        order by s.successor limit 1) as successor,
       (select coalesce(jsonb_agg(jsonb_build_object('code', s.successor, 'main', s.main, 'share', s.share)
                                  order by s.successor), '[]')::text
        from unit_successor s where s.code = u.code and s.valid_to = u.valid_to) as successors,
       (select coalesce(jsonb_agg(jsonb_build_object('code', s.code, 'main', s.main, 'share', s.share)
                                  order by s.code), '[]')::text
        from unit_successor s where s.successor = u.code and s.valid_to = u.valid_from) as predecessors
from unit u

-- observations: figures of offices, every revision; a code alone is no name, so each has the unit's at its period's end
select o.unit, u.name as unit_name, u.level as unit_level, o.indicator, o.period_start, o.period_end, o.period_kind,
       o.cumulative, o.scope, o.dims::text as dims, o.revision, o.latest, o.value, o.numerator, o.denominator, o.bound,
       o.low, o.high, o.stated, o.quality, o.level, o.source, o.address, o.received_at, o.import as import_id,
       o.undone_at, o.undone_by
from observation o
left join lateral (
    select name, level from unit
    where code = o.unit and valid_from <= o.period_end and (valid_to is null or valid_to > o.period_end)
    order by valid_from desc limit 1) u on true

-- lineage: a unit and those that it came from, each for its own time; share of it that is in the first, null: unknown
with recursive line as (
    (select code, level, name, valid_from, valid_to, false as predecessor, 1::numeric as share
     from unit where code = %(unit)s order by valid_from desc limit 1)
    union
    select p.code, p.level, p.name, p.valid_from, p.valid_to, true, l.share * s.share
    from line l
    join unit_successor s on s.successor = l.code and s.valid_to = l.valid_from
    join unit p on p.code = s.code and p.valid_to = s.valid_to
)
select code, level, name, valid_from, valid_to, predecessor, share from line order by predecessor, code

-- descended: the figures of a unit and of those that it came from, each as it was then; never added up
with recursive line as (
    (select code, level, name, valid_from, valid_to, false as predecessor, 1::numeric as share
     from unit where code = %(unit)s order by valid_from desc limit 1)
    union
    select p.code, p.level, p.name, p.valid_from, p.valid_to, true, l.share * s.share
    from line l
    join unit_successor s on s.successor = l.code and s.valid_to = l.valid_from
    join unit p on p.code = s.code and p.valid_to = s.valid_to
)
select o.unit, u.name as unit_name, u.level as unit_level, o.indicator, o.period_start, o.period_end, o.period_kind,
       o.cumulative, o.scope, o.dims::text as dims, o.revision, o.latest, o.value, o.numerator, o.denominator, o.bound,
       o.low, o.high, o.stated, o.quality, o.level, o.source, o.address, o.received_at, o.import as import_id,
       o.undone_at, o.undone_by, u.valid_from as unit_valid_from, u.valid_to as unit_valid_to, u.predecessor, u.share
from line u
join observation o on o.unit = u.code and o.period_end >= u.valid_from
    and (u.valid_to is null or o.period_end < u.valid_to)

-- cases: field reports and dossiers as they stand
select unit, kind, id, at, opened_at, closed_at, status, category, severity, due, channel, hamlet, latitude, longitude,
       source, received_at, changed_at, deadline_class(kind, due, closed_at, now()) as deadline,
       closed_at is null and deadline_class(kind, due, closed_at, now()) = 'overdue' as overdue
from case_now

-- broadcasts: programmes on the loudspeakers, planned and played
select unit, kind, id, device, programme, priority, starts_at, ends_at, state, source, received_at, changed_at
from broadcast

-- sources: every feed, its state and its counters
select name, connector, feed, title, transport, state, configured, received, stored, duplicate, rejected, queued,
       last_message_at, last_stored_at, heartbeat_at, error, error_since, lag_s::double precision as lag_s,
       extract(epoch from stale_after)::double precision as stale_after_s
from source_now

-- imports: what files and pushes brought
select id, source, address, encode(digest, 'hex') as digest, actor, at, new, changed, same, undone_at, undone_by
from import

-- rejections: what was refused, whole
select id, source, address, received_at, first_at, times, stage, place, reason, faults::text as faults, retried_at,
       resolved_at, octet_length(body) as size,
       case when %(body)s::int is null then body else substring(body from 1 for %(body)s::int) end as body
from rejection

-- source_minutes: what a feed brought by buckets, whatever commune it spoke of
select date_bin(%(step)s, minute, '2000-01-01 00:00+07') as at, sum(stored)::bigint as stored,
       sum(duplicate)::bigint as duplicate, sum(rejected)::bigint as rejected
from source_minute
where source = %(source)s and minute >= date_bin(%(step)s, %(start)s, '2000-01-01 00:00+07') and minute < %(stop)s
group by 1
order by 1

-- brought: who brought this content before (before the delivery of this key, if there is one), where it still counts
select id, address, actor, at from import
where source = %(source)s and digest = %(digest)s and undone_at is null
  and (id < (select own.id from import own where own.key = %(key)s::uuid)) is not false
order by id desc limit 1

-- last_import: what the last import of a source is that still counts
select id, address, actor, at from import where source = %(source)s and undone_at is null order by id desc limit 1

-- device_counts: devices by commune, kind and state
select unit, kind, state, count(*) as devices from device_now group by unit, kind, state

-- outlines: the hamlets that have an outline, with their commune's name of today
select h.unit, coalesce(u.name, h.unit) as unit_name, h.name, h.outline
from hamlet h
left join unit u on u.code = h.unit and u.valid_to is null
where h.outline is not null and (%(unit)s::text is null or h.unit = %(unit)s)
order by h.unit, h.name

-- device_points: the devices that stand somewhere
select unit || '.' || kind || '.' || name as ref, unit, kind, name, coalesce(nullif(title, ''), name) as title, hamlet,
       state, since, latitude, longitude
from device_now
where latitude is not null and longitude is not null and lifecycle <> 'retired'
  and (%(unit)s::text is null or unit = %(unit)s)
order by unit, kind, name

-- known_units: communes of which something is known
select array(select unit from device union select unit from observation union select unit from case_now
             union select unit from broadcast) as units

-- session_of: who holds this cookie
select a.name, a.role, s.expires_at < now() + interval '11 hours 55 minutes' as ages
from session s join account a on a.name = s.account
where s.digest = %s and s.expires_at > now() and not a.disabled

-- token_of: which program holds this token
select id, name, role, coalesce(used_at < now() - interval '1 minute', true) as ages
from token
where digest = %s and revoked_at is null and coalesce(expires_at > now(), true)

-- audit: who did what
insert into audit (actor, action, subject, detail) values (%s, %s, %s, %s)
