-- How many devices of {kind} said {holds} in their last report of a bucket that has {reading}. One descent of the
-- index a device and bucket: what lies between is not read.
select b.at as time, d.unit, '' as label, (count(*) filter (where {holds}))::numeric as value
from device d
cross join generate_series({first}, least({last}, now()) - interval '1 us', {step}) as b(at)
cross join lateral (
    select r.readings, r.labels
    from device_report r
    where r.unit = d.unit and r.name = d.name and r.kind = d.kind and r.readings ? '{reading}'
      and r.at >= b.at and r.at < b.at + {step}
    order by r.at desc limit 1) r
where d.unit = any (units) and d.kind = '{kind}'
group by b.at, d.unit
-- now
select now() as time, d.unit, '' as label, (count(*) filter (where {holds}))::numeric as value
from device d
cross join lateral (
    select r.readings, r.labels
    from device_report r
    where r.unit = d.unit and r.name = d.name and r.kind = d.kind and r.readings ? '{reading}'
      and r.at > now() - interval '15 minutes' and r.at <= now()
    order by r.at desc limit 1) r
where d.unit = any (units) and d.kind = '{kind}'
group by d.unit
