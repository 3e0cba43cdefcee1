"""The SQL that boards ask, as Grafana's PostgreSQL data source sends it: every panel's and variable's, in one place.

Of Grafana's own there is little, and only what versions 12.4 and 13.2 expand alike: ``$__timeFrom()``, ``$__timeTo()``,
and ``${variable:sqlstring}``, which quotes every value. Buckets are the numbers' own, by local days, so no grouping
macro is used, whose days begin at 07:00 in Vietnam. Text in SQL has no comment and no bare ``$``.
"""

from collections.abc import Iterable, Mapping

from dashboards.indicators import Indicator, load
from dashboards.words import KINDS, LEVELS, TARGETS, Word, measure, word_of

COMMUNES = "array[${commune:sqlstring}]::text[]"
"""The chosen communes; the array serves the empty list, of which ``in ()`` would be no SQL."""

RANGE = f"$__timeFrom(), $__timeTo(), {COMMUNES}"
MANY = 20
"""Communes whose lines a chart draws with all its points; of more, whose lines nobody could tell apart, a sixth."""
_STEP = f"'$__interval'::interval * case when cardinality({COMMUNES}) > {MANY} then 6 else 1 end"
ZONE = "'Asia/Ho_Chi_Minh'"
_NAMED = "left join unit u on u.code = i.unit and u.valid_to is null"


def quoted(text: str) -> str:
    """Return an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def worded(column: str, words: Mapping[str, str | Word]) -> str:
    """Return an expression for a code's word; a code without one stays itself."""
    known = " ".join(f"when {quoted(code)} then {quoted(str(word))}" for code, word in words.items())
    return f"case {column} {known} else {column} end"


def ago(lag: str) -> str:
    """Return an expression for an interval's length in Vietnamese; null stays null."""
    seconds = f"extract(epoch from {lag})"
    return (
        f"case when {seconds} >= 86400 then floor({seconds} / 86400) || ' ngày'"
        f" when {seconds} >= 3600 then floor({seconds} / 3600) || ' giờ'"
        f" when {seconds} >= 60 then floor({seconds} / 60) || ' phút'"
        f" when {seconds} >= 0 then floor({seconds}) || ' giây' end"
    )


def _label(indicator: Indicator) -> str:
    """Return an expression for a label's word; null where a row bears none. Labels may be keys of numbers."""
    known = load()
    keys = (key for key in (*indicator.parts, *indicator.figures) if key in known)
    named = {} if isinstance(indicator.labels, str) else indicator.labels  # a table's name is put in by load()
    words = named or {key: known[key].title for key in keys}
    return worded("nullif(i.label, '')", words) if words else "nullif(i.label, '')"


def _value(indicator: Indicator) -> str:
    divisor = measure(indicator.unit).divisor
    return "i.value" if divisor == 1 else f"i.value / {divisor}"


def _joined(*parts: str) -> str:
    return f"concat_ws(' · ', {', '.join(part for part in parts if part)})"


def judged(indicator: Indicator) -> str:
    """Return an expression for the word of :meth:`Indicator.level`, else of the target; null where there is neither."""
    below = indicator.better == "higher"
    sign = "<" if below else ">="
    bounds = [
        f"when i.value {sign} {bound:g} then {quoted(str(LEVELS[level]))}"
        for level, bound in (("critical", indicator.alarm), ("warning", indicator.warn))
        if bound is not None
    ]
    if bounds:
        return f"case when i.value is null then null {' '.join(bounds)} else {quoted(str(LEVELS['']))} end"
    if indicator.target is not None and indicator.better != "none":
        met = f"i.value {'>=' if below else '<='} {indicator.target:g}"
        return (
            f"case when {met} then {quoted(str(TARGETS['met']))}"
            f" when i.value is not null then {quoted(str(TARGETS['not_met']))} end"
        )
    return ""


