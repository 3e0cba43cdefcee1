-- Named queries: what the role that may only read can do.

-- reader_may_not_read: which of these columns it can't read; a table without columns stands for all of it
select distinct t.relation
from unnest(%(relations)s::text[], %(columns)s::text[]) as t(relation, c)
where not case when c is null then has_table_privilege(%(role)s, t.relation, 'select')
               else has_column_privilege(%(role)s, t.relation, c, 'select') end
order by 1

-- reader_may_write: tables that it could write
select relname::text
from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')
  and (has_table_privilege(%(role)s, oid, 'insert, update, delete, truncate')
       or has_any_column_privilege(%(role)s, oid, 'insert, update'))
order by 1
