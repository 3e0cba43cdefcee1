"""What Grafana makes of a panel's SQL before PostgreSQL sees it: a restatement, for tests only.

First the page puts the variables in (:class:`Page`), then the PostgreSQL data source replaces its macros
(:class:`Server`). Both differ between Grafana 12.x, where the data source is compiled in, and 13.2, where it is a
plugin of its own; :data:`VERSIONS` names both. Behaviour as in grafana/grafana 12.3.3
(``pkg/tsdb/grafana-postgresql-datasource``, ``packages/grafana-sql``), grafana/grafana-postgresql-datasource
(``pkg/postgresql/macros.go``, ``pkg/sqleng``) and grafana/grafana-plugin-sdk-go (``backend/gtime``).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

Version = Literal["12", "13.2"]
VERSIONS: tuple[Version, ...] = ("12", "13.2")


class Unexpandable(ValueError):
    """Grafana answers with an error instead of asking the database."""


# -- the page ---------------------------------------------------------------------------------------------------------

_VARIABLE = re.compile(r"\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.[^:^}]+)?(?::([^}]+))?\}")


@dataclass(frozen=True)
class Variable:
    """A variable of a board as somebody chose it: one text, or several where ``multi`` or ``include_all``."""

    value: str | Sequence[str]
    multi: bool = False
    include_all: bool = False

    @property
    def values(self) -> list[str]:
        """What is chosen, as a list."""
        return [self.value] if isinstance(self.value, str) else list(self.value)


@dataclass(frozen=True)
class Page:
    """A board that is looked at: [start, stop] (with a zone) and its variables; ``interval`` is ``$__interval``."""

    start: datetime
    stop: datetime
    variables: Mapping[str, Variable] = field(default_factory=dict)
    version: Version = "12"
    timezone: str = "Asia/Ho_Chi_Minh"

    def filled(self, text: str) -> str:
        """Return the text with every variable replaced; one that the board does not have stays as it stands."""
        return _VARIABLE.sub(self._one, text)

    def _one(self, match: re.Match[str]) -> str:
        plain, square, square_format, name, form = match.groups()
        name, form = plain or square or name, square_format or form
        if name in ("__from", "__to"):
            return _instant(self.start if name == "__from" else self.stop, form)
        if name == "__timezone":
            return self.timezone
        variable = self.variables.get(name)
        if variable is None:
            return match.group(0)
        if form == "sqlstring":
            return ",".join(_quoted(value) for value in variable.values)
        if form == "csv":
            return ",".join(variable.values)
        if form == "raw":
            return ",".join(variable.values)
        if form == "singlequote":
            return ",".join("'" + value.replace("'", "\\'") + "'" for value in variable.values)
        if form is not None:
            raise Unexpandable(f"a format that the boards do not use: {match.group(0)}")
        return self._unformatted(variable)

    def _unformatted(self, variable: Variable) -> str:
        """Return a variable without a format, which the data source's own code writes: here the versions differ."""
        if not isinstance(variable.value, str):
            return ",".join(_quoted(value) for value in variable.value)
        if self.version == "12" and (variable.multi or variable.include_all):
            return _quoted(variable.value)
        return variable.value.replace("'", "''")


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _instant(at: datetime, form: str | None) -> str:
    if form is None:
        return str(int(at.timestamp() * 1000))
    if form in ("date", "date:iso"):
        return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if form == "date:seconds":
        return str(int(at.timestamp()))
    raise Unexpandable(f"a format of an instant that the boards do not use: {form}")


# -- the interval that the page chooses -------------------------------------------------------------------------------

