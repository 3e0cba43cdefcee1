-- Named queries: what alarm rules look at.

-- watched_devices: devices that an incident is about, or might soon be
select s.unit, s.kind, s.name, d.title, d.hamlet, d.upstream, d.lifecycle, s.state, s.reported, s.since, s.reason, s.at,
       s.readings, s.labels, s.decided_by, s.source, s.seen_at, s.told_at
from unnest(%s::text[], %s::text[], %s::text[]) as w(unit, kind, name)
join device_state s using (unit, kind, name)
join device d using (unit, kind, name)

-- candidate_devices: the columns of a device that a rule judges
select s.unit, s.kind, s.name, d.title, d.hamlet, d.upstream, d.lifecycle, s.state, s.reported, s.since, s.reason, s.at,
       s.readings, s.labels, s.decided_by, s.source, s.seen_at, s.told_at
from device_state s
join device d using (unit, kind, name)

-- catching_up: those of these devices whose last words of that source were late, each by another time, as what was kept is
select w.unit, w.kind, w.name
from unnest(%(units)s::text[], %(kinds)s::text[], %(names)s::text[], %(sources)s::text[]) as w(unit, kind, name, source)
cross join lateral (
    select count(*) as words, (array_agg(late order by at desc))[1] as late, max(late) - min(late) as spread,
           max(received_at) - min(received_at) as apart
    from (select at, received_at, received_at - at as late
          from device_report r
          where (r.unit, r.kind, r.name) = (w.unit, w.kind, w.name) and r.source = w.source
            and r.at > %(now)s - interval '8 days'
          order by at desc limit 2) r
) said
where said.late > %(late)s and (said.words = 1 or said.spread > said.apart / 2 + interval '0.5 seconds')

-- fallen_units: communes where so many devices fell in the last days
select s.unit
from device_state s
join device d using (unit, kind, name)
where s.state = any (%(states)s) and s.since > %(now)s - interval '2 days'
  and d.lifecycle in ('installed', 'unconfirmed')
group by s.unit
having count(*) >= %(least)s

-- unit_devices: all devices of some communes, as groups see them
select s.unit, s.kind, s.name, d.title, d.hamlet, d.upstream, d.lifecycle, s.state, s.since
from device_state s
join device d using (unit, kind, name)
where s.unit = any (%s)

-- flapping_devices: devices that changed lately, or are named, with how often they fell; falls with a group are its own
select s.*, f.falls, f.first_at
from (
    select s.unit, s.kind, s.name, d.title, d.hamlet, d.lifecycle, s.state, s.since
    from device_state s
    join device d using (unit, kind, name)
    where (s.unit, s.kind, s.name) in (select * from unnest(%(units)s::text[], %(kinds)s::text[], %(names)s::text[]))
       or (%(falls)s::integer is not null and s.since > %(now)s - %(within)s::interval
           and (%(kind)s::text is null or s.kind = %(kind)s) and d.lifecycle in ('installed', 'unconfirmed')
           and (%(only)s::text[] is null or s.unit = any (%(only)s)) and s.unit <> all (%(but)s::text[]))
) s
cross join lateral (
    select count(*) as falls, min(started_at) as first_at
    from (
        select started_at, state, lag(state) over (order by started_at) as before
        from state_span p
        where (p.unit, p.kind, p.name) = (s.unit, s.kind, s.name)
          and p.started_at > %(now)s - %(within)s::interval - interval '1 day' and p.started_at <= %(now)s) p
    where state = 'offline' and started_at > %(now)s - %(within)s::interval
      and coalesce(before, 'online') in ('online', 'degraded', 'fault')
      and not exists (
          select from incident i
          where i.unit = s.unit and i.subject_kind = 'group' and i.opened_at <= p.started_at
            and coalesce(i.cleared_at, 'infinity') > p.started_at
            and i.members @> jsonb_build_array(jsonb_build_object('subject', s.kind || '/' || s.name)))
) f
where f.falls >= coalesce(%(falls)s::integer, 0)

-- open_cases: open cases of a kind that a rule concerns, and watched ones as they stand
select c.unit, c.id, c.opened_at, c.closed_at, c.at, c.status, c.category, c.severity, c.hamlet, c.due,
       case when c.due > c.opened_at
            then extract(epoch from %(now)s - c.opened_at) / extract(epoch from c.due - c.opened_at) end as elapsed
from case_now c
where c.kind = %(kind)s
  and ((c.closed_at is null
        and (cardinality(%(severity)s::text[]) = 0 or c.severity = any (%(severity)s))
        and (cardinality(%(status)s::text[]) = 0 or c.status = any (%(status)s))
        and (%(elapsed)s::numeric is null
             or (c.due > c.opened_at and c.opened_at + (c.due - c.opened_at) * %(elapsed)s::float8 <= %(now)s)))
       or (c.unit, c.id) in (select * from unnest(%(units)s::text[], %(ids)s::text[])))

-- feed_states: every source, and whether it could see
select s.name, s.title, s.state, s.error, s.error_since, s.heartbeat_at, s.lag_s::float8 as lag_s,
       greatest(s.last_message_at, s.contact_at) + s.stale_after as stale_since,
       exists (select from blind_span b where b.source = s.name and b.ended_at is null) as blind
from source_now s

