-- Named queries: what was said of field reports and dossiers.

-- case_events: what was said of one case, the earliest first
select at, status, category, severity, due, channel, hamlet, source, received_at
from case_event
where (unit, kind, id) = (%s, %s, %s)
order by at, received_at, digest
