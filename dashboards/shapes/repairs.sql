-- {value} of the outages of a month, by kind: down and up the hours, failures the outages seen in it. Time that was not
-- seen, or was maintenance, neither ends an outage nor counts in it, as in ingest/availability.py. Now: the last 30 days.
with account as (
    select date_trunc('month', k.day::timestamp) as at, k.unit, k.kind, sum(k.down) / 3600000000 as down,
           sum(k.online) / 3600000000 as up, sum(k.failures) as failures
    from uptime_by_day(units, date_trunc('month', start, 'Asia/Ho_Chi_Minh'),
                       (date_trunc('month', (stop - interval '1 us') at time zone 'Asia/Ho_Chi_Minh') + interval '1 month')
                       at time zone 'Asia/Ho_Chi_Minh', null, true) k
    group by 1, k.unit, k.kind
)
select at at time zone 'Asia/Ho_Chi_Minh' as time, unit, kind as label, round({value}, 2) as value
from account where failures > 0
-- now
with seen as (
    select p.unit, p.kind, p.counted <> 'online' as down, extract(epoch from p.ended_at - p.started_at) / 3600 as hours,
           coalesce(lag(p.counted) over (partition by p.n order by p.started_at), 'online') = 'online' as anew
    from (select array_agg(d.unit) as units, array_agg(d.kind) as kinds, array_agg(d.name) as names,
                 array_agg(now() - interval '30 days') as starts, array_agg(now()) as stops
          from device d where d.unit = any (units)) l
    cross join lateral device_pieces(l.units, l.kinds, l.names, l.starts, l.stops) p
    where p.counted in ('online', 'offline', 'fault')
), account as (
    select unit, kind, sum(hours) filter (where down) as down, sum(hours) filter (where not down) as up,
           count(*) filter (where down and anew) as failures
    from seen group by unit, kind
)
select now() as time, unit, kind as label, round({value}, 2) as value from account where failures > 0
