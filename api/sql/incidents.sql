-- Named queries of incidents.

-- incidents: what somebody has to see to, and what was
select id, unit, rule, subject_kind, subject, subject_title, title_vi, title_en, owner, severity, state, opened_at,
       since, announced_at, cleared_at, closed_at, assignee, members::text as members, value, threshold,
       evidence::text as evidence, folded_into, version, changed_at
from incident

-- handed: incidents that opened or closed since, or are open, with who did something about them last
select i.id, i.unit, i.rule, i.subject_kind, i.subject, i.subject_title, i.title_vi, i.title_en, i.owner, i.severity,
       i.state, i.opened_at, i.since, i.announced_at, i.cleared_at, i.closed_at, i.assignee, i.members::text as members,
       i.value, i.threshold, i.evidence::text as evidence, i.folded_into, i.version, i.changed_at,
       e.actor as last_actor, e.at as last_at
from incident i
cross join lateral (select actor, at from incident_event where incident = i.id order by id desc limit 1) e
where (i.closed_at is null or i.closed_at >= %(since)s) and (%(unit)s::text is null or i.unit = %(unit)s)
order by array_position(array['emergency', 'critical', 'warning', 'info'], i.severity), i.opened_at, i.id
limit %(most)s

-- notes: what was written about incidents since
select e.incident, i.title_vi, e.at, e.actor, e.note
from incident_event e
join incident i on i.id = e.incident
where e.at >= %(since)s and e.note <> '' and (%(unit)s::text is null or i.unit = %(unit)s)
order by e.id
limit %(most)s
