"""Functions of what numbers make of reports by the hour and the day, kept and anew.

``indicator.<key>_hours(start, stop, units)`` reads what is kept, and makes of the reports what is not, or no longer
right; ``indicator.<key>_hours_anew`` makes all of it. Days, of seven days' hours each, likewise.
``indicator.keep_hours`` and ``keep_days`` keep those of every number; the store says when (``ingest/sql/schema/0020``).
"""

from collections.abc import Mapping

from dashboards.formulas import Formula

_STABLE = "language sql stable parallel safe"
_ASKED = "(start timestamptz, stop timestamptz, units text[])\n"
_COLUMNS = {
    "hours": "unit text, at timestamptz, label text, value numeric, n bigint, samples double precision[]",
    "days": "unit text, at timestamptz, label text, value numeric",
}
_NAMES = {step: ", ".join(column.split()[0] for column in columns.split(", ")) for step, columns in _COLUMNS.items()}
_TABLES = {"hours": "reading_hour", "days": "reading_day"}
_DUE = {
    "hours": ("reading_due", "select units, start, stop from hours_due(units, start, stop)"),
    "days": (
        "days_due(units, start, stop)",
        "select s.units, s.start, s.stop from (select array_agg(unit) as its, array_agg(at) as ats"
        " from days_due(units, start, stop)) d cross join lateral spans_of(d.its, d.ats, '1 day') s",
    ),
}
"""What of the kept is not to be used, and the spans that are made anew."""

DUE_AGAIN = """
truncate reading_hour, reading_day, reading_day_due;
insert into reading_due
select s.unit, h.at
from (select unit, hour_of(min(started_at)) as since from state_span group by unit) s
cross join lateral generate_series(s.since, now(), '1 hour') as h(at)
on conflict do nothing
"""
"""What is kept was made as another version has it: all is due. A commune's first span begins with its first word."""


def functions(key: str, formula: Formula) -> str:
    """Return the functions of a number's hours and days as SQL; nothing where it has none."""
    parts = {"hours": formula.hours, "days": formula.days}
    return "".join(_functions(key, step, text) for step, text in parts.items() if text)


def _functions(key: str, step: str, text: str) -> str:
    stale, spans = _DUE[step]
    returns = f"returns table ({_COLUMNS[step]}) {_STABLE} as $sql$"
    name = f"create function indicator.{key}_{step}"
    select = f"select {_NAMES[step]}\nfrom"
    return (  # keys are names, by their pattern
        f"{name}_anew{_ASKED}{returns}{text}$sql$;\n"
        f"{name}{_ASKED}{returns}\n"
        f"{select} {_TABLES[step]} k\n"
        f"where k.key = '{key}' and k.unit = any (units) and k.at >= start and k.at < stop\n"
        f"  and not exists (select from {stale} d where (d.unit, d.at) = (k.unit, k.at))\n"
        "union all\n"
        f"select r.* from ({spans}) d\n"
        f"cross join lateral indicator.{key}_{step}_anew(d.start, d.stop, d.units) r$sql$;\n"
    )


def keeping(formulas: Mapping[str, Formula]) -> str:
    """Return the functions that keep hours and days of all numbers that have any."""
    hours = [key for key, formula in formulas.items() if formula.hours]
    days = [key for key, formula in formulas.items() if formula.days]
    return "".join(_keeping(step, keys) for step, keys in (("hours", hours), ("days", days)) if keys)


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
