-- Named queries: a line "-- name: what it does", then the statement.

-- lock_states: the states of the batch's devices, locked in one order so that two writers never wait for each other
select s.unit, s.kind, s.name, s.at, s.state, s.since, s.reason, s.decided_by, s.word, s.facts, d.expected_every
from device_state s
join unnest(%s::text[], %s::text[], %s::text[]) as b(unit, kind, name) using (unit, kind, name)
left join device d using (unit, kind, name)
order by s.unit, s.kind, s.name
for update of s

-- register_devices: devices that nobody declared are kept, unconfirmed
insert into device (unit, kind, name, lifecycle, registered_at)
select unit, kind, name, 'unconfirmed', heard_at
from unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[]) as b(unit, kind, name, heard_at)
on conflict do nothing

-- put_states: the newest of each device; a word of the broker alone keeps the last numbers, those of several sources add up
insert into device_state as s
    (unit, kind, name, at, seen_at, state, reported, since, reason, decided_by, word, facts, due_at, readings, labels,
     told_at, source, changed_at)
select unit, kind, name, at, seen_at, state, reported, since, reason, decided_by, word, facts, due_at, readings, labels,
       told_at, source, clock_timestamp()
from jsonb_to_recordset(%s::jsonb)
    as b(unit text, kind text, name text, at timestamptz, seen_at timestamptz, state text, reported text,
         since timestamptz, reason text, decided_by text, word text, facts jsonb, due_at timestamptz, readings jsonb,
         labels jsonb, told_at timestamptz, source text, several boolean)
order by unit, kind, name
on conflict (unit, kind, name) do update set
    at = excluded.at, seen_at = greatest(s.seen_at, excluded.seen_at), state = excluded.state,
    reported = excluded.reported, since = excluded.since, reason = excluded.reason, decided_by = excluded.decided_by,
    word = excluded.word, facts = excluded.facts, due_at = excluded.due_at,
    readings = case when excluded.told_at is null then coalesce(s.readings, '{}') || coalesce(excluded.readings, '{}')
                    when excluded.told_at < s.told_at then s.readings else excluded.readings end,
    labels = case when excluded.told_at is null then coalesce(s.labels, '{}') || coalesce(excluded.labels, '{}')
                  when excluded.told_at < s.told_at then s.labels else excluded.labels end,
    told_at = greatest(s.told_at, excluded.told_at),
    source = excluded.source, changed_at = excluded.changed_at

-- close_spans: the open span of each device ends where the next begins
update state_span s set ended_at = greatest(b.ended_at, s.started_at)
from unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[]) as b(unit, kind, name, ended_at)
where s.unit = b.unit and s.kind = b.kind and s.name = b.name and s.ended_at is null

-- open_spans: spans as they follow each other; a span without length gives way to its successor
insert into state_span (unit, kind, name, started_at, ended_at, state, reason, source, word)
select * from unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[], %s::text[],
                     %s::text[], %s::text[])
on conflict (unit, kind, name, started_at) do update set
    ended_at = excluded.ended_at, state = excluded.state, reason = excluded.reason, source = excluded.source,
    word = excluded.word

-- drop_spans: a past that is computed anew
delete from state_span where (unit, kind, name) = (%s, %s, %s) and started_at >= %s

-- span_at: the span of a device that covers an instant
select started_at, state, reason, source, word from state_span
where (unit, kind, name) = (%s, %s, %s) and started_at < %s order by started_at desc limit 1

-- due_devices: devices that should have spoken by now, locked; those that another has in hand come next time
select s.unit, s.kind, s.name, s.at, s.state, s.since, s.reason, s.decided_by, s.word, s.facts, d.expected_every
from device_state s
left join device d using (unit, kind, name)
where s.due_at < %s
order by s.unit, s.kind, s.name
limit %s
for update of s skip locked

