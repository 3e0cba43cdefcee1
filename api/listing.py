"""Lists: what is asked for, in pieces that a cursor joins; every row comes exactly once while it stays."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Annotated, Any, LiteralString, NamedTuple

import orjson
from psycopg import sql
from psycopg.rows import DictRow
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from api.answer import Json, passed
from api.problems import Problem
from connectors import spelling
from connectors.contract import LOCAL
from ingest.store import Store

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def _believed(text: str) -> str:
    """Return it; raises where a day more or less would leave the calendars of Python, PostgreSQL or a workbook."""
    if not "1900" <= text[:4] <= "2199":
        raise ValueError("a year from 1900 to 2199 is expected")
    return text


def _instant(value: object) -> object:
    if not isinstance(value, str):
        return value
    # An unescaped + arrives as a space; before an offset it can mean nothing else.
    text = re.sub(r" (\d\d:?\d\d)$", r"+\1", value)
    if not _RFC3339.fullmatch(text):
        raise ValueError("an instant is RFC 3339 with a zone, as 2026-11-21T07:00:00+07:00 or …Z (write + as %2B)")
    try:
        return datetime.fromisoformat(_believed(text)).astimezone(UTC)
    except ValueError as error:
        raise ValueError(f"no instant: {error}") from error


def _day(value: object) -> object:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return datetime.combine(date.fromisoformat(_believed(value)), time(), LOCAL).astimezone(UTC)
        except ValueError as error:
            raise ValueError(f"no day: {error}") from error
    return _instant(value)


Instant = Annotated[datetime, BeforeValidator(_instant)]
"""An instant with a zone; becomes UTC."""
Day = Annotated[datetime, BeforeValidator(_day)]
"""An instant, or a day, which begins at midnight of the commune's time."""


Words = Annotated[str, AfterValidator(spelling.plain)]
"""Part of a name, with or without diacritics."""
SPOKEN: LiteralString = (
    "strpos(translate(regexp_replace(normalize(lower(name), NFD), '[\u0300-\u036f]', '', 'g'), 'đ', 'd'), %(q)s) > 0"
)
"""The condition that the field ``name`` holds these words."""


def _json(text: str) -> str:
    orjson.loads(text)
    return text


JsonText = Annotated[str, AfterValidator(_json)]
"""A jsonb column of a cursor."""


class Asked(BaseModel):
    """The query of a list without paging; unknown parameters are refused."""

    model_config = ConfigDict(extra="forbid")


class Paged(Asked):
    """The query of a list."""

    limit: int = Field(default=100, ge=1, le=1000)
    cursor: str | None = Field(default=None, max_length=2048)


class Page(NamedTuple):
    """Some rows as they came from the database, and where the next ones begin."""

    rows: list[DictRow]
    next: str | None


@dataclass(frozen=True)
class Listing:
    """One list: its query, the fields that order it and are unique together, and a condition a filter."""

    name: str
    query: LiteralString
    key: Mapping[str, Any]
    """Field -> type, as a cursor holds it."""
    filters: Mapping[str, LiteralString] = field(default_factory=dict)
    descending: bool = False
    json: Sequence[str] = ()
    """Fields that hold JSON text."""

    def page(self, store: Store, asked: BaseModel, **more: object) -> Page:
        """Return one piece; raises a 400 problem for a cursor that is not of this list."""
        arguments = {**asked.model_dump(), **more}
        limit = int(arguments.get("limit", 1000))
        conditions: list[sql.Composable] = [
            sql.SQL(self.filters[name]) for name in self.filters if arguments.get(name) is not None
        ]
        if cursor := arguments.get("cursor"):
            arguments |= self._opened(cursor)
            conditions.append(
                sql.SQL("({}) {} ({})").format(
                    self._fields,
                    sql.SQL("<" if self.descending else ">"),
                    sql.SQL(", ").join(sql.Placeholder(f"after_{name}") for name in self.key),
                )
            )
        order = sql.SQL(", ").join(
            sql.SQL("{} desc" if self.descending else "{}").format(sql.Identifier(name)) for name in self.key
        )
        where = sql.SQL(" and ").join(conditions) if conditions else sql.SQL("true")
        query = sql.SQL("select * from ({}) as item where {} order by {} limit {}").format(
            sql.SQL(self.query), where, order, sql.Literal(limit + 1)
        )
        rows = store.rows(query, arguments)
        more_follow = len(rows) > limit
        return Page(rows[:limit], self._sealed(rows[limit - 1]) if more_follow else None)

    def answer(self, store: Store, asked: BaseModel, **more: object) -> Json:
        """Return one piece as ``{"items", "next"}``."""
        page = self.page(store, asked, **more)
        return Json({"items": [passed(row, self.json) for row in page.rows], "next": page.next})

    def pages(self, store: Store, asked: BaseModel, **more: object) -> Iterator[list[DictRow]]:
        """Yield every piece; each is a transaction of its own, so that a slow reader holds nothing."""
        cursor: str | None = None
        while True:
            rows, cursor = self.page(store, asked, limit=1000, cursor=cursor, **more)
            yield rows
            if cursor is None:
                return

    @property
    def _fields(self) -> sql.Composed:
        return sql.SQL(", ").join(sql.Identifier(name) for name in self.key)

    @cached_property
    def _cursor(self) -> TypeAdapter[tuple[Any, ...]]:
        return TypeAdapter(tuple.__class_getitem__(tuple(self.key.values())))  # type: ignore[arg-type]  # of as many fields

    def _sealed(self, row: DictRow) -> str:
        said = orjson.dumps([self.name, *(row[name] for name in self.key)])
        return base64.urlsafe_b64encode(said).decode().rstrip("=")

    def _opened(self, cursor: str) -> dict[str, object]:
        try:
            name, *values = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
            if name != self.name or any("\0" in value for value in values if isinstance(value, str)):
                raise ValueError
            opened = self._cursor.validate_python(tuple(values))
        except (ValueError, TypeError, binascii.Error, ValidationError) as error:
            detail = f"this is no cursor of {self.name}; send `next` of the piece before, unchanged, or none"
            raise Problem(400, "bad-cursor", detail) from error
        return {f"after_{name}": value for name, value in zip(self.key, opened, strict=True)}
