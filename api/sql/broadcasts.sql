-- Named queries: what became of planned broadcasts.

-- played: every planned broadcast on every cluster
select o.starts_at, o.unit, o.source, o.id, o.device, coalesce(nullif(d.title, ''), o.device) as name,
       coalesce(d.hamlet, '') as hamlet, o.programme, o.priority, o.ends_at, o.outcome as state, o.heard_at,
       extract(epoch from o.heard_at - o.starts_at)::double precision as delay_s, o.counted
from broadcast_outcome o
left join device d on (d.unit, d.kind, d.name) = (o.unit, 'loudspeaker', o.device)
where o.starts_at >= %(start)s and o.starts_at < %(stop)s

-- played_totals: the same added up by commune, by cluster, by broadcast or by the local day
select unit, begins as starts_at, programme, device, name,
       count(*) as planned, count(*) filter (where in_time) as played,
       count(*) filter (where counted and outcome = 'late') as late,
       count(*) filter (where counted and outcome = 'not_heard') as not_heard,
       count(*) filter (where outcome = 'unobserved') as unobserved,
       count(*) filter (where outcome = 'maintenance') as maintenance,
       count(*) filter (where outcome <> 'unobserved' and outcome <> 'maintenance' and not counted) as due,
       count(*) filter (where in_time) as numerator, count(*) filter (where counted) as denominator,
       round(100.0 * count(*) filter (where in_time) / nullif(count(*) filter (where counted), 0), 2) as rate
from (
    select o.unit, o.outcome, o.counted, o.in_time,
           case %(by)s when 'broadcast' then o.starts_at
                       when 'day' then date_trunc('day', o.starts_at, 'Asia/Ho_Chi_Minh') else %(start)s end as begins,
           case %(by)s when 'broadcast' then o.programme else '' end as programme,
           case %(by)s when 'device' then o.device else '' end as device,
           case %(by)s when 'device' then coalesce(nullif(d.title, ''), o.device) else '' end as name
    from broadcast_outcome o
    left join device d on (d.unit, d.kind, d.name) = (o.unit, 'loudspeaker', o.device)
    where o.starts_at >= %(start)s and o.starts_at < %(stop)s and (%(unit)s::text is null or o.unit = %(unit)s)
) o
group by unit, begins, programme, device, name