-- judge_states: states that follow from what did not come; numbers stay as they were last heard
update device_state s
set at = b.at, state = b.state, reported = b.reported, since = b.since, reason = b.reason, decided_by = b.decided_by,
    word = b.word, facts = b.facts, due_at = case when b.due_at is null then null else greatest(b.due_at, b.again_at) end,
    changed_at = case when (s.state, s.reason) = (b.state, b.reason) then s.changed_at else clock_timestamp() end
from jsonb_to_recordset(%s::jsonb)
    as b(unit text, kind text, name text, at timestamptz, state text, reported text, since timestamptz, reason text,
         decided_by text, word text, facts jsonb, due_at timestamptz, again_at timestamptz)
where (s.unit, s.kind, s.name) = (b.unit, b.kind, b.name)

-- blind_since: when some sources could not see
select source, started_at, ended_at from blind_span
where source = any(%s) and coalesce(ended_at, 'infinity') > %s and ended_at is distinct from started_at

-- dark_sources: sources that could not see at some time since
select distinct source from blind_span where coalesce(ended_at, 'infinity') > %s and ended_at is distinct from started_at

-- kept_units: communes with a window of maintenance since
select distinct unit from maintenance where ends_at > %s and starts_at < now() and cancelled_at is null

-- heard_since: what was said of a device, and before it each source's last words (its own, the broker's) and sign of life
with said as (
    select source, at, received_at, state, coalesce(labels ->> 'evidence', '') = 'connection' as connection
    from device_report
    where (unit, kind, name) = (%(unit)s, %(kind)s, %(name)s) and at >= %(far)s - interval '7 days'
      and received_at <= %(now)s
)
select * from said where at >= %(far)s and received_at >= %(start)s  -- a clock may be a day behind
union all
(select distinct on (source, connection) * from said where received_at < %(start)s
 order by source, connection, least(at, received_at) desc, received_at desc, at desc, state collate "C" desc)
union all
(select distinct on (source) * from said where received_at < %(start)s
 order by source, received_at desc)

-- registered_at: since when a device is expected to speak
select registered_at from device where (unit, kind, name) = (%(unit)s, %(kind)s, %(name)s)

-- paces: how often the sources that ask, ask
select name, every from source where every is not null

-- changed_devices: devices as the stream shows them
select unit, kind, name, state, reported, since, at, reason, changed_at, readings, labels
from device_state s
join unnest(%s::text[], %s::text[], %s::text[]) as b(unit, kind, name) using (unit, kind, name)

-- stage_reports: a batch that may collide waits here
create temporary table if not exists staged_report
    (n integer, again boolean, unit text, kind text, name text, at timestamptz, digest bigint, received_at timestamptz, state text, readings jsonb, labels jsonb, source text)
on commit delete rows

-- take_staged: what is not there yet; a redelivery without an instant of its own equals a row of the last minutes
insert into device_report (unit, kind, name, at, digest, received_at, state, readings, labels, source)
select unit, kind, name, at, digest, received_at, state, readings, labels, source
from staged_report s
where not (again and exists (
    select from device_report r
    where r.unit = s.unit and r.name = s.name and r.digest = s.digest
      and r.at > s.at - interval '15 minutes' and r.at <= s.at))
on conflict do nothing
returning unit, name, at, digest

-- stage_observations: figures wait here to be compared with what is known
create temporary table if not exists staged_observation
    (n integer, unit text, indicator text, period_start date, period_end date, period_kind text, cumulative boolean,
     scope text, dims jsonb, value numeric, numerator numeric, denominator numeric, bound text, low numeric, high numeric,
     stated numeric, quality text, level text, source text, address text, received_at timestamptz, import bigint)
on commit delete rows

