-- When a case meets its deadline. Days of the commune are compared for a dossier: finished before the promised day is
-- early, on it on time, later overdue. A citizen's report has its hours: a term of one day ends after 24 of them.
create function deadline_class(kind text, due timestamptz, closed_at timestamptz, moment timestamptz) returns text
language sql immutable parallel safe as $$
select case
    when due is null then case when closed_at is null then 'no_due_date' else 'on_time' end
    when kind = 'field_report' and coalesce(closed_at, moment) > due then 'overdue'
    when kind <> 'field_report'
         and (coalesce(closed_at, moment) at time zone 'Asia/Ho_Chi_Minh')::date > (due at time zone 'Asia/Ho_Chi_Minh')::date
        then 'overdue'
    when closed_at is null then case when due <= moment + interval '24 hours' then 'due_soon' else 'in_time' end
    when (closed_at at time zone 'Asia/Ho_Chi_Minh')::date < (due at time zone 'Asia/Ho_Chi_Minh')::date then 'early'
    else 'on_time' end
$$;