_LADDER: Sequence[tuple[float, int]] = (
    (0.015, 10), (0.035, 20), (0.075, 50), (0.15, 100), (0.35, 200), (0.75, 500), (1.5, 1000), (3.5, 2000),
    (7.5, 5000), (12.5, 10_000), (17.5, 15_000), (25, 20_000), (45, 30_000), (90, 60_000), (210, 120_000),
    (450, 300_000), (750, 600_000), (1050, 900_000), (1500, 1_200_000), (2700, 1_800_000), (5400, 3_600_000),
    (9000, 7_200_000), (16_200, 10_800_000), (32_400, 21_600_000), (86_400, 43_200_000), (604_800, 86_400_000),
    (1_814_400, 604_800_000), (3_628_800, 2_592_000_000),
)  # fmt: skip
"""Below so many seconds a step is rounded to so many milliseconds; above all of them to a year."""


def step(start: datetime, stop: datetime, points: int = 1000, least: timedelta = timedelta(minutes=1)) -> timedelta:
    """Return ``$__interval`` for a panel of so many points; ``least`` is the data source's ``timeInterval``."""
    seconds = (stop - start).total_seconds() / points
    rounded = next((ms for below, ms in _LADDER if seconds < below), 31_536_000_000)
    return max(timedelta(milliseconds=rounded), least)


