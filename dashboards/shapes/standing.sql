-- How many rows of {rows} stand open at the end of each bucket, or now in the one that runs: those where {where} at that
-- moment, by {label}. From a commune's first row (or what {known} says) on, labels of
-- {labels} that none bears count 0.
with known as materialized ({known}), standing as (
    select b.at, c.unit, {label} as label, count(*) as n
    from {rows}
    cross join lateral generate_series(greatest(date_bin({step}, c.opened_at, {origin}), {first}),
                                       least(date_bin({step}, c.closed_at, {origin}), {last}, now()) - interval '1 us',
                                       {step}) as b(at)
    cross join lateral (select least(b.at + {step} - interval '1 us', now()) as at) as moment
    where c.unit = any (units) and {among} and {where} and c.opened_at < {last}
      and coalesce(c.closed_at, 'infinity') >= {first}
    group by 1, 2, 3
)
select b.at as time, k.unit, l.label, coalesce(s.n, 0)::numeric as value
from known k
cross join lateral generate_series(greatest(date_bin({step}, k.since, {origin}), {first}),
                                   least({last}, now()) - interval '1 us', {step}) as b(at)
cross join (values {labels}) as l(label)
left join standing s on s.at = b.at and s.unit = k.unit and s.label = l.label
-- now
select now() as time, k.unit, l.label, (count(c.unit))::numeric as value
from ({known}) k
cross join (values {labels}) as l(label)
left join (select c.unit, {label} as label
           from {rows} cross join (select now() as at) as moment
           where c.unit = any (units) and {among} and c.closed_at is null and {where}) c using (unit, label)
group by k.unit, l.label
