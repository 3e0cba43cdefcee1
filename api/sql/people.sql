-- accounts: people, when each last used a session or began one (to five minutes), and the number of its last change
select a.name, a.role, a.disabled, a.created_at, greatest(s.used_at, n.begun_at) as used_at,
       coalesce(s.sessions, 0) as sessions, coalesce(n.version, 0) as version
from account a
left join (
    select account, max(expires_at) - interval '12 hours' as used_at,
           count(*) filter (where expires_at > now()) as sessions
    from session group by account
) s on s.account = a.name
left join (
    select subject, max(at) filter (where action = 'session.begin') as begun_at,
           max(id) filter (where starts_with(action, 'account.')) as version
    from audit where action = 'session.begin' or starts_with(action, 'account.') group by subject
) n on n.subject = a.name
order by a.name

-- last_account_change: who changed an account after a change of this number, and how
select actor, at, action from audit
where starts_with(action, 'account.') and subject = %s and id > %s
order by id desc limit 1

-- tokens: programs, without their secrets
select id, name, role, created_at, expires_at, revoked_at, used_at,
       revoked_at is null and coalesce(expires_at > now(), true) as in_force
from token
order by in_force desc, id desc

-- audited: who did what, in the order in which it was done
select id, at, actor, action, subject, detail::text as detail from audit