def _as_of(indicator: Indicator) -> str:
    """Return an expression for the instant that a number speaks of: the hour where the number moves within days."""
    shape = "HH24:MI DD/MM/YYYY" if indicator.grain in ("1 minute", "5 minutes", "1 hour", "1 day") else "DD/MM/YYYY"
    return f"""'đến ' || to_char(i."time" at time zone {ZONE}, '{shape}')"""


def series(key: str, *, named: bool = False, where: str = "", most: int = 0) -> str:
    """Return a number over time: ``time``, ``metric`` (commune, label; ``named``: its title too), ``value``.

    Buckets of an hour and less grow with the range, as ``$__interval`` does; ``where`` chooses among rows ``i``,
    ``most`` so many lines with the greatest values, 0: all.
    """
    indicator = load()[key]
    metric = _joined(quoted(indicator.title) if named else "", "u.name", _label(indicator))
    fine = indicator.grain in ("1 minute", "1 hour")
    asked = f"indicator.{key}_every({RANGE}, {_STEP})" if fine else f"indicator.{key}({RANGE})"
    if most:
        begin = (
            f"with line as materialized (select * from {asked}),\n"
            "most as (select unit, label from line group by unit, label"
            f" order by max(value) desc nulls last, unit, label limit {most})\n"
        )
        asked = "line"
        where = " and ".join(filter(None, (where, "(i.unit, i.label) in (select unit, label from most)")))
    else:
        begin = ""
    return (
        f'{begin}select i."time", {metric} as metric, {_value(indicator)} as value\n'
        f"from {asked} i\n{_NAMED}\n{f'where {where}{chr(10)}' if where else ''}"
        f'order by i."time", metric'
    )


def bounds(key: str) -> list[str]:
    """Return the numbers that bound this one, over time: its target and its alarm, where numbers say them."""
    indicator = load()[key]
    found = []
    for other in (indicator.target_of, indicator.alarm_of):
        if other:
            keyed = key in load()[other].figures  # one row a number, labelled by its key
            found.append(series(other, named=True, where=f"i.label = {quoted(key)}" if keyed else ""))
    return found


def now(key: str) -> str:
    """Return a number as of now: ``time``, ``status``, ``value``; the worst first, for a stat shows but so many.

    The status says the judgement, what the number is a part of, the instant, the commune and the label: a stat names
    its tile by the only column of text.
    """
    indicator = load()[key]
    part = "'trên ' || round(w.value)" if indicator.of else ""
    whole = f"\nleft join indicator.{indicator.of}_now({COMMUNES}) w on w.unit = i.unit and w.label = ''"
    status = _joined(judged(indicator), part, _as_of(indicator), "u.name", _label(indicator))
    worst = {"higher": "i.value, ", "lower": "i.value desc nulls last, ", "none": ""}[indicator.better]
    return (
        f'select i."time", {status} as status, {_value(indicator)} as value\n'
        f"from indicator.{key}_now({COMMUNES}) i\n{_NAMED}{whole if part else ''}\norder by {worst}u.name, i.label"
    )


def bars(keys: Iterable[str]) -> str:
    """Return numbers of one unit as of now beside each other: ``name`` (title, commune, label, instant), ``value``."""
    parts = []
    for position, indicator in enumerate(load()[key] for key in keys):
        name = _joined(quoted(indicator.title), _label(indicator), "u.name", _as_of(indicator))
        parts.append(
            f"select {position} as position, {name} as name, {_value(indicator)} as value\n"
            f"from indicator.{indicator.key}_now({COMMUNES}) i\n{_NAMED}"
        )
    union = "\nunion all\n".join(parts)
    return f"select b.name, b.value\nfrom (\n{union}\n) b\norder by b.position, b.value desc nulls last"


