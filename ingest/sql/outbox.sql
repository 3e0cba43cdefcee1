-- Named queries: notices and messages about incidents.

-- declare_receiver: a receiver of the configuration
insert into receiver (name, kind, title) values (%(name)s, %(kind)s, %(title)s)
on conflict (name) do update set kind = excluded.kind, title = excluded.title, configured = true

-- forget_receivers: receivers that the configuration names no longer
update receiver set configured = false where configured and name <> all (%s)

-- give_up_forgotten: what waits for receivers that are no longer there
update outbox o set state = 'dead', ended_at = %(now)s, error = 'the receiver is no longer configured'
from receiver r
where o.state = 'waiting' and r.name = o.receiver and not r.configured
returning o.id

-- drop_forgotten: notices for receivers that are no longer there
delete from notice n using receiver r where n.message is null and r.name = n.receiver and not r.configured

-- take_untold: steps that nobody was told of yet, each given to one taker
with taken as (
    delete from untold
    where event in (select event from untold order by event limit %(most)s for update skip locked)
    returning event
)
select e.id as event, e.incident, e.action, coalesce(e.detail ->> 'severity', i.severity) as severity, e.at, i.owner,
       i.unit
from taken t
join incident_event e on e.id = t.event
join incident i on i.id = e.incident
order by e.id

-- told_of: who was told of these incidents
select distinct receiver, incident from notice where incident = any (%s) and action = any (%s)

-- add_notice: a step for a receiver; told once
insert into notice (receiver, event, action, incident, severity, at)
values (%(receiver)s, %(event)s, %(action)s, %(incident)s, %(severity)s, %(at)s)
on conflict do nothing

-- unacknowledged: the first that a receiver was to be told of each incident that nobody took up, this time, until all
-- who come next are told
select * from (
    select distinct on (n.incident) n.event, n.incident, n.action, n.severity, n.at, i.severity as severity_now
    from incident i
    join lateral (
        select max(e.id) as event from incident_event e
        where e.incident = i.id and e.action in ('opened', 'reopened', 'returned')) begun on true
    join notice n on n.receiver = %(receiver)s and n.incident = i.id and n.event >= begun.event
    where i.state = 'open' and i.closed_at is null and i.severity = any (%(severities)s)
      and n.action = any (%(actions)s) and n.at <= %(before)s
    order by n.incident, n.at, n.event) first
where (select count(*) from notice d
       where d.receiver = any (%(next)s) and d.event = first.event and d.action = 'unacknowledged')
      < cardinality(%(next)s)

-- waiting_notices: what a receiver is to be told and that is in no message
select event, incident, action, severity, at from notice
where receiver = %(receiver)s and message is null
order by event limit %(most)s

-- waiting_messages: messages of a receiver on their way, the oldest first
select id, key, made_at, severity, urgent, content, attempts, next_try_at from outbox
where receiver = %s and state = 'waiting' order by id

-- made_messages: when the newest messages of a receiver were made
select made_at from outbox where receiver = %(receiver)s order by made_at desc limit %(most)s

-- told_subjects: incidents as a message tells them
select i.id, i.unit, coalesce(u.name, i.unit) as unit_name, i.rule, i.subject_kind, i.subject, i.subject_title,
       i.title_vi, i.severity, i.state, i.since, i.cleared_at, i.closed_at, i.value, i.threshold, i.evidence, i.members
from incident i
left join unit u on u.code = i.unit and u.valid_to is null
where i.id = any (%s)

-- add_message: a message, frozen
insert into outbox (receiver, severity, urgent, content, made_at, next_try_at)
values (%(receiver)s, %(severity)s, %(urgent)s, %(content)s, %(now)s, %(now)s)
returning id

-- put_in_message: its notices
update notice set message = %(message)s
where receiver = %(receiver)s and message is null
  and (event, action) in (select * from unnest(%(events)s::bigint[], %(actions)s::text[]))

-- claim_message: take a message to try it; until then it is nobody else's
update outbox set attempts = attempts + 1, next_try_at = %(until)s
where id = %(id)s and state = 'waiting' and next_try_at = %(seen)s
returning attempts

-- message_sent: it arrived
with done as (
    update outbox set state = 'sent', ended_at = %(now)s, error = %(note)s where id = %(id)s and state = 'waiting'
    returning receiver
)
update receiver r set sent_at = %(now)s, failing_since = null, error = %(note)s from done where r.name = done.receiver

-- message_failed: it did not; tried again then, or given up
with done as (
    update outbox set error = %(error)s, next_try_at = %(next)s,
        state = case when %(dead)s then 'dead' else 'waiting' end,
        ended_at = case when %(dead)s then %(now)s::timestamptz end
    where id = %(id)s and state = 'waiting'
    returning receiver
)
update receiver r set failing_since = coalesce(r.failing_since, %(now)s), error = %(error)s
from done where r.name = done.receiver

-- receiver_trial: a test message arrived, or did not
update receiver set
    sent_at = case when %(arrived)s then %(now)s else sent_at end,
    failing_since = case when not %(arrived)s then coalesce(failing_since, %(now)s) end,
    error = %(error)s
where name = %(name)s

-- kept_token: the tokens of a receiver
select origin, sealed, expires_at, refused_at, refusal from receiver_token where receiver = %s

-- keep_token: its tokens as they are now
insert into receiver_token (receiver, origin, sealed, expires_at, renewed_at)
values (%(receiver)s, %(origin)s, %(sealed)s, %(expires_at)s, %(renewed_at)s)
on conflict (receiver) do update set origin = excluded.origin, sealed = excluded.sealed,
    expires_at = excluded.expires_at, renewed_at = excluded.renewed_at, refused_at = null, refusal = ''

-- token_refused: they can't be renewed, and what there is has ended
update receiver_token set refused_at = %(now)s, refusal = %(refusal)s, expires_at = least(expires_at, %(now)s)
where receiver = %(receiver)s

-- drop_old_messages: messages that ended long ago, with their notices
delete from outbox where state <> 'waiting' and ended_at < %s

-- receivers: every receiver with its state, and what waits for it
select r.name, r.kind, r.title, r.configured,
       case when not r.configured then 'removed' when r.failing_since is not null then 'failing'
            when r.sent_at is null then 'never' else 'ok' end as state,
       r.sent_at, r.failing_since, r.error,
       (select count(*) from notice n where n.receiver = r.name and n.message is null) as notices,
       (select count(*) from outbox o where o.receiver = r.name and o.state = 'waiting') as waiting,
       (select min(o.made_at) from outbox o where o.receiver = r.name and o.state = 'waiting') as waiting_since,
       (select min(o.next_try_at) from outbox o where o.receiver = r.name and o.state = 'waiting') as next_try_at,
       (select count(*) from outbox o
        where o.receiver = r.name and o.state = 'sent' and o.made_at > now() - interval '1 day') as sent_24h,
       (select count(*) from outbox o
        where o.receiver = r.name and o.state = 'dead' and o.made_at > now() - interval '7 days') as dead_7d
from receiver r

-- outbox: messages with what became of them
select o.id, o.key, o.receiver, o.severity, o.state, o.made_at, o.attempts,
       case when o.state = 'waiting' then o.next_try_at end as next_try_at, o.ended_at, o.error,
       o.content ->> 'title' as title, o.content ->> 'text' as text,
       array(select distinct n.incident from notice n where n.message = o.id order by 1) as incidents
from outbox o
