"""The SQL behind what is no number: rows of devices, incidents, cases, programmes, sources and of the service itself.

Each states what it shows as of when. Codes stay codes, which :mod:`dashboards.tables` maps to mark, word and colour;
where a text is a bar's or a tile's name, the mark and the word stand in it.
"""

from dashboards.queries import COMMUNES, ZONE, ago, quoted, worded
from dashboards.words import SEVERITIES, STATES

DEVICES = (
    f"d.unit = any ({COMMUNES}) and d.kind = any (array[${{kind:sqlstring}}]::text[])"
    " and d.hamlet = any (array[${hamlet:sqlstring}]::text[])"
)
TITLE = "coalesce(nullif(d.title, ''), d.name)"
"""Of device ``d``, which :data:`DEVICES` chooses."""


WALL = f"""
select {TITLE} || coalesce(' · ' || {ago("now() - d.since")}, '') as device,
       array_position(array[{", ".join(map(quoted, STATES))}], d.state) as state
from device_now d
where {DEVICES} and d.lifecycle <> 'retired'
order by state, d.unit, d.kind, d.name
limit 200
"""
"""A device by its title and how long it has been so, and its state as its place in :data:`dashboards.words.STATES`."""

AVAILABILITY = f"""
select {TITLE} as device, d.kind, d.hamlet,
       100 * u.online_s / nullif(u.online_s + u.offline_s + u.fault_s, 0) as availability,
       u.offline_s + u.fault_s as down_s, u.maintenance_s, u.blind_s, n.state, n.last_seen
from device d
join device_now n using (unit, kind, name)
left join device_uptime({COMMUNES}, null, $__timeFrom(), $__timeTo()) u using (unit, kind, name)
where {DEVICES} and d.lifecycle in ('installed', 'unconfirmed')
order by availability nulls last, down_s desc
limit 500
"""

MAP = f"""
select d.latitude, d.longitude, {TITLE} as device, d.kind, d.hamlet,
       case d.state when 'offline' then '✖' when 'fault' then '▲' when 'degraded' then '▲' when 'unknown' then '?'
                    when 'maintenance' then '◆' else '' end as mark,
       case d.state when 'offline' then 4 when 'fault' then 3 when 'degraded' then 3 when 'maintenance' then 2
                    when 'online' then 1 else 0 end as severity,
       d.state, d.since
from device_now d
where {DEVICES} and d.latitude is not null and d.longitude is not null and d.lifecycle <> 'retired'
order by severity, d.unit, d.kind, d.name
"""

_INCIDENT = """i.severity, i.title_vi as what, i.subject_title as subject, u.name as commune, i.state"""
INCIDENTS_OPEN = f"""
select {_INCIDENT}, i.since, {ago("now() - i.since")} as lasting
from incident i
left join unit u on u.code = i.unit and u.valid_to is null
where i.unit = any ({COMMUNES}) and i.closed_at is null and i.folded_into is null
order by array_position(array['emergency', 'critical', 'warning', 'info'], i.severity), i.since
limit 200
"""
INCIDENTS_CLOSED = f"""
select {_INCIDENT}, i.since, i.closed_at, {ago("i.closed_at - i.opened_at")} as lasted
from incident i
left join unit u on u.code = i.unit and u.valid_to is null
where i.unit = any ({COMMUNES}) and i.closed_at between $__timeFrom() and $__timeTo()
order by i.closed_at desc
limit 500
"""
INCIDENTS_NOW = f"""
select {worded("s.severity", SEVERITIES)} as severity, count(i.id) as incidents
from unnest(array['emergency', 'critical', 'warning', 'info']) with ordinality as s(severity, position)
left join incident i on i.severity = s.severity and i.unit = any ({COMMUNES}) and i.closed_at is null
     and i.folded_into is null
group by s.severity, s.position
order by s.position
"""
INCIDENT_MARKS = f"""
select i.opened_at as "time", coalesce(i.closed_at, now()) as timeend,
       i.title_vi || ' – ' || i.subject_title as text, {worded("i.severity", SEVERITIES)} as tags
from incident i
where i.unit = any ({COMMUNES}) and i.severity in ('critical', 'emergency') and i.folded_into is null
  and i.opened_at < $__timeTo() and coalesce(i.closed_at, now()) > $__timeFrom()
order by i.opened_at
limit 200
"""
"""Grave incidents as annotations of every board."""


def cases(kind: str) -> str:
    """Return the open cases of a kind (``dossier``, ``field_report``), the most urgent first; no person is in them."""
    return f"""
select c.id, c.category, c.severity, c.hamlet, c.opened_at, c.due,
       deadline_class(c.kind, c.due, null, now()) as deadline, u.name as commune, c.received_at
from case_now c
left join unit u on u.code = c.unit and u.valid_to is null
where c.unit = any ({COMMUNES}) and c.kind = '{kind}' and c.closed_at is null
order by c.due nulls last, c.opened_at
limit 300
"""