-- state_again: a figure that another source's file states too stays when the first is undone
update observation o set stated_by = o.stated_by || coalesce(s.import, 0)
from staged_observation s
where o.latest and (o.import is not null or (s.import is not null and o.source <> s.source))
  and o.import is distinct from s.import
  and (o.unit, o.indicator, o.period_start, o.period_end, o.period_kind, o.cumulative, o.scope, o.dims)
    = (s.unit, s.indicator, s.period_start, s.period_end, s.period_kind, s.cumulative, s.scope, s.dims)
  and (o.value, o.numerator, o.denominator, o.bound, o.low, o.high, o.stated, o.quality, o.level)
      is not distinct from (s.value, s.numerator, s.denominator, s.bound, s.low, s.high, s.stated, s.quality, s.level)
  and not o.stated_by && array[0, coalesce(s.import, 0)]::bigint[]
  -- Within one source the later import is undone first, so there is nothing to remember.
  and not (s.import is not null
           and exists (select from import i where i.id = o.import and i.source = s.source and i.undone_at is null))

-- new_observations: figures that say something else than the latest revision
create temporary table new_observation on commit drop as
select distinct on (s.unit, s.indicator, s.period_start, s.period_end, s.period_kind, s.cumulative, s.scope, s.dims)
       s.*, o.unit is null as fresh,
       1 + coalesce((
           select max(h.revision) from observation h
           where (h.unit, h.indicator, h.period_start, h.period_end, h.period_kind, h.cumulative, h.scope, h.dims)
               = (s.unit, s.indicator, s.period_start, s.period_end, s.period_kind, s.cumulative, s.scope, s.dims)
       ), 0) as revision
from staged_observation s
left join observation o on o.latest
    and (o.unit, o.indicator, o.period_start, o.period_end, o.period_kind, o.cumulative, o.scope, o.dims)
      = (s.unit, s.indicator, s.period_start, s.period_end, s.period_kind, s.cumulative, s.scope, s.dims)
where o.unit is null
   or (o.value, o.numerator, o.denominator, o.bound, o.low, o.high, o.stated, o.quality, o.level)
      is distinct from (s.value, s.numerator, s.denominator, s.bound, s.low, s.high, s.stated, s.quality, s.level)
order by s.unit, s.indicator, s.period_start, s.period_end, s.period_kind, s.cumulative, s.scope, s.dims, s.n desc

-- retire_observations: the revisions that are no longer the latest
update observation o set latest = false
from new_observation s
where o.latest and (o.unit, o.indicator, o.period_start, o.period_end, o.period_kind, o.cumulative, o.scope, o.dims)
                 = (s.unit, s.indicator, s.period_start, s.period_end, s.period_kind, s.cumulative, s.scope, s.dims)

-- take_observations: the new revisions; answers how many new and changed figures each message brought
with taken as (
    insert into observation (unit, indicator, period_start, period_end, period_kind, cumulative, scope, dims, revision,
        latest, value, numerator, denominator, bound, low, high, stated, quality, level, source, address, received_at,
        import)
    select unit, indicator, period_start, period_end, period_kind, cumulative, scope, dims, revision,
        true, value, numerator, denominator, bound, low, high, stated, quality, level, source, address, received_at,
        import
    from new_observation
    returning 1)
select n, count(*) filter (where fresh), count(*) filter (where not fresh)
from new_observation, (select count(*) from taken) as done
group by n

-- compare_observations: figures beside what is stored, changed ones first
select * from (
    select s.n, s.unit, s.indicator, s.period_start, s.period_end, s.period_kind, s.cumulative, s.scope,
           s.dims::text as dims, s.value, s.numerator, s.denominator, s.bound, s.low, s.high, s.stated, s.quality,
           s.level,
           case when o.unit is null then 'new'
                when (o.value, o.numerator, o.denominator, o.bound, o.low, o.high, o.stated, o.quality, o.level)
                     is distinct from
                     (s.value, s.numerator, s.denominator, s.bound, s.low, s.high, s.stated, s.quality, s.level)
                then 'changed' else 'same' end as change,
           o.value as old_value, o.numerator as old_numerator, o.denominator as old_denominator,
           o.stated as old_stated, o.quality as old_quality, o.received_at as old_received_at
    from staged_observation s
    left join observation o on o.latest
        and (o.unit, o.indicator, o.period_start, o.period_end, o.period_kind, o.cumulative, o.scope, o.dims)
          = (s.unit, s.indicator, s.period_start, s.period_end, s.period_kind, s.cumulative, s.scope, s.dims)
) as compared
order by array_position(array['changed', 'new', 'same'], change), unit, indicator, period_start, period_end, dims

