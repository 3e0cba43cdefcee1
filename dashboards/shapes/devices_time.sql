-- A share of the time of devices: 100 * {part} / {whole}, both sums of online, down, maintenance, blind, contract_online,
-- contract_down; by {label}, for devices of {of} (a kind, null: all)
-- where {where}.
select date_bin({step}, midnight(k.day), {origin}) as time, k.unit, {label} as label,
       round(100.0 * sum({part}) / sum({whole}), 2) as value
from uptime_by_day(units, {first}, {last}, {of}) k
where {where}
group by 1, 2, 3
having sum({whole}) > 0
-- now
select now() as time, unit, {label} as label, round((100 * sum({part}) / sum({whole}))::numeric, 2) as value
from (select u.unit, u.kind, d.hamlet, u.online_s as online, u.offline_s + u.fault_s as down, u.maintenance_s as maintenance,
             u.blind_s as blind, u.contract_online_s as contract_online, u.contract_down_s as contract_down
      from device_uptime(units, {of}, now() - interval '1 day', now()) u
      join device d using (unit, kind, name)) k
where {where}
group by 2, 3
having sum({whole}) > 0
