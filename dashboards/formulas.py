"""From a number's definition to its SQL: the rows over time, and the rows of now.

A shape, and any ``sql``, may hold these words in braces: ``{step}`` the width of a bucket, ``{first}`` and ``{last}``
where the first bucket begins and the last one ends, ``{origin}`` from which buckets are counted (a local midnight),
``{key}`` the number's, ``{slots}`` its five minutes, for ``hours``. A shape's further words stand in the definition's
``with``, and may hold words; those that most leave out are in :data:`USUAL`. Definitions are files of ours: what they
say is SQL, not data from outside.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

from dashboards.definition import STEPS, Indicator

ORIGIN = "timestamptz '2020-01-01 00:00+07'"
USUAL: Mapping[str, str] = {
    "where": "true", "among": "true", "label": "''::text", "labels": "('')", "value": "count(*)", "span": "1 day",
    "of": "null", "within": "true", "open": "c.closed_at is null",
    "at": "c.opened_at",
    "known": "select c.unit, min({at}) as since from {rows} where c.unit = any (units) and {among} group by c.unit",
}  # fmt: skip
_WORD = re.compile(r"\{([a-z_]+)\}")


class Formula(NamedTuple):
    """The query over [start, stop), that of now, and those of the hours, slots and days that are kept for both, if any.

    ``percentile``: which of the samples of seven days a day's value is; 0: none.

    ``stepped`` where buckets may be wider than the grain.
    """

    series: str
    now: str
    stepped: bool
    hours: str = ""
    slots: str = ""
    days: str = ""
    percentile: float = 0


@cache
def shapes() -> Mapping[str, str]:
    """Return the text of every shape by name."""
    folder = resources.files("dashboards") / "shapes"
    return {
        file.name.removesuffix(".sql"): file.read_text("utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    }


def formula(indicator: Indicator, known: Mapping[str, Indicator]) -> Formula:
    """Return the formula of a number; ``KeyError`` names a word that neither the shape nor ``with`` explains."""
    if indicator.figure or indicator.figures:
        return Formula(*_figure(indicator), stepped=False)
    if indicator.parts:
        return Formula(*_score(indicator, known), stepped=False)
    text, now, hours, slots = indicator.sql, indicator.sql_now, indicator.hours, indicator.slots
    if indicator.shape:
        text, _, rest = shapes()[indicator.shape].partition("\n-- now\n")
        now, _, rest = rest.partition("\n-- hours\n")
        hours, _, slots = rest.partition("\n-- slots\n")
    states = ", ".join(f"'{state}'" for state in indicator.states)
    words = {**indicator.words, "states": f"array[{states}]", "key": indicator.key}
    hours, slots, days = (_filled(part, words) for part in (hours, slots, indicator.days))
    return Formula(
        _filled(text, words), _filled(now, words), "{step}" in text, hours, slots, days, indicator.percentile
    )


def with_steps(query: str, indicator: Indicator, *, step: bool) -> str:
    """Return a query whose buckets are of the grain, or of the argument ``step``, rounded up to whole grains."""
    width = f"interval '{indicator.grain}'"
    if step:
        seconds = STEPS[indicator.grain].total_seconds()
        width = f"(greatest(ceil(extract(epoch from step) / {seconds:.0f}), 1)::integer * {width})"
    first = f"date_bin({width}, start, {ORIGIN})"
    last = f"(date_bin({width}, stop - interval '1 us', {ORIGIN}) + {width})"
    for word, text in (("first", first), ("last", last), ("step", width)):
        query = query.replace(f"{{{word}}}", text)
    return query


def _filled(text: str, words: Mapping[str, str]) -> str:
    """Put words in, also into words."""
    own = {"step", "first", "last", "slots"}
    every = {**USUAL, "origin": ORIGIN, **words}

    def put(text: str) -> str:
        return _WORD.sub(lambda found: found[0] if found[1] in own else put(every[found[1]]), text)

    return put("\n".join(line for line in text.splitlines() if not line.startswith("-- ")))


def _figure(indicator: Indicator) -> tuple[str, str]:
    """Return the two queries of a number that offices give: by local day, at the end of its period."""
    dims = indicator.dimensions
    label = " || ' ' || ".join(f"(o.dims ->> '{name}')" for name in dims) or "''::text"
    source = "observation o"
    which = f"o.indicator = '{indicator.figure}'"
    if indicator.figures:
        rows = ", ".join(f"('{figure}', '{name}')" for name, figure in indicator.figures.items())
        source, label, which = (
            f"observation o\njoin (values {rows}) as f(indicator, label) using (indicator)",
            "f.label",
            "",
        )
    value = "o.value"
    if indicator.share:
        value = "round(100 * o.numerator / nullif(o.denominator, 0), 2)"
    if other := indicator.per or indicator.minus:
        value = "round(100 * o.value / nullif(p.value, 0), 2)" if indicator.per else "o.value - p.value"
        source += (
            f"\nleft join observation p on p.unit = o.unit and p.indicator = '{other}' and p.latest"
            "\n  and (p.period_start, p.period_end, p.period_kind, p.cumulative, p.scope, p.dims, p.level)"
            " = (o.period_start, o.period_end, o.period_kind, o.cumulative, o.scope, o.dims, o.level)"
        )
    kinds = ", ".join(f"'{kind}'" for kind in indicator.period)
    bare = "".join(f" - '{name}'" for name in dims)
    conditions = [
        *([which] if which else []),
        f"o.unit = any (units) and o.latest and o.scope = '{indicator.scope}' and o.level = ''",
        f"{'' if indicator.cumulative else 'not '}o.cumulative",
        f"o.dims{bare} = '{{}}'",
        *(f"o.dims ? '{name}'" for name in dims),
        *([f"o.period_kind in ({kinds})"] if kinds else []),
    ]
    time = "midnight(o.period_end)"
    where = "\n  and ".join(conditions)
    # Of two periods that end on one day (a quarter and its year) the shorter is newer by what it speaks of.
    columns = f"o.period_end, {time} as time, o.unit, {label} as label, {value} as value\nfrom {source}\nwhere {where}"
    within = f"o.period_end between local_day(start) and local_day(stop) and {time} >= start and {time} < stop"
    shown = "select time, unit, label, value from"
    series = (
        f"(\nselect distinct on (o.unit, o.period_end, {label}) {columns}\n"
        f"  and {within}\norder by o.unit, o.period_end, {label}, o.period_start desc) o"
    )
    now = (
        f"(\nselect distinct on (o.unit, {label}) {columns}\n"
        f"order by o.unit, {label}, o.period_end desc, o.period_start desc) o"
    )
    return f"{shown} {series}", f"{shown} {now}"


def _score(indicator: Indicator, known: Mapping[str, Indicator]) -> tuple[str, str]:
    """Return the two queries of a score: points = weight · value / target, between nothing and the weight.

    A part without a value is left out, not 0; the score is of the points that could be had.
    """
    whole = sum(indicator.parts.values())
    shown = {
        "points": ("label", "round(points, 2)", ""),
        "gap": ("label", "round(value - target, 2)", ""),
        "target": ("label", "target", ""),
        "score": ("''::text", "round(100 * sum(points) / sum(weight), 2)", "\ngroup by time, unit"),
        "coverage": ("''::text", f"round(100 * sum(weight) / {whole:g}, 2)", "\ngroup by time, unit"),
    }
    label, value, group = shown[indicator.shows]
    queries = []
    for asked, times in (("start, stop, units", "n.time"), ("units", "max(n.time) over (partition by n.unit)")):
        suffix = "" if "start" in asked else "_now"
        parts = "\nunion all\n".join(
            f"select '{key}' as label, n.time, n.unit, n.value, {weight:g}::numeric as weight,"
            f" coalesce(t.value, {_number(known[key].target)}) as target"
            f"\nfrom indicator.{key}{suffix}({asked}) n\n{_stated(known[key], suffix, asked)}"
            for key, weight in indicator.parts.items()
        )
        queries.append(
            f"with part as (\n{parts}\n), scored as (\n"
            f"select {times} as time, n.unit, n.label, n.value, n.target, n.weight,"
            " n.weight * least(1, greatest(0, n.value / nullif(n.target, 0))) as points\n"
            "from part n where n.value is not null and n.target is not null\n)\n"
            f"select time, unit, {label} as label, {value} as value\nfrom scored{group}"
        )
    return queries[0], queries[1]


def _stated(part: Indicator, suffix: str, asked: str) -> str:
    if not part.target_of:
        return "cross join (select null::numeric as value) t"
    same = " and t.time = n.time" if not suffix else ""
    return (
        f"left join indicator.{part.target_of}{suffix}({asked}) t on t.unit = n.unit and t.label = '{part.key}'{same}"
    )


def _number(value: float | None) -> str:
    return "null::numeric" if value is None else f"{value:g}::numeric"
