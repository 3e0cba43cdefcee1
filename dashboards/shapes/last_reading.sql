-- How many devices of {kind} said {holds} in their last report of an hour that has {reading}; in a wider bucket: of its
-- last hour. Hours that are over are kept.
select distinct on (1, 2) date_bin({step}, h.at, {origin}) as time, h.unit, '' as label, h.value
from indicator.{key}_hours({first}, {last}, units) h
where h.at < now()
order by 1, 2, h.at desc
-- now
select now() as time, r.unit, '' as label, (count(*) filter (where {holds}))::numeric as value
from last_reports(units, '{kind}', '{reading}', now() - interval '15 minutes' + interval '1 us', now() + interval '1 us',
                  '15 minutes') r
group by r.unit
-- hours
select r.unit, r.slot as at, ''::text as label, (count(*) filter (where {holds}))::numeric as value, count(*) as n,
       null::double precision[] as samples
from last_reports(units, '{kind}', '{reading}', start, stop, '1 hour') r
group by r.unit, r.slot
