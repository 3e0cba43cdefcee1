"""Functions of what numbers make of reports by five minutes, the hour and the day, kept and anew.

``indicator.<key>_hours(start, stop, units)`` reads what is kept, and makes of the reports what is not, or no longer
right; ``indicator.<key>_hours_anew`` makes all of it. Days, of seven days' hours each, likewise. Where a number says
what five minutes give (slots), hours that are not kept, as the one that runs, are made of ``indicator.<key>_slots``.
``indicator.keep_hours``, ``keep_slots`` and ``keep_days`` keep those of every number; the store says when
(``ingest/sql/schema/0020``, ``0027``).

Of a percentile of seven days the greatest samples are kept, for the day that runs: with ``b`` newer ones, the kept
before the m-b-th are certainly above the m-th greatest of all, so that is sought among the m-b-th to m-th kept and
these. ``indicator.<key>_running(units)`` finds it so, exactly, and ``keep_greatest`` keeps them (``0023``).
"""

import math
from collections.abc import Mapping

from dashboards.formulas import Formula

_STABLE = "language sql stable parallel safe"
_ASKED = "(start timestamptz, stop timestamptz, units text[])\n"
_COLUMNS = {
    "slots": "unit text, at timestamptz, label text, samples double precision[]",
    "hours": "unit text, at timestamptz, label text, value numeric, n bigint, samples double precision[]",
    "days": "unit text, at timestamptz, label text, value numeric",
}
_NAMES = {step: ", ".join(column.split()[0] for column in columns.split(", ")) for step, columns in _COLUMNS.items()}
_TABLES = {"slots": "reading_slot", "hours": "reading_hour", "days": "reading_day"}
_DUE = {
    "slots": "select units, start, stop from slots_due(units, start, stop)",
    "hours": "select units, start, stop from hours_due(units, start, stop)",
    "days": "select s.units, s.start, s.stop from (select array_agg(unit) as its, array_agg(at) as ats"
    " from days_due(units, start, stop)) d cross join lateral spans_of(d.its, d.ats, '1 day') s",
}
"""The spans that are made anew."""
_RIGHT = {
    "slots": "exists (select from reading_due d where (d.unit, d.at) = (k.unit, k.at) and d.kept)",
    "hours": "not exists (select from reading_due d where (d.unit, hour_of(d.at)) = (k.unit, k.at))",
    "days": "not exists (select from days_due(units, start, stop) d where (d.unit, d.at) = (k.unit, k.at))",
}
"""What of the kept ``k`` is used."""

DUE_AGAIN = """
truncate reading_slot, reading_hour, reading_day, reading_day_due, reading_greatest, reading_greatest_of;
update reading_due set kept = false;
insert into reading_due (unit, at)
select s.unit, h.at
from (select unit, hour_of(min(started_at)) as since from state_span group by unit) s
cross join lateral generate_series(s.since, now(), '1 hour') as h(at)
on conflict do nothing
"""
"""What is kept was made as another version has it: all is due. A commune's first span begins with its first word."""


def functions(key: str, formula: Formula) -> str:
    """Return the functions of a number's slots, hours and days as SQL; nothing where it has none."""
    parts = {"slots": formula.slots, "hours": formula.hours, "days": formula.days}
    made = "".join(_functions(key, step, text) for step, text in parts.items() if text)
    return made + (_running(key, formula.percentile) if formula.percentile else "")


def _functions(key: str, step: str, text: str) -> str:
    returns = f"returns table ({_COLUMNS[step]}) {_STABLE} as $sql$"
    name = f"create function indicator.{key}_{step}"
    asked = "(start, stop, units)"
    anew = text.replace("{slots}", f"indicator.{key}_slots_anew{asked}")
    if "{slots}" in text:  # of hours that are due
        other = text.replace("{slots}", f"indicator.{key}_slots{asked}")
    else:
        other = (
            f"select r.* from ({_DUE[step]}) d\n"
            f"cross join lateral indicator.{key}_{step}_anew(d.start, d.stop, d.units) r"
        )
    return (  # keys are names, by their pattern
        f"{name}_anew{_ASKED}{returns}{anew}$sql$;\n"
        f"{name}{_ASKED}{returns}\n"
        f"select {_NAMES[step]}\n"
        f"from {_TABLES[step]} k\n"
        f"where k.key = '{key}' and k.unit = any (units) and k.at >= start and k.at < stop and {_RIGHT[step]}\n"
        f"union all\n{other}$sql$;\n"
    )


