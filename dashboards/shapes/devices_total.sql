-- How many devices of {kind} stood there by the end of each bucket: since they were installed, else registered.
with joined as (
    select d.unit, greatest(date_bin({step}, i.at, {origin}), {first}) as at, count(*) as more
    from device d
    cross join lateral (select coalesce(d.installed_on::timestamp at time zone 'Asia/Ho_Chi_Minh', d.registered_at) as at) i
    where d.unit = any (units) and d.kind = '{kind}' and d.lifecycle in ('installed', 'unconfirmed')
      and i.at < {last}
    group by 1, 2
), standing as (
    select unit, at, sum(more) over w as total, lead(at, 1, {last}) over w as until
    from joined window w as (partition by unit order by at)
)
select b.at as time, s.unit, '' as label, s.total as value
from standing s
cross join lateral generate_series(s.at, s.until - interval '1 us', {step}) as b(at)
-- now
select now() as time, d.unit, '' as label, count(*)::numeric as value
from device d
where d.unit = any (units) and d.kind = '{kind}' and d.lifecycle in ('installed', 'unconfirmed')
group by d.unit