def worded(interval: timedelta) -> str:
    """Return an interval as ``$__interval`` says it: in the largest unit that divides it."""
    ms = interval // timedelta(milliseconds=1)
    for size, unit in ((86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")):
        if ms >= size and ms % size == 0:
            return f"{ms // size}{unit}"
    return f"{ms}ms"


# -- the server -------------------------------------------------------------------------------------------------------

_MACRO = re.compile(r"\$([_a-zA-Z0-9]+)\(([^)]*)\)")
_TAG = re.compile(r"\s*/\*(?:[\w.%~-]+='(?:[^'\\]|\\.)*',?)+\*/\s*$")
_GO = re.compile(r"(\d+(?:\.\d+)?)(ms|us|µs|ns|s|m|h)")
_GO_SECONDS = {"ns": "1e-9", "us": "1e-6", "µs": "1e-6", "ms": "1e-3", "s": "1", "m": "60", "h": "3600"}


@dataclass(frozen=True)
class Server:
    """The PostgreSQL data source: ``timescaledb`` is its switch of that name."""

    start: datetime
    stop: datetime
    interval: timedelta = timedelta(minutes=1)
    timescaledb: bool = False
    version: Version = "12"

    def expanded(self, sql: str) -> str:
        """Return what is sent to PostgreSQL; raises :class:`Unexpandable` where Grafana answers with an error."""
        tag = ""
        if self.version != "12" and (found := _TAG.search(sql)):
            sql, tag = sql[: found.start()], found.group(0)
        ms = self.interval // timedelta(milliseconds=1)
        for name, text in (
            ("$__interval_ms", str(ms)),
            ("$__interval", worded(self.interval)),
            ("$__unixEpochFrom()", str(int(self.start.timestamp()))),
            ("$__unixEpochTo()", str(int(self.stop.timestamp()))),
        ):
            sql = sql.replace(name, text)
        if self.version != "12":
            sql = uncommented(sql)
        whole = sql
        return _MACRO.sub(lambda match: self._macro(match, whole), sql) + tag

    def _macro(self, match: re.Match[str], sql: str) -> str:
        name, words = match.group(1), [word.strip() for word in match.group(2).split(",")]
        start, stop = int(self.start.timestamp()), int(self.stop.timestamp())
        match name:
            case "__time":
                return f'{self._first(name, words)} AS "time"'
            case "__timeEpoch":
                return f'extract(epoch from {self._first(name, words)}) as "time"'
            case "__timeFilter":
                column = self._first(name, words)
                return f"{column} BETWEEN '{rfc3339(self.start)}' AND '{rfc3339(self.stop)}'"
            case "__timeFrom":
                return f"'{rfc3339(self.start)}'"
            case "__timeTo":
                return f"'{rfc3339(self.stop)}'"
            case "__timeGroup":
                # Judged by where the same text stands first.
                alias = sql[sql.index(match.group(0)) + len(match.group(0)) :][:1] == ","
                return self._group(name, words) + (' AS "time"' if alias else "")
            case "__timeGroupAlias":
                return self._group(name, words) + ' AS "time"'
            case "__unixEpochFilter":
                column = self._first(name, words)
                return f"{column} >= {start} AND {column} <= {stop}"
            case "__unixEpochNanoFilter":
                column = self._first(name, words)
                return f"{column} >= {_nano(self.start)} AND {column} <= {_nano(self.stop)}"
            case "__unixEpochNanoFrom":
                return str(_nano(self.start))
            case "__unixEpochNanoTo":
                return str(_nano(self.stop))
            case "__unixEpochGroup" | "__unixEpochGroupAlias":
                column, seconds = self._column_and_seconds(name, words)
                text = go_number(seconds)
                return f"floor(({column})/{text})*{text}" + (' AS "time"' if name.endswith("Alias") else "")
        raise Unexpandable(f"unknown macro {name!r}")

    def _group(self, name: str, words: Sequence[str]) -> str:
        column, seconds = self._column_and_seconds(name, words)
        if self.timescaledb:
            return f"time_bucket('{seconds:.3f}s',{column})"
        text = go_number(seconds)
        return f"floor(extract(epoch from {column})/{text})*{text}"

    @staticmethod
    def _first(name: str, words: Sequence[str]) -> str:
        if not words[0]:
            raise Unexpandable(f"missing time column argument for macro {name}")
        return words[0]

    @staticmethod
    def _column_and_seconds(name: str, words: Sequence[str]) -> tuple[str, Decimal]:
        if len(words) < 2:
            raise Unexpandable(f"macro {name} needs time column and interval and optional fill value")
        if len(words) == 3 and words[2] not in ("NULL", "previous"):
            try:
                float(words[2])
            except ValueError as error:
                raise Unexpandable(f"error parsing fill value {words[2]!r}") from error
        return words[0], seconds_of(words[1].strip("'"))


def seconds_of(text: str) -> Decimal:
    """Return an interval in seconds: of Go (``1h30m``), or days and weeks.

    Months and years are refused here though Grafana takes them: it counts them from its own clock, so that a board
    would change with the day on which it is looked at.
    """
    if whole := re.fullmatch(r"(\d+)([dwMy])", text):
        if whole.group(2) in "My":
            raise Unexpandable(f"{text!r} depends on the clock of Grafana's machine")
        return Decimal(whole.group(1)) * {"d": 86_400, "w": 604_800}[whole.group(2)]
    parts = list(_GO.finditer(text))
    if not parts or "".join(part.group(0) for part in parts) != text:
        raise Unexpandable(f"error parsing interval {text}")
    return sum((Decimal(part.group(1)) * Decimal(_GO_SECONDS[part.group(2)]) for part in parts), Decimal())


def go_number(value: Decimal) -> str:
    """Return a number as Go's ``%v`` prints a float64: the fewest digits, an exponent below 1e-4 and from 1e6."""
    shortest = Decimal(repr(float(value))).normalize()
    digits = "".join(map(str, shortest.as_tuple().digits))
    exponent = shortest.adjusted()
    if -4 <= exponent < 6 or not shortest:
        return format(shortest, "f")
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{tail}e{'-' if exponent < 0 else '+'}{abs(exponent):02}"


def rfc3339(at: datetime) -> str:
    """Return an instant as Go's ``RFC3339Nano`` in UTC: a fraction without zeros at its end."""
    text = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f".{at.microsecond:06}".rstrip("0") if at.microsecond else ""
    return f"{text}{fraction}Z"


def _nano(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000


_COMMENT = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$.*?\$\2\$)|--[^\n]*|/\*.*?\*/""", re.DOTALL)


def uncommented(sql: str) -> str:
    """Return SQL without comments, as the plugin of 13.2 makes it before it looks for macros."""
    return _COMMENT.sub(lambda match: match.group(1) or "", sql)