-- blind_now: what can't see now; a collector that was stopped did not look, but looks again
select source, started_at, reason from blind_span where ended_at is null and reason <> 'collector_stopped'
order by source

-- sight_since: since when everything sees again
select max(ended_at) as at from blind_span where ended_at > %(now)s - interval '1 day'

-- known_communes: communes of which something is known
select unit from device union select unit from case_now union select unit from observation where latest

-- newest_figure: the newest figure of offices in each commune, whole, without dimensions
select distinct on (o.unit) o.unit, '' as label, o.value, o.period_start, o.period_end,
       o.period_end::timestamp at time zone 'Asia/Ho_Chi_Minh' as time
from observation o
where o.indicator = %(figure)s and o.unit = any (%(units)s) and o.latest and o.dims = '{}' and o.level = ''
  and o.scope = ''
order by o.unit, o.period_end desc, o.period_start desc

-- linked_cases: cases of a month that hang together, by disease
select o.unit, o.dims ->> 'disease' as disease, sum(o.value) as cases
from observation o
where o.indicator = 'cases_linked' and o.unit = any (%(units)s) and o.latest and not o.cumulative and o.scope = ''
  and o.level = '' and o.dims ? 'disease' and o.dims - 'disease' = '{}'
  and o.period_end >= %(month)s and o.period_end < %(month)s + interval '1 month'
group by 1, 2

-- outbreaks: cases of the month by disease beside the years before
select * from outbreak(%(units)s, %(month)s, %(years)s, %(deviations)s, %(epidemic)s)

-- played: what was played lately, with the form of the rule that held in that commune then
with form as (
    select * from jsonb_to_recordset(%(forms)s::jsonb)
        as f(unit text, since timestamptz, enabled boolean, windows jsonb, unplanned boolean, tolerance_s float8, longest_s float8)
)
select b.unit, b.source, b.id, b.device, b.programme, b.priority, b.starts_at, b.ends_at, b.state,
       extract(epoch from p.until - b.starts_at)::float8 as lasted_s, f.longest_s,
       not exists (
           select from jsonb_array_elements(f.windows) as w(hours)
           where p.began_s >= (w.hours ->> 0)::float8 - f.tolerance_s and p.began_s < (w.hours ->> 1)::float8
             and p.until_s <= (w.hours ->> 1)::float8 + f.tolerance_s) as outside,
       -- Where a source delivers no schedule, or had not yet, nobody can tell what was not in it.
       f.unplanned
           and exists (select from broadcast o where o.unit = b.unit and o.kind = 'planned' and o.source = b.source
                       and o.received_at <= b.starts_at and o.starts_at between b.starts_at - interval '7 days' and b.starts_at + interval '7 days')
           and not exists (
               select from broadcast o
               where o.unit = b.unit and o.kind = 'planned' and o.state = 'planned' and o.device in (b.device, '')
                 and o.starts_at between b.starts_at - make_interval(secs => f.tolerance_s)
                                     and b.starts_at + make_interval(secs => f.tolerance_s)) as unplanned
from broadcast b
cross join lateral (
    select m.midnight, u.until, extract(epoch from b.starts_at - m.midnight)::float8 as began_s,
           extract(epoch from u.until - m.midnight)::float8 as until_s
    from (select date_trunc('day', b.starts_at, 'Asia/Ho_Chi_Minh') as midnight) m,
         (select coalesce(b.ends_at, case when b.state = 'playing' then %(now)s else b.starts_at end) as until) u
) p
cross join lateral (
    select * from form f
    where f.unit in ('', b.unit) and f.since <= b.starts_at
    order by f.unit <> '' desc, f.since desc limit 1
) f
where b.kind = 'played' and b.state in ('playing', 'played') and b.starts_at <= %(now)s
  and b.starts_at > %(now)s - interval '7 days' and (b.changed_at > %(since)s or b.state = 'playing') and f.enabled
order by b.starts_at

-- unheard: planned broadcasts that were not heard, where somebody looked and the cluster was to play
with form as (
    select * from jsonb_to_recordset(%(forms)s::jsonb)
        as f(unit text, since timestamptz, enabled boolean, tolerance_s float8)
)
select d.unit, d.source, d.id, d.device, d.programme, d.priority, d.starts_at, d.ends_at
from broadcast_due d
cross join lateral (
    select * from form f
    where f.unit in ('', d.unit) and f.since <= d.starts_at
    order by f.unit <> '' desc, f.since desc limit 1
) f
cross join lateral (select d.starts_at + make_interval(secs => f.tolerance_s) as late_at) l
where d.starts_at > %(oldest)s and d.starts_at <= %(now)s and f.enabled and l.late_at <= %(now)s and d.heard_at is null
  and broadcast_observed(d.unit, d.source, d.device, d.starts_at, l.late_at)
  and not exists (select from maintenance_of(d.unit, 'loudspeaker', d.device) m
                  where m.starts_at <= l.late_at and m.ends_at > d.starts_at)
order by d.starts_at

-- broadcast_ends: whether broadcasts that an incident is about have ended
select b.unit, b.kind, b.source, b.id, b.starts_at, b.ends_at, b.state
from broadcast b
join unnest(%s::text[], %s::text[], %s::text[], %s::text[]) as w(unit, kind, source, id) using (unit, kind, source, id)
