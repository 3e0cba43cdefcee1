"""The numbers: each defined once in TOML, compiled to SQL functions that API, screen and Grafana call alike.

Every number ``<key>`` (file and table of ``indicators/*.toml``) gives rows (time, unit, label, value) three ways:

* ``indicator.<key>(start, stop, units)``: buckets of its grain that begin in [start, stop), the first and last whole,
  so that a number does not change when one zooms;
* ``indicator.<key>_every(start, stop, units, step)``: the same in buckets of ``step`` (an interval of days and less,
  rounded up to whole grains; counted from a local midnight), for long ranges: a chart asks for as many points as it can
  draw. What is counted at the end of a bucket, summed or shared over it is so over the wider one; a figure of offices
  has its own period and comes as it is. A board should call this one, with ``$__interval``;
* ``indicator.<key>_now(units)``: as of now, or of the last complete grain.

What some make of an hour of reports is kept once the hour is over: see :mod:`dashboards.kept`.

A label without a name in ``labels`` is shown as it is; ``''`` means that the row is the number itself.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources

import psycopg
from psycopg import sql
from psycopg.rows import DictRow
from pydantic import ValidationError

from dashboards import kept
from dashboards.definition import Indicator as Indicator
from dashboards.formulas import formula, shapes, with_steps
from ingest import reading
from ingest.errors import ConfigError
from ingest.store import Link, Store

_RETURNS = 'returns table ("time" timestamptz, unit text, label text, value numeric) language sql stable parallel safe'

_NOTE = """
insert into store_meta (key, value) values (%(key)s, %(value)s)
on conflict (key) do update set value = excluded.value where store_meta.value <> excluded.value
"""


@cache
def load() -> Mapping[str, Indicator]:
    """Return every indicator by key; raises :class:`ConfigError` with all faults at once, ``file:table.field: …``."""
    found: dict[str, Indicator] = {}
    faults: list[str] = []
    folder = resources.files("dashboards") / "indicators"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        try:
            tables = tomllib.loads(file.read_text("utf-8"))
        except tomllib.TOMLDecodeError as error:
            faults.append(f"{file.name}: not TOML: {error}")
            continue
        for table, fields in tables.items():
            key = f"{file.name.removesuffix('.toml')}_{table}"
            try:
                found[key] = _named(Indicator(key=key, **fields))
            except ValidationError as error:
                faults += [
                    f"{file.name}:{'.'.join((table, *map(str, fault['loc'])))}: {fault['msg']}"
                    for fault in error.errors()
                ]
            except KeyError as error:  # of a named table
                field, name = error.args
                faults.append(f"{file.name}:{table}.{field}: there is no table {name!r}; write it out, or add it there")
    for indicator in found.values():
        faults += _dangling(indicator, found)
    if faults:
        raise ConfigError(*faults)
    return found


def place(key: str) -> str:
    """Return where a number is defined: ``file:table``."""
    files = [entry.name.removesuffix(".toml") for entry in (resources.files("dashboards") / "indicators").iterdir()]
    file = max((name for name in files if key.startswith(f"{name}_")), key=len)
    return f"{file}.toml:{key.removeprefix(f'{file}_')}"


def _named(indicator: Indicator) -> Indicator:
    """Put named tables in; raises ``KeyError`` with the field and the name of one that is not there."""
    found = {
        field: _tables(file).get(name)
        for field, file in (("labels", "labels.toml"), ("weights", "scores.toml"))
        if isinstance(name := getattr(indicator, field), str)
    }
    for field, table in found.items():
        if table is None:
            raise KeyError(field, getattr(indicator, field))
    return indicator.model_copy(update=found)


@cache
def _tables(file: str) -> Mapping[str, Mapping[str, str | float]]:
    return tomllib.loads((resources.files("dashboards") / file).read_text("utf-8"))


def _dangling(indicator: Indicator, found: Mapping[str, Indicator]) -> Iterator[str]:
    where = place(indicator.key)
    for name in ("of", "amount", "target_of", "alarm_of"):
        other = getattr(indicator, name)
        if other and other not in found:
            yield f"{where}.{name}: {other!r} names no indicator"
    for other in indicator.parts:
        if other not in found:
            yield f"{where}.weights: {other!r} names no indicator"
        elif found[other].target is None and not found[other].target_of:
            yield f"{where}.weights: {other!r} has no target to be measured by"
    if indicator.shape and indicator.shape not in shapes():
        yield f"{where}.shape: there is no shape {indicator.shape!r}; there are {', '.join(sorted(shapes()))}"
    elif not any(other not in found for other in indicator.parts):
        try:
            formula(indicator, found)
        except KeyError as error:
            yield f"{where}.with: the word {error} of its shape is missing"


def compile_(indicator: Indicator, known: Mapping[str, Indicator]) -> str:
    """Return the functions of an indicator as SQL."""
    own = formula(indicator, known)
    series, every = own.series, f"select * from indicator.{indicator.key}(start, stop, units)"  # noqa: S608 - its own key
    if own.stepped:
        series, every = (with_steps(own.series, indicator, step=step) for step in (False, True))
    key = f"create or replace function indicator.{indicator.key}"
    asked = "start timestamptz, stop timestamptz, units text[]"
    return (
        f"{kept.functions(indicator.key, own)}"
        f"{key}({asked})\n{_RETURNS} as $sql${series}$sql$;\n"
        f"{key}_every({asked}, step interval)\n{_RETURNS} as $sql${every}$sql$;\n"
        f"{key}_now(units text[])\n{_RETURNS} as $sql${own.now}$sql$;\n"
    )


def install(store: Store) -> bool:
    """Create the functions where they differ from this version's; tells whether anything was done.

    Raises :class:`ConfigError` naming each indicator whose SQL does not prepare.
    """
    known = load()
    # A score calls the functions of its parts.
    ordered = sorted(known.values(), key=lambda indicator: bool(indicator.parts))
    texts = {indicator.key: compile_(indicator, known) for indicator in ordered}
    formulas = {key: formula(indicator, known) for key, indicator in known.items()}
    digest = _digest(texts.values())
    with store.transaction() as link:
        link.execute("select pg_advisory_xact_lock(%s)", (0x494E44,))
        row = link.execute("select value from store_meta where key = 'indicators'").fetchone()
        if row == (digest,):
            return False
        link.execute("drop schema if exists indicator cascade; create schema indicator")
        if faults := [fault for key, text in texts.items() if (fault := _create(link, known[key], text))]:
            raise ConfigError(*faults)
        if keeping := kept.keeping(formulas):
            link.execute(keeping)
        made_of = _digest(text for own in formulas.values() for text in (own.slots, own.hours, own.days))
        if link.execute(_NOTE, {"key": "kept", "value": made_of}).rowcount:
            link.execute(kept.DUE_AGAIN)
        reading.grant(link)
        link.execute(_NOTE, {"key": "indicators", "value": digest})
    return True


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def _create(link: Link, indicator: Indicator, text: str) -> str:
    try:
        with link.transaction():
            link.execute(text)
    except psycopg.Error as error:
        said = error.diag
        field = next((name for name in ("figure", "figures", "shape", "weights") if getattr(indicator, name)), "sql")
        at = int(said.statement_position or 0)
        before = text[: max(at - 1, 0)]
        if field == "sql" and (f".{indicator.key}_now(" in before or f'{indicator.key}_now"' in (said.context or "")):
            field = "sql_now"
        line = f" in line {before.rpartition('$sql$')[2].count(chr(10)) + 1}" if at and field.startswith("sql") else ""
        remedy = said.message_hint or said.message_detail or "correct the name, or `ioc migrate` an older database"
        return f"{place(indicator.key)}.{field}: its SQL does not prepare{line}: {said.message_primary}; {remedy}"
    return ""


def series(
    store: Store, key: str, start: datetime, stop: datetime, units: Sequence[str], step: timedelta | None = None
) -> list[DictRow]:
    """Return the rows (time, unit, label, value) of an indicator in [start, stop); ``KeyError`` if there is none.

    ``step`` widens the buckets beyond the number's grain.
    """
    known = load()[key].key
    asked = (start, stop, list(units), *(() if step is None else (step,)))
    name = sql.Identifier("indicator", known if step is None else f"{known}_every")
    places = sql.SQL("%s, %s, %s::text[]" if step is None else "%s, %s, %s::text[], %s")
    query = sql.SQL("select time, unit, label, value from {}({}) order by time, unit, label")
    return store.rows(query.format(name, places), asked)


def now(store: Store, key: str, units: Sequence[str]) -> list[DictRow]:
    """Return an indicator's rows as of now, or of its last complete grain; ``KeyError`` if there is none."""
    name = sql.Identifier("indicator", f"{load()[key].key}_now")
    return store.rows(sql.SQL("select time, unit, label, value from {}(%s::text[])").format(name), (list(units),))


def judged(store: Store, key: str, units: Sequence[str]) -> list[DictRow]:
    """Return an indicator's rows of now with ``target`` and ``level``; ``KeyError`` if there is none.

    A target or bound that is a number itself is the one of the same commune, with the row's label, else with this
    number's key as its label, else without one.
    """
    indicator = load()[key]
    targets, alarms = (
        {(row["unit"], row["label"]): row["value"] for row in now(store, other, units)} if other else {}
        for other in (indicator.target_of, indicator.alarm_of)
    )

    def of_row(row: DictRow, found: Mapping[tuple[str, str], Decimal | None]) -> Decimal | None:
        near = (found.get((row["unit"], label)) for label in (row["label"], key, ""))
        return next((value for value in near if value is not None), None)

    rows = now(store, key, units)
    for row in rows:
        stated = of_row(row, targets)
        row["target"] = indicator.target if stated is None else stated
        row["level"] = indicator.level(row["value"], of_row(row, alarms))
    return rows