-- begin_import: a delivery that is not finished goes on
insert into import (source, key, address, digest, actor, at) values (%s, %s, %s, %s, %s, %s)
on conflict (key) do update set at = import.at
returning id

-- came_first: the last import, where another one was the last when a delivery that has not begun yet was looked at
select i.actor, i.address, i.at
from (select id, actor, address, at from import where source = %(source)s and undone_at is null
      order by id desc limit 1) i
where i.id <> %(after)s
  and not exists (select from import o where o.key = %(key)s
                  or (o.source = %(source)s and o.digest = %(digest)s and o.undone_at is null))

-- end_import: what a delivery brought
update import set new = new + %(new)s, changed = changed + %(changed)s, same = same + %(same)s where id = %(id)s

-- forget_import: the same content again that brought nothing is no import
delete from import i
where i.id = %(id)s and i.new + i.changed = 0
  and exists (select from import o where (o.source, o.digest) = (i.source, i.digest) and o.id < i.id
              and o.undone_at is null)

-- undo_figures: revisions that nothing states any more
update observation o set latest = false, undone_at = now(), undone_by = %(by)s
where (o.import = %(id)s or (o.stated_by <> '{}' and o.stated_by @> array[%(id)s::bigint]))
  and o.undone_at is null and o.import is not null and not o.stated_by @> array[0::bigint]
  and not exists (select from import i where i.id = any(o.stated_by || o.import) and i.undone_at is null)

-- restore_figures: what was said before is the latest again
update observation o set latest = true
from (
    select distinct on (h.unit, h.indicator, h.period_start, h.period_end, h.period_kind, h.cumulative, h.scope, h.dims)
           h.*
    from observation h
    join observation gone on gone.undone_at = now()
        and (gone.import = %(id)s or (gone.stated_by <> '{}' and gone.stated_by @> array[%(id)s::bigint]))
        and (h.unit, h.indicator, h.period_start, h.period_end, h.period_kind, h.cumulative, h.scope, h.dims)
          = (gone.unit, gone.indicator, gone.period_start, gone.period_end, gone.period_kind, gone.cumulative,
             gone.scope, gone.dims)
    where h.undone_at is null
    order by h.unit, h.indicator, h.period_start, h.period_end, h.period_kind, h.cumulative, h.scope, h.dims,
             h.revision desc
) b
where not o.latest and o.revision = b.revision
  and (o.unit, o.indicator, o.period_start, o.period_end, o.period_kind, o.cumulative, o.scope, o.dims)
    = (b.unit, b.indicator, b.period_start, b.period_end, b.period_kind, b.cumulative, b.scope, b.dims)

-- take_case_event: one event of a case; nothing where it is known
insert into case_event (unit, kind, id, at, digest, opened_at, status, category, severity, due, channel, hamlet,
                        latitude, longitude, source, received_at)
values (%(unit)s, %(kind)s, %(id)s, %(at)s, %(digest)s, %(opened_at)s, %(status)s, %(category)s, %(severity)s, %(due)s,
        %(channel)s, %(hamlet)s, %(latitude)s, %(longitude)s, %(source)s, %(received_at)s)
on conflict do nothing
returning id

-- put_case: the case as its newest event says
insert into case_now as c (unit, kind, id, at, opened_at, closed_at, status, category, severity, due, channel, hamlet,
                           latitude, longitude, source, received_at, changed_at)
values (%(unit)s, %(kind)s, %(id)s, %(at)s, %(opened_at)s, %(closed_at)s, %(status)s, %(category)s, %(severity)s,
        %(due)s, %(channel)s, %(hamlet)s, %(latitude)s, %(longitude)s, %(source)s, %(received_at)s, clock_timestamp())
