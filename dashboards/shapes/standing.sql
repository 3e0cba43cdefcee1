-- How many rows of {rows} stand open at the end of each bucket, or now in the one that runs: those where {where}, by
-- {label}. From a commune's first row (or what {known} says) on, labels of {labels} that none bears count 0. Each row is one
-- more where it opens and one less where it closes, so a year costs its rows, not its buckets times rows; {within} and
-- {open}: what an index knows of those in question, and of those that are open.
with known as materialized ({known}), stood as (
    select c.unit, {label} as label, greatest(date_bin({step}, c.opened_at, {origin}), {first}) as since,
           date_bin({step}, c.closed_at, {origin}) as until, count(*) as n
    from {rows}
    where c.unit = any (units) and {among} and {where} and c.opened_at < {last}
      and coalesce(c.closed_at, 'infinity') >= greatest({first}, c.opened_at) and {within}
    group by 1, 2, 3, 4
), edge as (
    select s.unit, s.label, e.at, sum(e.more) as more
    from stood s cross join lateral (values (s.since, s.n), (s.until, -s.n)) as e(at, more)
    where e.at < {last}
    group by 1, 2, 3
), standing as (
    select unit, label, at, sum(more) over w as n, lead(at, 1, {last}) over w as until
    from edge window w as (partition by unit, label order by at)
), told as (
    select b.at, s.unit, s.label, s.n
    from standing s
    cross join lateral generate_series(s.at, least(s.until, now()) - interval '1 us', {step}) as b(at)
    where s.n > 0
)
select b.at as time, k.unit, l.label, coalesce(t.n, 0)::numeric as value
from known k
cross join lateral generate_series(greatest(date_bin({step}, k.since, {origin}), {first}),
                                   least({last}, now()) - interval '1 us', {step}) as b(at)
cross join (values {labels}) as l(label)
left join told t on t.at = b.at and t.unit = k.unit and t.label = l.label
-- now
select now() as time, k.unit, l.label, (count(c.unit))::numeric as value
from ({known}) k
cross join (values {labels}) as l(label)
left join (select c.unit, {label} as label
           from {rows}
           where c.unit = any (units) and {among} and {open} and {where}) c using (unit, label)
group by k.unit, l.label
