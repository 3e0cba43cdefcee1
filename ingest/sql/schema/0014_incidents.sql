-- What somebody has to see to, who did what about it, and what is on its way to be announced.
create table incident (
    id            bigint generated always as identity primary key,
    unit          text not null,
    rule          text not null,             -- key in ingest/rules/*.toml
    subject_kind  text not null check (subject_kind in
        ('device', 'group', 'case', 'indicator', 'feed', 'broadcast', 'system')),
    subject       text not null,             -- camera/cam-01, hamlet/Nà Mười, …: with rule and unit what it is about
    subject_title text not null default '',
    title_vi      text not null,
    title_en      text not null default '',
    owner         text not null,             -- who is told: an actor of the dictionary
    severity      text not null check (severity in ('info', 'warning', 'critical', 'emergency')),
    state         text not null check (state in ('open', 'acknowledged', 'in_progress', 'resolved', 'false_alarm')),
    opened_at     timestamptz not null,      -- when it truly began, the first time
    since         timestamptz not null,      -- when it truly began, this time: later where it was reopened
    announced_at  timestamptz not null,      -- when it had lasted long enough to be told
    clearing_since timestamptz,              -- the condition does not hold since; null: it does
    cleared_at    timestamptz,               -- when the condition truly ended; null: it holds, or may
    closed_at     timestamptz,
    assignee      text,
    members       jsonb not null default '[]',
    value         numeric,
    threshold     numeric,
    evidence      jsonb not null default '{}',
    folded_into   bigint references incident,  -- the incident of the whole group that tells of this one too
    version       integer not null default 1,
    changed_at    timestamptz not null default clock_timestamp(),
    check ((state in ('resolved', 'false_alarm')) = (closed_at is not null)),
    check (opened_at <= since and since <= announced_at)
);
-- Nothing is open twice, whatever the engine or a second engine does.
create unique index incident_one on incident (rule, unit, subject) where closed_at is null;
create index incident_live on incident (rule) where cleared_at is null or closed_at is null;
create index incident_list on incident (opened_at desc, id desc);
create index incident_unit on incident (unit, opened_at desc);
create index incident_closed on incident (closed_at);
create index incident_changed on incident (changed_at);

create table incident_event (
    id         bigint generated always as identity primary key,
    incident   bigint not null references incident,
    at         timestamptz not null default clock_timestamp(),
    actor      text not null,                -- an account, token:…, or "ioc": the engine
    action     text not null check (action in
        ('opened', 'escalated', 'joined', 'returned', 'cleared', 'folded', 'reopened', 'acknowledged', 'started',
         'assigned', 'noted', 'resolved', 'false_alarm')),
    from_state text,
    to_state   text not null,
    note       text not null default '',
    detail     jsonb not null default '{}'
);
create index incident_event_of on incident_event (incident, id);
create index incident_event_at on incident_event (at);

-- Since when a condition holds that does not say so itself: a reading, a number.
create table incident_pending (
    rule    text not null,
    unit    text not null,
    subject text not null,
    since   timestamptz not null,
    primary key (rule, unit, subject)
);

create index device_state_trouble on device_state (state, since) where state <> 'online';
create index device_state_playing on device_state (unit) where reported = 'playing';
create index broadcast_start on broadcast (starts_at);

-- Cases of a disease in a month beside the same month of earlier years: the mean of p_years years without epidemic ones
-- plus p_deviations sample standard deviations (TT 15/2026/TT-BYT Điều 16). threshold is null where fewer years are
-- there. A month that was reported whole counts as it was; else the weeks, or days, that end in it.
create function outbreak(
    p_units text[], p_month date, p_years integer, p_deviations numeric, p_epidemic integer[])
returns table (unit text, disease text, cases numeric, years integer, mean numeric, deviation numeric,
               threshold numeric) language sql stable parallel safe as $$
with said as (
    select o.unit, o.dims ->> 'disease' as disease, date_trunc('month', o.period_end::timestamp)::date as month,
           o.period_kind, sum(o.value) as cases
    from observation o
    where o.unit = any (p_units) and o.indicator = 'cases_reported' and o.latest and not o.cumulative and o.scope = ''
      and o.level = '' and o.dims ? 'disease' and o.dims - 'disease' = '{}' and o.value is not null
      and o.period_kind in ('month', 'week', 'day') and extract(month from o.period_end) = extract(month from p_month)
      and o.period_end >= p_month - interval '11 years' and o.period_end < p_month + interval '1 month'
    group by 1, 2, 3, 4
), counted as (
    select distinct on (unit, disease, month) unit, disease, month, cases
    from said
    order by unit, disease, month, array_position(array['month', 'week', 'day'], period_kind)
), past as (
    select c.*, row_number() over (partition by unit, disease order by month desc) as n
    from counted c
    where month < p_month and not extract(year from month)::integer = any (p_epidemic)
), baseline as (
    select unit, disease, count(*)::integer as years, avg(cases) as mean, stddev_samp(cases) as deviation
    from past where n <= p_years group by unit, disease
)
select c.unit, c.disease, c.cases, coalesce(b.years, 0), round(b.mean, 2), round(b.deviation, 2),
       case when b.years >= p_years then round(b.mean + p_deviations * b.deviation, 2) end
from counted c
left join baseline b using (unit, disease)
where c.month = p_month
$$;