on conflict (unit, kind, id) do update set
    at = excluded.at, opened_at = excluded.opened_at, closed_at = excluded.closed_at, status = excluded.status,
    category = excluded.category, severity = excluded.severity, due = excluded.due, channel = excluded.channel,
    hamlet = excluded.hamlet, latitude = excluded.latitude, longitude = excluded.longitude, source = excluded.source,
    received_at = excluded.received_at, changed_at = excluded.changed_at
where c.at <= excluded.at

-- put_broadcast: a broadcast as its source says it now; nothing where that is known, or newer is
insert into broadcast as b (unit, kind, source, id, device, programme, priority, starts_at, ends_at, state, received_at)
values (%(unit)s, %(kind)s, %(source)s, %(id)s, %(device)s, %(programme)s, %(priority)s, %(starts_at)s, %(ends_at)s,
        %(state)s, %(received_at)s)
on conflict (unit, kind, source, id) do update set
    device = excluded.device, programme = excluded.programme, priority = excluded.priority,
    starts_at = excluded.starts_at, ends_at = excluded.ends_at, state = excluded.state,
    received_at = excluded.received_at, changed_at = clock_timestamp()
where b.received_at <= excluded.received_at
  and (b.device, b.programme, b.priority, b.starts_at, b.ends_at, b.state) is distinct from
      (excluded.device, excluded.programme, excluded.priority, excluded.starts_at, excluded.ends_at, excluded.state)
returning true

-- cancel_unnamed: what a source planned before and its newer plan does not name
update broadcast set state = 'cancelled', received_at = %(received_at)s, changed_at = clock_timestamp()
where unit = %(unit)s and kind = 'planned' and source = %(source)s and state = 'planned'
  and starts_at >= %(start)s and starts_at < %(stop)s and received_at <= %(received_at)s and not id = any(%(planned)s)
returning id

-- keep_rejection: a refused message, whole; the same again only counts
insert into rejection as r (source, address, body, digest, received_at, first_at, stage, place, reason, faults)
values (%(source)s, %(address)s, %(body)s, %(digest)s, %(received_at)s, %(received_at)s, %(stage)s, %(place)s, %(reason)s,
        %(faults)s)
on conflict (source, address, digest) do update set
    times = r.times + 1, received_at = excluded.received_at, stage = excluded.stage, place = excluded.place,
    reason = excluded.reason, faults = excluded.faults, resolved_at = null

-- take_content: a file is taken once, by content
insert into taken (source, digest, address) values (%s, %s, %s)
on conflict (source, digest) do update set undone_at = null, taken_at = now(), address = excluded.address
where taken.undone_at is not null

-- count: what became of a source's messages, in the same transaction as their rows
update source set
    received = received + %(received)s, stored = stored + %(stored)s, duplicate = duplicate + %(duplicate)s,
    rejected = rejected + %(rejected)s,
    last_message_at = greatest(last_message_at, %(last)s),
    last_stored_at = case when %(stored)s > 0 then greatest(last_stored_at, %(last)s) else last_stored_at end
where name = %(source)s

-- count_minute: the same by commune and minute
insert into source_minute as m (unit, source, minute, stored, duplicate, rejected)
select * from unnest(%s::text[], %s::text[], %s::timestamptz[], %s::integer[], %s::integer[], %s::integer[])
on conflict (unit, source, minute) do update set
    stored = m.stored + excluded.stored, duplicate = m.duplicate + excluded.duplicate,
    rejected = m.rejected + excluded.rejected

-- declare_source: a source of the configuration
insert into source (name, connector, feed, title, transport, stale_after, every)
values (%(name)s, %(connector)s, %(feed)s, %(title)s, %(transport)s, %(stale_after)s, %(every)s)
on conflict (name) do update set
    every = excluded.every, connector = excluded.connector, feed = excluded.feed, title = excluded.title, transport = excluded.transport,
    stale_after = excluded.stale_after, configured = true,
    declared_at = case when source.configured then source.declared_at else now() end

-- forget_sources: sources that the configuration no longer names keep their past
update source set configured = false where not name = any(%s)

