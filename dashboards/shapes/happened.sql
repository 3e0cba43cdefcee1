-- {value} of the rows of {rows} whose {at} lies in each bucket, where {where}, by {label}; now: the last 24 hours. From a
-- commune's first row (or what {known} says) on, labels of {labels} that none bears count 0.
with known as materialized ({known}), told as (
    select date_bin({step}, {at}, {origin}) as at, c.unit, {label} as label, ({value})::numeric as value
    from {rows}
    where c.unit = any (units) and {among} and {where} and {at} >= {first} and {at} < {last}
    group by 1, 2, 3
)
select b.at as time, k.unit, l.label, coalesce(t.value, 0) as value
from known k
cross join lateral generate_series(greatest(date_bin({step}, k.since, {origin}), {first}),
                                   least({last}, now()) - interval '1 us', {step}) as b(at)
cross join (values {labels}) as l(label)
left join told t on t.at = b.at and t.unit = k.unit and t.label = l.label
-- now
select now() as time, k.unit, l.label, coalesce(t.value, 0) as value
from ({known}) k
cross join (values {labels}) as l(label)
left join (select c.unit, {label} as label, ({value})::numeric as value
           from {rows}
           where c.unit = any (units) and {among} and {where} and {at} > now() - interval '1 day' and {at} <= now()
           group by 1, 2) t on t.unit = k.unit and t.label = l.label