def against(key: str, *more: str) -> str:
    """Return a labelled number beside the one that is its alarm's bound, a row a label, the nearest to it first.

    ``label``, ``value``, ``bound``, ``status`` as :meth:`Indicator.level` has it, a column for each of ``more``,
    ``as_of``, ``commune``.
    """
    indicator = load()[key]
    columns = "".join(f", {other}.value as {other}" for other in more)
    joined = "".join(
        f"\nleft join indicator.{other}_now({COMMUNES}) {name} on {name}.unit = i.unit and {name}.label = i.label"
        for name, other in (("b", indicator.alarm_of), *((other, other) for other in more))
    )
    return (
        f"select {_label(indicator)} as label, i.value, b.value as bound,"
        f" case when i.value > b.value then 'critical' when b.value is not null and i.value is not null then '' end"
        f' as status{columns}, i."time" as as_of, u.name as commune\n'
        f"from indicator.{key}_now({COMMUNES}) i\n{_NAMED}{joined}\n"
        f"order by i.value / nullif(b.value, 0) desc nulls last, label"
    )


def scorecard(keys: Iterable[str], weights: str = "") -> str:
    """Return a row a number as of now: ``name``, ``value``, ``unit``, ``target``, ``gap``, ``status``, ``as_of``.

    ``weights`` is the key of a score whose parts they are; then ``points`` and ``weight`` come too.
    """
    shown = [load()[key] for key in keys]
    stated = sorted({indicator.target_of for indicator in shown} | {weights} - {""})
    once = ",\n".join(  # a call costs what all its parts cost
        f"{key} as materialized (select unit, label, value from indicator.{key}_now({COMMUNES}))"
        for key in stated
        if key
    )
    columns = f"name, value, unit, target, gap, {'points, weight, ' if weights else ''}status, as_of, commune"
    union = "\nunion all\n".join(_scored(position, one, weights) for position, one in enumerate(shown))
    begin = f"with {once}\n" if once else ""
    return f"{begin}select {columns}\nfrom (\n{union}\n) s\norder by position, commune"


def _scored(position: int, indicator: Indicator, weights: str) -> str:
    key = quoted(indicator.key)
    fixed = "null" if indicator.target is None else f"{indicator.target:g}"
    target, points, joined = f"{fixed}::numeric", "", ""
    if indicator.target_of:
        target = f"coalesce(t.value, {fixed})"
        joined = f"\nleft join {indicator.target_of} t on t.unit = i.unit and t.label = {key}"
    if weights:
        points = f", p.value as points, {load()[weights].parts[indicator.key]:g} as weight"
        joined += f"\nleft join {weights} p on p.unit = i.unit and p.label = {key}"
    met = f"i.value {'<=' if indicator.better == 'lower' else '>='} {target}"
    return (
        f"select {position} as position, {quoted(indicator.title)} as name, {_value(indicator)} as value,"
        f" {quoted(word_of(indicator.unit))} as unit, {target} as target, i.value - {target} as gap{points},"
        f" case when {met} then 'met' when i.value < {target} or i.value > {target} then 'not_met' end as status,"
        f' i."time" as as_of, u.name as commune\n'
        f"from indicator.{indicator.key}_now({COMMUNES}) i\n{_NAMED}{joined}\nwhere i.label = ''"
    )


_KNOWN = " or ".join(
    f"exists (select from {table} t where t.unit = u.code)"
    for table in ("device", "observation", "case_now", "broadcast")
)
_CHOSEN = "from device\nwhere unit = any (array[${commune:sqlstring}]::text[])\norder by 1"
VARIABLES = {
    "commune": (
        "select u.name as __text, u.code as __value\n"
        f"from unit u\nwhere u.valid_to is null and ({_KNOWN})\norder by u.name, u.code"
    ),
    "hamlet": f"select distinct coalesce(nullif(hamlet, ''), 'Chưa rõ thôn') as __text, hamlet as __value\n{_CHOSEN}",
    "kind": f"select distinct {worded('kind', KINDS)} as __text, kind as __value\n{_CHOSEN}",
}
"""The query of a variable by its name: what it lists, and what each stands for."""
