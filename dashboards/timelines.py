"""The SQL of devices' states over time: what their time counts as, and who is in a history of boxes."""

from dashboards.queries import COMMUNES, quoted
from dashboards.rows import DEVICES, TITLE
from dashboards.words import STATES


def boxed(kind: str, most: int) -> str:
    """Return a condition on rows ``i`` of devices' states: so many devices of a kind, the worst of now first."""
    return f"""(i.unit, i.label) in (
    select d.unit, d.kind || '/' || d.name from device_now d
    where d.unit = any ({COMMUNES}) and d.kind = {quoted(kind)} and d.lifecycle in ('installed', 'unconfirmed')
    order by array_position(array[{", ".join(map(quoted, STATES))}], d.state), d.unit, d.name limit {most})"""


_LONG = "$__timeTo()::timestamptz - $__timeFrom()::timestamptz > interval '31 days'"
TIMELINE = f"""
with shown as materialized (
    select d.unit, d.kind, d.name, {TITLE} as device, row_number() over (order by d.unit, d.kind, d.name) as n
    from device d where {DEVICES} and d.lifecycle in ('installed', 'unconfirmed')
    order by d.unit, d.kind, d.name limit 60
), listed as materialized (
    select array_agg(d.unit order by d.n) as units, array_agg(d.kind order by d.n) as kinds,
           array_agg(d.name order by d.n) as names,
           array_agg($__timeFrom()::timestamptz) as starts, array_agg($__timeTo()::timestamptz) as stops
    from shown d
), daily as (
    select p.n, p.day,
           case greatest(p.offline, p.fault, p.maintenance, p.blind, p.online)
               when p.offline then 'offline' when p.fault then 'fault' when p.maintenance then 'maintenance'
               when p.blind then 'blind' else 'online' end as state
    from listed a
    cross join lateral device_days(a.units, a.kinds, a.names, midnight(local_day($__timeFrom())),
                                   midnight(local_day($__timeTo()) + 1)) p
    where {_LONG} and p.online + p.offline + p.fault + p.maintenance + p.blind > 0
), island as (
    select *, day - row_number() over (partition by n, state order by day)::integer as run from daily
)
select p.started_at as "time", p.ended_at as timeend, d.device,
       case when p.counted = 'online' then p.state else p.counted end as state
from listed a
cross join lateral device_pieces(a.units, a.kinds, a.names, a.starts, a.stops) p
join shown d using (n)
where p.counted is not null and not {_LONG}
union all
select midnight(min(i.day)), least(midnight(max(i.day) + 1), now()), d.device, i.state
from island i
join shown d using (n)
group by i.n, d.device, i.state, i.run
order by 1, 3
"""
"""What the time of each device counts as: maintenance first, then what nobody could see, then its state.

In more than 31 days what most of each local day counted as, of as much the worse: a year has fewer rows than a screen
has points across.
"""
