"""The numbers: each defined once in TOML, compiled to one SQL function that API, screen and Grafana call alike.

``indicator.<key>(start, stop, units)`` and ``indicator.<key>_now(units)`` give rows (time, unit, label, value); buckets
at both ends are whole, so a number does not change when one zooms.
"""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Literal

import psycopg
from psycopg import sql
from psycopg.rows import DictRow
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ingest import reading
from ingest.errors import ConfigError
from ingest.store import Link, Store

Unit = Literal[
    "camera", "case", "cooperative", "criterion", "device", "document", "dossier", "figure", "hectare", "head",
    "household", "mention", "message", "million_vnd_per_person_year", "millisecond", "minute", "percent", "person",
    "point", "product", "report", "second", "service", "speaker_cluster", "team", "times", "tonne", "visit", "vnd",
]  # fmt: skip
Grain = Literal["1 minute", "5 minutes", "1 hour", "1 day", "1 month", "3 months", "1 year"]


class Indicator(BaseModel):
    """One shown number; ``warn`` and ``alarm`` are crossed downwards where higher is better, else upwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    key: str
    """File and table, joined by an underscore."""
    title: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    unit: Unit
    grain: Grain
    better: Literal["higher", "lower", "none"]
    owner: str = Field(min_length=1)
    """Who answers for it."""
    help: str = Field(min_length=1)
    source: str = Field(min_length=1)
    """Where the formula or threshold comes from."""
    feed: str = ""
    """The feed whose age is the number's age."""
    of: str = ""
    """Key of the number that this one is a part of."""
    amount: str = ""
    """Key of the absolute figure behind a percentage."""
    target: float | None = None
    warn: float | None = None
    alarm: float | None = None
    figure: str = Field(default="", pattern=r"^[a-z0-9_]*$")
    """Instead of ``sql``: the figure of offices (``observation.indicator``) that is shown as it came."""
    period: tuple[str, ...] = ()
    """Kinds of period of the figure that count (``day``, ``month``, …); none: all."""
    cumulative: bool = False
    """Whether the figure runs from 1 January; cumulative and single periods are never mixed."""
    label: str = Field(default="", pattern=r"^[a-z0-9_]*$")
    """Name of the dimension by which the figure is split (``disease``); none: the figure without dimensions."""
    sql: str = ""
    sql_now: str = ""

    @model_validator(mode="after")
    def _one_definition(self) -> "Indicator":
        if bool(self.figure) == bool(self.sql or self.sql_now) or bool(self.sql) != bool(self.sql_now):
            raise ValueError("either `figure`, or both `sql` and `sql_now`")
        return self

    def level(self, value: float | None) -> Literal["", "warning", "critical"]:
        """Judge a value against the thresholds."""
        for name, bound in (("critical", self.alarm), ("warning", self.warn)):
            if value is None or bound is None:
                continue
            if (value < bound) if self.better == "higher" else (value >= bound):
                return name  # type: ignore[return-value]  # one of the two literals above
        return ""


@cache
def load() -> Mapping[str, Indicator]:
    """Return every indicator by key; raises :class:`ConfigError` with all faults at once."""
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
                found[key] = Indicator(key=key, **fields)
            except ValidationError as error:
                faults += [
                    f"{file.name}:{table}.{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
                    for fault in error.errors()
                ]
    for indicator in found.values():
        faults += [
            f"{indicator.key}: {name} = {other!r} names no indicator"
            for name, other in (("of", indicator.of), ("amount", indicator.amount))
            if other and other not in found
        ]
    if faults:
        raise ConfigError(*faults)
    return found


def _figure_sql(indicator: Indicator) -> tuple[str, str]:
    """Return the two queries of a number that offices give: by local day, at the end of its period."""
    label = f"o.dims ->> '{indicator.label}'" if indicator.label else "''::text"  # a bare constant can't be sorted by
    kinds = ", ".join(f"'{kind}'" for kind in indicator.period)
    conditions = [
        f"o.unit = any (units) and o.indicator = '{indicator.figure}' and o.latest and o.scope = '' and o.level = ''",
        f"{'' if indicator.cumulative else 'not '}o.cumulative",
        f"o.dims ? '{indicator.label}'" if indicator.label else "o.dims = '{}'",
        *([f"o.period_kind in ({kinds})"] if kinds else []),
    ]
    time = "o.period_end::timestamp at time zone 'Asia/Ho_Chi_Minh'"
    where = "\n  and ".join(conditions)
    columns = f"{time} as time, o.unit, {label} as label, o.value\nfrom observation o\nwhere {where}"
    bounded = f"\nselect {columns}\n  and {time} >= start and {time} < stop\n"
    newest = f"\nselect distinct on (o.unit, {label}) {columns}\norder by o.unit, {label}, o.period_end desc\n"
    return bounded, newest


def compile_(indicator: Indicator) -> str:
    """Return the two functions of an indicator as SQL."""
    text, text_now = _figure_sql(indicator) if indicator.figure else (indicator.sql, indicator.sql_now)
    rows = 'returns table ("time" timestamptz, unit text, label text, value numeric) language sql stable parallel safe'
    return (
        f"create or replace function indicator.{indicator.key}(start timestamptz, stop timestamptz, units text[])\n"
        f"{rows} as $sql${text}$sql$;\n"
        f"create or replace function indicator.{indicator.key}_now(units text[])\n"
        f"{rows} as $sql${text_now}$sql$;\n"
    )


def install(store: Store) -> bool:
    """Create the functions where they differ from this version's; tells whether anything was done.

    Raises :class:`ConfigError` naming the indicator whose SQL does not prepare.
    """
    texts = {key: compile_(indicator) for key, indicator in load().items()}
    digest = hashlib.sha256("".join(texts.values()).encode()).hexdigest()
    with store.transaction() as link:
        link.execute("select pg_advisory_xact_lock(%s)", (0x494E44,))
        row = link.execute("select value from store_meta where key = 'indicators'").fetchone()
        if row == (digest,):
            return False
        link.execute("drop schema if exists indicator cascade; create schema indicator")
        faults = [fault for key, text in texts.items() if (fault := _create(link, key, text))]
        if faults:
            raise ConfigError(*faults)
        reading.grant(link)
        link.execute(
            "insert into store_meta values ('indicators', %s) on conflict (key) do update set value = excluded.value",
            (digest,),
        )
    return True


def _create(link: Link, key: str, text: str) -> str:
    try:
        with link.transaction():
            link.execute(text)
    except psycopg.Error as error:
        return f"{key}: its SQL does not prepare: {error.diag.message_primary}"
    return ""


def series(store: Store, key: str, start: datetime, stop: datetime, units: Sequence[str]) -> list[DictRow]:
    """Return the rows (time, unit, label, value) of an indicator in [start, stop); ``KeyError`` if there is none."""
    name = sql.Identifier("indicator", load()[key].key)
    query = sql.SQL("select time, unit, label, value from {}(%s, %s, %s::text[]) order by time, unit, label")
    return store.rows(query.format(name), (start, stop, list(units)))


def now(store: Store, key: str, units: Sequence[str]) -> list[DictRow]:
    """Return an indicator's rows as of now, or of its last complete grain; ``KeyError`` if there is none."""
    name = sql.Identifier("indicator", f"{load()[key].key}_now")
    return store.rows(sql.SQL("select time, unit, label, value from {}(%s::text[])").format(name), (list(units),))
