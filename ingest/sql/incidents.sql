-- Named queries: incidents as the engine keeps them.

-- told_incidents: what has not ended, what nobody closed, and what ended so lately that it may return
select id, rule, unit, subject, subject_kind, title_vi, title_en, owner, severity, opened_at, since, announced_at,
       subject_title, state, clearing_since, cleared_at, closed_at, assignee, members, value, threshold, evidence,
       folded_into, version
from incident
where cleared_at is null or closed_at is null or closed_at > %(now)s - %(back)s::interval
   or (subject_kind = 'broadcast' and opened_at > %(now)s - interval '9 days')
order by id

-- add_incident: a new incident
insert into incident (rule, unit, subject, subject_kind, subject_title, title_vi, title_en, owner, severity, state,
    opened_at, since, announced_at, clearing_since, cleared_at, closed_at, members, value, threshold, evidence)
values (%(rule)s, %(unit)s, %(subject)s, %(subject_kind)s, %(subject_title)s, %(title_vi)s, %(title_en)s, %(owner)s,
        %(severity)s, %(state)s, %(opened_at)s, %(since)s, %(announced_at)s, %(clearing_since)s, %(cleared_at)s,
        %(closed_at)s, %(members)s, %(value)s, %(threshold)s, %(evidence)s)
returning id, version

-- move_incident: an incident moves on, unless somebody else moved it since it was read
update incident set
    severity = %(severity)s, state = %(state)s, opened_at = %(opened_at)s, since = %(since)s,
    announced_at = %(announced_at)s, clearing_since = %(clearing_since)s, cleared_at = %(cleared_at)s,
    closed_at = %(closed_at)s, members = %(members)s, value = %(value)s, threshold = %(threshold)s,
    evidence = %(evidence)s, folded_into = %(folded_into)s, version = version + 1, changed_at = clock_timestamp()
where id = %(id)s and version = %(version)s
returning id, version

-- touch_incident: its value, its members' ends and its clock go on; nothing that is told
update incident set
    clearing_since = %(clearing_since)s, members = %(members)s, value = %(value)s, threshold = %(threshold)s,
    evidence = %(evidence)s
where id = %(id)s and version = %(version)s

-- add_event: one step of an incident's life
insert into incident_event (incident, at, actor, action, from_state, to_state, detail)
values (%(incident)s, %(at)s, 'ioc', %(action)s, %(from)s, %(to)s, %(detail)s)

-- open_incidents: what somebody has to see to, the most severe first, then the longest
select id, unit, rule, subject_kind, subject, subject_title, title_vi, title_en, owner, severity, state, opened_at,
       since, announced_at, cleared_at, assignee, members, value, threshold, evidence, version
from incident
where closed_at is null and (%(unit)s::text is null or unit = %(unit)s)
order by array_position(array['emergency', 'critical', 'warning', 'info'], severity), since, id
limit %(most)s

-- lock_incident: kept from others until the transaction ends
select id from incident where id = %s for update

-- handled_incident: an incident and who moved it last; read under its lock
select i.id, i.state, i.version, i.assignee, i.unit, e.action as last_action, e.actor as last_actor, e.at as last_at
from incident i
cross join lateral (
    -- Notes and joined members do not say who has it.
    select action, actor, at from incident_event
    where incident = i.id and action not in ('noted', 'joined', 'escalated', 'assigned')
    order by id desc limit 1) e
where i.id = %s

-- step_incident: one step of a person, with its place in the history
with moved as (
    update incident set
        state = %(to)s, assignee = coalesce(%(assignee)s, assignee),
        closed_at = case when %(closes)s then clock_timestamp() when %(reopens)s then null else closed_at end,
        folded_into = case when %(reopens)s then null else folded_into end,
        version = version + 1, changed_at = clock_timestamp()
    where id = %(id)s
    returning id
)
insert into incident_event (incident, actor, action, from_state, to_state, note, detail)
select id, %(actor)s, %(action)s, %(from)s, %(to)s, %(note)s, %(detail)s from moved

-- other_incident: the open incident of the same subject
select o.id from incident i join incident o using (rule, unit, subject)
where i.id = %s and o.closed_at is null and o.id <> i.id

-- incident_history: every step of an incident
select id, at, actor, action, from_state, to_state, note, detail::text as detail
from incident_event where incident = %s order by id