PROGRAMMES = """
select o.starts_at, o.programme, coalesce(nullif(d.title, ''), o.device) as device, o.heard_at, o.outcome as state
from broadcast_outcome o
left join device d on (d.unit, d.kind, d.name) = (o.unit, 'loudspeaker', o.device)
where o.unit = any (array[${commune:sqlstring}]::text[])
  and o.starts_at between $__timeFrom() and $__timeTo()::timestamptz + interval '1 day'
order by o.starts_at desc, device
limit 300
"""


def freshness(*feeds: str) -> str:
    """Return what is known of the sources of some feeds, of all where none is named: state, age, newest message."""
    chosen = ", ".join(f"'{feed}'" for feed in feeds)
    where = f"\nwhere feed in ({chosen})" if feeds else ""
    newest = "greatest(last_message_at, contact_at)"
    return f"""
select title as source, state, coalesce({ago(f"now() - {newest}")}, '–') as age, {newest} as newest, error
from source_now{where}
order by array_position(array['error', 'stale', 'never', 'ok', 'paused'], state), title
"""


SIGHTS = """
select name, state, since, reason, measured, checked_at, array_to_string(hides, ', ') as hides
from canary_now
order by array_position(array['failing', 'unknown', 'ok'], state), name
"""
COUNTERS = f"""
select s.title as source, s.connector, s.transport, s.state, s.received, s.stored, s.duplicate, s.rejected, s.queued,
       s.received - s.stored - s.duplicate - s.rejected - s.queued as missing, s.last_stored_at,
       coalesce({ago("now() - s.heartbeat_at")}, '–') as heartbeat, s.error
from source_now s
order by array_position(array['error', 'stale', 'never', 'ok', 'paused'], s.state), s.title
"""
"""The books of each source since it began; ``missing`` is not 0 where they do not add up."""

LAGS = f"""
select s.title || coalesce(' · ' || {ago("make_interval(secs => s.lag_s::double precision)")}, '') as source,
       100 * s.lag_s / nullif(extract(epoch from s.stale_after), 0) as used
from source_now s
where s.configured and s.lag_s is not null
order by used desc
limit 60
"""
"""How much of the time after which a source counts as stale has gone by since it was last heard, in percent."""

MESSAGES = """
select date_bin('$__interval', m.minute, timestamptz '2020-01-01T00:00:00+07:00') as "time", w.outcome as metric,
       sum(w.messages) as value
from source_minute m
cross join lateral (
    values ('● Đã lưu', m.stored), ('○ Trùng', m.duplicate), ('✖ Bị từ chối', m.rejected)) w(outcome, messages)
where m.unit = any (array[${commune:sqlstring}]::text[]) and m.minute between $__timeFrom() and $__timeTo()
group by 1, 2
order by 1, 2
"""
REJECTIONS_DAILY = f"""
select date_trunc('day', r.received_at, {ZONE}) as "time", coalesce(s.title, r.source) as metric, count(*) as value
from rejection r
left join source_now s on s.name = r.source
where r.received_at between $__timeFrom() and $__timeTo()
group by 1, 2
order by 1, 2
"""
REJECTIONS = """
select coalesce(s.title, r.source) as source, r.stage, count(*) as kept, sum(r.times) as times,
       count(*) filter (where r.resolved_at is null) as open, min(r.first_at) as first_at,
       max(r.received_at) as received_at
from rejection r
left join source_now s on s.name = r.source
group by 1, 2
order by open desc, received_at desc
"""
SERVICE = """
select n.name, n.value
from (
    select 1 as position, 'Kết nối tới cơ sở dữ liệu' as name, numbackends::numeric as value
    from pg_stat_database where datname = current_database()
    union all
    select 2, 'Bế tắc khóa từ khi đếm', deadlocks from pg_stat_database where datname = current_database()
    union all
    select 3, 'Tin đang chờ ghi', coalesce(sum(queued), 0) from source_now where configured
    union all
    select 4, 'Nguồn không có nhịp tim', count(*) from source_now
    where configured and transport <> 'received' and heartbeat_at < now() - interval '15 seconds'
) n
order by n.position
"""
SIZES = """
select n.name, n.bytes
from (
    select 'Toàn bộ cơ sở dữ liệu' as name, pg_database_size(current_database()) as bytes
    union all
    select c.relname, (select sum(pg_total_relation_size(p.relid)) from pg_partition_tree(c.oid) p)
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
) n
where n.bytes > 0
order by n.bytes desc
limit 12
"""
BLINDNESS = """
select b.started_at as "time", coalesce(s.title, b.source) as metric,
       extract(epoch from coalesce(b.ended_at, now()) - b.started_at) as value
from blind_span b
left join source_now s on s.name = b.source
where b.started_at < $__timeTo() and coalesce(b.ended_at, now()) > $__timeFrom()
order by 1, 2
"""
"""When the service itself could not see, and for how many seconds."""
