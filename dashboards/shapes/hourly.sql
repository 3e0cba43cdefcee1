-- {value} of {reading} in an hour's reports of devices of {kind} that have it; in a wider bucket: {wide} of its hours.
-- Hours that are over are kept.
select date_bin({step}, h.at, {origin}) as time, h.unit, '' as label, round(({wide})::numeric, 2) as value
from indicator.{key}_hours({first}, {last}, units) h
group by 1, 2
-- now
select now() as time, r.unit, '' as label, round(({value})::numeric, 2) as value
from (select unit, (readings ->> '{reading}')::float as reading
      from device_reports(units, '{kind}', array['{reading}'], now() - interval '1 hour' + interval '1 us',
                          now() + interval '1 us')) r
group by r.unit
-- hours
select s.unit, hour_of(s.at) as at, s.label, ({value})::numeric as value, count(*) as n,
       null::double precision[] as samples
from {slots} s
cross join lateral unnest(s.samples) as r(reading)
group by s.unit, hour_of(s.at), s.label
-- slots
select r.unit, slot_of(r.at) as at, ''::text as label, array_agg((r.readings ->> '{reading}')::float) as samples
from device_reports(units, '{kind}', array['{reading}'], start, least(stop, now() + interval '1 us')) r
group by 1, 2
