-- A share of the time of devices: 100 * {part} / {whole}, both sums of online, down, maintenance, blind, contract_online,
-- contract_down; by {label}, for devices where {where}. Whole days come from the totals as far as these go (a day is the
-- difference of two rows), the rest from the spans.
with known as materialized (
    select k.unit, k.kind, k.name, k.hamlet, greatest({first}, coalesce(midnight(k.upto), {first})) as cut
    from uptime_known k
    where k.unit = any (units) and {where}
), total as (
    select k.unit, k.kind, k.name, k.hamlet, u.day, u.online, u.offline + u.fault as down, u.maintenance, u.blind,
           u.contract_online, u.contract_down
    from known k
    join uptime_day u using (unit, kind, name)
    where u.day >= local_day({first}) and midnight(u.day) < least(k.cut, {last})
    union all
    select k.unit, k.kind, k.name, k.hamlet, u.day, u.online, u.offline + u.fault, u.maintenance, u.blind,
           u.contract_online, u.contract_down
    from known k
    cross join lateral (
        select * from uptime_day d
        where (d.unit, d.kind, d.name) = (k.unit, k.kind, k.name) and d.day < local_day({first})
        order by d.day desc limit 1) u
    where k.cut > {first}
), moved as (
    select unit, kind, hamlet, day, online - coalesce(lag(online) over w, 0) as online,
           down - coalesce(lag(down) over w, 0) as down,
           maintenance - coalesce(lag(maintenance) over w, 0) as maintenance,
           blind - coalesce(lag(blind) over w, 0) as blind,
           contract_online - coalesce(lag(contract_online) over w, 0) as contract_online,
           contract_down - coalesce(lag(contract_down) over w, 0) as contract_down
    from total window w as (partition by unit, kind, name order by day)
), spent as (
    select unit, kind, hamlet, day, online, down, maintenance, blind, contract_online, contract_down
    from moved where day >= local_day({first})
    union all
    select s.unit, s.kind, k.hamlet, s.day, s.online, s.offline + s.fault, s.maintenance, s.blind, s.contract_online,
           s.contract_down
    from (select array_agg(unit) as units, array_agg(kind) as kinds, array_agg(name) as names,
                 array_agg(cut) as starts, array_agg({last}) as stops
          from known where cut < least({last}, now())) l
    cross join lateral device_slices(l.units, l.kinds, l.names, l.starts, l.stops) s
    join known k using (unit, kind, name)
)
select date_bin({step}, midnight(day), {origin}) as time, unit, {label} as label,
       round(100.0 * sum({part}) / sum({whole}), 2) as value
from spent
group by 1, 2, 3
having sum({whole}) > 0
-- now
select now() as time, unit, {label} as label, round((100 * sum({part}) / sum({whole}))::numeric, 2) as value
from (select u.unit, u.kind, d.hamlet, u.online_s as online, u.offline_s + u.fault_s as down, u.maintenance_s as maintenance,
             u.blind_s as blind, u.contract_online_s as contract_online, u.contract_down_s as contract_down
      from device_uptime(units, null, now() - interval '1 day', now()) u
      join device d using (unit, kind, name)) k
where {where}
group by 2, 3
having sum({whole}) > 0
