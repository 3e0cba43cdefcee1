#!/bin/sh
# Makes the role and the database of the service; again, it sets the password and changes nothing else.
#   SECRETS  folder of ioc_password        PSQL  how psql is called as a superuser
set -eu
word=$(cat "${SECRETS:-/run/secrets}/ioc_password")
# createrole: `ioc migrate` makes the role of Grafana, which may only read.
${PSQL:-psql --username "${POSTGRES_USER:-postgres}"} --dbname postgres --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<SQL
set log_statement = 'none';
set log_min_error_statement = 'panic';
select 'create role ioc' where not exists (select from pg_roles where rolname = 'ioc') \gexec
alter role ioc login createrole password '$word';
select 'create database ioc owner ioc' where not exists (select from pg_database where datname = 'ioc') \gexec
SQL