def keeping(formulas: Mapping[str, Formula]) -> str:
    """Return the functions that keep slots, hours and days of all numbers that have any."""
    slots = [key for key, formula in formulas.items() if formula.slots]
    hours = [key for key, formula in formulas.items() if formula.hours]
    days = [key for key, formula in formulas.items() if formula.days]
    made = "".join(_keeping(step, keys) for step, keys in (("slots", slots), ("hours", hours), ("days", days)) if keys)
    greatest = {key: formula.percentile for key, formula in formulas.items() if formula.percentile}
    return made + (_keeping_greatest(greatest) if greatest else "")


def _keeping(step: str, keys: list[str]) -> str:
    table = _TABLES[step]
    into = f"insert into {table} (key, {_NAMES[step]})\n"
    rows = "".join(
        f"{into}select '{key}', r.* from indicator.{key}_{step}_anew(start, stop, units) r;\n" for key in keys
    )
    return (
        f"create function indicator.keep_{step}{_ASKED}returns void language sql as $sql$\n"
        f"delete from {table} k where k.unit = any (units) and k.at >= start and k.at < stop;\n{rows}$sql$;\n"
    )


WEEK = 7 * 24 * 12
"""Most samples of seven days."""


def most(percentile: float) -> int:
    """Return how many of the greatest samples of a week decide a percentile (``percentile_disc``)."""
    return WEEK - math.ceil(percentile * WEEK) + 1


def _running(key: str, percentile: float) -> str:
    return f"""create function indicator.{key}_running(units text[])
returns table (unit text, label text, value numeric) {_STABLE} as $sql$
with week as materialized (
    select o.unit, o.upto from reading_greatest_of o
    where o.unit = any (units) and o.day = day_of(now())
      and not exists (select from reading_due d
                      where d.unit = o.unit and d.at >= o.day - interval '6 days' and d.at < o.upto)
), newer as materialized (
    select h.unit, h.label, array_agg(s.load) as samples
    from (select upto, array_agg(unit) as its from week group by upto) w
    cross join lateral indicator.{key}_hours(w.upto, day_of(now()) + interval '1 day', w.its) h
    cross join lateral unnest(h.samples) as s(load)
    group by h.unit, h.label
), line as (
    select unit, label, g.samples, b.samples as newer, coalesce(cardinality(b.samples), 0) as b,
           coalesce(g.n, 0) + coalesce(cardinality(b.samples), 0) as n
    from (select g.* from reading_greatest g join week using (unit) where g.key = '{key}') g
    full join newer b using (unit, label)
), ranked as (
    select *, (n - ceil({percentile}::float * n) + 1)::integer as m from line where n >= 20
)
select r.unit, r.label,
       case when r.b = 0 then r.samples[r.m]
            else (select s.load from unnest(r.samples[greatest(r.m - r.b, 1) : r.m] || r.newer) as s(load)
                  order by s.load desc offset r.m - greatest(r.m - r.b, 1) limit 1) end::numeric
from ranked r
union all
select d.unit, d.label, d.value
from (select array_agg(u.unit) as its from unnest(units) as u(unit) where u.unit not in (select unit from week)) l
cross join lateral indicator.{key}_days_anew(day_of(now()), day_of(now()) + interval '1 day', l.its) d$sql$;
"""


def _keeping_greatest(percentiles: Mapping[str, float]) -> str:
    merged = "".join(
        f"""insert into reading_greatest as k (key, unit, label, n, samples)
select '{key}', s.unit, s.label, sum(s.one), (array_agg(s.load order by s.load desc))[1:{most(percentile)}]
from (select h.unit, h.label, 1 as one, t.load
      from indicator.{key}_hours(start, stop, units) h cross join lateral unnest(h.samples) as t(load)
      union all
      select g.unit, g.label, 0, t.load
      from reading_greatest g cross join lateral unnest(g.samples) as t(load)
      where g.key = '{key}' and g.unit = any (units)) s
group by s.unit, s.label
on conflict (key, unit, label) do update set n = k.n + excluded.n, samples = excluded.samples;
"""
        for key, percentile in percentiles.items()
    )
    return f"create function indicator.keep_greatest{_ASKED}returns void language sql as $sql$\n{merged}$sql$;\n"
