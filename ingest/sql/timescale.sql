-- Named queries: TimescaleDB, asked only where the extension is, but for the first two.

-- timescale_server: what the server has; a setting of the library exists only where the library is loaded
select (select default_version from pg_available_extensions where name = 'timescaledb') as available,
       (select extversion from pg_extension where extname = 'timescaledb') as version,
       current_setting('timescaledb.disable_load', true) is not null as preloaded,
       current_setting('timescaledb.license', true) as license

-- reports_are_partitioned: natively, as on plain PostgreSQL
select relkind = 'p' from pg_class where oid = 'device_report'::regclass

-- adopt_hypertable: the new and empty table becomes a hypertable of the same columns and the same key
create table hyper_report (like device_report including all);
drop table device_report;
alter table hyper_report rename to device_report;
alter index hyper_report_pkey rename to device_report_pkey;
select create_hypertable('device_report', by_range('at', interval '1 day'), create_default_indexes => false)

-- chunks: the days (UTC) of reports, oldest first
select (range_start at time zone 'UTC')::date as day, is_compressed
from timescaledb_information.chunks
where hypertable_schema = current_schema() and hypertable_name = 'device_report'
order by day

-- drop_chunks: those that end before an instant
select drop_chunks('device_report', older_than => %s::timestamptz)

-- columnstore_enabled: whether its chunks may become columns
select compression_enabled from timescaledb_information.hypertables
where hypertable_schema = current_schema() and hypertable_name = 'device_report'

-- enable_columnstore: a device's own readings lie together, newest first
alter table device_report set (
    timescaledb.enable_columnstore, timescaledb.segmentby = 'unit, name', timescaledb.orderby = 'at desc, digest')

-- policies: what TimescaleDB's own workers do to the reports, and how it went
select j.job_id, case j.proc_name when 'policy_retention' then 'retention' else 'columnstore' end as policy,
       coalesce(j.config ->> 'drop_after', j.config ->> 'compress_after')::interval as after,
       s.last_run_status as last, nullif(s.last_run_started_at, '-infinity') as last_at
from timescaledb_information.jobs j
left join timescaledb_information.job_stats s using (job_id)
where j.hypertable_schema = current_schema() and j.hypertable_name = 'device_report'
  and j.proc_name in ('policy_retention', 'policy_compression')
order by policy

-- add_columnstore_policy: days that are over become columns
call add_columnstore_policy('device_report', after => %s::interval)

-- remove_retention_policy: to give another one
select remove_retention_policy('device_report', if_exists => true)

-- add_retention_policy: days older than these are dropped
select add_retention_policy('device_report', drop_after => %s::interval)

-- note: a fact of this database, for who looks later
insert into store_meta (key, value) values (%s, %s)
on conflict (key) do update set value = excluded.value where store_meta.value <> excluded.value

-- noted: a fact of this database
select value from store_meta where key = %s