-- declare_hamlet: a hamlet of the configuration
insert into hamlet (unit, name, outline) values (%s, %s, %s)
on conflict (unit, name) do update set outline = excluded.outline

-- move_cursor: where a conversation goes on, in the transaction of what it brought
insert into cursor (source, name, value) values (%s, %s, %s)
on conflict (source, name) do update set value = excluded.value, moved_at = now()

-- begin_poll: a look begins
insert into poll (source, began_at) values (%s, %s)
on conflict (source) do update set began_at = excluded.began_at, ended_at = null

-- end_poll: a look ended; good where nothing failed
update poll set ended_at = %(now)s, good_at = case when %(good)s then %(now)s else good_at end where source = %(source)s

-- contact: a source answered, be it that there is nothing new
update source set contact_at = greatest(contact_at, %s) where name = %s

-- declare_rule: one thing that a source owes
insert into due_rule (source, position, rule) values (%s, %s, %s)
on conflict (source, position) do update set rule = excluded.rule where due_rule.rule <> excluded.rule

-- declare_day: a day off, or a working day, by decision
insert into calendar_day (day, working) values (%s, %s)
on conflict (day) do update set working = excluded.working where calendar_day.working <> excluded.working

-- came: what is stored of a source's periods, by unit and indicator; a total is compared with the last period's
with asked as (
    select * from unnest(%(starts)s::date[], %(ends)s::date[], %(last_starts)s::date[], %(last_ends)s::date[])
        as p(start, stop, last_start, last_stop)
), said as (
    select o.*, o.received_at as came from observation o
    where o.source = %(source)s and o.undone_at is null
      and o.period_end between (select min(start) from asked) and (select max(stop) from asked)
    union all
    -- The same figure as another source's is a submission too.
    select o.*, i.at from observation o
    join import i on i.source = %(source)s and i.undone_at is null and i.id = any(o.stated_by)
    where o.stated_by <> '{}' and o.source <> %(source)s and o.undone_at is null
      and o.period_end between (select min(start) from asked) and (select max(stop) from asked)
)
select p.start, s.unit, s.indicator, min(s.came) as first, max(s.revision) as revision,
       max(s.came) filter (where s.revision > 1) as revised_at,
       bool_or(s.latest and s.quality in ('stated_mismatch', 'sum_mismatch')) as mismatched,
       coalesce(bool_or(s.latest and l.value is not null and greatest(abs(s.value), abs(l.value))
                        > %(factor)s::numeric * least(abs(s.value), abs(l.value))), false) as leapt
from asked p
join said s on case when %(whole)s
    then s.period_end = p.stop and (s.cumulative or s.period_start = p.start)
    else s.period_end between p.start and p.stop and (s.cumulative or s.period_start >= p.start) end
left join lateral (
    select b.value from observation b
    where b.latest and %(factor)s::numeric > 0 and s.dims = '{}' and b.dims = '{}' and b.value <> 0 and s.value <> 0
      and (b.unit, b.indicator, b.scope, b.cumulative) = (s.unit, s.indicator, s.scope, s.cumulative)
      and b.period_end between p.last_start and p.last_stop
      -- What runs from 1 January begins anew each year.
      and case when s.cumulative then b.period_start = s.period_start else b.period_start >= p.last_start end
      and (b.period_kind = s.period_kind or s.cumulative)
    order by b.period_end desc limit 1) l on true
where (cardinality(%(units)s::text[]) = 0 or s.unit = any(%(units)s))
  and (cardinality(%(indicators)s::text[]) = 0 or s.indicator = any(%(indicators)s))
group by p.start, s.unit, s.indicator

-- refused: messages of a source that are still refused, by the period in whose time they came
select p.start, count(*) as refused
from unnest(%(starts)s::date[], %(opens)s::timestamptz[], %(closes)s::timestamptz[]) as p(start, opens, closes)
join rejection r on r.source = %(source)s and r.resolved_at is null
    and r.received_at >= p.opens and r.received_at < p.closes
group by p.start
