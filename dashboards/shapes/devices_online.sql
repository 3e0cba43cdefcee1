-- How many devices of {kind} worked, be it poorly, at the end of each bucket, or now in the one that runs. Each span
-- is one more where it begins and one less where it ends, so a year costs its spans, not its buckets times devices.
with edge as (
    select s.unit, e.at, sum(e.more) as seen, sum(e.more) filter (where s.state in ('online', 'degraded')) as well
    from state_span s
    cross join lateral (values (greatest(date_bin({step}, s.started_at, {origin}), {first}), 1),
                               (date_bin({step}, s.ended_at, {origin}), -1)) as e(at, more)
    where s.unit = any (units) and s.kind = '{kind}' and s.state <> 'unknown' and e.at < {last}
      and s.started_at < {last} and (s.ended_at is null or s.ended_at >= {first})
    group by s.unit, e.at
), standing as (
    select unit, at, sum(seen) over w as seen, coalesce(sum(well) over w, 0) as well, lead(at, 1, {last}) over w as until
    from edge window w as (partition by unit order by at)
)
select b.at as time, s.unit, '' as label, s.well as value
from standing s
cross join lateral generate_series(s.at, least(s.until, now()) - interval '1 us', {step}) as b(at)
where s.seen > 0
-- now
select now() as time, d.unit, '' as label, (count(*) filter (where d.state in ('online', 'degraded')))::numeric as value
from device_now d
where d.unit = any (units) and d.kind = '{kind}' and d.lifecycle in ('installed', 'unconfirmed')
group by d.unit
