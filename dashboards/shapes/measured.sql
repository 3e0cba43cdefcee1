-- {value} of the rows of {rows} whose {at} lies in each bucket, where {where}, by {label}; of none there is no row. Now: the
-- last {span}.
select date_bin({step}, {at}, {origin}) as time, c.unit, {label} as label, round(({value})::numeric, 2) as value
from {rows}
where c.unit = any (units) and {where} and {at} >= {first} and {at} < {last} and {at} <= now()
group by 1, 2, 3
-- now
select now() as time, c.unit, {label} as label, round(({value})::numeric, 2) as value
from {rows}
where c.unit = any (units) and {where} and {at} > now() - interval '{span}' and {at} <= now()
group by 2, 3
