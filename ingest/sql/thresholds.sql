-- Named queries: thresholds as people said them on the screen.

-- thresholds: everything that was said, of one rule and commune or of all, in the order in which it was said
select id, rule, unit, valid_from, holds_from, wants, actor, reason, changed_at
from threshold
where (%(rule)s::text is null or rule = %(rule)s) and (%(unit)s::text is null or unit = %(unit)s)
order by id

-- add_threshold: one more; it holds from that day's midnight, never from before it is said
insert into threshold (rule, unit, valid_from, holds_from, wants, actor, reason)
values (%(rule)s, %(unit)s, %(valid_from)s,
        greatest(%(valid_from)s::timestamp at time zone 'Asia/Ho_Chi_Minh', now()), %(wants)s, %(actor)s, %(reason)s)
returning id, holds_from, changed_at
