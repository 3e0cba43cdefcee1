-- known_canaries: what was known of our own sight
select name, state, since, reason, good_at, hides from canary

-- put_canary: what is known of it now
insert into canary (name, state, since, reason, good_at, checked_at, every, measured, hides)
values (%(name)s, %(state)s, %(since)s, %(reason)s, %(good_at)s, %(checked_at)s, %(every)s, %(measured)s, %(hides)s)
on conflict (name) do update set
    state = excluded.state, since = excluded.since, reason = excluded.reason, good_at = excluded.good_at,
    checked_at = excluded.checked_at, every = excluded.every, measured = excluded.measured, hides = excluded.hides

-- forget_canaries: those that the configuration no longer has
delete from canary where not name = any(%s)

-- last_alive: when a device was last heard alive by one of these sources
select max((f.value ->> 0)::timestamptz)
from device_state, jsonb_each(facts) f
where f.key = any(%s) and f.value ->> 1 not in ('offline', 'silent', 'unseen')

-- canaries: our own sight
select name, state, since, reason, good_at, checked_at, measured, hides from canary_now
