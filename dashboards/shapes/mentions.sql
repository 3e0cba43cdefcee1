-- Figures {figures} of the internet by day, where {where}, by {label}. What a listening service says counts; entries of
-- feeds (they name their site) only where it says nothing.
select midnight(o.period_end) as time, o.unit, {label} as label,
       coalesce(sum(o.value) filter (where not o.dims ? 'site'), sum(o.value)) as value
from observation o
where o.unit = any (units) and o.indicator in ({figures}) and o.latest and o.scope = ''
  and o.dims ? 'source_type' and {where}
  and o.period_end between local_day(start) and local_day(stop)
  and midnight(o.period_end) >= start and midnight(o.period_end) < stop
group by 1, 2, 3
-- now
select midnight(o.period_end) as time, o.unit, {label} as label,
       coalesce(sum(o.value) filter (where not o.dims ? 'site'), sum(o.value)) as value
from unnest(units) as u(unit)
cross join lateral (
    select max(n.period_end) as day from observation n
    where n.unit = u.unit and n.indicator in ({figures}) and n.latest and n.scope = ''
      and n.dims ? 'source_type' and {newest}) d
join observation o on o.unit = u.unit and o.period_end = d.day
where o.indicator in ({figures}) and o.latest and o.scope = '' and o.dims ? 'source_type' and {where}
group by 1, 2, 3
